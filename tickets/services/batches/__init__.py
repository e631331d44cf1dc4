"""Batches: made from a list or a saved view, moved on by the clock, paused, stopped and told of."""
