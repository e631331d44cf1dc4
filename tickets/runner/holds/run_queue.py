"""The queue of runs that wait for a phone, ordered by: started by a person, priority, due time, creation. Batches and
rehearsals come last.

Rule: a free phone goes to the first queued run that it suits. A run whose labels no phone has does not block later
ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from tickets import queues
from tickets.models import FlowVersion, Phone, PhoneState, Run, RunPurpose, RunStatus
from tickets.runner.holds import leases
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.transitions import ENDED

_RECENT = 30  # ended runs used for the estimate
_TOLD = 50  # queued runs whose place is updated
_BY_PEOPLE = (RunPurpose.CUSTOMER, RunPurpose.LESSON)
_RANK = Case(When(purpose__in=_BY_PEOPLE, then=Value(0)), default=Value(1), output_field=IntegerField())


def waiting() -> QuerySet[Run]:
    """Queued runs without a phone, in queue order."""
    queued = Run.objects.filter(status=RunStatus.QUEUED, leased_phone=None)
    return queued.alias(rank=_RANK).order_by("rank", "ticket__priority", "ticket__due_at", "created_at", "pk")


def place(run: Run) -> int:
    """How many runs precede this one."""
    urgency, due, at = run.ticket.priority, run.ticket.due_at, run.created_at
    later = Q(ticket__due_at=due) & (Q(created_at__lt=at) | Q(created_at=at, pk__lt=run.pk))
    sooner = Q(ticket__priority__lt=urgency) | Q(ticket__priority=urgency) & (Q(ticket__due_at__lt=due) | later)
    rank = 0 if run.purpose in _BY_PEOPLE else 1
    return waiting().order_by().filter(Q(rank__lt=rank) | Q(rank=rank) & sooner).count()


def is_next(run: Run, queue: str) -> bool:
    """Whether a free phone is assigned to this run."""
    return any(pk == run.pk for pk in _matched(queue))


def call_next(queue: str) -> int:
    """Send the runs for which a phone is free; returns how many. Called when a phone becomes free."""
    called = list(_matched(queue))
    for pk in called:
        queues.enqueue(pk, queue)
    return len(called)


def tell(run: Run) -> None:
    """Update the run's place in the queue and its estimated wait."""
    before = place(run)
    runs.wait_for_phone(run, before, estimate(run, before))


def tell_all() -> int:
    """Update the first queued runs; returns how many changed. Two queries besides the queue's."""
    told = waiting().select_related("ticket", "flow_version__template", "phone")[:_TOLD]
    typical, phones = typical_duration(), _ready_labels()
    return sum(
        runs.wait_for_phone(run, before, _estimate(typical, before, _suiting(run, phones)))
        for before, run in enumerate(told)
    )


def estimate(run: Run, before: int | None = None) -> timedelta | None:
    """The estimated wait: the typical duration times the place, divided by the phones. None without recent runs."""
    ahead = place(run) if before is None else before
    return _estimate(typical_duration(), ahead, _suiting(run, _ready_labels()))


def typical_duration() -> timedelta | None:
    """The median duration of recent runs, including waits for humans, during which the phone is held."""
    ended = Run.objects.filter(status__in=ENDED, started_at__isnull=False, ended_at__isnull=False)
    times = ended.order_by("-updated_at").values_list("started_at", "ended_at")[:_RECENT]
    seconds = [(end - start).total_seconds() for start, end in times if start and end]
    return timedelta(seconds=median(seconds)) if seconds else None


def _estimate(typical: timedelta | None, before: int, phones: int) -> timedelta | None:
    return typical * (before + 1) / phones if typical and phones else None


def _ready_labels() -> list[frozenset[str]]:
    """The labels of each phone of the pool, leased or not."""
    return [leases.offered(phone) for phone in Phone.objects.filter(state=PhoneState.READY)]


def _suiting(run: Run, phones: list[frozenset[str]]) -> int:
    """How many of these phones suit the run."""
    wanted = leases.wanted(run.flow_version.definition, run.purpose)
    return sum(wanted <= labels for labels in phones)


def _matched(queue: str) -> Iterator[Any]:
    """The ids of the runs that get the queue's free phones, in queue order."""
    free = [leases.offered(phone) for phone in leases.free(queue)]
    if not free:
        return
    queued = waiting()
    versions = FlowVersion.objects.filter(pk__in=queued.order_by().values("flow_version_id"))
    definitions = dict(versions.values_list("pk", "definition"))
    rows = queued.values_list("pk", "flow_version_id", "purpose", "lesson__phone")
    for pk, version_id, purpose, chosen in rows.iterator(chunk_size=200):
        if version_id not in definitions:  # queued since
            continue
        wanted = leases.wanted(definitions[version_id], purpose, chosen)
        suiting = [labels for labels in free if wanted <= labels]
        if suiting:
            free.remove(min(suiting, key=len))  # keep more capable phones for runs that need them
            yield pk
        if not free:
            return
