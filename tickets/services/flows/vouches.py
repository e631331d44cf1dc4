"""A flow's vouches: proposed by operators, given by flow editors, confirmed by a second reviewer, withdrawn, and handed
to the gate as values.

Rule: an operator's tick is a proposal and changes nothing; a caption with a word of commitment needs a second person;
a withdrawal counts from the next act on, also in runs that are under way.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.gate.vouches import Source, Vouch, Vouches
from cs_agent.engine.screen.signature import ControlSignature, PageSignature
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import WEIGHTY, sense
from tickets.errors import Conflict, FourEyes
from tickets.flows.slots.spec import parse_specs
from tickets.models import Confirmation, ControlVouch, FlowVersion, VouchState
from tickets.permissions import Permission, require
from tickets.services.evidence import audit

# What no editor's word changes: the control is on the flow's own list, or it is asked about for another reason than it.
_NOT_THE_CONTROLS = frozenset({"flow_word", "route_commits", "model_flag", "amount_over_limit", "read_only_flow"})
_LEAST_VALUE = 2  # characters: a shorter value of a ticket is found in any word
_PERSONAL = ("name", "address", "mobile")  # kinds of slots; options and amounts are the app's own words
_OPEN = (VouchState.PROPOSED, VouchState.SECOND, VouchState.ACTIVE)


def is_proposable(confirmation: Confirmation) -> bool:
    """Whether "do not ask again" could ever hold for the control that is asked about."""
    codes = {reason["code"] for reason in confirmation.reasons}
    return bool(confirmation.place) and not codes & _NOT_THE_CONTROLS


def propose(confirmation: Confirmation, user: Any) -> ControlVouch:
    """An operator's "do not ask again" about the control of this question; the same one is proposed once."""
    require(user, Permission.DECIDE)
    if not confirmation.place:
        raise Conflict(_("这个操作没有可以认定的控件。"), code="no_control")
    if not is_proposable(confirmation):
        raise Conflict(_("按流程的规定,这个操作每次都要确认。"), code="always_asked")
    place = _without_customer(confirmation)
    version = confirmation.run.flow_version
    with transaction.atomic():
        same = ControlVouch.objects.filter(template=version.template, state__in=_OPEN, **place)
        if (known := same.first()) is not None:
            return known
        row = ControlVouch.objects.create(
            template=version.template,
            version=version,
            confirmation=confirmation,
            label=_label(confirmation, place),
            commits=any(sense(text).kind in WEIGHTY for text in _captions(confirmation)),
            proposed_by=user,
            **place,
        )
        _record("vouch.proposed", row, user)
    return row


def _label(confirmation: Confirmation, place: dict[str, Any]) -> str:
    """The control's name for people; of one that is named by the customer's data, what stands beside it or its role."""
    control = place["control"]
    own = len(control["labels"]) == len((confirmation.place or {})["control"]["labels"])
    return str(confirmation.control if own else control["beside"] or control["role"])[:200]


def _captions(confirmation: Confirmation) -> tuple[str, ...]:
    return confirmation.control, *(confirmation.place or {})["control"]["labels"]


def give(vouch: ControlVouch, user: Any) -> ControlVouch:
    """A flow editor says that it is harmless; with a word of commitment on it, a second one must say so too."""
    require(user, Permission.EDIT_FLOWS)
    with transaction.atomic():
        row = ControlVouch.objects.select_for_update().get(pk=vouch.pk)
        if row.state == VouchState.PROPOSED:
            row.given_by = user
            row.state = VouchState.SECOND if row.commits else VouchState.ACTIVE
        elif row.state == VouchState.SECOND:
            if row.given_by_id == user.pk:
                raise FourEyes(_("这个控件带有承诺性的文字,须由另一位流程编辑者复核。"))
            row.seconded_by, row.state = user, VouchState.ACTIVE
        else:
            raise Conflict(_("该认定已经生效或已撤回。"), code="vouch_state")
        row.save()
        _record("vouch.given", row, user)
    return row


def withdraw(vouch: ControlVouch, user: Any) -> ControlVouch:
    """From the next act on it counts no more; a proposal is turned down by the same door."""
    require(user, Permission.EDIT_FLOWS)
    with transaction.atomic():
        row = ControlVouch.objects.select_for_update().get(pk=vouch.pk)
        if row.state == VouchState.ENDED:
            raise Conflict(_("该认定已经撤回。"), code="vouch_state")
        row.state, row.ended_by = VouchState.ENDED, user
        row.save()
        _record("vouch.withdrawn", row, user)
    return row


def vouches_of(version: FlowVersion) -> Vouches:
    """All that counts now for runs of this version, as the gate takes it."""
    rows = ControlVouch.objects.filter(template=version.template_id, state=VouchState.ACTIVE).order_by("pk")
    return Vouches(tuple(_value(row) for row in rows if row.page and row.control))  # an erased one counts no more


def _without_customer(confirmation: Confirmation) -> dict[str, Any]:
    """Page and control without what they say of this ticket's customer: what is left is the app's own."""
    run, place = confirmation.run, confirmation.place or {}
    personal = {spec.name for spec in parse_specs(run.flow_version.definition) if spec.kind in _PERSONAL}
    told = [slot.value for slot in run.slots.all() if slot.name in personal]
    known = [run.ticket.customer_name, run.ticket.customer_mobile, *told] if run.ticket else told
    values = [tight for value in known if len(tight := squash(value)) >= _LEAST_VALUE]

    def kept(marks: list[str]) -> list[str]:
        return [mark for mark in marks if not any(value in squash(mark) for value in values)]

    page, control = dict(place["page"]), dict(place["control"])
    page |= {"controls": kept(page["controls"]), "captions": kept(page["captions"])}
    page["title"] = next(iter(kept([page["title"]])), "")
    control |= {"labels": kept(control["labels"]), "beside": next(iter(kept([control["beside"]])), "")}
    return {"page": page, "control": control}


def _value(row: ControlVouch) -> Vouch:
    page, control = PageSignature.from_json(row.page), ControlSignature.from_json(row.control)
    return Vouch(Source.EDITOR, str(row.pk), page, control)


def _record(kind: str, row: ControlVouch, user: Any) -> None:
    details = {"control": row.label, "state": row.state, "app": row.page.get("app", ""), "page": row.page.get("title")}
    audit.record(kind, user=user, obj=row, flow_version=str(row.version), details=details)
