"""What administrators look at first: the checklist of the first day, the ways to everything they keep, legal holds, and
the settings in force."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consoles.access import POST, permitted
from consoles.board import first_day
from tickets.models import LegalHold
from tickets.permissions import Permission
from tickets.services.evidence import holds
from tickets.services.people import access
from tickets.services.runs import switches

_MOST_HOLDS = 200


@permitted(Permission.MANAGE_INTEGRATIONS)
def setup_page(request: HttpRequest) -> HttpResponse:
    items = first_day.checklist()
    context = {
        "items": items,
        "left": sum(not item.done for item in items),
        "office": first_day.office("index") if request.user.is_staff else "",
        "users": first_day.office("auth_user_changelist"),
        "groups": first_day.office("auth_group_changelist"),
        "departments": first_day.office("tickets_department_changelist"),
        "phones": first_day.office("tickets_phone_changelist"),
        "holds": LegalHold.objects.select_related("ticket", "placed_by").order_by("-placed_at")[:_MOST_HOLDS],
        "settings_shown": first_day.shown(settings.CS_AGENT),
        "pause": switches.current_pause(),
    }
    return render(request, "consoles/setup/page.html", context)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def hold_place(request: HttpRequest) -> HttpResponse:
    """Keep everything of a ticket, whatever retention or erasure say."""
    ticket = access.get_ticket(request.user, request.POST.get("ticket", "").strip())
    holds.place(ticket, request.POST.get("reason", ""), user=request.user)
    return redirect("setup")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def hold_lift(request: HttpRequest, number: str) -> HttpResponse:
    holds.lift(access.get_ticket(request.user, number), user=request.user)
    return redirect("setup")
