"""Why a queued run gets no phone, where that is a person: which ticket holds it, waiting for whom, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tickets.models import Phone, PhoneState, Run, RunStatus
from tickets.services.people import access
from tickets.services.runs.transitions import WAITING


@dataclass(frozen=True)
class Waiting:
    """`number`: the ticket that holds the phone, "" where the reader may not see it; `run`: to be reminded."""

    words: str
    since: datetime | None = None
    number: str = ""
    run: Run | None = None


def waiting_for_phone(run: Run, user: Any) -> Waiting | None:
    """None while at least one phone that suits is driven by the agent or free: then it is only a matter of time."""
    wanted = set(run.flow_version.definition.get("phone_labels", []))
    phones = [phone for phone in _ready() if wanted <= set(phone.labels)]
    if not phones:
        return Waiting(_("没有可用的手机:全部停用、离线或不适合该流程,请联系管理员。"))
    holders = [phone.lease_run for phone in phones]
    blocked = [holder for holder in holders if holder is not None and holder.status in WAITING]
    if len(blocked) < len(phones):
        return None
    first = min(blocked, key=lambda holder: holder.updated_at)
    seen = access.may_see(user, first.ticket)
    whom = {
        RunStatus.AWAITING_CONFIRMATION: _("等人确认"),
        RunStatus.AWAITING_ANSWER: _("等人回答"),
        RunStatus.TAKEN_OVER: _("等人接管或正由人操作"),
    }[RunStatus(first.status)]
    words = _("手机被工单 %(number)s 占用,正在%(whom)s") if seen else _("手机被其他部门的工单占用,正在%(whom)s")
    number = first.ticket.number if seen else ""
    return Waiting(words % {"number": number, "whom": whom}, first.updated_at, number, first if seen else None)


def _ready() -> Any:
    return Phone.objects.filter(state=PhoneState.READY).select_related("lease_run__ticket__department")
