"""Which version of a flow is at work: its stages, the release table, floors, shadows, trials of two versions."""
