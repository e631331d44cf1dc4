"""Parts of the operators' pages besides the ticket: what waits for them, what comes next, notes and replies."""
