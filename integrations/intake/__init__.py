"""Intake of tickets: `deliveries` stores calls, `reading` fetches due tickets, `applying` updates ours, `files` loads
attachments, `polling` asks what changed."""
