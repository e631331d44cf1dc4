"""Creates tickets atomically, changes their status, adds files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, FileRefused, Invalid
from tickets.flows.slots.numbers.phones import mobiles
from tickets.flows.slots.text import even
from tickets.models import Attachment, Department, ExternalRef, Priority, Run, Ticket, TicketStatus
from tickets.models.ticket.tickets import FINISHED
from tickets.permissions import Permission, require
from tickets.services.clarify import ending
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs import transitions
from tickets.services.tickets import fitting, uploads

MAX_TEXT_BYTES = 100 * 1024
MAX_SUBJECT = 200
# Time until a ticket is due, by priority.
DUE_IN = {
    Priority.URGENT: timedelta(hours=1),
    Priority.HIGH: timedelta(hours=4),
    Priority.NORMAL: timedelta(hours=24),
    Priority.LOW: timedelta(hours=72),
}


def create_ticket(
    *,
    user: Any,
    subject: str,
    text: str,
    customer_name: str = "",
    customer_mobile: str = "",
    priority: Priority | int = Priority.NORMAL,
    department: Department | None = None,
    files: Iterable[File[bytes]] = (),
    connector: str = "",
    external_id: str = "",
) -> Ticket:
    """Create a ticket with its files. A known `external_id` of the connector returns the existing ticket.

    `connector`: the ticket's source; without an `external_id` our number is used.

    `user` None: the system itself (demo data, the import of another helpdesk).
    """
    if user is not None:
        require(user, Permission.CREATE_TICKETS)
    uploaded = list(files)
    uploads.refuse_too_many(uploaded)
    text = clean_text(text)
    fields: dict[str, Any] = {
        "subject": _subject(subject, text),
        "text": text,
        "customer_name": _line(customer_name, 80),
        "customer_mobile": _mobile(customer_mobile),
        "priority": _priority(priority),
        "department": _department(user, department),
    }
    source = (_line(connector, 40), _line(external_id, 120))
    if source[1] and not source[0]:
        raise Invalid(_("外部编号需要同时说明来自哪个连接器。"), code="no_connector", field="connector")
    known = _known(user, *source)
    if known is not None:
        return known
    try:
        return _create(user, fields, uploaded, source)
    except IntegrityError as error:  # the same external ticket came twice at once
        known = _known(user, *source)
        if known is None:
            raise Conflict from error
        return known


def set_status(ticket: Ticket, status: TicketStatus | str, user: Any) -> Ticket:
    require(user, Permission.CREATE_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    if status not in TicketStatus.values:
        raise Invalid(_("没有这个状态。"))
    old = ticket.status
    with transaction.atomic():
        if status == TicketStatus.CLOSED and Run.objects.filter(ticket=ticket, status__in=transitions.ACTIVE).exists():
            raise Conflict(_("工单正在智能处理中,请先停止。"), code="still_running")
        solved_at = timezone.now() if status == TicketStatus.SOLVED else None
        if not Ticket.objects.filter(pk=ticket.pk, status=old).update(status=status, solved_at=solved_at):
            raise Conflict(_("工单状态刚刚发生了变化,请刷新后再试。"))
        ticket.status, ticket.solved_at = status, solved_at
        if status in FINISHED:
            ending.withdraw(ticket, "closed", user)
        live.publish_ticket(ticket, {"status": status})
        audit.record("ticket.status_changed", user=user, ticket=ticket, obj=ticket, details={"from": old, "to": status})
    return ticket


def add_attachment(ticket: Ticket, upload: File[bytes], *, user: Any = None, from_run: Run | None = None) -> Attachment:
    """Add one file: an operator's upload, or what a run brought back from the phone (`from_run`)."""
    [row] = add_attachments(ticket, [upload], user=user, from_run=from_run)
    return row


def add_attachments(
    ticket: Ticket, files: Iterable[File[bytes]], *, user: Any = None, from_run: Run | None = None
) -> list[Attachment]:
    """Add files, all of them or none; FileRefused names the one that cannot be taken."""
    if from_run is None:
        require(user, Permission.CREATE_TICKETS, ticket=ticket)
        access.require_visible(user, ticket)
    uploaded = list(files)
    uploads.refuse_too_many(uploaded, ticket.attachments.count())
    with _all_or_none(len(uploaded)), uploads.staged(uploaded, from_run=from_run) as rows, transaction.atomic():
        uploads.refuse_too_many(rows, Ticket.objects.select_for_update().get(pk=ticket.pk).attachments.count())
        for row in rows:
            uploads.keep(row, ticket, user)
            fitting.forget(Ticket.objects.filter(pk=ticket.pk))
            live.publish_ticket(ticket, {"attachment": row.pk})
            _record_file(row, user, from_run)
    return rows


@contextmanager
def _all_or_none(count: int) -> Iterator[None]:
    """Context manager: add to a refusal that the other files were not added either."""
    try:
        yield
    except FileRefused as error:
        if count == 1:
            raise
        text = _("%(why)s 因此 %(n)d 个文件都没有添加。") % {"why": error.message, "n": count}
        raise FileRefused(text, code=error.code) from error


def _create(user: Any, fields: dict[str, Any], uploaded: list[File[bytes]], source: tuple[str, str]) -> Ticket:
    """Store the files, then rows and audit event in one transaction; the files are deleted if that fails."""
    now = timezone.now()
    with uploads.staged(uploaded) as rows, transaction.atomic():
        ticket = Ticket(**fields, number=uuid.uuid4().hex, created_by=user, created_at=now)
        ticket.due_at = now + DUE_IN[fields["priority"]]
        ticket.save()
        ticket.number = f"T{timezone.localtime(now):%y%m%d}{ticket.pk:06d}"
        Ticket.objects.filter(pk=ticket.pk).update(number=ticket.number)
        if source[0]:
            ExternalRef.objects.create(ticket=ticket, connector=source[0], external_id=source[1] or ticket.number)
        for row in rows:
            uploads.keep(row, ticket, user)
        fitting.learn(Ticket.objects.filter(pk=ticket.pk))
        live.publish_ticket(ticket, {"status": ticket.status, "created": True})
        _record_created(ticket, user, rows, source)
    return ticket


def _record_created(ticket: Ticket, user: Any, stored: list[Attachment], source: tuple[str, str]) -> None:
    names = [{"name": row.name, "sha256": row.sha256} for row in stored]
    details = {"connector": source[0], "external_id": source[1], "attachments": names}
    audit.record("ticket.created", user=user, ticket=ticket, obj=ticket, result="success", details=details)


def _record_file(row: Attachment, user: Any, from_run: Run | None) -> None:
    details = {"name": row.name, "sha256": row.sha256, "size": row.size}
    audit.record(
        "attachment.added",
        user=user,
        run=from_run,
        ticket=row.ticket,
        obj=row,
        result="success",
        details=details,
        data_accessed="attachment",
    )


def clean_field(name: str, value: Any, text: str) -> Any:
    """The stored form of one column; Invalid if unusable. An empty subject is taken from `text`."""
    cleaners: dict[str, Callable[[], Any]] = {
        "subject": lambda: _subject(value, text),
        "customer_name": lambda: _line(value, 80),
        "customer_mobile": lambda: _mobile(value),
        "priority": lambda: _priority(value),
    }
    return cleaners[name]()


def clean_text(text: str) -> str:
    """The text with normalised line ends and without control characters; Invalid if empty or too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if char in "\n\t" or ord(char) >= 32)
    text = text.encode("utf-8", "ignore").decode().strip()
    if not text:
        raise Invalid(_("请填写工单内容。"), code="empty_text", field="text")
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        message = _("工单内容太长(%(size)d kB),最多 %(limit)d kB。请精简,或作为附件上传。")
        values = {"size": -(-size // 1024), "limit": MAX_TEXT_BYTES // 1024}
        raise Invalid(message % values, code="text_too_long", field="text")
    return text


def _subject(subject: str, text: str) -> str:
    """The given subject, or the text's beginning."""
    line = " ".join(subject.split()) or " ".join(text.split())[:40]
    if len(line) > MAX_SUBJECT:
        raise Invalid(_("标题最多 %d 个字。") % MAX_SUBJECT, code="subject_too_long", field="subject")
    return _line(line, MAX_SUBJECT)


def _line(text: str, limit: int) -> str:
    clean = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return clean.encode("utf-8", "ignore").decode()[:limit]


def _mobile(text: str) -> str:
    """A mobile number in plain form; other numbers (landline, foreign) unchanged."""
    found = mobiles(even(text))
    return found[0].value if found else _line(text, 20)


def _priority(value: Priority | int) -> Priority:
    try:
        return Priority(value)
    except ValueError as error:
        raise Invalid(_("没有这个优先级。"), field="priority") from error


def _department(user: Any, department: Department | None) -> Department:
    """The given department if the user belongs to it; else the user's first."""
    own = access.departments(user) if user is not None else Department.objects.all()
    chosen = own.filter(pk=department.pk).first() if department else own.order_by("pk").first()
    if chosen is None:
        raise Invalid(_("您还不属于任何部门,请联系管理员。"), code="no_department", field="department")
    return chosen


def _known(user: Any, connector: str, external_id: str) -> Ticket | None:
    if not external_id:
        return None
    known = Ticket.objects.filter(refs__connector=connector, refs__external_id=external_id).first()
    if known is not None and user is not None and not access.may_see(user, known):
        raise Conflict(_("该外部编号已被使用。"), code="external_id_taken")
    return known
