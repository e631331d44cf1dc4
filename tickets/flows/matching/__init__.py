"""How well a ticket's text fits a flow: what in it the writer wants to have done."""
