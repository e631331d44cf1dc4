"""Advances batches: begins rounds that are due, starts runs within each batch's share, closes finished rounds.

Rule: safe to repeat and to run concurrently: a round begins by a compare-and-set of the batch's next time, and an item
is claimed together with its run in one transaction that locks the batch. One round at a time; a ticket's fault is
written on its item, a fault of the whole batch pauses it with the reason.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from tickets.errors import InvalidFlow, Paused, ServiceError
from tickets.flows import schedule
from tickets.models import (
    Batch,
    BatchItem,
    BatchRound,
    BatchState,
    CatchUp,
    ItemState,
    RunPurpose,
)
from tickets.permissions import Permission, has
from tickets.said import bounded, in_language, said
from tickets.services.batches import lists, views
from tickets.services.evidence import audit
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.runs import starts, switches
from tickets.services.runs.transitions import ACTIVE
from tickets.task_entry import Apart

log = logging.getLogger(__name__)
_MOST_STARTS = 20  # of one batch in one pass: the clock never waits long for one of them


def move_all(now: datetime | None = None, apart: Apart = nullcontext) -> int:
    """One pass over every active batch; returns how many runs were started."""
    now = now or timezone.now()
    started = 0
    for batch in Batch.objects.filter(state=BatchState.ACTIVE).select_related("template", "owner").order_by("pk"):
        with apart(f"batch {batch.pk}"), in_language(batch.lang):
            close(batch)
            begin_due(batch, now)
            started += advance(batch, now)
            close(batch)
    for batch in Batch.objects.filter(rounds__ended_at=None).exclude(state=BatchState.ACTIVE).distinct():
        with apart(f"batch {batch.pk}"):
            close(batch)
    return started


def next_time(batch: Batch, after: datetime) -> datetime | None:
    """When its schedule is due next; None for a batch without one."""
    if not batch.cron:
        return None
    return next(iter(schedule.upcoming(batch.cron, schedule.zone(batch.time_zone), after, 1)), None)


def begin_due(batch: Batch, now: datetime) -> int:
    """Begin the rounds that its schedule and its policy for missed times ask for."""
    if not batch.cron or batch.next_at is None or batch.next_at > now:
        return 0
    before, zone = batch.next_at, schedule.zone(batch.time_zone)
    due = schedule.missed(batch.cron, zone, before, now)
    in_line = batch.rounds.filter(ended_at=None).count()
    wanted = schedule.to_make_up(due, now, CatchUp(batch.catch_up), batch.most_rounds, in_line)
    missed = len(due) - len(wanted)
    with transaction.atomic():
        mine = Batch.objects.filter(pk=batch.pk, next_at=before, state=BatchState.ACTIVE)
        if not mine.update(next_at=next_time(batch, now), missed=F("missed") + missed):
            return 0  # another clock was first
        batch.refresh_from_db(fields=["next_at", "missed"])
        if missed:
            details = {"missed": missed, "since": before.isoformat(), "policy": batch.catch_up}
            audit.record("batch.missed", obj=batch, result="failure", details=details)
    for moment in wanted:
        begin(batch, moment)
    return len(wanted)


def begin(batch: Batch, due_at: datetime) -> BatchRound | None:
    """Begin a round over the list, or over what the view shows its owner now; None if the view cannot be read."""
    try:
        tickets = _tickets(batch)
    except ServiceError as error:
        _hold(batch, error.message)
        return None
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        number = (batch.rounds.aggregate(last=Max("number"))["last"] or 0) + 1
        made = BatchRound.objects.create(batch=batch, number=number, due_at=due_at)
        BatchItem.objects.bulk_create([BatchItem(round=made, ticket_id=pk) for pk in tickets])
        audit.record("batch.round_begun", obj=batch, details={"round": number, "tickets": len(tickets)})
    return made


def advance(batch: Batch, now: datetime) -> int:
    """Start as many runs as the share allows, within the working hours; returns how many."""
    if switches.is_paused() or not is_open(batch, now):
        return 0
    fault = _fault(batch)
    if fault:
        _hold(batch, fault)
        return 0
    current = batch.rounds.filter(ended_at=None).order_by("number").first()
    if current is None:
        return 0
    answers = dict(batch.entries.exclude(answers={}).values_list("ticket_id", "answers"))
    started = 0
    for item in current.items.filter(state=ItemState.WAITING).select_related("ticket__department")[:_MOST_STARTS]:
        outcome = _start(batch, item, answers.get(item.ticket_id) or {})
        if outcome is None:
            break
        started += outcome
    return started


def is_open(batch: Batch, now: datetime) -> bool:
    """Whether the batch may start runs at this moment, by its working hours."""
    hours = schedule.Hours(batch.opens, batch.closes, frozenset(map(int, batch.days)))
    return hours.include(now.astimezone(schedule.zone(batch.time_zone)))


def under_way(batch: Batch) -> int:
    """Runs of the batch that have not ended, including those that wait for a person."""
    return BatchItem.objects.filter(round__batch=batch, run__status__in=ACTIVE).count()


def close(batch: Batch) -> None:
    """Close finished rounds, and with the last one a batch without a schedule."""
    for each in batch.rounds.filter(ended_at=None):
        if not each.items.filter(state=ItemState.WAITING).exists() and not _runs_on(each):
            BatchRound.objects.filter(pk=each.pk, ended_at=None).update(ended_at=timezone.now())
    if batch.cron or batch.rounds.filter(ended_at=None).exists() or not batch.rounds.exists():
        return
    with transaction.atomic():
        done = Batch.objects.filter(pk=batch.pk, state=BatchState.ACTIVE)
        if done.update(state=BatchState.FINISHED, ended_at=timezone.now()):
            audit.record("batch.finished", obj=batch, details={"flow": batch.template.slug})


def _runs_on(each: BatchRound) -> bool:
    return each.items.filter(run__status__in=ACTIVE).exists()


def _tickets(batch: Batch) -> list[int]:
    if not batch.view_query:
        return list(batch.entries.values_list("ticket_id", flat=True))
    if batch.owner is None:
        return []  # the next pass holds the batch and says why
    found = views.tickets_of(batch.owner, batch.view_query, lists.MOST)
    return list(dict.fromkeys(ticket.pk for ticket in found))


def _start(batch: Batch, item: BatchItem, answers: dict[str, str]) -> int | None:
    """1 for a started run, 0 for a refused ticket; None if the batch may start no more now."""
    try:
        with transaction.atomic():
            row = Batch.objects.select_for_update().get(pk=batch.pk)
            if row.state != BatchState.ACTIVE or under_way(batch) >= row.share:
                return None
            run = starts.start_run(
                ticket=item.ticket,
                user=batch.owner,
                template=batch.template,
                answers=answers,
                lang=batch.lang,
                purpose=RunPurpose.SCHEDULE,
            )
            mine = BatchItem.objects.filter(pk=item.pk, state=ItemState.WAITING)
            if not mine.update(state=ItemState.STARTED, run=run):
                raise _TakenError
    except _TakenError:
        return 0
    except (Paused, InvalidFlow):
        return None
    except ServiceError as error:
        waiting = BatchItem.objects.filter(pk=item.pk, state=ItemState.WAITING)
        waiting.update(state=ItemState.REFUSED, note=bounded(error.message, 300))
        return 0
    return 1


class _TakenError(Exception):
    """Another process has started this item: the run that was about to be queued is rolled back."""


def _fault(batch: Batch) -> str:
    """Why the whole batch cannot go on, in words; empty where it can."""
    owner: Any = batch.owner
    if owner is None or not owner.is_active:
        return said("batch.no_owner")
    if not (has(owner, Permission.START_RUNS) and has(owner, Permission.RUN_BATCHES)):
        return said("batch.no_right")
    template = batch.template
    if not template.active or not releases.at_work().filter(template=template, shadow=False).exists():
        return said("batch.no_flow", flow=template.name)
    if batch.view_query and not access.departments(owner).exists():
        return said("batch.no_team")
    return ""


def _hold(batch: Batch, words: str) -> None:
    with transaction.atomic():
        at_work = Batch.objects.filter(pk=batch.pk, state=BatchState.ACTIVE)
        if at_work.update(state=BatchState.PAUSED, fault=words):
            details = {"flow": batch.template.slug, "reason": words}
            audit.record("batch.held", obj=batch, result="failure", details=details)
    log.warning("batch %s is held: %s", batch.pk, words)
