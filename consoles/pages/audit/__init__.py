"""The audit page: search, and events in words."""
