"""The origin of the current work: address, request id and user, for the audit trail.

Rule: set at the edge (middleware, WebSocket consumer, task), read by `tickets.services.evidence.audit` only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestContext:
    ip: str = ""
    request_id: str = ""
    user: Any = None  # the logged-in user, if any


_NOWHERE = RequestContext()
_run: ContextVar[str] = ContextVar("cs_agent_run", default="")
_current: ContextVar[RequestContext] = ContextVar("cs_agent_request_context", default=_NOWHERE)


def current() -> RequestContext:
    return _current.get()


def current_run() -> str:
    """The id of the run that this thread drives; "" for none."""
    return _run.get()


@contextmanager
def driving(run_id: uuid.UUID) -> Iterator[None]:
    """Context manager: log lines inside the block name the run."""
    token = _run.set(str(run_id))
    try:
        yield
    finally:
        _run.reset(token)


def new_request_id() -> str:
    return uuid.uuid4().hex


@contextmanager
def use(ip: str = "", request_id: str = "", user: Any = None) -> Iterator[RequestContext]:
    """Context manager: audit events inside the block carry this origin."""
    context = RequestContext(ip=ip, request_id=request_id or new_request_id(), user=user)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
