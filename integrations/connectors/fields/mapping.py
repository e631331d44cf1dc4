"""Maps a helpdesk's fields to ours as configured by an administrator. Pure.

Rule: an expression (JMESPath over the ticket's data, see `data_of`) that finds nothing never blocks a ticket; an
invalid one is refused when it is configured.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from integrations.connectors.fields import plain
from integrations.connectors.fields.expressions import LONGEST, checked, found, words
from integrations.connectors.kinds import Kind
from integrations.connectors.protocol import RemoteTicket, State
from tickets.models import Priority
from tickets.said import gettext_said as _
from tickets.services.tickets.changes import MAX_SUBJECT, MAX_TEXT_BYTES

_CUT = "…"


class Line(BaseModel):
    """A field of the helpdesk that is read together with the text, as `label:value`: an order number, an amount."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    label: str = Field(min_length=1, max_length=40)
    path: str = Field(min_length=1, max_length=LONGEST)

    @field_validator("path")
    @classmethod
    def _readable(cls, value: str) -> str:
        return checked(value)


class Mapping(BaseModel):
    """`states` and `priorities` by the helpdesk's own words in lower case; the others are expressions, "" as usual."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    subject: str = Field(default="", max_length=LONGEST)
    text: str = Field(default="", max_length=LONGEST)
    customer_name: str = Field(default="", max_length=LONGEST)
    customer_mobile: str = Field(default="", max_length=LONGEST)
    lines: list[Line] = Field(default_factory=list, max_length=30)
    states: dict[str, State] = Field(default_factory=dict)
    priorities: dict[str, int] = Field(default_factory=dict)

    @field_validator("subject", "text", "customer_name", "customer_mobile")
    @classmethod
    def _readable(cls, value: str) -> str:
        return checked(value) if value else value

    @field_validator("priorities")
    @classmethod
    def _known(cls, value: dict[str, int]) -> dict[str, int]:
        if not set(value.values()) <= set(Priority.values):
            raise ValueError(_("优先级只能是 1(紧急)到 4(低)。"))
        return {word.lower(): number for word, number in value.items()}

    @field_validator("states")
    @classmethod
    def _lower(cls, value: dict[str, State]) -> dict[str, State]:
        return {word.lower(): state for word, state in value.items()}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A ticket in our terms: every value fits its column."""

    subject: str
    text: str
    customer_name: str
    customer_mobile: str
    priority: Priority
    state: State | None


def data_of(ticket: RemoteTicket) -> dict[str, Any]:
    """The ticket as expressions see it: the names of `RemoteTicket`, bodies as plain text, `fields` as they came."""
    messages = [{**asdict(each), "text": _plain(each.text, each.html)} for each in ticket.messages]
    return {
        "id": ticket.external_id,
        "number": ticket.number,
        "subject": ticket.subject,
        "text": _plain(ticket.text, ticket.html),
        "requester": asdict(ticket.requester),
        "queue": ticket.queue,
        "tags": list(ticket.tags),
        "status": ticket.status,
        "priority": ticket.priority,
        "url": ticket.url,
        "messages": messages,
        "fields": dict(ticket.fields),
    }


def fields_of(ticket: RemoteTicket) -> dict[str, Any]:
    """What the expressions of a set-up can name of the ticket, without what was said later."""
    return {name: value for name, value in data_of(ticket).items() if name != "messages"}


def mapped(ticket: RemoteTicket, mapping: Mapping, kind: Kind | None) -> Mapped:
    data = data_of(ticket)
    text = _first(words, mapping.text, data, MAX_TEXT_BYTES) or data["text"]
    pairs = [(line.label, line_of(line, data)) for line in mapping.lines]
    text = "\n".join([text, *(f"{label}:{value}" for label, value in pairs if value)]).strip()
    subject = _first(found, mapping.subject, data) or ticket.subject
    subject = " ".join(subject.split())
    return Mapped(
        subject=_cut(subject, MAX_SUBJECT),
        text=_cut_bytes(text or subject or _("(没有文字)"), MAX_TEXT_BYTES),
        customer_name=_first(found, mapping.customer_name or "requester.name || requester.email", data),
        customer_mobile=_first(found, mapping.customer_mobile or "requester.mobile", data),
        priority=Priority(_of(ticket.priority, mapping.priorities, kind.priorities if kind else {}) or Priority.NORMAL),
        state=state_of(ticket.status, mapping, kind) or ticket.state,
    )


def line_of(line: Line, data: Map[str, Any]) -> str:
    """The value of a further field; "" where there is none."""
    return _first(found, line.path, data)


def _first(read: Callable[..., str], path: str, data: Map[str, Any], *most: int) -> str:
    """What the path finds in the ticket, else what it finds in the helpdesk's own fields: an expression that the page
    offers for them works as it stands, with and without `fields.` before it."""
    return (read(path, data, *most) or read(path, data["fields"], *most)) if path else ""


def state_of(status: str, mapping: Mapping, kind: Kind | None) -> State | None:
    """The meaning of a helpdesk's status; None if it is not configured."""
    found: State | None = _of(status, mapping.states, kind.states if kind else {})
    return found


def knows_priority(word: str, mapping: Mapping, kind: Kind | None) -> bool:
    return _of(word, mapping.priorities, kind.priorities if kind else {}) is not None


def _of(word: str, *tables: Map[str, Any]) -> Any:
    for table in tables:
        if word.lower() in table:
            return table[word.lower()]
    return None


def _plain(text: str, html: bool) -> str:
    return plain.from_html(text) if html else plain.tidy(text)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + _CUT


def _cut_bytes(text: str, limit: int) -> str:
    raw = text.encode("utf-8", "ignore")
    return text if len(raw) <= limit else raw[: limit - 8].decode("utf-8", "ignore") + _CUT
