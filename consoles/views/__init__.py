"""The pages. A view reads what it shows, calls one service, and answers; it decides nothing itself."""
