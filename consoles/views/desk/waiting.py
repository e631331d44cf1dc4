"""等我处理: what waits for the reader and for the team, as a page, as a number for every page, and one at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from consoles.access import permitted
from consoles.desk import next_up
from consoles.desk.call_words import call_words
from consoles.pages.cockpit import cockpit_of
from consoles.queue.wanted import TicketFilter
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.runs import attention
from tickets.services.runs.attention import CALLING, Item, Why

_MOST_SHOWN = 100
_MOST_CALLED = 50


def words_for(why: Why) -> str:
    return {
        Why.CONFIRMATION: _("待确认"),
        Why.QUESTION: _("待回答"),
        Why.TAKEOVER: _("待接管"),
        Why.EXPIRED: _("确认超时"),
        Why.REJECTED: _("已拒绝,待跟进"),
        Why.FAILED: _("处理失败"),
        Why.HANDED_OFF: _("已转人工"),
        Why.PERSON: _("建议人工"),
        Why.REOPENED: _("重新打开"),
        Why.REPLIED: _("客户已回复"),
        Why.MENTION: _("备注里提到我"),
    }[why]


@permitted(Permission.VIEW_TICKETS)
def waiting_page(request: HttpRequest) -> HttpResponse:
    """The reader's own, or with `team` everybody's; only the rows for a page that is open."""
    team = request.GET.get("team") == "1"
    found = attention.items(request.user)
    shown = [item for item in found if team or item.mine]
    context = {
        "rows": [(item, words_for(item.why)) for item in shown[:_MOST_SHOWN]],
        "more": max(0, len(shown) - _MOST_SHOWN),
        "team": team,
        "mine_count": sum(item.mine for item in found),
        "team_count": len(found),
    }
    part = getattr(request, "htmx", False)
    return render(request, "consoles/waiting/rows.html" if part else "consoles/waiting/page.html", context)


@permitted(Permission.VIEW_TICKETS)
def waiting_state(request: HttpRequest) -> JsonResponse:
    """How much waits, and what the reader has to be called for: the newest, however much has been waiting before."""
    found = attention.items(request.user)
    calling = [item for item in found if item.mine and item.why in CALLING]
    calls = [_call(item) for item in sorted(calling, key=lambda item: item.since, reverse=True)[:_MOST_CALLED]]
    body = {"mine": sum(item.mine for item in found), "team": len(found), "calls": calls}
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


@permitted(Permission.VIEW_TICKETS)
def waiting_card(request: HttpRequest, number: str) -> HttpResponse:
    """What is asked, to be answered in place under the same rules as on the ticket's page."""
    cockpit = cockpit_of(access.get_ticket(request.user, number), request.user)
    return render(request, "consoles/ticket/asks/pause.html", {"cockpit": cockpit})


@permitted(Permission.VIEW_TICKETS)
def next_ticket(request: HttpRequest) -> HttpResponse:
    """Go to what comes after a ticket; back to the queue when there is nothing."""
    number, way = request.GET.get("after", ""), request.GET.get("way", "")
    wanted = TicketFilter.of(request.GET.get("list", ""))
    if way:
        number = next_up.neighbour(request.user, number, wanted, back=way == "back")
    else:
        number = next_up.after(request.user, number, wanted)
    return redirect(resolve_url("ticket", number) if number else resolve_url("ticket-list"))


def _call(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "why": item.why.value,
        "title": words_for(item.why),
        "text": call_words(item),
        "url": reverse("ticket", args=[item.ticket.number]),
    }
