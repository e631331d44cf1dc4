"""A helpdesk of the tests: in memory, with the faults real ones have. Its calls are signed with a shared word."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.connectors import kinds
from integrations.connectors.build import secret_name
from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, Refused
from integrations.connectors.kinds import Kind, SecretSpec, Settings, Setup
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Finding,
    Incoming,
    Level,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
    State,
)
from integrations.intake import reading
from integrations.models import Connector, IncomingDelivery, LinkedTicket
from tests.integrations.desks.base import caller
from tickets.models import Department
from tickets.services import secret_store

WORD = "open sesame"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
STATES = {"new": State.OPEN, "open": State.OPEN, "waiting": State.PENDING, "done": State.SOLVED, "closed": State.CLOSED}


@dataclass
class Desk:
    """What the helpdesk holds, and what it does wrong next. `troubles`: raised by the next calls, one each."""

    tickets: dict[str, RemoteTicket] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str, bool]] = field(default_factory=list)
    troubles: list[ConnectorError] = field(default_factory=list)
    log: list[str] = field(default_factory=list)  # ids of changed tickets, in order
    fetched: list[str] = field(default_factory=list)
    page: int = 2

    def put(self, external_id: str, **changes: Any) -> RemoteTicket:
        """Make or change a ticket there."""
        blank = RemoteTicket(external_id, "退款", "请退款", queue="售后", status="open", requester=Person("王芳"))
        known = self.tickets.get(external_id, blank)
        later = (known.updated_at or NOON) + timedelta(seconds=1)
        ticket = replace(known, **{"updated_at": later, **changes})
        ticket = replace(ticket, state=STATES.get(ticket.status))
        self.tickets[external_id] = ticket
        self.log.append(external_id)
        return ticket

    def say(self, external_id: str, text: str, author: Author = Author.CUSTOMER, **more: Any) -> None:
        known = self.tickets[external_id]
        message = Message(uuid.uuid4().hex, text, author, NOON, **more)
        self.put(external_id, messages=(*known.messages, message))

    def called(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


DESKS: dict[str, Desk] = {}


class Options(Settings):
    desk: str = "a"


class FakeHelpdesk:
    kind = "fake"

    def __init__(self, setup: Setup) -> None:
        self.desk = DESKS.setdefault(setup.settings.desk, Desk())
        self._word = setup.secret("word")

    def capabilities(self) -> frozenset[Capability]:
        return frozenset(Capability)

    def verify(self, incoming: Incoming) -> Delivery:
        if incoming.headers.get("x-word") != self._word:
            raise Refused("the word is wrong")
        body = incoming.document()
        try:
            return Delivery(body["id"], tuple(body.get("tickets", ())), hints=body.get("hints", {}))
        except (TypeError, KeyError) as error:
            raise Refused("no body of ours") from error

    def parse(self, delivery: Delivery) -> Sequence[str]:
        self.desk.called()
        return delivery.external_ids or (delivery.hints["who"],)

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        self.desk.called()
        self.desk.fetched.append(external_id)
        if external_id in self.desk.merged:
            raise Gone("merged", self.desk.merged[external_id])
        if external_id not in self.desk.tickets:
            raise Gone("no such ticket")
        return self.desk.tickets[external_id]

    def changed_since(self, cursor: str) -> Changes:
        self.desk.called()
        at = int(cursor or 0)
        page = self.desk.log[at : at + self.desk.page]
        return Changes(tuple(page), str(at + len(page)), at + len(page) < len(self.desk.log))

    def find_note(self, external_id: str, marker: str) -> str | None:
        self.desk.called()
        found = [n for n, (ticket, text, _) in enumerate(self.desk.notes) if ticket == external_id and marker in text]
        return str(found[0]) if found else None

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        self.desk.called()
        assert marker in text
        self.desk.notes.append((external_id, text, internal))
        self.desk.say(external_id, text, Author.OURS)
        return str(len(self.desk.notes) - 1)

    def set_status(self, external_id: str, status: str) -> None:
        self.desk.called()
        if status not in STATES:
            raise BadAnswer("no such status")
        self.desk.put(external_id, status=status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        self.desk.called()
        known = self.desk.tickets[external_id].tags
        self.desk.put(external_id, tags=tuple(dict.fromkeys((*known, *tags))))

    def deep_link(self, external_id: str) -> str:
        return f"https://help.example.com/t/{external_id}"

    def identity(self, account: str) -> Person:
        return Person(account, f"{account}@example.com")

    def test(self) -> Sequence[Finding]:
        return [Finding(Level.GOOD, "there")]


def file_of(content: bytes, name: str = "a.pdf", size: int | None = None, trouble: Any = None) -> RemoteFile:
    def load() -> Iterator[bytes]:
        if trouble is not None:
            raise trouble
        yield content

    return RemoteFile(name, name, load, "application/pdf", len(content) if size is None else size)


FAKE = Kind(
    "fake",
    "Fake",
    Options,
    FakeHelpdesk,
    frozenset(Capability),
    secrets=(SecretSpec("word", "Word"),),
    states=STATES,
    priorities={"high": 2, "asap": 1},
)


def install() -> None:
    kinds.register(FAKE)
    DESKS.clear()


def make_connector(user: Any, department: Department | None, key: str = "fake-1", **more: Any) -> Connector:
    install() if key == "fake-1" else None
    row = Connector.objects.create(
        key=key, kind="fake", name="客服系统", enabled=True, acts_as=user, department=department, home="fake:a", **more
    )
    secret_store.put(secret_name(row.key, "word"), WORD)
    return row


def call(row: Connector, *ids: str, delivery: str = "", word: str = WORD, **more: Any) -> Any:
    body = {"id": delivery or uuid.uuid4().hex, "tickets": ids, **more}
    return send(row, json.dumps(body), word)


def send(row: Connector, body: str | bytes, word: str = WORD) -> Any:
    return caller().post(f"/hooks/{row.hook}/", body, content_type="application/json", headers={"x-word": word})


def read(row: Connector) -> None:
    """Everything that is due, and what becomes due by it."""
    while reading.read_due(row.pk):
        pass


def later(row: Connector) -> None:
    """The pauses between tries and the helpdesk's rest are over."""
    LinkedTicket.objects.update(next_at=timezone.now())
    IncomingDelivery.objects.update(next_at=timezone.now())
    Connector.objects.update(rest_until=None)
    read(row)
