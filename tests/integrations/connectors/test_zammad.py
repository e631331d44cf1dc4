"""Zammad: recorded calls and hostile ones, and a server of the tests that answers in its forms."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.connectors.errors import BadAnswer, Gone, NotAllowed, RateLimited, Refused
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Author, Incoming, Level
from integrations.connectors.zammad.connector import ZammadConnector, ZammadSettings
from tests.integrations.rest_server import Asked, Rest, rest_server

TOKEN = "signing token"
MARK = "cs-agent run=1"
CALL = {"ticket": {"id": 7, "number": "31007", "title": "退款"}, "article": {"id": 70, "body": "请退款"}}
FILE = {"id": 5, "filename": "a.pdf", "size": 9, "preferences": {"Content-Type": "application/pdf"}}
ARTICLES = [
    {"id": 70, "body": "<p>请退款</p>", "content_type": "text/html", "sender": "Customer", "attachments": [FILE]},
    {"id": 71, "body": "看一下", "content_type": "text/plain", "sender": "Agent", "internal": True, "created_by_id": 3},
    {"id": 72, "body": f"done\n{MARK}", "sender": "Agent", "created_by_id": 9},
]
TICKET = {
    "id": 7,
    "number": "31007",
    "title": "退款",
    "group": "售后",
    "state": "open",
    "priority": "3 high",
    "customer_id": 4,
    "updated_at": "2026-11-27T12:00:00.123Z",
}


def zammad(asked: Asked) -> Any:
    """What it answers to the account 9."""
    if asked.headers.get("authorization") != "Token token=secret":
        return 401, {"error": "Invalid token"}
    answers: dict[tuple[str, str], Any] = {
        ("GET", "/api/v1/users/me"): {"id": 9, "login": "agent"},
        ("GET", "/api/v1/users/4"): {"id": 4, "firstname": "芳", "lastname": "王", "mobile": "13800138000"},
        ("GET", "/api/v1/tickets/7"): TICKET,
        ("PUT", "/api/v1/tickets/7"): TICKET,
        ("GET", "/api/v1/ticket_articles/by_ticket/7"): ARTICLES,
        ("GET", "/api/v1/tags"): {"tags": ["vip"]},
        ("GET", "/api/v1/ticket_attachment/7/70/5"): b"%PDF-file",
        ("POST", "/api/v1/ticket_articles"): {"id": 80},
        ("POST", "/api/v1/tags/add"): True,
        ("GET", "/api/v1/tickets/search"): {"tickets": [7], "assets": {}},
    }
    found = answers.get((asked.method, asked.path))
    return (404, {"error": "Not found"}) if found is None else (200, found)


@pytest.fixture
def rest() -> Iterator[Rest]:
    with rest_server() as rest:
        rest.handle = zammad
        yield rest


@pytest.fixture
def connector(rest: Rest) -> ZammadConnector:
    return made(rest.url)


def made(url: str, token: str = "secret", **options: Any) -> ZammadConnector:
    secrets = {"signing": TOKEN, "token": token}
    settings = ZammadSettings(url=url, networks=["127.0.0.0/8"], **options)
    return ZammadConnector(Setup("zammad-1", settings, lambda name: secrets[name]))


def signed(body: bytes, **headers: str) -> Incoming:
    signature = "sha1=" + hmac.new(TOKEN.encode(), body, hashlib.sha1).hexdigest()
    return Incoming({"x-hub-signature": signature, "x-zammad-delivery": "d1", **headers}, body, datetime.now(UTC))


def test_a_signed_call_names_its_ticket_and_carries_nothing(connector: ZammadConnector) -> None:
    delivery = connector.verify(signed(json.dumps(CALL).encode(), **{"x-zammad-trigger": "on update"}))
    assert (delivery.delivery_id, delivery.external_ids, delivery.event) == ("d1", ("7",), "on update")
    assert delivery.content == b""


@pytest.mark.parametrize(
    "body", [{}, {"ticket": None}, {"ticket": {"id": "7; DROP"}}, {"ticket": {"id": True}}, {"ticket": [7]}]
)
def test_a_signed_call_of_another_form_is_about_no_ticket(connector: ZammadConnector, body: Any) -> None:
    assert connector.verify(signed(json.dumps(body).encode())).external_ids == ()


def test_forged_calls_are_refused(connector: ZammadConnector) -> None:
    good = signed(json.dumps(CALL).encode())
    for bad in (
        replace(good, body=good.body + b" "),
        replace(good, headers={}),
        replace(good, headers={"x-hub-signature": "sha1="}),
        replace(good, headers={"x-hub-signature": "é"}),
        signed(b"nonsense"),
        signed(b"[]"),
    ):
        with pytest.raises(Refused):
            connector.verify(bad)


def test_a_ticket_is_read_with_its_customer_history_tags_and_files(connector: ZammadConnector) -> None:
    ticket = connector.fetch("7")
    assert (ticket.subject, ticket.text, ticket.html, ticket.queue) == ("退款", "<p>请退款</p>", True, "售后")
    assert (ticket.requester.name, ticket.requester.mobile, ticket.tags) == ("王芳", "13800138000", ("vip",))
    assert [(each.author, each.internal) for each in ticket.messages] == [
        (Author.COLLEAGUE, True),
        (Author.OURS, False),
    ]
    [file] = ticket.files
    assert (file.name, file.size, b"".join(file.load())) == ("a.pdf", 9, b"%PDF-file")
    assert ticket.url.endswith("/#ticket/zoom/7")


def test_a_note_is_internal_and_sends_no_mail_and_an_answer_goes_to_the_customers_address(
    connector: ZammadConnector, rest: Rest
) -> None:
    assert connector.find_note("7", MARK) == "72"
    assert connector.find_note("7", "cs-agent run=2") is None
    assert connector.note("7", "x", marker=MARK) == "80"
    sent = rest.asked[-1].json()
    assert (sent["type"], sent["internal"], sent["content_type"]) == ("note", True, "text/plain")
    with pytest.raises(BadAnswer):
        connector.note("7", "x", marker=MARK, internal=False)  # this customer has no address
    assert not any(each.method == "POST" for each in rest.asked[-2:])
    by_note = made(rest.url, answers="note")
    assert by_note.note("7", "x", marker=MARK, internal=False) == "80"
    assert (rest.asked[-1].json()["type"], rest.asked[-1].json()["internal"]) == ("note", False)


def test_a_status_that_does_not_take_is_told(connector: ZammadConnector) -> None:
    connector.set_status("7", "open")
    with pytest.raises(BadAnswer):
        connector.set_status("7", "closed")


def test_wrong_ids_missing_rights_and_limits_are_told_apart(connector: ZammadConnector, rest: Rest) -> None:
    for wrong in ("8", "7/../users", "", "x", "７"):
        with pytest.raises(Gone):
            connector.fetch(wrong)
    with pytest.raises(NotAllowed):
        made(rest.url, "wrong").fetch("7")
    assert made(rest.url, "wrong").test()[0].level is Level.PROBLEM
    assert [each.level for each in connector.test()] == [Level.GOOD, Level.GOOD], connector.test()
    rest.handle = lambda asked: (429, {}, {"Retry-After": "30"})
    with pytest.raises(RateLimited):
        connector.fetch("7")
    for nonsense in ({}, [], {"id": "x"}, b"<html>"):
        rest.handle = lambda asked, nonsense=nonsense: (200, nonsense)  # type: ignore[misc]
        with pytest.raises(BadAnswer):
            connector.fetch("7")
