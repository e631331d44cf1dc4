"""The wall that supervisors look at, an answer for monitors, and the switch that pauses everything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from consoles.access import POST, Access, permitted
from consoles.board import wall
from consoles.views.desk.waiting import words_for
from tickets.permissions import Permission
from tickets.services.live import health
from tickets.services.runs import attention, switches


@permitted(Access.PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part did its work lately, else 503; names no host, user or version."""
    parts = health.snapshot()
    fine = all(part.ok for part in parts)
    body = {
        "status": "ok" if fine else "degraded",
        "parts": {
            part.part.value: {"ok": part.ok, "age_s": None if part.age_s is None else round(part.age_s, 1)}
            for part in parts
        },
    }
    return JsonResponse(body, status=200 if fine else 503, headers={"Cache-Control": "no-store"})


@permitted(Permission.VIEW_TICKETS)
def status_page(request: HttpRequest) -> HttpResponse:
    """The wall; for a page that is open only what changes."""
    parts, shown = health.snapshot(), wall.tiles(request.user)
    waiting = [item for item in attention.items(request.user) if item.why in attention.CALLING]
    people = wall.colleagues(request.user)
    concerns, pause = wall.concerns(parts, shown, waiting), switches.current_pause()
    context = {
        "parts": parts,
        "concerns": concerns,
        "fine": not concerns and pause is None,
        "tiles": shown,
        "waiting": [
            (item, words_for(item.why), people.get(item.ticket.department_id, []))
            for item in waiting[: wall.MOST_WAITING]
        ],
        "more": max(0, len(waiting) - wall.MOST_WAITING),
        "numbers": wall.today(request.user),
        "pause": pause,
    }
    part = getattr(request, "htmx", False)
    return render(request, "consoles/status/wall.html" if part else "consoles/status/page.html", context)


@permitted(Permission.PAUSE_ALL, POST)
def pause_all(request: HttpRequest) -> HttpResponse:
    if request.POST.get("on") == "1":
        switches.pause_all(request.user, request.POST.get("reason", "").strip())
    else:
        switches.resume_all(request.user)
    return redirect("status")
