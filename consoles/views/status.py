"""Whether the product works: a page for people, an answer for monitors, and the switch that pauses everything."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from consoles.access import POST, Access, permitted
from tickets.models import Phone, Run
from tickets.permissions import Permission
from tickets.services.live import health
from tickets.services.runs import switches, transitions


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
    parts = health.snapshot()
    active = Run.objects.filter(status__in=transitions.ACTIVE).values("status").annotate(n=Count("pk"))
    context = {
        "parts": parts,
        "fine": all(part.ok for part in parts),
        "runs": {row["status"]: row["n"] for row in active},
        "phones": {row["state"]: row["n"] for row in Phone.objects.values("state").annotate(n=Count("pk"))},
        "pause": switches.current_pause(),
    }
    part = getattr(request, "htmx", False)
    return render(request, "consoles/status/parts.html" if part else "consoles/status/page.html", context)


@permitted(Permission.PAUSE_ALL, POST)
def pause_all(request: HttpRequest) -> HttpResponse:
    if request.POST.get("on") == "1":
        switches.pause_all(request.user, request.POST.get("reason", "").strip())
    else:
        switches.resume_all(request.user)
    return redirect("status")
