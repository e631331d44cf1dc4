"""What becomes of runs that wait for a human too long: sweeps over the database, called every few seconds."""
