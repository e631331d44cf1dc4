"""The words of screens, as data, and what reads those that only name something."""
