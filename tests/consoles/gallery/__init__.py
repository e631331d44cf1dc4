"""Pictures of every page, for people who look at them, and what axe finds there: see `__main__`."""
