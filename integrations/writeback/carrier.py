"""Writes the end of a run back to the helpdesk its ticket came from, and answers to customers that a person released.

Rule: at least once, with a check before posting: each of our texts has a mark, and an existing one is not posted again.
Notes are internal; only text that a person wrote and released reaches the customer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin

from django.urls import reverse

from integrations.connectors import health
from integrations.connectors.build import build, kind_of
from integrations.connectors.errors import (
    BadAnswer,
    Conflicted,
    ConnectorError,
    Gone,
    NotAllowed,
    RateLimited,
)
from integrations.connectors.fields.mapping import Mapping, state_of
from integrations.connectors.fields.words import marker_of_reply, marker_of_run
from integrations.connectors.protocol import Capability
from integrations.connectors.protocol import Connector as Helpdesk
from integrations.models import Connector, LinkedTicket
from integrations.writeback.words import Outcome, WriteBack, marked, text_of
from tickets.models import CustomerReply, Delivery, FlowTemplate, OutboxEvent, Run
from tickets.said import Said, listed
from tickets.said import gettext_said as _
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.services.tickets.external import CONNECTOR_LANE
from tickets.web.given import whole_number
from tickets.web.our_urls import ours

REPLIED = "ticket.replied"
_ENDS = {outcome.value for outcome in Outcome}
_HOUR = 3600.0
Part = tuple[Said, Callable[[], Said]]


@dataclass(frozen=True, slots=True)
class Todo:
    """What one event writes. `text` holds no mark yet."""

    marker: str
    text: str = ""
    internal: bool = True
    status: str = ""
    tags: Sequence[str] = ()


class ConnectorCarrier:
    """Lanes are `connector:<row>`. After about a day a write-back is given up; the outbox shows it."""

    name = CONNECTOR_LANE
    delays_s: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0, 1800.0, _HOUR, 2 * _HOUR, *(4 * _HOUR,) * 5)

    def places(self, event: OutboxEvent) -> Iterable[str]:
        """What a person sends a customer waits for a connector that is switched off; other notes are left out."""
        if event.ticket_id is None or event.type not in {*_ENDS, REPLIED}:
            return []
        rows = Connector.objects.filter(linked__ticket_id=event.ticket_id)
        if event.type == REPLIED:
            return [lane(row) for row in rows]
        return [lane(row) for row in rows.filter(enabled=True) if _wanted(row).of(event.type).anything]

    def hand_over(self, delivery: Delivery) -> Answer:
        row = _row(delivery.lane)
        if row is None:
            return Answer(Verdict.NEVER, _("这个连接器已删除。"))
        linked = LinkedTicket.objects.filter(connector=row, ticket=delivery.ticket_id).first()
        todo = _todo(row, delivery.event)
        if linked is None or todo is None:
            return Answer(Verdict.NEVER, _("没有可写的内容:工单、运行或答复已不在"))
        if not row.enabled:
            verdict = Verdict.AGAIN if delivery.event.type == REPLIED else Verdict.NEVER
            return Answer(verdict, _("这个连接器已停用。"))
        name: Said = _("内部备注")
        done: list[Said] = []
        try:
            for name, act in _parts(build(row), row, linked, todo):  # noqa: B007 - told below
                done.append(act())
        except ConnectorError as error:
            return _judged(row, error, name, done)
        health.good(row)
        return Answer(Verdict.TAKEN, listed(done) if done else _("没有要写的"))

    def closed(self, lane: str, text: str) -> None:
        """No helpdesk says that it is gone for good."""

    def title(self, lane: str) -> str:
        row = _row(lane)
        return row.name if row is not None else lane


def lane(row: Connector) -> str:
    return f"{CONNECTOR_LANE}:{row.pk}"


def _parts(helpdesk: Helpdesk, row: Connector, linked: LinkedTicket, todo: Todo) -> Iterator[Part]:
    """Each part that this helpdesk can take, in this order: its name, and what writes it and says what was done."""
    can = helpdesk.capabilities()
    needed = Capability.NOTE if todo.internal else Capability.REPLY
    if todo.text and (needed in can or not todo.internal):
        name = _("内部备注") if todo.internal else _("给客户的回复")
        yield name, partial(_note, helpdesk, linked.external_id, todo, name)
    if todo.tags and Capability.TAGS in can:
        yield _("标签"), partial(_add_tags, helpdesk, linked.external_id, todo.tags)
    if todo.status and Capability.STATUS in can:
        yield _("状态"), partial(_set_status, helpdesk, row, linked, todo.status)


def _note(helpdesk: Helpdesk, there: str, todo: Todo, name: Said) -> Said:
    if not todo.internal and Capability.REPLY not in helpdesk.capabilities():
        raise Gone(_("这个客服系统不能把答复带给客户"))
    if helpdesk.find_note(there, todo.marker) is not None:
        return _("%s(已在那里)") % name
    helpdesk.note(there, marked(todo.text, todo.marker), marker=todo.marker, internal=todo.internal)
    return name


def _add_tags(helpdesk: Helpdesk, there: str, tags: Sequence[str]) -> Said:
    helpdesk.add_tags(there, tags)
    return _("标签 %s") % ", ".join(tags)


def _set_status(helpdesk: Helpdesk, row: Connector, linked: LinkedTicket, status: str) -> Said:
    """Our own change is none of theirs when it comes back."""
    helpdesk.set_status(linked.external_id, status)
    state = state_of(status, Mapping.model_validate(row.mapping), kind_of(row))
    LinkedTicket.objects.filter(pk=linked.pk).update(state=state or linked.state)
    return _("状态 %s") % status


def _judged(row: Connector, error: ConnectorError, name: Said, done: Sequence[Said]) -> Answer:
    """`name`: what was being written; `done`: what was written before, which is not written again."""
    lacks = isinstance(error, NotAllowed) and error.here
    fault = _lacking(error, name) if lacks else error
    text: str = _("已写:%(done)s。没有写:%(why)s") % {"done": listed(done), "why": fault.told} if done else fault.told
    if isinstance(error, Gone):
        return Answer(Verdict.NEVER, text)
    if isinstance(error, (BadAnswer, Conflicted)):
        return Answer(Verdict.AGAIN, text)
    health.failed(row, fault)
    if lacks:
        return Answer(Verdict.AGAIN, text)
    wait = error.retry_after_s if isinstance(error, RateLimited) else None
    return Answer(Verdict.AGAIN, text, whole_lane=True, wait_s=wait)


def _lacking(error: ConnectorError, name: Said) -> NotAllowed:
    """`remedy`: what the kind itself advises, else what helps everywhere."""
    text = _("%(name)s:%(why)s") % {"name": name, "why": error.text}
    usual = _("请对方的管理员给我们的账号所缺的权限,之后会自动补写。")
    return NotAllowed(text, remedy=error.remedy or usual, here=True)


def _todo(row: Connector, event: OutboxEvent) -> Todo | None:
    made: Callable[[Connector, OutboxEvent], Todo | None] = _of_reply if event.type == REPLIED else _of_run
    return made(row, event)


def _of_run(row: Connector, event: OutboxEvent) -> Todo | None:
    run = Run.objects.filter(pk=event.data.get("run")).select_related("ticket", "flow_version__template").first()
    if run is None:
        return None
    wanted = _wanted(row)
    part = wanted.of(event.type)
    values = {
        "ticket": run.ticket.number,
        "flow": _name(run.flow_version.template, wanted.language),
        "result": run.result,
        "link": _address(wanted, "ticket", run.ticket.number),
        "replay": _address(wanted, "replay", run.pk),
    }
    text = text_of(part, Outcome(event.type), values, wanted.language) if part.note else ""
    return Todo(marker_of_run(run.pk), text, status=part.status, tags=part.tags)


def _name(flow: FlowTemplate, language: str) -> str:
    return (flow.name_en if language == "en" else "") or flow.name


def _address(wanted: WriteBack, name: str, key: object) -> str:
    """As people at the helpdesk reach it; "" where nobody said under which address."""
    return urljoin(wanted.site, reverse(name, urlconf=ours(), args=[key])) if wanted.site else ""


def _of_reply(row: Connector, event: OutboxEvent) -> Todo | None:
    reply = CustomerReply.objects.filter(pk=event.data.get("reply"), send_by=row.key).first()
    return Todo(marker_of_reply(reply.pk), reply.text, internal=False) if reply is not None else None


def _wanted(row: Connector) -> WriteBack:
    return WriteBack.model_validate(row.write_back)


def _row(lane: str) -> Connector | None:
    number = whole_number(lane.partition(":")[2])
    return Connector.objects.filter(pk=number).first() if number else None
