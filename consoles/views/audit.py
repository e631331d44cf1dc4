"""The audit trail: looked up by ticket, customer, person, phone, time and type; exported as CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from consoles.access import FORM, POST, permitted
from consoles.pages.audit.labels import labels_of
from consoles.pages.audit.search import PAGE, AuditSearch
from consoles.pages.audit.story import Story, story_of
from tickets.models import AuditEvent, Run
from tickets.permissions import Permission
from tickets.services.evidence import audit
from tickets.services.evidence.exports import audit_export
from tickets.services.people import access

_PIECES = 4  # of the export, sent at once: a thousand rows, some 650 kB
_MOST_TYPES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """An event in words, and how many events between it and the next older one on the page the reader may not see."""

    event: AuditEvent
    hidden: int
    story: Story


@permitted(Permission.VIEW_AUDIT)
def audit_page(request: HttpRequest) -> HttpResponse:
    search = AuditSearch.read(request.GET)
    events = search.newest(request.user, PAGE + 1)
    context: dict[str, Any] = {
        "search": search,
        "lines": _lines(events, whole=not search.narrowed),
        "older": search.query(before=str(events[PAGE - 1].seq)) if len(events) > PAGE else "",
        "newest": search.query(before="") if search.before else "",
        "runs": _runs(request, search),
        "types": _types(),
        "verified": audit.verified(),
    }
    return render(request, "consoles/audit/page.html", context)


@permitted(Permission.VIEW_AUDIT, FORM)
def audit_verify(request: HttpRequest) -> HttpResponse:
    """The newest check of the chain; a POST has it checked anew."""
    if request.method == "POST":
        audit.ask_verification(request.user)
    return render(request, "consoles/audit/verified.html", {"verified": audit.verified()})


@permitted(Permission.EXPORT_AUDIT, POST)
def audit_export_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The found events as CSV, row by row; the export itself is audited by the service."""
    search = AuditSearch.read(request.POST)
    lines = audit_export.export_csv(user=request.user, filters=search.filters(), ways=search.ways(request.user))
    return streamed(
        lines,
        f"audit-{search.ticket or ('found' if search.narrowed else 'all')}-{timezone.localtime():%Y%m%d-%H%M%S}.csv",
    )


def _lines(events: list[AuditEvent], *, whole: bool) -> list[Line]:
    """The events of the page, of which one more was read where there are more; gaps are counted where nothing else
    leaves events out."""
    following = [event.seq for event in events[1:]] + [events[-1].seq - 1 if events else 0]
    labels = labels_of(events[:PAGE])
    return [
        Line(event, event.seq - after - 1 if whole else 0, story_of(event, labels[event.seq]))
        for event, after in zip(events[:PAGE], following, strict=False)
    ]


def streamed(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """The CSV as it is made, to be saved under this name."""
    response = StreamingHttpResponse(_pulled(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


async def _pulled(lines: Iterator[str]) -> AsyncIterator[str]:
    """Some pieces at a time, each pulled in the thread that holds the database connection."""
    while batch := await sync_to_async(lambda: list(islice(lines, _PIECES)))():
        yield "".join(batch)


def _runs(request: HttpRequest, search: AuditSearch) -> list[Run]:
    """The runs and recordings of the ticket, when one ticket is looked at."""
    if not search.ticket:
        return []
    runs = access.visible_runs(request.user).filter(ticket__number=search.ticket)
    return list(runs.select_related("recording").order_by("-created_at")[:20])


def _types() -> list[str]:
    """The types there are, each found by one look into the index: a DISTINCT would read a million rows."""
    found: list[str] = []
    while len(found) < _MOST_TYPES:
        rest = AuditEvent.objects.filter(type__gt=found[-1] if found else "")
        following = rest.order_by("type").values_list("type", flat=True).first()
        if following is None:
            break
        found.append(following)
    return found
