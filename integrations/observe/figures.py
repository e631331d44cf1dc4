"""The figures of `/metrics`, read from the rows at every scrape: what waits, what runs, what fails, what is late.

Rule: only counts and ages; no name, number or text of a customer is ever a label. What can be counted is told as 0
where there is none, so that a board or an alarm never asks for a series that is missing. Recent figures look at a
bounded number of rows, so that a scrape costs the same after a year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cs_agent.engine.run.state import VerdictKind
from tickets import queues
from tickets.models import (
    Confirmation,
    ConfirmationState,
    Delivery,
    DeliveryState,
    OutboxEvent,
    Phone,
    PhoneState,
    Question,
    Run,
    RunStatus,
    Step,
)
from tickets.services.live import health
from tickets.services.runs.transitions import ACTIVE, ENDED

RECENT = timedelta(hours=24)
_NEWEST_STEPS = 20_000  # looked at for what the gate and the model did lately


class Figures(Collector):
    """One scrape; `describe` is empty on purpose: what there is to tell is in the database."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _runs()
        yield from _waits()
        yield _queues()
        yield from _outbox()
        yield _phones()
        yield from _steps()
        yield from _parts()


def _runs() -> Iterator[Metric]:
    active = dict(Run.objects.filter(status__in=ACTIVE).values_list("status").annotate(n=Count("pk")))
    yield _gauge(
        "cs_agent_runs_active",
        "Runs that have not ended, by status.",
        "status",
        {status.value: active.get(status.value, 0) for status in ACTIVE},
    )
    since = timezone.now() - RECENT
    ended = dict(
        Run.objects.filter(status__in=ENDED, updated_at__gte=since, ended_at__gte=since)
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    yield _gauge(
        "cs_agent_runs_ended_last_day",
        "Runs that ended in the last 24 hours, by status.",
        "status",
        {status.value: ended.get(status.value, 0) for status in ENDED},
    )


def _waits() -> Iterator[Metric]:
    pending = Confirmation.objects.filter(state=ConfirmationState.PENDING)
    oldest = {
        "phone": Run.objects.filter(status=RunStatus.QUEUED).aggregate(at=Min("updated_at"))["at"],
        "confirmation": pending.aggregate(at=Min("created_at"))["at"],
        "answer": Question.objects.filter(answered_at=None).aggregate(at=Min("created_at"))["at"],
    }
    yield _gauge(
        "cs_agent_longest_wait_seconds",
        "Age of the oldest thing that waits, by what it waits for.",
        "for",
        {name: _age(at) for name, at in oldest.items()},
    )


def _queues() -> Metric:
    """Of every phone host: its runs and its upkeep."""
    hosts = {settings.CS_AGENT["CS_AGENT_QUEUE"], *Phone.objects.values_list("queue", flat=True)}
    names = [name for host in hosts for name in (host, queues.upkeep(host))]
    text = "Messages that no worker has taken yet, by queue."
    return _gauge("cs_agent_queue_messages", text, "queue", health.queue_lengths(names))


def _outbox() -> Iterator[Metric]:
    states = dict(Delivery.objects.exclude(state=DeliveryState.DELIVERED).values_list("state").annotate(n=Count("pk")))
    kept = (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    yield _gauge(
        "cs_agent_deliveries",
        "Deliveries that are waiting or were given up.",
        "state",
        {state.value: states.get(state.value, 0) for state in kept},
    )
    oldest = Delivery.objects.filter(state=DeliveryState.WAITING).aggregate(at=Min("event__at"))["at"]
    unspread = OutboxEvent.objects.filter(spread=False).aggregate(at=Min("at"))["at"]
    ages = [_age(at) for at in (oldest, unspread)]
    yield GaugeMetricFamily(
        "cs_agent_outbox_age_seconds", "Age of the oldest event that has not left.", value=max(ages)
    )


def _phones() -> Metric:
    rows = Phone.objects.values_list("state").annotate(
        n=Count("pk"), busy=Count("pk", filter=Q(lease_run__isnull=False))
    )
    family = GaugeMetricFamily(
        "cs_agent_phones", "Phones, by state and whether a run holds them.", labels=["state", "busy"]
    )
    found = {state: (count, busy) for state, count, busy in rows}
    for state in PhoneState:
        count, busy = found.get(state.value, (0, 0))
        family.add_metric([state.value, "true"], busy)
        family.add_metric([state.value, "false"], count - busy)
    return family


def _steps() -> Iterator[Metric]:
    newest = Step.objects.aggregate(pk=Max("pk"))["pk"] or 0
    rows = Step.objects.filter(pk__gt=newest - _NEWEST_STEPS, started_at__gte=timezone.now() - timedelta(hours=1))
    found = dict(rows.exclude(verdict="").order_by().values_list("verdict").annotate(n=Count("pk")))
    yield _gauge(
        "cs_agent_gate_verdicts_last_hour",
        "What the gate said of acts in the last hour.",
        "verdict",
        {**dict.fromkeys(map(str, VerdictKind), 0), **found},
    )
    seconds = sorted(
        float(timings["model"]) for timings in rows.order_by().values_list("timings", flat=True) if timings.get("model")
    )
    for share, name in ((0.5, "median"), (0.95, "p95")):
        value = seconds[min(len(seconds) - 1, int(len(seconds) * share))] if seconds else 0.0
        yield GaugeMetricFamily(
            f"cs_agent_model_seconds_{name}", "Seconds of a model's reply in the last hour.", value=value
        )


def _parts() -> Iterator[Metric]:
    found = health.snapshot()
    yield _gauge(
        "cs_agent_part_up", "Whether a part did its work lately.", "part", {p.part.value: int(p.ok) for p in found}
    )


def _gauge(name: str, text: str, label: str, values: dict[Any, Any]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([str(key)], value)
    return family


def _age(at: Any) -> float:
    return max(0.0, (timezone.now() - at).total_seconds()) if at is not None else 0.0
