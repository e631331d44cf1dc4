"""The lines of one page of the queue: fitting flow, missing slots, what the run waits for, grouped by day.

Rule: a fixed number of queries per page, whatever its content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tickets.flows.slots import parse_specs
from tickets.models import (
    Clarification,
    Confirmation,
    ConfirmationState,
    FlowTemplate,
    FlowVersion,
    Question,
    Run,
    RunStatus,
    Takeover,
    Ticket,
)
from tickets.models.ticket.tickets import UNFINISHED, WITH_US
from tickets.services.runs import attention, transitions
from tickets.services.tickets import fitting


@dataclass(frozen=True, slots=True)
class Pause:
    """What the newest run waits for: since when, until when, and about what."""

    since: datetime
    due: datetime | None = None
    text: str = ""
    takeover: Takeover | None = None
    asked: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the queue. `flow`: the one that handled the ticket last, else the one that fits it."""

    ticket: Ticket
    run: Run | None
    flow: FlowTemplate | None
    startable: bool
    human: bool  # a person should rather handle it
    lacks: tuple[str, ...]  # labels of what must be filled in before a start
    pause: Pause | None
    reopened: bool = False
    reply: Clarification | None = None  # the newest question, if the customer answered it or let its time pass

    @property
    def waits(self) -> bool:
        return self.run is not None and self.run.status in transitions.WAITING

    @property
    def ready(self) -> bool:
        """Whether a start would probably be accepted, by the stored data."""
        return self.startable and not self.human and not self.lacks


@dataclass(frozen=True, slots=True)
class Day:
    """Lines under one heading; "" where the page has none."""

    name: str
    lines: list[Line]


def lines(tickets: Iterable[Ticket]) -> list[Line]:
    listed = list(tickets)
    runs = _newest_runs(listed)
    fits = _fits([ticket for ticket in listed if ticket.status in UNFINISHED])
    pauses, labels = _pauses(runs.values()), _labels(fits.values())
    found = [_line(ticket, runs.get(ticket.pk), fits.get(ticket.pk), labels, pauses) for ticket in listed]
    replies = {row.ticket_id: row for row in attention.replies().filter(ticket__in=[each.pk for each in listed])}
    return [_told(line, replies.get(line.ticket.pk)) for line in found]


def by_day(found: list[Line], *, grouped: bool) -> list[Day]:
    """The lines grouped by the day on which their tickets were solved, or in one group."""
    if not grouped:
        return [Day("", found)]
    days: list[Day] = []
    for line in found:
        name = day_name(line.ticket.solved_at or line.ticket.created_at)
        if not days or days[-1].name != name:
            days.append(Day(name, []))
        days[-1].lines.append(line)
    return days


def day_name(when: datetime) -> str:
    """今天, 昨天, or the date in the reader's form, with the year where it is another."""
    day, today = timezone.localtime(when).date(), timezone.localdate()
    if day == today:
        return _("今天")
    if day == today - timedelta(days=1):
        return _("昨天")
    return date_format(day, _short(day, today))


def _short(day: date, today: date) -> str:
    return _("n月j日") if day.year == today.year else _("Y年n月j日")


def _line(
    ticket: Ticket,
    run: Run | None,
    fit: fitting.Fitting | None,
    labels: dict[tuple[int, str], str],
    pauses: dict[Any, Pause],
) -> Line:
    startable = ticket.status in UNFINISHED and (run is None or run.status not in transitions.ACTIVE)
    fitted = fit.template if fit else ticket.fitting
    key = fitted.pk if fitted else 0
    return Line(
        ticket=ticket,
        run=run,
        flow=run.flow_version.template if run else fitted,
        startable=startable,
        human=startable and fit is not None and fit.for_person,
        lacks=tuple(labels.get((key, name), name) for name in fit.lacks) if startable and fit else (),
        pause=pauses.get(run.pk) if run else None,
    )


def _told(line: Line, reply: Clarification | None) -> Line:
    """The line with what came back; of a ticket that is done, or that waits for its customer, neither says anything."""
    if line.ticket.status not in WITH_US:
        return line
    return replace(line, reopened=line.ticket.reopened_at is not None, reply=reply)


def _newest_runs(tickets: list[Ticket]) -> dict[int, Run]:
    runs = Run.objects.serving().filter(ticket__in=[ticket.pk for ticket in tickets])
    chosen = runs.select_related("flow_version__template").defer("checkpoint", "instruction").order_by("created_at")
    return {run.ticket_id: run for run in chosen}


def _fits(tickets: list[Ticket]) -> dict[int, fitting.Fitting]:
    """The stored fittings; outdated ones are computed now."""
    known = {ticket.pk: fitting.kept(ticket) for ticket in tickets if ticket.fit_known}
    return known | fitting.weigh_each(ticket for ticket in tickets if not ticket.fit_known)


def _labels(fits: Iterable[fitting.Fitting]) -> dict[tuple[int, str], str]:
    """By template and slot, in the reader's language, as the newest version has them."""
    wanted = {fit.template.pk for fit in fits if fit.template and fit.lacks}
    found = FlowVersion.objects.filter(template__in=wanted).order_by("template_id", "number") if wanted else []
    return {
        (version.template_id, spec.name): spec.label for version in found for spec in parse_specs(version.definition)
    }


def _pauses(runs: Iterable[Run]) -> dict[Any, Pause]:
    keys = [run.pk for run in runs if run.status in transitions.WAITING]
    return dict(_paused(keys)) if keys else {}


def _paused(keys: list[Any]) -> Iterator[tuple[Any, Pause]]:
    for row in Confirmation.objects.filter(run__in=keys, state=ConfirmationState.PENDING):
        yield row.run_id, Pause(row.created_at, row.due_at, asked=row)
    asked = Question.objects.filter(run__in=keys, answered_at=None, run__status=RunStatus.AWAITING_ANSWER)
    for question in asked.order_by("-created_at"):
        yield question.run_id, Pause(question.created_at, None, question.text)
    for takeover in Takeover.objects.filter(run__in=keys, ended_at=None):
        due = None if takeover.begun_at else attention.takeover_due(takeover)
        yield takeover.run_id, Pause(takeover.begun_at or takeover.asked_at, due, takeover.reason, takeover)
