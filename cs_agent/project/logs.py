"""Log lines: one JSON object per line for a collector (`CS_AGENT_LOG_FORMAT`), and which lines are left out.

Rule: every line of a request has its id, as in the `X-Request-ID` header and the audit trail; every line of a thread
that drives a run has the run's id.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from tickets.web import request_context

_KNOWN = ("run", "ticket")  # extras that a call of the logger may give


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        later = getattr(
            getattr(record, "request", None), "request_id", ""
        )  # Django tells of a refusal after the request
        if request_id := request_context.current().request_id or later:
            line["request_id"] = request_id
        if run := request_context.current_run():
            line["run"] = run
        line |= {name: str(getattr(record, name)) for name in _KNOWN if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class NotHealth(logging.Filter):
    """A product that says "not healthy yet" at /healthz, as it does at every start, is no error of the web server."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path", "") != "/healthz"
