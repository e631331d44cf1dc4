"""What really happened on the back office: the record that tests and people judge by.

Rule: an operation is written exactly when it takes effect, once for each time it does; nothing is ever merged.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as the back office received it."""

    name: str
    size: int
    sha256: str
    mime: str = ""

    @classmethod
    def of(cls, name: str, content: bytes, mime: str = "") -> Attachment:
        return cls(name, len(content), hashlib.sha256(content).hexdigest(), mime)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "size": self.size, "sha256": self.sha256, "mime": self.mime}


@dataclass(frozen=True, slots=True)
class Operation:
    """`values` are JSON values; amounts are numbers in CNY."""

    id: int
    time: str  # ISO 8601 with offset
    phone: str
    app: str
    kind: str
    values: Mapping[str, Any]
    attachments: tuple[Attachment, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "time": self.time,
            "phone": self.phone,
            "app": self.app,
            "kind": self.kind,
            **self.values,
            "attachments": [attachment.as_json() for attachment in self.attachments],
        }


class Ledger:
    """Append-only until it is reset. Ids are never used twice, not even after a reset."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._operations: list[Operation] = []

    def add(
        self,
        phone: str,
        app: str,
        kind: str,
        values: Mapping[str, Any],
        attachments: tuple[Attachment, ...] = (),
    ) -> Operation:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        operation = Operation(next(self._ids), now, phone, app, kind, dict(values), attachments)
        self._operations.append(operation)
        return operation

    def operations(self, phone: str = "", kind: str = "") -> tuple[Operation, ...]:
        """Oldest first; of one phone or kind when named."""
        return tuple(
            operation
            for operation in self._operations
            if phone in ("", operation.phone) and kind in ("", operation.kind)
        )

    def reset(self, phone: str = "") -> None:
        self._operations = [kept for kept in self._operations if phone and kept.phone != phone]
