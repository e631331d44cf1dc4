"""Figures computed from rows; nothing here changes anything."""
