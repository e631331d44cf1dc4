"""Pages inside a helpdesk: the button's links, and the panel in the helpdesk's own page."""
