"""Log filters."""

from __future__ import annotations

import logging


class NotHealth(logging.Filter):
    """A product that says "not healthy yet" at /healthz, as it does at every start, is no error of the web server."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path", "") != "/healthz"
