"""The ticket queue: its filter, the matching rows, and the data of each line."""
