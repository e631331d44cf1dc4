"""Stores the head of the audit chain outside the database, so that a truncated or rewritten tail is detected.

Rule: an anchor is written once and never changed. The default store is a directory (`ANCHOR_DIR`) to which only new
files are added; to protect it against the product's own account, its file system must refuse changes (`chattr +a`, a
write-once mount). Other places, such as a locked bucket or a notary, are a Store class named in
`CS_AGENT_ANCHOR_STORE`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tickets.services.evidence.audit_chain import Problem
from tickets.services.evidence.keeping import LEAST_AUDIT_DAYS


@dataclass(frozen=True, slots=True)
class Anchor:
    seq: int
    hash: str
    at: str  # ISO 8601, UTC


class Store(Protocol):
    """Where anchors are kept; they must not be changed or removed there."""

    def add(self, anchor: Anchor) -> None:
        """Store the anchor; idempotent. OSError if the store cannot be reached."""

    def all(self) -> list[Anchor]:
        """Every anchor, oldest first; ValueError for an unreadable one."""


class Watch:
    """Compares anchors with a stream of events; anchors up to `base` belong to events deleted by retention."""

    def __init__(self, anchors: Iterable[Anchor], base: int = 0) -> None:
        self._open = {anchor.seq: anchor for anchor in anchors if anchor.seq > base}
        self._broken: list[Problem] = []

    def through(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            anchor = self._open.pop(row["seq"], None)
            if anchor is not None and anchor.hash != row["hash"]:
                text = f"event {anchor.seq} is not the one anchored at {anchor.at}"
                self._broken.append(Problem("rewritten", anchor.seq, text))
            yield row

    def problems(self) -> list[Problem]:
        """After the last event: anchors that were contradicted, and anchors without an event."""
        gone = [
            Problem("cut_tail", anchor.seq, f"event {anchor.seq}, anchored at {anchor.at}, is gone")
            for anchor in self._open.values()
        ]
        return self._broken + gone


class WriteOnceDirectory:
    """One read-only file per anchor, named so that they sort by date."""

    def __init__(self) -> None:
        self._folder = Path(settings.ANCHOR_DIR)

    def add(self, anchor: Anchor) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{anchor.at[:10]}-{anchor.seq:012d}-{anchor.hash[:12]}.json"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        except FileExistsError:
            return
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(anchor), file)
            file.flush()
            os.fsync(file.fileno())

    def all(self) -> list[Anchor]:
        return [_read(path) for path in sorted(self._folder.glob("*.json"))]


def store() -> Store:
    """The installation's store."""
    made: Store = import_string(settings.CS_AGENT["CS_AGENT_ANCHOR_STORE"])()
    return made


def write(seq: int, hash: str, now: datetime) -> Anchor:
    """Anchor an event, unless it has been anchored on that day."""
    anchor = Anchor(seq, hash, now.astimezone(UTC).isoformat(timespec="seconds"))
    store().add(anchor)
    return anchor


def read_all() -> list[Anchor]:
    return store().all()


def is_old(anchor: Anchor, at: datetime) -> bool:
    """Whether it was old enough at that time for retention to delete the event."""
    return at - datetime.fromisoformat(anchor.at) >= timedelta(days=LEAST_AUDIT_DAYS)


def vouch(anchors: Iterable[Anchor], base: tuple[int, str], deleted_at: datetime) -> bool:
    """Whether one of them proves that the event `base` existed and was old enough to be deleted."""
    return any((anchor.seq, anchor.hash) == base and is_old(anchor, deleted_at) for anchor in anchors)


def _read(path: Path) -> Anchor:
    try:
        return Anchor(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not an anchor of the audit chain") from error
