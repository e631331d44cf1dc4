"""What the pages of batches show, put together from rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.paginator import Page
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.flows import schedule
from tickets.models import Batch, BatchItem, BatchRound, BatchState, CatchUp, Phone, PhoneState
from tickets.services.batches import making, results, rounds
from tickets.services.batches.results import Figures
from tickets.services.flows import templates
from tickets.services.tickets import saved_views

TONES = {
    BatchState.ACTIVE: "info",
    BatchState.PAUSED: "warn",
    BatchState.STOPPED: "quiet",
    BatchState.FINISHED: "ok",
}
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Row:
    batch: Batch
    tone: str
    figures: Figures


def rows(batches: Iterable[Batch]) -> list[Row]:
    return [Row(each, TONES[BatchState(each.state)], results.figures(results.of_batch(each))) for each in batches]


def form_context(user: Any, typed: dict[str, Any]) -> dict[str, Any]:
    shown = {"share": "1", "time_zone": settings.TIME_ZONE, "catch_up": CatchUp.ONCE, "most_rounds": "3", **typed}
    return {
        "typed": shown,
        "flows": templates.that_serve(),
        "views": [view for view in saved_views.of(user) if view.query],
        "policies": CatchUp.choices,
        "days": [(str(number), name) for number, name in enumerate(day_names(), 1)],
        "zones": sorted(available_timezones()),
        "phones": Phone.objects.exclude(state=PhoneState.RETIRED).count(),
    }


def day_names() -> list[str]:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def batch_context(user: Any, batch: Batch, round_: BatchRound | None, page: Page[BatchItem]) -> dict[str, Any]:
    zone = schedule.zone(batch.time_zone)
    times = schedule.upcoming(batch.cron, zone, timezone.now(), 3) if batch.cron and _is_at_work(batch) else ()
    whole = results.figures(round_.items.all()) if round_ else None
    return {
        "batch": batch,
        "tone": TONES[BatchState(batch.state)],
        "at_work": _is_at_work(batch),
        "may_manage": making.may_manage(user, batch),
        "round": round_,
        "rounds": list(batch.rounds.order_by("-number")[:_ROUNDS]),
        "figures": whole,
        "page": page,
        "hidden": whole.all - page.paginator.count if whole else 0,
        "times": [wall_clock(moment, zone) for moment in times],
        "closed_now": batch.state == BatchState.ACTIVE and not rounds.is_open(batch, timezone.now()),
        "hours": _hours(batch),
    }


def _is_at_work(batch: Batch) -> bool:
    return batch.state in {BatchState.ACTIVE, BatchState.PAUSED}


def wall_clock(moment: datetime, zone: Any) -> datetime:
    """The wall clock of the batch's own zone, without a zone, so that no template turns it into the reader's."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _hours(batch: Batch) -> str:
    names = day_names()
    days = "" if len(batch.days) == len(names) else _("、").join(names[int(day) - 1] for day in batch.days)
    if batch.opens is None or batch.closes is None:
        return days
    return f"{days} {batch.opens:%H:%M}–{batch.closes:%H:%M}".strip()
