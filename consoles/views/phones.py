"""The phones: which are free, which are held by which run, and what is wrong with the rest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consoles.access import permitted
from tickets.models import Phone, PhoneState
from tickets.permissions import Permission
from tickets.services import access


@permitted(Permission.VIEW_TICKETS)
def phone_list(request: HttpRequest) -> HttpResponse:
    """A run of another department is not named, only that the phone is busy."""
    phones = Phone.objects.select_related("lease_run__ticket").order_by("state", "name")
    mine = set(access.departments(request.user).values_list("pk", flat=True))
    rows = [(phone, phone.lease_run and phone.lease_run.ticket.department_id in mine) for phone in phones]
    context = {"rows": rows, "states": PhoneState, "ready": sum(1 for phone, _mine in rows if _free(phone))}
    part = getattr(request, "htmx", False)
    return render(request, "consoles/phone_rows.html" if part else "consoles/phones.html", context)


def _free(phone: Phone) -> bool:
    return phone.state == PhoneState.READY and phone.lease_run_id is None
