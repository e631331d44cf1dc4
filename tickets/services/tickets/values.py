"""Values given by people for a flow's slots before the start: validated like an answer, stored with the ticket.

Rule: a person's value takes precedence over the ticket's, which is never overwritten. Of two concurrent changes the
second fails and names who was first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.errors import Conflict, InvalidSlot
from tickets.flows.slots import SlotReading, apply_answers, read_slots
from tickets.models import FlowVersion, SlotSource, Ticket, TicketValue
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access, names


def reading_of(ticket: Ticket, version: FlowVersion) -> SlotReading:
    """The ticket's reading with people's values applied. A value that the version does not accept is ignored."""
    reading = read_slots(version.definition, ticket)
    for given in ticket.given_values.all():
        if given.template_id != version.template_id:
            continue
        try:
            reading = apply_answers(version.definition, ticket, reading, {given.name: given.value})
        except InvalidSlot:
            continue
        if given.source == SlotSource.CUSTOMER:
            reading = _said_by_customer(reading, given.name)
    return reading


def _said_by_customer(reading: SlotReading, name: str) -> SlotReading:
    found = [replace(each, source=SlotSource.CUSTOMER.value) if each.name == name else each for each in reading.found]
    return replace(reading, found=found)


def give(ticket: Ticket, version: FlowVersion, name: str, value: str, user: Any, *, was: str | None = None) -> None:
    """Store a value for a slot; "" restores the ticket's own. InvalidSlot for an unusable value.

    `was`: the value the person saw; Conflict if somebody else changed it since.
    """
    require(user, Permission.START_RUNS, ticket=ticket)
    access.require_visible(user, ticket)
    value = value.strip()
    if value:
        apply_answers(version.definition, ticket, SlotReading(), {name: value})
    with transaction.atomic():
        _refuse_changed(ticket, version, name, was)
        rows = TicketValue.objects.filter(ticket=ticket, template=version.template, name=name)
        if not value:
            rows.delete()
        elif not rows.update(value=value, user=user, source=SlotSource.OPERATOR):
            TicketValue.objects.create(ticket=ticket, template=version.template, name=name, value=value, user=user)
        Ticket.objects.filter(pk=ticket.pk).update(fit_known=False)  # what it lacks is looked at anew
        live.publish_ticket(ticket, {"value": name})
        details = {"field": name, "value": value, "flow": version.template.slug}
        audit.record("value.changed", user=user, ticket=ticket, obj=ticket, result="success", details=details)


def _refuse_changed(ticket: Ticket, version: FlowVersion, name: str, was: str | None) -> None:
    if was is None:
        return
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    now = next((found.value for found in reading_of(ticket, version).found if found.name == name), "")
    if now == was:
        return
    row = TicketValue.objects.filter(ticket=ticket, template=version.template, name=name).select_related("user").first()
    who = names.called(row.user) if row and row.user else _("系统")
    raise Conflict(_("%(who)s 刚刚改为“%(value)s”,请核对后再改。") % {"who": who, "value": now}, code="value_changed")
