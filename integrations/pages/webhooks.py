"""Webhook endpoints: made, tried, rotated, switched and deleted. A secret is shown once."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from integrations.models import WebhookEndpoint
from integrations.webhooks import carrier, endpoints
from tickets.declared import FORM, POST, permitted
from tickets.errors import ServiceError
from tickets.models import Department
from tickets.permissions import Permission
from tickets.services.outbox.carriers import Answer
from tickets.services.outbox.note import TYPES
from tickets.web.given import whole_number


@permitted(Permission.MANAGE_INTEGRATIONS, FORM)
def webhooks(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = request.POST
    departments = [number for key in form.getlist("department") if (number := whole_number(key))]
    try:
        endpoint, secret = endpoints.make(
            request.user,
            name=form.get("name", ""),
            url=form.get("url", ""),
            types=form.getlist("type"),
            departments=Department.objects.filter(pk__in=departments),
            networks=form.get("networks", "").split(),
        )
    except ServiceError as error:
        return _page(request, error=error, status=error.status)
    return _page(request, secret=secret, of=endpoint)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test event now and show what the receiver said."""
    endpoint = endpoints.get(request.user, pk)
    return _page(request, answer=carrier.try_out(endpoint, f"evt_test_{uuid.uuid4().hex}"), of=endpoint)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def webhook_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = endpoints.get(request.user, pk)
    return _page(request, secret=endpoints.rotate(endpoint, request.user), of=endpoint)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def webhook_switch(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.switch(endpoints.get(request.user, pk), request.user, request.POST.get("on") == "1")
    return redirect("webhooks")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def webhook_delete(request: HttpRequest, pk: int) -> HttpResponse:
    endpoints.delete(endpoints.get(request.user, pk), request.user)
    return redirect("webhooks")


def _page(
    request: HttpRequest,
    *,
    secret: str = "",
    answer: Answer | None = None,
    of: WebhookEndpoint | None = None,
    error: ServiceError | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "rows": [(row, endpoints.lane(row), endpoints.has_query(row)) for row in endpoints.all_of(request.user)],
        "types": TYPES,
        "departments": Department.objects.order_by("name"),
        "secret": secret,
        "answer": answer,
        "of": of,
        "error": error,
        "form": request.POST if error else {},
        "chosen": request.POST.getlist("type"),
        "here_tab": "webhooks",
    }
    return render(request, "integrations/webhooks.html", context, status=status)
