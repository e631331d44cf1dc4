"""Watches the statements of a test for the order of locks that `tickets.services` states.

Once a transaction has locked the head of the audit chain it must not lock a run, a phone or a ticket for the first
time: another one could hold that row and wait for the head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

_WRITE = re.compile(r'^\s*(?:UPDATE|DELETE FROM) "?tickets_(\w+)"?', re.I)
_HEAD = "audithead"
_BEFORE_IT = frozenset({"run", "phone", "ticket"})


@dataclass
class _Watch:
    """The tables locked so far in the transaction under way on one connection; a test's own transaction is none."""

    connection: Any
    faults: list[str]
    base: int = 0  # savepoints that were open when the test began
    transaction: str = ""
    locked: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        transaction = self._transaction()
        if transaction != self.transaction or sql.startswith("BEGIN"):
            self.transaction, self.locked = transaction, []
        if transaction and (match := _WRITE.match(sql)):
            self._lock(match[1].lower(), sql)
        return execute(sql, params, many, context)

    def _transaction(self) -> str:
        """A name for the outermost transaction of the code under test; empty outside of one."""
        if self.base_is_atomic:
            inner = self.connection.savepoint_ids[self.base :]
            return inner[0] or "" if inner else ""
        return "outermost" if self.connection.in_atomic_block else ""

    def _lock(self, table: str, sql: str) -> None:
        if table in _BEFORE_IT and _HEAD in self.locked and table not in self.locked:
            self.faults.append(f"{table} is locked after the head of the audit chain: {sql[:200]}")
        self.locked.append(table)

    def __post_init__(self) -> None:
        self.base_is_atomic = self.connection.in_atomic_block
        self.base = len(self.connection.savepoint_ids)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The faults found in this thread's transactions meanwhile."""
    faults: list[str] = []
    with ExitStack() as stack:
        for connection in connections.all(initialized_only=True):
            stack.enter_context(connection.execute_wrapper(_Watch(connection, faults)))
        yield faults
