"""What can be asked, one module for each kind of thing. An operation reads its rows through `access`, calls one
service, and shapes the answer."""
