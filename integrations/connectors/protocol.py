"""The connector protocol: receiving from, reading and writing to one helpdesk, except for its errors (`errors`).

Rule: a connector knows only its helpdesk, not this product. It exchanges the values below; permissions, rules, retries
and storage are handled by its callers for all kinds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from integrations.connectors.errors import Refused, Text
from tickets.said import gettext_said as _

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # how half a character is escaped


def value_of(body: bytes | str) -> Any:
    """The JSON value of a body; ValueError or RecursionError for none. Halves of characters, which no database takes,
    become question marks."""
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    value = json.loads(raw)
    if not _HALF.search(raw):
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


class Capability(StrEnum):
    """What connectors of a kind can do; anything else is neither called nor offered on the set-up page."""

    WEBHOOK = "webhook"  # it calls us when something changed
    POLL = "poll"  # it can be asked what changed
    FETCH = "fetch"  # a ticket can be read; without it, a delivery must carry all there is
    NOTE = "note"  # a note that only colleagues there see
    REPLY = "reply"  # an answer that the customer gets
    STATUS = "status"
    TAGS = "tags"
    DEEP_LINK = "deep_link"
    IDENTITY = "identity"


class State(StrEnum):
    """What a status of the helpdesk means here."""

    OPEN = "open"
    PENDING = "pending"  # the customer's turn
    SOLVED = "solved"
    CLOSED = "closed"


class Author(StrEnum):
    CUSTOMER = "customer"
    COLLEAGUE = "colleague"
    SYSTEM = "system"  # mail robots, rules, surveys
    OURS = "ours"  # the account this product acts as


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    email: str = ""
    mobile: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the helpdesk. Name, type and size are the helpdesk's word and are not believed.

    `load` gives its bytes in pieces and may be left in the middle; it raises ConnectorError.
    """

    external_id: str
    name: str
    load: Callable[[], Iterator[bytes]]
    content_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a ticket's history. `text` is HTML where `html` says so; callers make it plain."""

    external_id: str
    text: str
    author: Author
    at: datetime | None = None
    html: bool = False
    internal: bool = False
    person: Person = field(default_factory=Person)


@dataclass(frozen=True, slots=True)
class RemoteTicket:
    """A ticket as the helpdesk has it now. `text`: what the customer first wrote; `messages`: everything after it, in
    order. `queue`, `status`, `priority` are the helpdesk's own words; `state` is what the status means.

    `updated_at` orders two readings; without it the later reading counts. Times carry a zone.
    """

    external_id: str
    subject: str
    text: str
    html: bool = False
    number: str = ""  # how people there call it, when that is not the id
    requester: Person = field(default_factory=Person)
    queue: str = ""
    tags: tuple[str, ...] = ()
    status: str = ""
    state: State | None = None
    priority: str = ""
    url: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    messages: tuple[Message, ...] = ()
    files: tuple[RemoteFile, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)  # further fields, for the mapping an administrator sets up


@dataclass(frozen=True, slots=True)
class Incoming:
    """An incoming call, unchanged. `headers` by lower-case name; `body` raw: signatures are over exactly these
    bytes."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    url: str = ""  # as it was called, which some sign

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; Refused when it is none."""
        try:
            found = value_of(self.body)
        except (ValueError, RecursionError) as error:
            raise Refused(_("内容不是 JSON。")) from error
        if not isinstance(found, dict):
            raise Refused(_("内容不是 JSON 对象。"))
        return found


@dataclass(frozen=True, slots=True)
class Delivery:
    """An authenticated call. The same `delivery_id` is the same delivery.

    `external_ids`: the tickets it is about. `hints`: what `parse` needs besides (small, no customer's words).
    `content`: the ticket itself, only from helpdesks that cannot be asked for it; kept encrypted until it was read.
    `answer`: the body we must answer with (a challenge); mostly nothing. `parts`: what came in one call and is
    kept one by one, instead of the delivery itself.
    """

    delivery_id: str
    external_ids: tuple[str, ...] = ()
    event: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    answer: str = ""
    parts: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what changed. `cursor` belongs to the next call; `more`: ask again at once. `carried`: tickets that
    came along and cannot be asked for again, each a delivery with `content`; kept in the cursor's transaction."""

    external_ids: tuple[str, ...]
    cursor: str
    more: bool = False
    carried: tuple[Delivery, ...] = ()


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"  # works, with less
    PROBLEM = "problem"  # does not work until somebody acts


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a connection test: what was found, and the remedy."""

    level: Level
    text: Text
    remedy: Text = ""


class Connector(Protocol):
    """One helpdesk, set up. Built afresh for each piece of work by its kind; holds no state that must last.

    Calls may last up to half a minute, except `verify` and `deep_link`, which speak to nobody. Everything raises
    ConnectorError and nothing else for what the other side does.
    """

    kind: str

    def capabilities(self) -> frozenset[Capability]: ...

    def verify(self, incoming: Incoming) -> Delivery:
        """Refused unless the call is genuine; the text says to a technician which check failed."""

    def parse(self, delivery: Delivery) -> Sequence[str]:
        """Ids of the tickets the delivery is about; runs in a worker and may ask the helpdesk. Most kinds answer
        `delivery.external_ids`."""

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        """The ticket as it is now; Gone when it was deleted or merged. `content`: what the delivery carried."""

    def changed_since(self, cursor: str) -> Changes:
        """Tickets changed since the cursor, oldest first; "" begins now minus what the settings say. A kind overlaps
        as far as its clock is coarse: an id that comes twice does no harm."""

    def find_note(self, external_id: str, marker: str) -> str | None:
        """The id of a note or answer of ours that holds the marker, among the newest; None when there is none."""

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        """Post a plain text, which holds the marker; the id it got. Not internal: the customer gets it. Callers look
        with `find_note` first."""

    def set_status(self, external_id: str, status: str) -> None:
        """In the helpdesk's own word; read back, BadAnswer when it did not take."""

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        """Added to what is there; none is taken away."""

    def deep_link(self, external_id: str) -> str:
        """The ticket's page there, for people; "" when the kind has none."""

    def identity(self, account: str) -> Person:
        """Who an account of the helpdesk is (by its id or log-in); Gone for nobody."""

    def test(self) -> Sequence[Finding]:
        """Check everything needed: address, credentials, each permission. Raises nothing."""


@runtime_checkable
class Challenged(Protocol):
    """A connector whose helpdesk tries the address by a GET before it calls it."""

    def challenge(self, incoming: Incoming) -> str:
        """The body to answer with; Refused unless the call is genuine."""


@runtime_checkable
class Pulled(Protocol):
    """A connector whose calls say only that there is something, and how to ask for it."""

    def pull(self, cursor: str, hints: Mapping[str, str]) -> Changes:
        """As `changed_since`, with the hints of the call."""
