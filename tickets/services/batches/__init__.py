"""Batches: made from a list or a saved view, advanced by the periodic task, paused, stopped and reported."""
