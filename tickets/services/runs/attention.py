"""What waits for people: confirmations, questions, takeovers, and tickets that automation returned or never handled,
that were opened again, or whose customer answered.

Rule: read from rows only. An item is the user's own if the user may handle it and the ticket is theirs, nobody's, or
needs a second person; all others are the team's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, NotPending
from tickets.models import (
    SERVING,
    AuditEvent,
    Clarification,
    ClarificationState,
    Confirmation,
    ConfirmationState,
    Question,
    Run,
    RunStatus,
    Takeover,
    Ticket,
)
from tickets.models.ticket.tickets import WITH_US
from tickets.permissions import Permission, has, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs.decisions import EXPIRED_CODE, REJECTED_CODE
from tickets.services.runs.transitions import WAITING
from tickets.services.tickets import mentions

MOST = 300  # of each kind
ESCALATED = 0.5  # of a takeover's time
NUDGE_EVERY = timedelta(minutes=1)
_NUDGED = "run.nudged"
_HEARD = (
    ClarificationState.PARTLY,
    ClarificationState.UNCLEAR,
    ClarificationState.ANSWERED,
    ClarificationState.EXPIRED,
)
_OF_RUN = ("run__ticket__assignee", "run__flow_version__template")


class Why(StrEnum):
    CONFIRMATION = "confirmation"
    QUESTION = "question"
    TAKEOVER = "takeover"
    EXPIRED = "expired"
    REJECTED = "rejected"
    FAILED = "failed"
    HANDED_OFF = "handed_off"
    PERSON = "person"
    REOPENED = "reopened"  # it was done, and the customer or the helpdesk opened it again
    REPLIED = "replied"  # the customer answered what he was asked, or the time for it is over
    MENTION = "mention"  # mentioned by a colleague in a note


CALLING = frozenset({Why.CONFIRMATION, Why.QUESTION, Why.TAKEOVER})  # these block a phone


@dataclass(frozen=True, slots=True)
class Item:
    """One waiting item. `key`: stable id; `text`: what it is about, in the run's words."""

    why: Why
    key: str
    ticket: Ticket
    since: datetime
    text: str
    mine: bool
    due: datetime | None = None
    run: Run | None = None
    source: Any = None  # the confirmation, question or takeover


def items(user: Any) -> list[Item]:
    """The items of the user's departments: those blocking a phone first, then by time; at most MOST of each kind."""
    runs = access.visible_runs(user)
    found = [*_confirmations(user, runs), *_questions(user, runs), *_takeovers(user, runs)]
    found += [*_once(_reopened(user), _replied(user), _ended(user, runs), _for_people(user)), *_mentions(user)]
    far = timezone.now() + timedelta(days=3650)
    return sorted(found, key=lambda item: (item.why not in CALLING, item.due or far, item.since))


def _once(*kinds: Iterable[Item]) -> Iterator[Item]:
    """Each ticket by the first reason that it has."""
    seen: set[int] = set()
    for item in chain(*kinds):
        if item.ticket.pk not in seen:
            seen.add(item.ticket.pk)
            yield item


def tickets_waiting() -> Q:
    """The tickets of all team items; mentions concern one person and are excluded."""
    runs = Run.objects.serving()
    asked = runs.filter(status__in=(RunStatus.AWAITING_CONFIRMATION, RunStatus.AWAITING_ANSWER))
    alone = runs.filter(status=RunStatus.TAKEN_OVER, takeovers__ended_at=None, takeovers__begun_at=None)
    ended = Q(status__in=WITH_US, pk__in=_given_back(runs).values("ticket"))
    for_people = _untouched() & Q(status__in=WITH_US)
    back = Q(status__in=WITH_US) & (Q(pk__in=_come_back().values("pk")) | Q(pk__in=_heard().values("ticket")))
    return Q(pk__in=asked.values("ticket")) | Q(pk__in=alone.values("ticket")) | ended | for_people | back


def replies() -> QuerySet[Clarification]:
    """Of each ticket the newest question, if the customer answered it or let its time pass, and no run began since."""
    newer = Clarification.objects.filter(ticket=OuterRef("ticket"), pk__gt=OuterRef("pk"))
    since = Run.objects.serving().filter(ticket=OuterRef("ticket"), created_at__gt=OuterRef("asked_at"))
    return Clarification.objects.filter(~Exists(newer), ~Exists(since), state__in=_HEARD)


def _heard() -> QuerySet[Clarification]:
    return replies().filter(ticket__status__in=WITH_US)


def _come_back() -> QuerySet[Ticket]:
    since = Run.objects.serving().filter(ticket=OuterRef("pk"), created_at__gt=OuterRef("reopened_at"))
    return Ticket.objects.filter(~Exists(since), reopened_at__isnull=False, status__in=WITH_US)


def _untouched() -> Q:
    return Q(~Exists(Run.objects.serving().filter(ticket=OuterRef("pk"))), for_person=True)


def _given_back(runs: QuerySet[Run]) -> QuerySet[Run]:
    later = Run.objects.serving().filter(ticket=OuterRef("ticket"), created_at__gt=OuterRef("created_at"))
    rejected = Q(status=RunStatus.CANCELLED, failure_code=REJECTED_CODE)
    ended = Q(status__in=(RunStatus.HANDED_OFF, RunStatus.FAILED)) | rejected
    return runs.filter(ended, ~Exists(later), purpose__in=SERVING)


def takeover_due(takeover: Takeover) -> datetime:
    """When a takeover that nobody begins expires."""
    return takeover.asked_at + timedelta(seconds=settings.CS_AGENT["CS_AGENT_TAKEOVER_DUE_S"])


def _confirmations(user: Any, runs: QuerySet[Run]) -> Iterator[Item]:
    rows = Confirmation.objects.filter(
        state=ConfirmationState.PENDING, run__in=runs.filter(status=RunStatus.AWAITING_CONFIRMATION).values("pk")
    ).select_related(*_OF_RUN, "first_approved_by")
    may = has(user, Permission.DECIDE)
    for row in rows.order_by("due_at")[:MOST]:
        mine = may and not _barred(row, user) and (_own(row.run, user) or _needs_another(row) or _escalated(row, user))
        yield Item(
            Why.CONFIRMATION,
            f"c-{row.pk}-{row.version}",
            row.run.ticket,
            row.created_at,
            row.summary,
            mine,
            row.due_at,
            row.run,
            row,
        )


def _questions(user: Any, runs: QuerySet[Run]) -> Iterator[Item]:
    waiting = runs.filter(status=RunStatus.AWAITING_ANSWER).values("pk")
    rows = Question.objects.filter(answered_at=None, run__in=waiting).select_related(*_OF_RUN)
    may = has(user, Permission.DECIDE)
    for row in rows.order_by("created_at")[:MOST]:
        mine = may and _own(row.run, user)
        yield Item(Why.QUESTION, f"q-{row.pk}", row.run.ticket, row.created_at, row.text, mine, None, row.run, row)


def _takeovers(user: Any, runs: QuerySet[Run]) -> Iterator[Item]:
    waiting = runs.filter(status=RunStatus.TAKEN_OVER).values("pk")
    rows = Takeover.objects.filter(ended_at=None, begun_at=None, run__in=waiting).select_related(*_OF_RUN)
    may = has(user, Permission.TAKE_OVER)
    half = timedelta(seconds=ESCALATED * settings.CS_AGENT["CS_AGENT_TAKEOVER_DUE_S"])
    for row in rows.order_by("asked_at")[:MOST]:
        late = timezone.now() - row.asked_at > half
        mine = may and (_own(row.run, user) or late)
        due = takeover_due(row)
        yield Item(Why.TAKEOVER, f"t-{row.pk}", row.run.ticket, row.asked_at, row.reason, mine, due, row.run, row)


def _ended(user: Any, runs: QuerySet[Run]) -> Iterator[Item]:
    """The newest run of each open ticket, if it ended without doing what was asked."""
    rows = _given_back(runs).filter(ticket__status__in=WITH_US).select_related("ticket__assignee")
    for run in rows.order_by("ended_at")[:MOST]:
        at = run.ended_at or run.updated_at
        yield Item(_why_ended(run), f"e-{run.pk}", run.ticket, at, run.result, _own(run, user), run=run)


def _for_people(user: Any) -> Iterator[Item]:
    """Tickets recommended to a person that have had no run."""
    rows = access.visible_tickets(user).filter(_untouched(), status__in=WITH_US).select_related("assignee")
    may = has(user, Permission.START_RUNS)
    for ticket in rows.order_by("due_at")[:MOST]:
        mine = may and ticket.assignee_id in {None, user.pk}
        yield Item(Why.PERSON, f"p-{ticket.pk}", ticket, ticket.created_at, "", mine, ticket.due_at)


def _reopened(user: Any) -> Iterator[Item]:
    rows = access.visible_tickets(user).filter(pk__in=_come_back().values("pk")).select_related("assignee")
    may = has(user, Permission.START_RUNS)
    for ticket in rows.order_by("reopened_at")[:MOST]:
        mine = may and ticket.assignee_id in {None, user.pk}
        yield Item(Why.REOPENED, f"o-{ticket.pk}", ticket, ticket.reopened_at or ticket.created_at, "", mine)


def _replied(user: Any) -> Iterator[Item]:
    """His who asked, unless the ticket is somebody's; everybody's where it was asked by policy."""
    rows = _heard().filter(ticket__in=access.visible_tickets(user).values("pk")).select_related("ticket__assignee")
    may = has(user, Permission.START_RUNS)
    for row in rows.order_by("pk")[:MOST]:
        whose = row.ticket.assignee_id or (None if row.by_policy else row.asked_by_id)
        since = row.answered_at or row.due_at
        text = row.answer[:200] or ClarificationState(row.state).label
        yield Item(Why.REPLIED, f"a-{row.pk}", row.ticket, since, str(text), may and whose in {None, user.pk})


def _mentions(user: Any) -> Iterator[Item]:
    for row in mentions.waiting(user)[:MOST]:
        note = row.comment
        yield Item(Why.MENTION, f"m-{row.pk}", note.ticket, note.created_at, note.text[:200], True)


def _why_ended(run: Run) -> Why:
    if run.failure_code == EXPIRED_CODE:
        return Why.EXPIRED
    return {RunStatus.CANCELLED: Why.REJECTED, RunStatus.FAILED: Why.FAILED}.get(RunStatus(run.status), Why.HANDED_OFF)


def _own(run: Run, user: Any) -> bool:
    """The ticket's assignee; without one, who started the run."""
    return (run.ticket.assignee_id or run.started_by_id) == user.pk


def _barred(row: Confirmation, user: Any) -> bool:
    four_eyes = row.run.flow_version.definition.get("four_eyes") and row.run.started_by_id == user.pk
    return bool(four_eyes) or row.first_approved_by_id == user.pk


def _needs_another(row: Confirmation) -> bool:
    return bool(row.run.flow_version.definition.get("four_eyes")) or row.first_approved_by_id is not None


def _escalated(row: Confirmation, user: Any) -> bool:
    return row.escalated_at is not None and not has(user, Permission.START_RUNS)


def nudge(run: Run, user: Any) -> None:
    """Remind the people in charge, at most once a minute per run: a live event and an audit event."""
    require(user, Permission.START_RUNS, run=run)
    access.require_visible(user, run.ticket)
    if run.status not in WAITING:
        raise NotPending(_("这次处理已经不在等人。"))
    if AuditEvent.objects.filter(run_id=str(run.pk), type=_NUDGED, at__gt=timezone.now() - NUDGE_EVERY).exists():
        raise Conflict(_("刚刚已经催过,请稍等。"), code="nudged_already")
    with transaction.atomic():
        live.publish_run(run, "confirmation.asked", {"nudged": True, "by": user.get_username()})
        audit.record(_NUDGED, user=user, run=run, result="success")
