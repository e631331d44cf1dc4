"""A ticket is more than a run: the customer's other tickets, notes of colleagues, and what to answer the customer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from cs_agent.said import Sentence, parts_of
from tickets.models import CannedReply, Comment, CustomerReply, Run, RunStatus, Ticket
from tickets.models.ticket.tickets import FINISHED, UNFINISHED
from tickets.services.people import access, names
from tickets.services.tickets import doubles, external

MOST_TICKETS = 20
_CASE = re.compile(r"\b(?=[A-Z0-9-]*\d{4})[A-Z]{1,6}-?\d{6,}\b|(?<=单号)\s*[::]?\s*([A-Za-z0-9-]{6,})")
_PLACE = re.compile(r"\{(\w{1,60})\}")


@dataclass(frozen=True)
class Prepared:
    """A text for the customer with everything filled in that is known; `open`: places that are not."""

    name: str
    text: str
    open: bool = False


def others_of(ticket: Ticket, user: Any) -> QuerySet[Ticket]:
    """The customer's other tickets that the reader may see, newest first, each with its runs (`handled`); none for a
    customer nobody knows."""
    same = doubles.same_customer(ticket)
    if same is None:
        return Ticket.objects.none()
    others = access.visible_tickets(user).filter(same).exclude(pk=ticket.pk).order_by("-created_at")
    runs = Run.objects.serving().select_related("flow_version__template").defer("checkpoint", "instruction")
    return others.prefetch_related(Prefetch("runs", runs.order_by("-created_at"), to_attr="handled"))


def still_open(tickets: QuerySet[Ticket]) -> int:
    return tickets.filter(status__in=UNFINISHED).count()


def notes_of(ticket: Ticket) -> list[Comment | CustomerReply]:
    """Notes of colleagues and what the customer was told, oldest first; those on doubles of the ticket too."""
    tickets = [ticket, *ticket.merged.all()]
    written: list[Comment | CustomerReply] = [
        *Comment.objects.filter(ticket__in=tickets).select_related("author", "ticket"),
        *CustomerReply.objects.filter(ticket__in=tickets).select_related("author", "ticket"),
    ]
    return sorted(written, key=lambda row: row.created_at)


def colleagues_of(ticket: Ticket) -> QuerySet[User]:
    """Whom the ticket can be passed on to."""
    return ticket.department.members.filter(is_active=True).order_by(*names.order())


def case_number(text: str) -> str:
    """The number of the case in a run's result, for instance of a refund application; "" where none stands there."""
    found = _CASE.search(text)
    return (found[1] or found[0]).strip() if found else ""


def replies_to(ticket: Ticket, run: Run | None) -> list[Prepared]:
    """The installation's texts for this flow and for all, or one of our own; the values are filled in."""
    template = run.flow_version.template if run else ticket.fitting
    rows = CannedReply.objects.filter(Q(template=template) | Q(template=None), active=True).order_by(
        "-template", "name"
    )
    values = _values(ticket, run)
    texts = [(row.name, row.text) for row in rows[:20]] or [(_("处理结果"), _own_text(ticket, values))]
    return [_filled(name, text, values) for name, text in texts]


def _own_text(ticket: Ticket, values: dict[str, str]) -> str:
    if values["result"]:
        return _("{customer}您好,您的工单 {ticket} 已处理:{result}")
    if ticket.status in FINISHED:
        return _("{customer}您好,您的工单 {ticket} 已处理完毕。")
    return _("{customer}您好,您的工单 {ticket} 正在处理,有结果会第一时间告诉您。")


def _values(ticket: Ticket, run: Run | None) -> dict[str, str]:
    slots = {slot.name: slot.value for slot in run.slots.all()} if run else {}
    result = ticket.result
    if run is not None:  # why a run failed, was stopped or left to a person is no customer's concern
        result = run.result if run.status == RunStatus.SUCCEEDED else ""
    known = {
        "customer": external.name_for_customer(ticket),
        "ticket": external.number_for_customer(ticket),
        "result": _told_outside(result),
        "case": case_number(result),
    }
    return {**slots, **known}


def _told_outside(result: str) -> str:
    """The result without how the agent came to it, which is no customer's concern."""
    match parts_of(result):
        case (Sentence(code="engine.route_shows" | "engine.route_read") as sentence,):
            return sentence.values["what"]
    return result


def _filled(name: str, text: str, values: dict[str, str]) -> Prepared:
    filled = _PLACE.sub(lambda place: values.get(place[1]) or place[0], text.replace("{customer}", values["customer"]))
    return Prepared(name, filled, bool(_PLACE.search(filled)))
