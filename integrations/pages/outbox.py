"""The outbox for people: what waits and why, what was given up; send again, give up."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

from tickets.declared import POST, permitted
from tickets.models import DeliveryState
from tickets.permissions import Permission
from tickets.services.outbox import carriers, manage

PAGE = 50


@permitted(Permission.MANAGE_INTEGRATIONS)
def outbox(request: HttpRequest) -> HttpResponse:
    state, lane = _asked(request.GET.get("state", "")), request.GET.get("lane", "")[:80]
    rows = manage.deliveries(request.user).order_by("-event_id")
    if state:
        rows = rows.filter(state=state)
    if lane:
        rows = rows.filter(lane=lane)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "lanes": [{**row, "title": _title(row["lane"])} for row in manage.lanes(request.user)],
        "page": page,
        "entries": [(row, _title(row.lane)) for row in page.object_list],
        "state": state,
        "lane": lane,
        "states": DeliveryState.choices,
        "here_tab": "outbox",
        "query": urlencode({"state": state, "lane": lane}),
    }
    return render(request, "integrations/outbox.html", context)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def delivery_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    manage.send_again(pk, request.user)
    return redirect(_back(request))


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def delivery_give_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    manage.give_up(pk, request.user)
    return redirect(_back(request))


def _asked(state: str) -> str:
    return state if state in DeliveryState.values else ""


def _back(request: HttpRequest) -> str:
    query = urlencode({"state": _asked(request.POST.get("state", "")), "lane": request.POST.get("lane", "")[:80]})
    return f"{resolve_url('outbox')}?{query}"


def _title(lane: str) -> str:
    carrier = carriers.of_lane(lane)
    return carrier.title(lane) if carrier is not None else lane
