"""The ticket queue: what a reader asked for, as a value, and the rows it comes to.

Rule: what waits for a human comes first, then what is due first; closed tickets come last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import QueryDict

from consoles.web.given import whole_number
from tickets.models import ExternalRef, FlowTemplate, Run, Ticket, TicketStatus
from tickets.services.flows.recommendation import Recommendation, recommend_each
from tickets.services.runs.transitions import ACTIVE, WAITING

PAGE = 40
UNDONE = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """The queue's query string. `status`: a ticket status, `undone`, `waiting` (for a human) or `all`."""

    status: str = "undone"
    search: str = ""
    flow: str = ""
    department: str = ""
    mine: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> TicketFilter:
        status = query.get("status", "undone")
        known = {"undone", "waiting", "all", *TicketStatus.values}
        return cls(
            status=status if status in known else "undone",
            search=query.get("q", "").strip()[:100],
            flow=query.get("flow", "")[:50],
            department=str(whole_number(query.get("department", "")) or ""),
            mine=query.get("mine") == "1",
        )

    def query(self, **changes: str) -> str:
        """The query string of this filter with changes, for links."""
        values = {
            "status": self.status,
            "q": self.search,
            "flow": self.flow,
            "department": self.department,
            "mine": "1" if self.mine else "",
        } | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def narrowed(self) -> bool:
        return self != TicketFilter()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the queue. `flow`: the one that handled the ticket last, else the one that fits it."""

    ticket: Any
    flow: FlowTemplate | None
    human: bool  # a person should rather handle it
    startable: bool


def rows(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any) -> QuerySet[Ticket]:
    """The tickets of the filter, with the newest run's status as `run_status`."""
    found = _with_run(narrow(tickets, wanted, user))
    found = _with_status(found, wanted.status)
    return found.select_related("department", "assignee").order_by("rank", "due_at", "pk")


def counts(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any) -> dict[str, int]:
    """How many tickets each status chip would show."""
    found = _with_run(narrow(tickets, wanted, user))
    return {
        "waiting": _with_status(found, "waiting").count(),
        "undone": _with_status(found, "undone").count(),
        "solved": _with_status(found, TicketStatus.SOLVED).count(),
        "all": found.count(),
    }


def narrow(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any) -> QuerySet[Ticket]:
    """Everything of the filter but the status."""
    if wanted.search:
        tickets = tickets.filter(_matching(wanted.search))
    if wanted.department:
        tickets = tickets.filter(department_id=int(wanted.department))
    if wanted.flow:
        runs = Run.objects.serving().filter(ticket=OuterRef("pk"), flow_version__template__slug=wanted.flow)
        tickets = tickets.filter(Exists(runs))
    if wanted.mine:
        started = Run.objects.serving().filter(ticket=OuterRef("pk"), started_by=user)
        tickets = tickets.filter(Q(assignee=user) | Exists(started))
    return tickets


def entries(tickets: Iterable[Any]) -> list[Entry]:
    """Lines for tickets that `rows` gave; takes a fixed number of queries."""
    listed = list(tickets)
    names = {flow.pk: flow for flow in FlowTemplate.objects.all()}
    advice = recommend_each(ticket for ticket in listed if _is_startable(ticket))
    return [_entry(ticket, names, advice.get(ticket.pk)) for ticket in listed]


def _entry(ticket: Any, names: dict[int, FlowTemplate], advice: Recommendation | None) -> Entry:
    fitting = advice.flow_version.template_id if advice and advice.flow_version else None
    flow = names.get(ticket.run_flow or fitting or 0)
    return Entry(ticket, flow, advice is not None and advice.human_recommended, advice is not None)


def _is_startable(ticket: Any) -> bool:
    return ticket.status in UNDONE and ticket.run_status not in ACTIVE


def flows() -> QuerySet[FlowTemplate]:
    return FlowTemplate.objects.order_by("name")


def _matching(search: str) -> Q:
    fields = ("number", "subject", "text", "customer_name", "customer_mobile")
    wanted = Q(Exists(ExternalRef.objects.filter(ticket=OuterRef("pk"), external_id__icontains=search)))
    for field in fields:
        wanted |= Q(**{f"{field}__icontains": search})
    return wanted


def _with_run(tickets: QuerySet[Ticket]) -> QuerySet[Any]:
    """Each ticket with `run_status` and `run_flow` of its newest run, and its `rank` in the queue."""
    newest = Run.objects.serving().filter(ticket=OuterRef("pk")).order_by("-created_at")
    return tickets.annotate(
        run_status=Subquery(newest.values("status")[:1]),
        run_flow=Subquery(newest.values("flow_version__template")[:1]),
        rank=Case(
            When(status__in=(TicketStatus.SOLVED, TicketStatus.CLOSED), then=Value(2)),
            When(run_status__in=tuple(WAITING), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        ),
    )


def _with_status(tickets: QuerySet[Any], status: str) -> QuerySet[Any]:
    if status == "all":
        return tickets
    if status == "waiting":
        return tickets.filter(run_status__in=tuple(WAITING))
    if status == "undone":
        return tickets.filter(Q(status__in=UNDONE) | Q(run_status__in=tuple(ACTIVE)))
    return tickets.filter(status=status)
