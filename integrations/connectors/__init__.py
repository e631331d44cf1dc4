"""Helpdesks that people already use: tickets come in from them, and what became of a run goes back.

`protocol` says what a connector is, `kinds` knows which there are, `http` speaks to them; each kind has a folder here.
"""
