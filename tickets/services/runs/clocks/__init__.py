"""Time-outs of runs that wait for a human: sweeps over the database, called every few seconds."""
