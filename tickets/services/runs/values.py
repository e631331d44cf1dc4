"""Changes of a slot's value while a run waits for people: passed to the agent and used for the comparison.

Rule: a value is parsed by its slot's kind, so that "一百" becomes an amount or is refused. The ticket's own value is
kept beside it. A waiting confirmation is closed and asked again after the value is entered.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cs_agent.engine.run import human
from tickets.errors import Invalid
from tickets.flows.slots import SlotReading, apply_answers, parse_specs
from tickets.models import Run, Slot, SlotSource, Takeover
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.runs import checkpoints, guard

FIXED = "attachment"  # put on the phone at the start


def read(run: Run, name: str, text: str) -> str:
    """The parsed value; InvalidSlot if the slot cannot hold it. Values for unknown names are returned as typed."""
    spec = next((each for each in parse_specs(run.flow_version.definition) if each.name == name), None)
    if spec is None:
        return text
    if spec.kind == FIXED:
        raise Invalid(_("附件在启动时已放到手机上,请停止后重新启动。"), code="fixed_value")
    [found] = apply_answers(run.flow_version.definition, run.ticket, SlotReading(), {name: text}).found
    return found.value


def keep(run: Run, name: str, value: str) -> None:
    """Store the new value in the run's slot; the original value is kept visible."""
    rows = Slot.objects.filter(run=run, name=name)
    rows.filter(original="").update(original=F("value"))
    rows.update(value=value, source=SlotSource.OPERATOR)


def change(takeover: Takeover, user: Any, name: str, text: str) -> str:
    """Change a value during a takeover; the agent gets it and compares with it after the handback."""
    require(user, Permission.TAKE_OVER, run=takeover.run)
    access.require_visible(user, takeover.run.ticket)
    with transaction.atomic():
        run, takeover = guard.under_takeover(takeover.pk, user)
        slot = Slot.objects.filter(run=run, name=name).first()
        if slot is None:
            raise Invalid(_("没有名为 %s 的信息项。") % name[:60], code="unknown_field")
        value = read(run, name, text)
        keep(run, name, value)
        state = human.revalue(checkpoints.taken_over(run), name, slot.label, value)
        Run.objects.filter(pk=run.pk).update(checkpoint=state.to_json())
        live.publish_run(run, "value.changed", {"field": name})
        details = {"field": name, "value": value, "was": slot.value}
        audit.record("value.changed", user=user, run=run, obj=takeover, result="success", details=details)
    return value
