"""The websockets: hints that something changed, and the live phone."""
