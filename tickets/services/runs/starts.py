"""Starts runs: plans the slots' values, refuses what cannot be started, and queues the run.

Rule: one active run per ticket; the run, its slots and its audit event are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tickets import queues
from tickets.errors import (
    AlreadyRunning,
    Conflict,
    InvalidFlow,
    NoFlow,
    ServiceError,
    SlotsNeeded,
)
from tickets.flows.slots import SlotReading, apply_answers, read_slots
from tickets.models import (
    FlowTemplate,
    FlowVersion,
    Run,
    RunPurpose,
    Slot,
    SlotSource,
    Ticket,
    TicketStatus,
)
from tickets.permissions import Permission, require
from tickets.said import gettext_said
from tickets.services.clarify import ending
from tickets.services.evidence import audit
from tickets.services.flows import instructions
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.releasing import releases, trial_runs
from tickets.services.runs import switches, transitions
from tickets.services.tickets import values

TICKET_CLOSED = gettext_noop("工单已关闭,不能再启动。")


def plan(ticket: Ticket, flow_version: FlowVersion) -> SlotReading:
    """The values for the flow's slots, and what must be asked before a start."""
    return values.reading_of(ticket, flow_version)


def start_run(
    *,
    ticket: Ticket,
    user: Any,
    flow_version: FlowVersion | None = None,
    template: FlowTemplate | None = None,
    answers: dict[str, str] | None = None,
    lang: str = "zh",
    purpose: RunPurpose = RunPurpose.CUSTOMER,
) -> Run:
    """Queue a run of the given version, of the template's released version, or of the best fitting flow.

    Raises SlotsNeeded, NoFlow or AlreadyRunning.
    """
    require(user, Permission.START_RUNS, ticket=ticket)
    access.require_visible(user, ticket)
    switches.require_not_paused()
    _refuse_unstartable(ticket)
    version = flow_version or _released(ticket, template)
    reading = apply_answers(version.definition, ticket, plan(ticket, version), answers or {})
    if not reading.complete:
        raise SlotsNeeded(reading)
    try:
        with transaction.atomic():
            return create_run(ticket, user, version, reading, lang, purpose)
    except IntegrityError as error:  # somebody else's click was first: one active run per ticket
        _refuse_unstartable(ticket)
        raise Conflict from error


@dataclass(frozen=True, slots=True)
class Started:
    """The result for one of several tickets: a queued run, or the error."""

    ticket: Ticket
    run: Run | None = None
    error: ServiceError | None = None


def start_many(user: Any, tickets: Iterable[Ticket], template: FlowTemplate, *, lang: str = "zh") -> list[Started]:
    """Start a run of the same flow for each ticket; a failure does not affect the others.

    Forbidden without the permission. A pause of all automation meanwhile applies to the rest.
    """
    require(user, Permission.START_RUNS)
    return [_start_one(user, ticket, template, lang) for ticket in tickets]


def create_run(
    ticket: Ticket,
    user: Any,
    version: FlowVersion,
    reading: SlotReading,
    lang: str,
    purpose: RunPurpose = RunPurpose.CUSTOMER,
) -> Run:
    """Create the queued run inside the caller's transaction; a run that serves no customer leaves its ticket
    unchanged."""
    if not version.template.active:
        raise InvalidFlow([_("该流程已停用。")])
    run = Run.objects.create(
        ticket=ticket,
        flow_version=version,
        lang=lang,
        started_by=user,
        purpose=purpose,
        instruction=instructions.render(version.definition, reading, lang),
    )
    said = {found.name: found.value for found in read_slots(version.definition, ticket).found}
    Slot.objects.bulk_create(_slot(run, found, said.get(found.name, "")) for found in reading.found)
    trial_runs.join(run)
    if run.serves:
        _open(ticket, ticket.assignee or user if purpose == RunPurpose.SCHEDULE else user, version)
    live.publish_run(run, "run.changed", {"status": run.status, "version": run.version})
    categories = sorted({found.category for found in reading.found if found.category})
    details = {"slots": {found.name: found.source for found in reading.found}, "purpose": purpose.value}
    if run.serves:
        ending.withdraw(ticket, "started", user)
    audit.record("run.started", user=user, run=run, obj=run, details=details, data_accessed=categories)
    queues.enqueue_where_free(run.pk)
    return run


def _start_one(user: Any, ticket: Ticket, template: FlowTemplate, lang: str) -> Started:
    try:
        return Started(ticket, start_run(ticket=ticket, user=user, template=template, lang=lang))
    except ServiceError as error:
        return Started(ticket, error=error)


def _refuse_unstartable(ticket: Ticket) -> None:
    active = Run.objects.serving().filter(ticket=ticket, status__in=transitions.ACTIVE).first()
    if active is not None:
        raise AlreadyRunning(active)
    if ticket.status == TicketStatus.CLOSED:
        raise Conflict(gettext_said(TICKET_CLOSED), code="ticket_closed")


def _released(ticket: Ticket, template: FlowTemplate | None) -> FlowVersion:
    from tickets.services.flows.recommendation import recommend  # it reads slots and flows, which need not know runs

    version = releases.version_for(template, ticket) if template else recommend(ticket).flow_version
    if version is None:
        raise NoFlow
    return version


def _open(ticket: Ticket, user: Any, version: FlowVersion) -> None:
    open_ticket = Ticket.objects.filter(pk=ticket.pk).exclude(status=TicketStatus.CLOSED)
    handled = {"status": TicketStatus.OPEN, "assignee": user, "handling": version.template_id}
    if not open_ticket.update(**handled):  # closed since the page was shown
        raise Conflict(gettext_said(TICKET_CLOSED), code="ticket_closed")
    ticket.status, ticket.assignee, ticket.handling_id = TicketStatus.OPEN, user, version.template_id


def _slot(run: Run, found: Any, said: str) -> Slot:
    """`said`: the ticket's own value, kept beside an operator's."""
    return Slot(
        run=run,
        name=found.name,
        label=found.label,
        value=found.value,
        source=found.source,
        original=said if found.source in (SlotSource.OPERATOR, SlotSource.CUSTOMER) else "",
        start=found.start,
        end=found.end,
        attachment_id=found.attachment_id,
    )
