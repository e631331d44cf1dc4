"""The websockets: live events, and the live phone."""
