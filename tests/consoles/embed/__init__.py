"""The panel inside a helpdesk's page, and the ways into it."""
