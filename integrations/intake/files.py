"""Loads a helpdesk's attachments into our ticket: size measured while streaming, type detected by content.

Rule: a refused file is reported in a note on the ticket and not tried again; if the helpdesk is unreachable it is tried
with the next reading.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext

from integrations.connectors.errors import BadAnswer, ConnectorError, RateLimited, Unreachable
from integrations.connectors.protocol import RemoteFile, RemoteTicket
from tickets.errors import FileRefused
from tickets.models import Ticket
from tickets.said import carried
from tickets.said import gettext_said as _
from tickets.services.tickets import changes, edits, uploads

if TYPE_CHECKING:
    from integrations.intake.applying import Work

_IN_MEMORY = 1024 * 1024
_FILE_TRIES = 5  # readings that failed in a row; then one file holds up nothing else


def take_in(work: Work, ticket: Ticket, remote: RemoteTicket) -> None:
    """The files that the ticket has not yet. One that cannot be reached is tried with the next reading, and after
    _FILE_TRIES of them people are told, and the reading goes on without it."""
    for file in remote.files:
        part = f"f:{file.external_id}"[:130]
        if work.has(part):
            continue
        work.still_ours()
        try:
            refusal = add(ticket, file, work.user, work.still_ours)
        except RateLimited:
            raise
        except Unreachable as error:
            if work.linked.tries < _FILE_TRIES:
                raise
            _tell_missing(work, ticket, file, error.text)
            continue
        with transaction.atomic():
            work.still_ours()
            if refusal:
                edits.comment(ticket, _not_taken(file, refusal), work.user)
            work.take(part)


def _tell_missing(work: Work, ticket: Ticket, file: RemoteFile, why: str) -> None:
    """Once; the file stays untaken, so that a later reading may still bring it."""
    told = f"u:{file.external_id}"[:130]
    if work.has(told):
        return
    with transaction.atomic():
        work.still_ours()
        edits.comment(ticket, _not_taken(file, why), work.user)
        work.take(told)


def _not_taken(file: RemoteFile, why: str) -> str:
    return gettext(carried.NOT_TAKEN) % {"name": file.name[:80], "why": why}


def add(ticket: Ticket, file: RemoteFile, user: Any, still_ours: Callable[[], None]) -> str:
    """Add the file, unless the ticket has it already; why it was not taken, "" when it was.

    `still_ours` raises when somebody else reads this ticket by now. Unreachable: try again later.
    """
    try:
        _refuse_large(file, file.size or 0)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            _load(file, kept)
            still_ours()
            upload = File(kept, name=file.name or "file")
            upload.size = kept.tell()
            if not _has(ticket, upload):
                changes.add_attachment(ticket, upload, user=user)
    except FileRefused as error:
        return error.message
    except Unreachable:
        raise
    except ConnectorError as error:
        return error.text
    return ""


def _load(file: RemoteFile, kept: Any) -> None:
    size = 0
    for chunk in file.load():
        size += len(chunk)
        _refuse_large(file, size)
        kept.write(chunk)
    if file.size is not None and size < file.size:
        raise BadAnswer(_("附件没有传完整:%(got)d / %(all)d 字节。") % {"got": size, "all": file.size})


def _refuse_large(file: RemoteFile, size: int) -> None:
    limit = uploads.limit_bytes()
    if size > limit:
        message = _("超过每个附件 %d MB 的上限,没有下载。") % (limit // 1024 // 1024)
        raise FileRefused(message, code="file_too_large")


def _has(ticket: Ticket, upload: File[Any]) -> bool:
    """A reading that was killed between the file and its note leaves the file: its content tells."""
    sha256, _size = uploads.measure(upload)
    return ticket.attachments.filter(sha256=sha256).exists()
