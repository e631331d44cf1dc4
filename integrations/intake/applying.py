"""Applies a fetched helpdesk ticket to ours: created, changed, reopened, closed, or ignored.

Rule: changes made at the helpdesk are applied, changes made only here are kept. Everything uses `tickets.services` with
the permissions of the connector's account, and applying a reading twice changes nothing more.

Steps: 1. an older reading is dropped; 2. the rules say whether and where it comes in; 3. the ticket is made, or found
by its `ExternalRef`; 4. facts, place, messages, state; 5. files, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.connectors.build import actor, kind_of
from integrations.connectors.errors import Gone
from integrations.connectors.fields.mapping import Mapped, Mapping, mapped
from integrations.connectors.fields.words import MARK
from integrations.connectors.protocol import Author, Message, RemoteTicket, State
from integrations.intake import clarifying, deliveries, files, history
from integrations.models import Connector, LinkedTicket
from tickets.errors import Conflict
from tickets.models import Department, ExternalRef, Run, Ticket, TicketStatus
from tickets.models.ticket.tickets import FINISHED, WITH_US
from tickets.said import carried
from tickets.services.clarify.answers import goes_on_as
from tickets.services.evidence.personal_data import GONE
from tickets.services.runs import transitions
from tickets.services.tickets import changes, edits, external
from tickets.web.given import is_storable

_OURS = {State.SOLVED: TicketStatus.SOLVED, State.CLOSED: TicketStatus.CLOSED, State.PENDING: TicketStatus.PENDING}


class Superseded(Exception):
    """Another reader has claimed this ticket and will do the rest."""


@dataclass
class Work:
    """One reading in progress. `still_ours` raises Superseded; it locks the row when called in a transaction."""

    row: Connector
    linked: LinkedTicket
    user: Any
    still_ours: Callable[[], None]

    def save(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.linked, name, value)
        LinkedTicket.objects.filter(pk=self.linked.pk).update(**values)

    def has(self, part: str) -> bool:
        return part in self.linked.taken

    def take(self, part: str) -> None:
        self.save(taken=[*self.linked.taken, part])


def apply(
    row: Connector, linked: LinkedTicket, remote: RemoteTicket, still_ours: Callable[[], None], *, answers: bool = False
) -> None:
    """See the module. After a ConnectorError or ServiceError the work done so far is kept, and the next reading
    continues.

    `answers`: the helpdesk can bring a reply to the customer.
    """
    updated_at = remote.updated_at if remote.updated_at and is_storable(remote.updated_at) else None
    if updated_at and linked.updated_at and updated_at < linked.updated_at:
        return
    if linked.ticket is not None and linked.ticket.text == GONE:
        return  # erased here at the customer's wish: nothing of it comes in again
    work = Work(row, linked, actor(row), still_ours)
    ours = mapped(remote, Mapping.model_validate(row.mapping), kind_of(row))
    department = place_of(row, remote)
    if linked.ticket is None:
        _take_in(work, remote, ours, department)
    if linked.ticket is not None:
        _update(work, linked.ticket, remote, ours, department)
        facts = {**facts_of(remote), "helpdesk": row.name, "answers": "yes" if answers else "", "left": linked.left}
        number = remote.number or remote.external_id
        external.note_facts(linked.ticket, row.key, number=number, url=remote.url, facts=facts)
        if department is not None:
            files.take_in(work, linked.ticket, remote)
            clarifying.after(row, linked.ticket, work.user, answers)
    work.save(updated_at=updated_at or linked.updated_at, read_at=timezone.now())


def gone(row: Connector, linked: LinkedTicket, error: Gone, still_ours: Callable[[], None]) -> None:
    """The helpdesk has no such ticket any more: ours is closed with a note, unless somebody is working on it."""
    if error.at and linked.updated_at and error.at < linked.updated_at:
        return
    work, merged_into = Work(row, linked, actor(row), still_ours), error.merged_into
    if merged_into and deliveries.is_id(merged_into) and merged_into != linked.external_id:
        deliveries.poke(row, [merged_into])
        _leave(
            work,
            "merged",
            _(carried.MERGED) % {"where": row.name, "into": merged_into},
            merged_into,
        )
    elif error.hidden:
        _leave(work, "hidden", _(carried.HIDDEN) % {"where": row.name})
    else:
        _leave(work, "deleted", _(carried.DELETED) % {"where": row.name})
    if error.at:
        work.save(updated_at=error.at)


def place_of(row: Connector, remote: RemoteTicket) -> Department | None:
    """The department by the rules; None if the ticket is ignored."""
    for rule in row.rules.select_related("department"):
        if _fits(rule.queue, [remote.queue]) and _fits(rule.tag, remote.tags):
            return rule.department
    return row.department


def _fits(pattern: str, values: Any) -> bool:
    return not pattern or any(fnmatchcase(value.lower(), pattern.lower()) for value in values)


def _take_in(work: Work, remote: RemoteTicket, ours: Mapped, department: Department | None) -> None:
    over = ours.state in (State.SOLVED, State.CLOSED)
    if department is None or over:
        work.save(left="closed" if over else "left_out", state=ours.state or "")
        return
    _refuse_second(work)
    with transaction.atomic():
        known = external.adopt(work.row.key, work.row.home, work.linked.external_id)
        if known is not None:
            work.save(ticket=known, left="", state=ours.state or "", taken=_noted(known, remote))
            return
    ticket = changes.create_ticket(
        user=work.user,
        subject=ours.subject,
        text=ours.text,
        customer_name=ours.customer_name,
        customer_mobile=ours.customer_mobile,
        priority=ours.priority,
        department=department,
        connector=work.row.key,
        external_id=work.linked.external_id,
    )
    clarifying.began(ticket, remote)
    work.save(ticket=ticket, left="", state=ours.state or "")


def _noted(ticket: Ticket, remote: RemoteTicket) -> list[str]:
    """Record the messages and files that our ticket has already."""
    notes = set(ticket.comments.values_list("text", flat=True))
    return [f"m:{message.external_id}"[:130] for message in remote.messages if history.as_note(message) in notes]


def _refuse_second(work: Work) -> None:
    """Refuse a ticket that another set-up of the same helpdesk handles."""
    same = LinkedTicket.objects.filter(external_id=work.linked.external_id, connector__home=work.row.home)
    other = same.exclude(connector=work.row).exclude(ticket=None).select_related("connector", "ticket").first()
    if work.row.home and other is not None and other.ticket is not None:
        text = _("该工单已由连接器“%(other)s”接入(%(ours)s)。请调整两个连接器的规则,让每个工单只从一处进来。")
        raise Conflict(text % {"other": other.connector.name, "ours": other.ticket.number}, code="two_connectors")


def _update(work: Work, ticket: Ticket, remote: RemoteTicket, ours: Mapped, department: Department | None) -> None:
    ticket.refresh_from_db()
    before = ExternalRef.objects.filter(ticket=ticket, connector=work.row.key).values_list("facts", flat=True).first()
    moved = bool(before) and (before or {}).get("queue", "") != remote.queue
    if department is None:
        _leave(work, "moved", _(carried.MOVED) % _of(work, remote))
    else:
        if work.linked.left:
            _return(work, ticket)
        if moved and department.pk != ticket.department_id:
            edits.change_ticket(ticket, work.user, department=department)
    answered = _messages(work, ticket, remote)
    _state(work, ticket, ours.state, answered)


def _of(work: Work, remote: RemoteTicket) -> dict[str, str]:
    return {"where": work.row.name, "queue": remote.queue or "-"}


def facts_of(remote: RemoteTicket) -> dict[str, str]:
    person = remote.requester
    return {
        "customer": person.name,
        "email": person.email,
        "mobile": person.mobile,
        "queue": remote.queue,
        "status": remote.status,
        "priority": remote.priority,
        "tags": ", ".join(remote.tags),
    }


def _messages(work: Work, ticket: Ticket, remote: RemoteTicket) -> bool:
    """Note what was said since; whether the customer was among those who spoke (not counting what came with a new
    ticket)."""
    first = not work.linked.taken and work.linked.read_at is None
    answered = False
    for message in history.newest(remote.messages):
        part = f"m:{message.external_id}"[:130]
        if work.has(part):
            continue
        text = "" if _is_ours(message) else history.as_note(message)
        with transaction.atomic():
            work.still_ours()
            if message.author is Author.CUSTOMER:
                clarifying.heard(ticket, message, remote.requester, work.user, came_with_it=first)
            if text:
                edits.comment(ticket, text, work.user)
            work.take(part)
        answered |= message.author is Author.CUSTOMER and not first
    return answered


def _is_ours(message: Message) -> bool:
    """Whether the message is our own; a customer's quote of our answer with its mark is not."""
    marked = message.author is not Author.CUSTOMER and MARK in message.text
    return message.author in (Author.OURS, Author.SYSTEM) or marked


def _state(work: Work, ticket: Ticket, now: State | None, answered: bool) -> None:
    """Apply a change of the helpdesk's state; while a run is active here it waits for the run's end."""
    ticket.refresh_from_db()
    if ticket.merged_into_id:
        if answered:
            _open_the_other(work, ticket)
        return
    changed = now is not None and now != work.linked.state
    wanted = _wanted(ticket, now if changed else None, answered)
    if wanted is not None:
        if wanted in FINISHED and Run.objects.filter(ticket=ticket, status__in=transitions.ACTIVE).exists():
            return
        _set(work, ticket, wanted)
    if changed:
        work.save(state=now)


def _open_the_other(work: Work, double: Ticket) -> None:
    """Reopen the ticket that the customer's ticket was merged into."""
    ticket = goes_on_as(double)
    if ticket.status in (*FINISHED, TicketStatus.PENDING):
        _set(work, ticket, TicketStatus.OPEN)


def _set(work: Work, ticket: Ticket, status: TicketStatus) -> None:
    if status == TicketStatus.OPEN and ticket.status in FINISHED:
        edits.reopen(ticket, work.user)
    else:
        changes.set_status(ticket, status, work.user)


def _wanted(ticket: Ticket, now: State | None, answered: bool) -> TicketStatus | None:
    """The status ours should get; None to leave it. `now`: the helpdesk's state, if it changed."""
    if now in (State.SOLVED, State.CLOSED):
        return None if ticket.status in (TicketStatus.CLOSED, _OURS[now]) else _OURS[now]
    back = ticket.status in FINISHED or ticket.status == TicketStatus.PENDING
    if answered and back:
        return TicketStatus.OPEN
    if now is State.OPEN and back and not clarifying.is_waiting(ticket):  # a question of ours opens it there
        return TicketStatus.OPEN
    if now is State.PENDING and ticket.status in WITH_US:
        return TicketStatus.PENDING
    return None


def _leave(work: Work, why: str, text: str, into: str = "") -> None:
    ticket = work.linked.ticket
    if work.linked.left == why:
        return
    with transaction.atomic():
        work.still_ours()
        if ticket is not None:
            busy = Run.objects.filter(ticket=ticket, status__in=transitions.ACTIVE).exists()
            if ticket.status not in FINISHED and not busy:
                changes.set_status(ticket, TicketStatus.CLOSED, work.user)
            edits.comment(ticket, text, work.user)
            external.note_left(ticket, work.row.key, why, into)
        work.save(left=why)


def _return(work: Work, ticket: Ticket) -> None:
    with transaction.atomic():
        work.still_ours()
        work.save(left="")
        if ticket.status in FINISHED:
            edits.reopen(ticket, work.user)
