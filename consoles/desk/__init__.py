"""What people need at their desks besides the ticket: what waits for them, what comes next, notes and replies."""
