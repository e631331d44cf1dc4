"""What the work was worth, computed from rows; nothing here changes anything."""
