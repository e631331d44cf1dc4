"""A body that is too large is refused before it is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consoles.web.body_limit import BodyLimit
from integrations.api.schemas import Problem


class Caller:
    """Plays the server: hands out the body in pieces, keeps what is sent."""

    def __init__(self, pieces: list[bytes], length: int | None = None) -> None:
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        self.scope: dict[str, Any] = {"type": "http", "headers": headers}
        self.pieces = list(pieces)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        body = self.pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.pieces)}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return self.sent[0]["status"]


async def swallow(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads all and answers 200 with what it read."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message["body"])
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def test_a_body_within_the_limit_arrives_whole() -> None:
    caller = Caller([b"x" * 60, b"y" * 40], 100)
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert caller.status == 200
    assert caller.sent[1]["body"] == b"100"


async def test_a_declared_two_gigabytes_are_refused_before_a_byte_is_read() -> None:
    caller = Caller([b"x"], 2 * 1024**3)
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert caller.status == 413
    assert caller.pieces == [b"x"]
    assert "内容太大".encode() in caller.sent[1]["body"]


async def test_a_program_is_refused_in_the_form_of_its_other_refusals() -> None:
    caller = Caller([b"x"], 2 * 1024**3)
    caller.scope["path"] = "/any/prefix/api/v1/tickets"
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert dict(caller.sent[0]["headers"])[b"content-type"] == b"application/problem+json"
    told = json.loads(caller.sent[1]["body"])
    assert (told["status"], told["code"]) == (413, "too_large")
    assert set(told) >= set(Problem.model_json_schema()["required"])


@pytest.mark.parametrize("declared", [None, 10])
async def test_a_body_that_grows_past_the_limit_is_refused_while_it_arrives(declared: int | None) -> None:
    caller = Caller([b"x" * 60] * 50, declared)
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert caller.status == 413
    assert len(caller.pieces) == 48


async def test_a_length_that_is_no_number_is_counted_instead() -> None:
    caller = Caller([b"x" * 300])
    caller.scope["headers"] = [(b"content-length", b"none")]
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert caller.status == 413


async def test_a_length_of_thousands_of_digits_is_refused_without_counting() -> None:
    caller = Caller([b"x"])
    caller.scope["headers"] = [(b"content-length", b"9" * 5000)]
    await BodyLimit(swallow, 100)(caller.scope, caller.receive, caller.send)
    assert caller.status == 413
    assert caller.pieces == [b"x"]


async def test_websockets_pass_untouched() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    await BodyLimit(app, 1)({"type": "websocket"}, None, None)  # type: ignore[arg-type]
    assert seen == ["websocket"]
