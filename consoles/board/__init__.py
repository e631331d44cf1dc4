"""Supervisors' pages: the wall of phones, and the list of replays."""
