"""The phones: which are free, which are held by which run, how they are, and what is wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consoles.access import FORM, permitted
from consoles.pages import phone_checks as told
from tickets.errors import Conflict, NotFound
from tickets.models import Phone, PhoneState
from tickets.permissions import Permission
from tickets.services.live import phone_checks
from tickets.services.live.phones import runs_today
from tickets.services.people import access

LOW_PERCENT = 20
HOT_C = 45.0


@dataclass(frozen=True, slots=True)
class Row:
    """A phone on the page. `mine`: it handles a ticket of one of the reader's departments."""

    phone: Phone
    mine: bool
    runs_today: int

    @property
    def free(self) -> bool:
        return self.phone.state == PhoneState.READY and self.phone.lease_run_id is None

    @property
    def battery(self) -> int | None:
        """Percent; None where the phone does not say."""
        return self.phone.health.get("battery_percent")

    @property
    def battery_low(self) -> bool:
        return self.battery is not None and self.battery < LOW_PERCENT and not self.phone.health.get("charging")

    @property
    def temperature(self) -> float | None:
        """Of the battery, in °C."""
        return self.phone.health.get("temperature_c")

    @property
    def hot(self) -> bool:
        return self.temperature is not None and self.temperature >= HOT_C

    @property
    def model(self) -> str:
        health = self.phone.health
        android = f"Android {health['android']}" if health.get("android") else ""
        return " · ".join(part for part in (health.get("model", ""), android) if part)


@permitted(Permission.VIEW_TICKETS)
def phone_list(request: HttpRequest) -> HttpResponse:
    """A run of another department is not named, only that the phone is busy."""
    phones = list(Phone.objects.select_related("lease_run__ticket").order_by("state", "name", "pk"))
    mine = set(access.departments(request.user).values_list("pk", flat=True))
    today = runs_today([phone.pk for phone in phones])
    rows = [Row(phone, _is_of(phone, mine), today.get(phone.pk, 0)) for phone in phones]
    context = {"rows": rows, "ready": sum(row.free for row in rows)}
    part = getattr(request, "htmx", False)
    return render(request, "consoles/phones/rows.html" if part else "consoles/phones/page.html", context)


@permitted(Permission.MANAGE_PHONES, FORM)
def phone_check(request: HttpRequest, phone_id: int) -> HttpResponse:
    """The newest test of the phone, followed until it has ended; a POST asks for another."""
    phone = Phone.objects.filter(pk=phone_id).first() if phone_id < 2**62 else None
    if phone is None:
        raise NotFound
    part, problem = getattr(request, "htmx", False), ""
    if request.method == "POST":
        try:
            phone_checks.ask(phone, request.user)
        except Conflict as error:
            problem = error.message
        if not part:
            return redirect("phone-check", phone.pk)
    context = {**told.context_of(phone), "problem": problem}
    return render(request, "consoles/phones/check_state.html" if part else "consoles/phones/check.html", context)


def _is_of(phone: Phone, departments: set[int]) -> bool:
    return phone.lease_run is not None and phone.lease_run.ticket.department_id in departments
