"""The tickets of a saved view. The package that shows views registers the reader of their queries at start-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tickets.errors import Conflict
from tickets.models import Ticket
from tickets.said import gettext_said as _

Reader = Callable[[Any, str, int], Sequence[Ticket]]  # (user, query, most): what the user sees of it, in its order
_readers: list[Reader] = []


def read_by(reader: Reader) -> None:
    """Register the reader of views."""
    _readers[:] = [reader]


def tickets_of(user: Any, query: str, most: int) -> Sequence[Ticket]:
    """The tickets that a view's query finds; Conflict if no reader is registered."""
    if not _readers:
        raise Conflict(_("这里没有安装工单列表页面,不能使用视图。"), code="no_views")
    return _readers[0](user, query, most)
