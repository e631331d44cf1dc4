"""What the helpdesk a ticket came from knows of it, and what was written back there and when.

Rule: everything here is the helpdesk's word, shown as text; links open outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tickets.models import Delivery, DeliveryState, ExternalRef, Ticket
from tickets.said import Said
from tickets.services.outbox import carriers
from tickets.services.tickets.external import CONNECTOR_LANE

_SHOWN = 10  # the newest write-backs


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The ticket at one helpdesk. `key`: the connector; `facts`: label and text; `answers`: it can bring a reply.
    `left`: why nothing comes from there any more; `url` is empty where nothing is there to be opened."""

    key: str
    name: str
    number: str
    url: str
    facts: list[tuple[str, str]]
    answers: bool
    left: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """One write-back: to which helpdesk, of which event, how it stands, what was done there."""

    name: str
    event: str
    at: datetime
    state: str
    label: str
    text: str


def elsewhere_of(ticket: Ticket) -> list[Elsewhere]:
    return [_shown(ref) for ref in ticket.refs.all() if ref.facts]


def written_of(ticket: Ticket) -> list[Written]:
    rows = Delivery.objects.filter(ticket=ticket, lane__startswith=f"{CONNECTOR_LANE}:").select_related("event")
    return [_written(row) for row in rows.order_by("-event_id")[:_SHOWN]]


def _shown(ref: ExternalRef) -> Elsewhere:
    labels = {
        "customer": _("客户"),
        "email": _("邮箱"),
        "mobile": _("手机号"),
        "queue": _("队列"),
        "status": _("状态"),
        "priority": _("优先级"),
        "tags": _("标签"),
    }
    facts = [(label, str(ref.facts[name])) for name, label in labels.items() if ref.facts.get(name)]
    name, left = str(ref.facts.get("helpdesk") or ref.connector), str(ref.facts.get("left") or "")
    url = "" if left == "deleted" else ref.url
    answers = bool(ref.facts.get("answers")) and left in ("", "moved")
    number = ref.number or ref.external_id
    return Elsewhere(ref.connector, name, number, url, facts, answers, _left(left, str(ref.facts.get("into") or "")))


def _left(why: str, into: str) -> str:
    """In the reader's words; "" for a ticket that is still there."""
    told = {
        "deleted": _("在那里已被删除。"),
        "merged": _("在那里已合并到 %s。") % into,
        "hidden": _("在那里已看不到:被移到别处,或我们的账号没有权限。"),
        "moved": _("在那里已移出接入范围,之后的变化不再进来。"),
    }
    return told.get(why, "")


def _written(row: Delivery) -> Written:
    carrier = carriers.of_lane(row.lane)
    name = carrier.title(row.lane) if carrier is not None else row.lane
    at = row.ended_at or row.last_try_at or row.event.at
    label = DeliveryState(row.state).label
    text = _in_words(row.last_answer) if row.state == DeliveryState.DELIVERED else row.last_answer
    return Written(name, row.event.type, at, row.state, str(label), text)


def _in_words(done: str) -> str:
    """What the carrier did there, for an operator; an older release kept it as "note 12; tags ai; status solved"."""
    if isinstance(done, Said):
        return done
    words = {"note": _("内部备注"), "reply": _("给客户的回复"), "tags": _("标签"), "status": _("状态")}
    told = []
    for part in done.split("; "):
        what, _gap, value = part.partition(" ")
        shown = f" {value}" if what in ("tags", "status") else ""  # numbers of notes say nothing here
        told.append(words[what] + shown if what in words else part)
    return _("、").join(told)
