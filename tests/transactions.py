"""Watches the transactions of a test for the order of locks and the short holds that `tickets.services` states.

Once a transaction has locked the head of the audit chain it must not lock a run, a phone or a ticket for the first
time: another one could hold that row and wait for the head. In no transaction a file of the media folder is opened or
a picture encoded: whoever waits for the same row would wait for a disk and a processor.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.signals import connection_created
from PIL import Image

_WRITE = re.compile(r'^\s*(?:UPDATE|DELETE FROM) "?tickets_(\w+)"?', re.I)
_HEAD = "audithead"
_BEFORE_IT = frozenset({"run", "phone", "ticket"})
_watching: list[_Watch] = []  # of the test under way, one for each connection


@dataclass(eq=False)
class _Watch:
    """The tables locked so far in the transaction under way on one connection; a test's own transaction is none."""

    connection: Any
    faults: list[str]
    transaction: str = ""
    locked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base_is_atomic = self.connection.in_atomic_block
        self.base = len(self.connection.savepoint_ids)  # savepoints that were open when the test began

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        transaction = self.under_way()
        if transaction != self.transaction or sql.startswith("BEGIN"):
            self.transaction, self.locked = transaction, []
        if transaction and (match := _WRITE.match(sql)):
            self._lock(match[1].lower(), sql)
        return execute(sql, params, many, context)

    def under_way(self) -> str:
        """A name for the outermost transaction of the code under test; empty outside of one."""
        if self.base_is_atomic:
            inner = self.connection.savepoint_ids[self.base :]
            return inner[0] or "" if inner else ""
        return "outermost" if self.connection.in_atomic_block else ""

    def _lock(self, table: str, sql: str) -> None:
        if table in _BEFORE_IT and _HEAD in self.locked and table not in self.locked:
            self.faults.append(f"{table} is locked after the head of the audit chain: {sql[:200]}")
        self.locked.append(table)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The faults found meanwhile, in the transactions of every thread."""
    faults: list[str] = []

    def watch(connection: Any, **_kwargs: Any) -> None:
        if all(each.connection is not connection for each in _watching):
            _watching.append(_Watch(connection, faults))
            connection.execute_wrappers.append(_watching[-1])

    connection_created.connect(watch, weak=False)
    for connection in connections.all(initialized_only=True):
        watch(connection)
    try:
        yield faults
    finally:
        connection_created.disconnect(watch)
        for each in _watching:
            each.connection.execute_wrappers.remove(each)
        _watching.clear()


@contextmanager
def held_by_the_test() -> Iterator[None]:
    """A transaction that the test itself holds around the code under test, which is none of the product's."""
    with transaction.atomic():
        before = [(each, each.base_is_atomic, each.base) for each in _watching]
        for each in _watching:
            each.__post_init__()
        try:
            yield
        finally:
            for each, atomic, base in before:
                each.base_is_atomic, each.base = atomic, base


def _slow_work(what: str) -> None:
    mine = connections.all(initialized_only=True)  # of this thread
    for each in _watching:
        if each.connection in mine and each.under_way():
            each.faults.append(f"inside a transaction {what}, called by {_callers()}")


def _callers() -> str:
    """The product's functions on the way here, innermost first."""
    frame, names = sys._getframe(2), []
    while frame := frame.f_back:
        path = os.path.relpath(frame.f_code.co_filename)
        if path.startswith(("tickets", "consoles", "integrations", "cs_agent")):
            names.append(f"{path}:{frame.f_lineno}")
    return " < ".join(names[:4])


def _on_open(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _watching and str(args[0]).startswith(str(settings.MEDIA_ROOT)):
        _slow_work(f"{args[0]} is opened")


def _watched_save(save: Callable[..., None]) -> Callable[..., None]:
    def wrapper(*args: Any, **kwargs: Any) -> None:
        _slow_work("a picture is encoded")
        save(*args, **kwargs)

    return wrapper


sys.addaudithook(_on_open)
Image.Image.save = _watched_save(Image.Image.save)  # type: ignore[method-assign]
