"""What supervisors look at: the wall of phones, and the runs that can be watched again."""
