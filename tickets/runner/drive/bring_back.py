"""Copies files that apps saved on the phone during a run to its ticket.

Rule: a flow that should produce files has not succeeded without them: a human is asked. Files are checked by content
like any upload, and then deleted from the phone; files from before the run stay.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from cs_agent.engine.run.state import TakeoverRequest
from cs_agent.phone.driver import RemoteFile
from cs_agent.phone.errors import FileError, FileMissing
from cs_agent.phone.waiting import wait_for
from tickets.errors import FileRefused
from tickets.models import Attachment, AttachmentKind, Run
from tickets.runner.drive.prepare import pushed_names
from tickets.said import label, listed, said
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs
from tickets.services.tickets import uploads

log = logging.getLogger(__name__)
CODE = "file_missing"
_FOLDERS = ("/sdcard/Download", "/sdcard/Pictures", "/sdcard/DCIM")
_DEPTH = 2  # folders of apps within these, e.g. DCIM/Camera
_MOST = 10  # files of one run, the newest first
_ARRIVAL_S = 6.0  # how long a download may take after the app reported its end


class Storage(Protocol):
    """The file access needed of a phone."""

    def clock(self) -> float | None:
        """Seconds since the epoch by the phone's own clock; None if unknown."""

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]: ...

    def pull(self, remote: str, local: Path) -> Path: ...

    def remove(self, remote: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    file: RemoteFile


class _NotWanted(Exception):
    """A file of another kind than the flow asks for."""


def fetch_files(run: Run, phone: Storage, check: Callable[[], None]) -> TakeoverRequest | None:
    """Store the files of the flow's `bring_back`; returns a takeover request if a kind is missing, else None. Raises
    PhoneError."""
    wanted = {AttachmentKind(kind) for kind in run.flow_version.definition.get("bring_back", [])}
    if not wanted:
        return None
    seen: set[tuple[str, int, int]] = set()

    def complete() -> bool:
        check()
        _fetch_new(run, phone, wanted, seen)
        return wanted <= _kinds_brought(run)

    return None if wait_for(complete, _ARRIVAL_S) else _ask(run, wanted - _kinds_brought(run))


def _fetch_new(run: Run, phone: Storage, wanted: set[AttachmentKind], seen: set[tuple[str, int, int]]) -> None:
    since = _begun_by_the_phone(run, phone)
    for found in _new_files(phone, since, pushed_names(run)):
        mark = (found.path, found.file.size, found.file.modified)
        if mark not in seen:
            seen.add(mark)
            try:
                _fetch(run, phone, found, wanted)
            except FileError as error:  # a download that is still being written, or was just renamed
                log.info("run %s: %s: %s", run.pk, found.path, error)
                seen.discard(mark)


def _begun_by_the_phone(run: Run, phone: Storage) -> float:
    """The run's begin by the phone's clock, which may differ from ours."""
    began = run.started_at or run.created_at
    now = phone.clock()
    skew = now - timezone.now().timestamp() if now is not None else 0.0
    return began.timestamp() + skew - 1  # both clocks are read to the second


def _new_files(phone: Storage, since: float, pushed: frozenset[str]) -> list[_Found]:
    found = [
        item
        for folder in _FOLDERS
        for item in _walk(phone, folder, _DEPTH)
        if item.file.modified >= since and item.file.size > 0 and item.file.name not in pushed
    ]
    return sorted(found, key=lambda item: item.file.modified, reverse=True)[:_MOST]


def _walk(phone: Storage, folder: str, depth: int) -> Iterator[_Found]:
    """The files below a folder, without hidden ones (thumbnails, trash, partial downloads)."""
    try:
        entries = phone.list_files(folder)
    except FileMissing:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_folder and depth > 1:
            yield from _walk(phone, path, depth - 1)
        elif not entry.is_folder:
            yield _Found(path, entry)


def _fetch(run: Run, phone: Storage, found: _Found, wanted: set[AttachmentKind]) -> None:
    if found.file.size > uploads.limit_bytes():
        _record(run, None, found.path, "failure", "too_large")
        return
    with tempfile.TemporaryDirectory(prefix="cs_agent_") as directory:
        local = phone.pull(found.path, Path(directory) / "file")
        with local.open("rb") as file:
            kept = _is_known(run, file)
            if not kept:
                file.seek(0)
                kept = _store(run, File(file, name=PurePosixPath(found.path).name), found.path, wanted)
        if kept:
            phone.remove(found.path)  # it is a customer's, and the next customer's run must not find it


def _is_known(run: Run, file: Iterable[bytes]) -> bool:
    """Whether the ticket already has this file: copied before a crash, or the customer's own."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return Attachment.objects.filter(ticket=run.ticket_id, sha256=digest).exists()


def _store(run: Run, file: File[bytes], path: str, wanted: set[AttachmentKind]) -> bool:
    """Store row, file and audit event together or not at all; False for a kind that the flow does not want."""
    try:
        with uploads.staged([file], from_run=run) as [row]:
            if row.kind not in wanted:
                raise _NotWanted
            with transaction.atomic():
                uploads.keep(row, run.ticket)
                live.publish_ticket(run.ticket, {"attachment": row.pk})
                _record(run, row, path, "success", "")
        return True
    except _NotWanted:
        return False
    except FileRefused as error:
        log.warning("run %s: %s stays on the phone: %s", run.pk, path, error)
        _record(run, None, path, "failure", error.code)
        return False


def _record(run: Run, row: Attachment | None, path: str, result: str, why: str) -> None:
    details = {"path": path, "refused": why} if row is None else _facts(row, path)
    audit.record(
        "attachment.brought_back", run=run, obj=row, result=result, details=details, data_accessed="attachment"
    )


def _facts(row: Attachment, path: str) -> dict[str, object]:
    return {"path": path, "name": row.name, "sha256": row.sha256, "size": row.size, "type": row.content_type}


def _kinds_brought(run: Run) -> set[str]:
    return set(Attachment.objects.filter(from_run=run).values_list("kind", flat=True))


def _ask(run: Run, missing: Iterable[str]) -> TakeoverRequest:
    with runs.in_run_language(run):
        kinds = listed([label(AttachmentKind(kind)) for kind in sorted(missing)])
        text = said("run.file_missing", kinds=kinds)
    return TakeoverRequest(text, code=CODE)
