"""The tickets of a filter, in order, and the count of each status.

Rule: tickets that wait for a human come first, then by due time; solved ones newest first. To stay fast with 100,000
tickets, conditions on all tickets use indexes; everything else is read for one page's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, IntegerField, OrderBy, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Left
from django.utils import timezone
from django.utils.functional import cached_property

from consoles.queue.wanted import ASKED, EVERYTHING, MINE, NO_FLOW, NOBODY, UNDONE, WAITING, TicketFilter
from tickets.models import (
    Clarification,
    ClarificationState,
    ExternalRef,
    FlowTemplate,
    Run,
    Slot,
    Ticket,
    TicketStatus,
    TicketValue,
)
from tickets.models.ticket.tickets import FINISHED, OF_FLOW, UNFINISHED
from tickets.services.people import access, names
from tickets.services.runs import attention, transitions

PAGE = 40
MOST_FOUND = 1000  # of a search: who gets more has to say more
MOST_WORDS = 5
STAYING = {  # columns by what a ticket's end leaves as it is
    "ticket": "pk",
    "customer": "customer_name",
    "created": "created_at",
    "due": "due_at",
    "priority": "priority",
}
VALUE_PREFIX = 40  # of a slot's value, as the index has it


@dataclass(frozen=True)
class Found:
    """The tickets of a filter without its status. `cut`: the search has more results than MOST_FOUND."""

    tickets: QuerySet[Ticket]
    cut: bool = False

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many tickets each status chip would show."""
        rows = self.tickets.order_by().values_list("status").annotate(Count("pk"))
        by_status = {**dict.fromkeys(TicketStatus.values, 0), **dict(rows)}
        again = self.tickets.filter(status__in=FINISHED, pk__in=_with_run(transitions.ACTIVE)).count()
        return {
            **by_status,
            WAITING: self.tickets.filter(attention.tickets_waiting()).count(),
            ASKED: self.tickets.filter(pk__in=_asked()).count(),
            UNDONE: sum(by_status[status] for status in UNFINISHED) + again,
            EVERYTHING: sum(by_status.values()),
        }

    def of_status(self, status: str) -> QuerySet[Ticket]:
        if status == EVERYTHING:
            return self.tickets
        if status == WAITING:
            return self.tickets.filter(attention.tickets_waiting())
        if status == ASKED:
            return self.tickets.filter(pk__in=_asked())
        if status == UNDONE:
            return self.tickets.filter(Q(status__in=UNFINISHED) | Q(pk__in=_with_run(transitions.ACTIVE)))
        return self.tickets.filter(status=status)


class Pages(Paginator):  # type: ignore[type-arg]  # without the stubs it takes no argument
    """A paginator over keys whose count is known already."""

    def __init__(self, keys: Any, number: int) -> None:
        super().__init__(keys, PAGE)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number


def find(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any) -> Found:
    """Apply the filter except its status."""
    tickets = _narrowed(tickets, wanted, user)
    if not wanted.search:
        return Found(tickets)
    newest = tickets.filter(_matching(wanted.search)).order_by("-pk").values_list("pk", flat=True)
    matching = list(newest[: MOST_FOUND + 1])
    return Found(Ticket.objects.filter(pk__in=matching[:MOST_FOUND]), cut=len(matching) > MOST_FOUND)


def keys(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any, found: Found | None = None) -> QuerySet[Any, int]:
    """The primary keys of the filter's tickets, in its order: only they are sorted, never whole rows."""
    found = found or find(tickets, wanted, user)
    return _ordered(found.of_status(wanted.shown), wanted).values_list("pk", flat=True)


def keys_beside(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any, ticket: Ticket, *, back: bool) -> Any:
    """The keys from a ticket's place in the list, which it may have left: onward, or `back`, the nearest first.

    None where the list goes by what changed with it, for instance its status.
    """
    column = wanted.column or ("" if wanted.by_day else "due")
    if column not in STAYING:
        return None
    name, up = STAYING[column], wanted.descending == back
    value = getattr(ticket, name)
    further = Q(**{f"{name}__{'gt' if up else 'lt'}": value})
    further |= Q(**{name: value, f"pk__{'gt' if up else 'lt'}": ticket.pk})
    found = keys(tickets.filter(further), wanted, user)
    return found.reverse() if back else found


def tickets_of(user: Any, query: str, most: int) -> list[Ticket]:
    """The tickets that a saved view shows its owner, in its order, at most `most`."""
    wanted = TicketFilter.of(query)
    return of_keys(keys(access.visible_tickets(user), wanted, user)[:most])


def of_keys(chosen: Iterable[int]) -> list[Ticket]:
    """The tickets in the order of their keys, without those deleted meanwhile."""
    order = list(chosen)
    rows = Ticket.objects.select_related("department", "assignee", "fitting").in_bulk(order)
    return [rows[key] for key in order if key in rows]


def the_one(tickets: QuerySet[Ticket], search: str) -> Ticket | None:
    """The ticket that a search names by its whole number, here or at another helpdesk, or that alone is found."""
    text = search.strip()
    named = tickets.filter(Q(number__iexact=text) | Q(refs__external_id=text)).distinct()[:2]
    matching = named or tickets.filter(_matching(text))[:2]
    return matching[0] if len(matching) == 1 else None


def _narrowed(tickets: QuerySet[Ticket], wanted: TicketFilter, user: Any) -> QuerySet[Ticket]:
    if wanted.department:
        tickets = tickets.filter(department_id=int(wanted.department))
    own = list(access.departments(user).values_list("pk", flat=True)[:2])
    if len(own) == 1:  # said as an equation, an index gives the rows in their order
        tickets = tickets.filter(department_id=own[0])
    if wanted.flow:
        tickets = _of_flow(tickets, wanted.flow)
    if wanted.who == NOBODY:
        tickets = tickets.filter(assignee=None)
    elif wanted.who == MINE:
        started = Run.objects.serving().filter(started_by=user).values("ticket")
        tickets = tickets.filter(Q(assignee=user) | Q(assignee=None, pk__in=started))
    elif wanted.who:
        tickets = tickets.filter(assignee_id=names.key(wanted.who))
    first, last = wanted.days()
    if first:
        tickets = tickets.filter(created_at__gte=_midnight(first))
    if last:
        tickets = tickets.filter(created_at__lt=_midnight(last) + timedelta(days=1))
    return tickets


def _of_flow(tickets: QuerySet[Ticket], slug: str) -> QuerySet[Ticket]:
    """The flow that handled the ticket; before any run the one that fits it."""
    if slug == NO_FLOW:
        return tickets.filter(fitting=None, handling=None)
    # The key is looked up first: a join to the template would keep the tickets' index from being used.
    template = FlowTemplate.objects.filter(slug=slug).values_list("pk", flat=True).first() or 0
    return tickets.alias(of_flow=OF_FLOW).filter(of_flow=template)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _matching(search: str) -> Q:
    """Tickets that contain every word: in their text, as a slot value, or in an external number."""
    wanted = Q()
    for word in search.split()[:MOST_WORDS]:
        wanted &= _with_word(word)
    return wanted


def _with_word(word: str) -> Q:
    found = Q(pk__in=ExternalRef.objects.filter(external_id__icontains=word).values("ticket"))
    prefix = word[:VALUE_PREFIX]
    slots = Slot.objects.alias(start_of=Left("value", VALUE_PREFIX)).filter(start_of=prefix)
    found |= Q(pk__in=slots.values("run__ticket"))
    found |= Q(pk__in=TicketValue.objects.filter(value=word).values("ticket"))
    for name in ("number", "subject", "text", "customer_name", "customer_mobile", "result"):
        found |= Q(**{f"{name}__icontains": word})
    return found


def _with_run(statuses: Iterable[str]) -> Any:
    """Tickets whose newest run has one of these statuses of a run that is not over: a ticket has one such at most."""
    return Run.objects.serving().filter(status__in=tuple(statuses)).values("ticket")


def _asked() -> Any:
    """Tickets whose customer was asked something and has not answered."""
    return Clarification.objects.filter(state=ClarificationState.ASKED).values("ticket")


def _ordered(tickets: QuerySet[Any], wanted: TicketFilter) -> QuerySet[Any]:
    if wanted.sort:
        return _sorted(tickets, wanted.column, wanted.descending)
    if wanted.by_day and wanted.shown == TicketStatus.SOLVED:
        return tickets.order_by("-solved_at", "-pk")
    if wanted.by_day:
        return tickets.order_by(Coalesce("solved_at", "created_at").desc(), "-pk")
    rank = Case(
        When(status__in=FINISHED, then=Value(2)),
        When(pk__in=_with_run(transitions.WAITING), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return tickets.order_by(rank, "due_at", "pk")


def _sorted(tickets: QuerySet[Any], column: str, descending: bool) -> QuerySet[Any]:
    key: Any = {
        "ticket": F("pk"),
        "customer": F("customer_name"),
        "status": _places("status", TicketStatus.values),
        "run": _run_place(),
        "who": Coalesce(names.order("assignee__")[0], Value("")),
        "created": F("created_at"),
        "due": F("due_at"),
        "priority": F("priority"),
    }[column]
    then = [names.log_in("assignee__")] if column == "who" else []
    return tickets.order_by(OrderBy(key, descending=descending), *then, "-pk" if descending else "pk")


def _places(name: str, values: Iterable[str]) -> Case:
    whens = [When(**{name: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*whens, default=Value(len(whens)), output_field=IntegerField())


def _run_place() -> Case:
    """What waits for people, what goes on, what was handled, what was not."""
    return Case(
        When(pk__in=_with_run(transitions.WAITING), then=Value(0)),
        When(pk__in=_with_run(transitions.ACTIVE), then=Value(1)),
        When(pk__in=_with_run(transitions.ENDED), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
