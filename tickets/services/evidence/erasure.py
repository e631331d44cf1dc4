"""Erases one customer's personal data without breaking the audit chain.

Rule: audit events become unreadable because their key is destroyed; other rows are overwritten; files are deleted
first. Facts without personal data stay: that there was a ticket, when, who handled it, what was approved by whom. Safe
to repeat after an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import Attachment, AuditEvent, Recording, RecordingState, Run, Ticket
from tickets.models.record import seals
from tickets.services import file_lock
from tickets.services.evidence import audit, holds, personal_data, retention
from tickets.services.evidence.exports import daily_export, manifests
from tickets.services.runs import transitions

GONE = seals.ERASED
_STILL_WRITTEN = timedelta(minutes=3)  # after a run's end its recorder may still write


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased; `exports`: files outside the database that still name the customer."""

    tickets: int
    files: int
    exports: tuple[str, ...]


def tickets_of(*, name: str = "", mobile: str = "", number: str = "") -> QuerySet[Ticket]:
    """The tickets that match all given criteria; a name alone may belong to several customers."""
    wanted = {"customer_name": name, "customer_mobile": mobile, "number": number}
    given = {column: value for column, value in wanted.items() if value}
    if not given:
        raise Invalid(_("请给出客户姓名、手机号或工单号。"), code="no_customer")
    return Ticket.objects.filter(Q(**given)).order_by("pk")


def erase(tickets: QuerySet[Ticket], reason: str, *, user: Any = None) -> Erased:
    """Erase the customer of these tickets. Refused, with nothing changed, while one is held or being handled."""
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(_("请填写清除的理由。"), code="no_reason")
    found = list(tickets)
    for ticket in found:
        _refuse(ticket)
    exports = _exports_about([ticket.number for ticket in found])
    _overwrite_deleted()
    files = sum(_erase_one(ticket, reason, user) for ticket in found)
    return Erased(len(found), files, exports)


def _refuse(ticket: Ticket) -> None:
    holds.refuse_held(ticket)
    if Run.objects.filter(ticket=ticket, status__in=transitions.ACTIVE).exists():
        raise Conflict(_("工单 %s 正在智能处理中,请先停止。") % ticket.number, code="still_running")
    lately = timezone.now() - _STILL_WRITTEN
    closing = Q(leased_phone__isnull=False) | Q(recording__state=RecordingState.RECORDING, ended_at__gt=lately)
    if Run.objects.filter(closing, ticket=ticket).exists():
        raise Conflict(_("工单 %s 的录像还在收尾,请几分钟后再试。") % ticket.number, code="still_written")


def _erase_one(ticket: Ticket, reason: str, user: Any) -> int:
    runs = Run.objects.filter(ticket=ticket).select_related("ticket", "flow_version__template", "phone")
    files = sum(_delete_files(run) for run in runs) + _delete_attachments(ticket)
    with transaction.atomic():
        personal_data.blank_rows(ticket)
        seals.destroy(ticket.number)
        ticket.refresh_from_db()
        details = {"why": reason, "files": files}
        audit.record("customer.erased", user=user, ticket=ticket, obj=ticket, result="success", details=details)
    seals.forget(ticket.number)
    return files


def _delete_files(run: Run) -> int:
    files = retention.delete_pictures(run, "erasure")
    recording = Recording.objects.filter(run=run).exclude(state=RecordingState.DELETED).first()
    if recording is not None:
        recording.run = run
        retention.delete_recording(recording, "erasure")
    folder = Path(settings.MEDIA_ROOT) / "runs" / str(run.pk)
    file_lock.delete_folder(folder)  # pictures whose rows were never written
    return files + (recording is not None)


def _delete_attachments(ticket: Ticket) -> int:
    """Delete the files and blank the rows, which slots and audit events refer to."""
    rows = list(Attachment.objects.filter(ticket=ticket).exclude(file=""))
    for row in rows:
        with file_lock.changing():
            row.file.delete(save=False)
    Attachment.objects.filter(ticket=ticket).update(file="", name=GONE, sha256="", size=0)
    return len(rows)


def _exports_about(numbers: list[str]) -> tuple[str, ...]:
    """Daily exports that contain an event of these tickets; people must deal with their copies."""
    sequences = list(AuditEvent.objects.filter(ticket_no__in=numbers).values_list("seq", flat=True))
    found = []
    for path in sorted(daily_export.folder().glob("audit-*.csv")):
        first, last = manifests.chain_range(path)
        if any(first <= seq <= last for seq in sequences):
            found.append(path.name)
    return tuple(found)


def _overwrite_deleted() -> None:
    """SQLite leaves deleted values in its file unless told to overwrite them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
