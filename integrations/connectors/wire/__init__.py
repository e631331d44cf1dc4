"""What connectors over HTTP share: the client, paging, signatures of calls, and their base class."""
