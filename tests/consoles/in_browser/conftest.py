"""Fixtures of the browser tests; one console is served for each module."""

from tests.consoles.browsing import browser, console, numbers, open_ticket, sessions, visit

__all__ = ["browser", "console", "numbers", "open_ticket", "sessions", "visit"]
