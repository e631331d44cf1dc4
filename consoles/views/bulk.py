"""Start one flow on many tickets at once, and say of each whether it started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.words import run_language
from tickets.errors import Invalid, NotFound, SlotsNeeded
from tickets.models import FlowTemplate, Ticket
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.runs import lifecycle as runs

MOST = 100  # more than a page of the queue, few enough for one answer


@dataclass(frozen=True, slots=True)
class Refused:
    """A ticket without a run, and why. `ticket` None: not one of the reader's."""

    number: str
    why: str
    ticket: Ticket | None = None
    askable: bool = False  # the ticket's page asks for what is missing


@permitted(Permission.START_RUNS, POST)
def runs_start(request: HttpRequest) -> HttpResponse:
    """What was started and what was refused, for the queue's page."""
    numbers = _numbers(request)
    template = picked_flow(request.POST.get("flow", ""))
    if template is None:
        raise Invalid(_("请先选择流程。"), code="unknown_flow")
    chosen = _chosen(request.user, numbers)
    done = runs.start_many(request.user, chosen, template, lang=run_language())
    context = {
        "flow": template,
        "started": [each.ticket for each in done if each.run is not None],
        "refused": [*_unknown(numbers, chosen), *(_refused(each) for each in done if each.run is None)],
    }
    return render(request, "consoles/queue/started.html", context)


def picked_flow(slug: str) -> FlowTemplate | None:
    """The flow of that slug; None for no slug, Invalid for one of which nothing is released."""
    if not slug:
        return None
    template = FlowTemplate.objects.filter(slug=slug, active=True).first()
    if template is None or not template.releases.filter(ended_at=None).exists():
        raise Invalid(code="unknown_flow")
    return template


def _numbers(request: HttpRequest) -> list[str]:
    numbers = list(dict.fromkeys(request.POST.getlist("number")))
    if not numbers:
        raise Invalid(_("请先选择工单。"), code="no_tickets")
    if len(numbers) > MOST:
        raise Invalid(_("一次最多启动 %d 个工单。") % MOST, code="too_many")
    return numbers


def _chosen(user: Any, numbers: list[str]) -> list[Ticket]:
    """The reader's own among them, what is due first first: that is the order in which phones are given out."""
    return list(access.visible_tickets(user).filter(number__in=numbers).order_by("due_at", "pk"))


def _unknown(numbers: list[str], chosen: list[Ticket]) -> list[Refused]:
    known = {ticket.number for ticket in chosen}
    return [Refused(number, NotFound().message) for number in numbers if number not in known]


def _refused(each: runs.Started) -> Refused:
    why = each.error.message if each.error else ""
    return Refused(each.ticket.number, why, each.ticket, isinstance(each.error, SlotsNeeded))
