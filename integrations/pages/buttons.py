"""The buttons inside helpdesks: set up, changed, and their secrets rotated. A secret is shown once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tickets.declared import FORM, POST, permitted
from tickets.errors import ServiceError
from tickets.models import HelpdeskButton
from tickets.permissions import Permission
from tickets.services.panels import buttons, entries


@permitted(Permission.MANAGE_INTEGRATIONS, FORM)
def buttons_page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = request.POST
    try:
        row, secret = buttons.make(
            request.user,
            connector=form.get("connector", ""),
            name=form.get("name", ""),
            origins=form.get("origins", "").split(),
        )
    except ServiceError as error:
        return _page(request, error=error, status=error.status)
    return _page(request, secret=secret, of=row)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def button_change(request: HttpRequest, pk: int) -> HttpResponse:
    form = request.POST
    try:
        buttons.change(
            buttons.get(request.user, pk),
            request.user,
            name=form.get("name", ""),
            origins=form.get("origins", "").split(),
            active=form.get("active") == "1",
        )
    except ServiceError as error:
        return _page(request, error=error, status=error.status)
    return redirect("buttons")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def button_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    row = buttons.get(request.user, pk)
    return _page(request, secret=buttons.rotate(row, request.user), of=row)


def _page(
    request: HttpRequest,
    *,
    secret: str = "",
    of: HelpdeskButton | None = None,
    error: ServiceError | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = buttons.all_of(request.user)
    for row in rows:
        has_entry = entries.of(row.connector) is not None
        where = reverse("panel-enter", args=[row.connector])
        row.entry = request.build_absolute_uri(where) if has_entry else ""  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "rows": rows,
        "secret": secret,
        "of": of,
        "error": error,
        "form": request.POST if error else {},
        "address": request.build_absolute_uri(reverse("open-ticket")),
        "here_tab": "buttons",
    }
    return render(request, "integrations/buttons.html", context, status=status)
