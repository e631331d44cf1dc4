"""What the helpdesks of the tests share: the tickets they hold, and what goes wrong next.

A kind's desk says how a call is signed (`signed`, `sealed`) and what its web interface answers (`answer`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

from django.test import Client

from tests.integrations.rest_server import Answer, Asked, rest_server

ME = 9  # the account we act as
COLLEAGUE = 3
CUSTOMER = 4
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@dataclass
class Stored:
    """A file. `size`: what the helpdesk says of it, which may be a lie."""

    id: int
    name: str
    content: bytes
    type: str = "application/pdf"
    said: int | None = None

    @property
    def size(self) -> int:
        return len(self.content) if self.said is None else self.said


@dataclass
class Said:
    id: int
    text: str
    who: int = CUSTOMER
    internal: bool = False
    html: bool = False
    files: list[Stored] = field(default_factory=list)
    at: datetime = NOON


@dataclass
class Held:
    """A ticket there. `said[0]` is what the customer first wrote."""

    id: int
    subject: str
    said: list[Said]
    queue: str = "售后"
    status: str = ""
    tags: list[str] = field(default_factory=list)
    updated: datetime = NOON
    merged_into: int | None = None
    hidden: bool = False


@dataclass
class Signed:
    body: bytes
    headers: dict[str, str]
    query: str = ""


class Desk(ABC):
    """`statuses`: its words for open and solved. `can_…`: whether that can happen to its tickets at all;
    `signs_time`: whether an old call can be told. `html`: whether bodies can be HTML."""

    kind: ClassVar[str]
    secrets: ClassVar[dict[str, str]]
    statuses: ClassVar[tuple[str, str]] = ("open", "closed")
    can_merge: ClassVar[bool] = False
    can_hide: ClassVar[bool] = True
    signs_time: ClassVar[bool] = False
    html: ClassVar[bool] = True  # whether a customer's words may be HTML there
    can_delete: ClassVar[bool] = True
    can_move: ClassVar[bool] = True
    mapping: ClassVar[dict[str, Any]] = {}  # what is set up of its fields and words
    page: ClassVar[int] = 50  # how many of a list it gives at once

    def __init__(self) -> None:
        self.url = ""
        self.tickets: dict[int, Held] = {}
        self.trouble: Answer | None = None  # whatever is asked
        self.lose_answers = 0  # so many writes are done, then answered with an error
        self.may_write: int | None = None  # so many writes more; the account lacks the right to the next
        self.barred = False  # the account's credentials are refused
        self.spoil: Callable[[Any], Any] | None = None  # changes what is answered
        self.front = ""  # the title of the page that people open
        self.asked: list[Asked] = []
        self._next = 1000

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """Its settings on the page, without address and networks."""

    @abstractmethod
    def signed(self, ticket: int, delivery: str, at: datetime) -> Signed:
        """The call it makes when the ticket changed."""

    @abstractmethod
    def sealed(self, body: bytes, delivery: str, at: datetime) -> Signed:
        """The call it makes with that body, signed as it signs all of them."""

    @abstractmethod
    def answer(self, asked: Asked) -> Answer: ...

    def ref(self, ticket: int) -> str:
        """The ticket's id as the connector knows it."""
        return str(ticket)

    def name(self) -> int:
        self._next += 1
        return self._next

    def file(self, text: str, *, subject: str = "退款", html: bool = False, files: Any = ()) -> Held:
        """A customer's new ticket."""
        id = self.name()
        first = Said(self.name(), text, html=html, files=list(files))
        self.tickets[id] = Held(id, subject, [first], status=self.statuses[0])
        return self.touch(id)

    def say(self, ticket: int, text: str, who: int = CUSTOMER, *, internal: bool = False) -> Said:
        said = Said(self.name(), text, who, internal)
        self.tickets[ticket].said.append(said)
        self.touch(ticket)
        return said

    def touch(self, ticket: int) -> Held:
        """It changed now; never twice at the same moment."""
        held = self.tickets[ticket]
        latest = max((each.updated for each in self.tickets.values()), default=NOON)
        held.updated = max(datetime.now(UTC).replace(microsecond=0), latest + timedelta(seconds=1))
        return held

    def ours(self, ticket: int) -> list[Said]:
        return [each for each in self.tickets[ticket].said if each.who == ME]

    def call(self, hook: str, ticket: int, *, delivery: str = "", at: datetime | None = None) -> Any:
        return self.send(hook, self.signed(ticket, delivery or f"d-{self.name()}", at or datetime.now(UTC)))

    def altered(self, call: Signed) -> Signed:
        """The call after somebody changed what is signed."""
        return Signed(call.body + b" ", call.headers, call.query)

    def send(self, hook: str, call: Signed) -> Any:
        return caller().post(
            f"/hooks/{hook}/{call.query}", call.body, content_type="application/json", headers=call.headers
        )

    def handle(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.trouble is not None:
            return self.trouble
        if asked.path == "/" and "text/html" in asked.headers.get("accept", ""):
            return 200, f"<!DOCTYPE html><title>{self.front or self.kind}</title>".encode()
        if asked.method != "GET" and self.may_write is not None and self.writes(asked):
            if self.may_write == 0:
                return 403, {"error": "Not authorized"}
            self.may_write -= 1
        answer = self.answer(asked)
        if asked.method != "GET" and answer[0] < 300 and self.lose_answers and self.writes(asked):
            self.lose_answers -= 1
            return 500, {"error": "the answer is lost"}
        return answer if self.spoil is None else (answer[0], self.spoil(answer[1]), *answer[2:])  # type: ignore[return-value]

    def writes(self, asked: Asked) -> bool:
        """Whether a call that is no GET changes something there."""
        return True

    @contextmanager
    def running(self) -> Iterator[Desk]:
        with rest_server() as rest:
            rest.handle = self.handle
            self.url = rest.url
            yield self


@lru_cache
def caller() -> Client:
    """Made once: a client loads all middleware."""
    return Client()


def pages(rows: list[Any], page: int, size: int) -> list[Any]:
    return rows[(page - 1) * size : page * size]
