"""A system without a connector of its own: signed calls in, REST back, everything by what was set up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks import Webhook

from integrations.connectors.errors import BadAnswer, Conflicted, Gone, NotAllowed, RateLimited, Refused, Unreachable
from integrations.connectors.generic.connector import GenericConnector, preview
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Author, Capability, Incoming, Level, RemoteTicket
from integrations.webhooks.endpoints import new_secret
from tests.integrations.rest_server import Asked, Rest, rest_server

SECRET = new_secret()
MARK = "cs-agent run=1"
TICKET = {"id": 7, "subject": "退款", "text": "请退款", "tags": ["a", "b"], "customer": {"name": "王芳"}}
BODY = {"type": "ticket.created", "data": {"ticket": {**TICKET, "updated_at": "2026-11-27T12:00:00Z"}}}
REST = {
    "networks": ["127.0.0.0/8"],
    "fetch_path": "tickets/{id}",
    "changes_path": "tickets?since={cursor}",
    "notes_path": "tickets/{id}/comments",
    "note_path": "tickets/{id}/comments",
    "note_body": '{"text": "{text}", "internal": true}',
    "reply_body": '{"text": "{text}", "internal": false}',
    "status_path": "tickets/{id}",
    "status_body": '{"status": "{status}"}',
    "tags_path": "tickets/{id}/tags",
    "tags_body": '{"add": "{tags}"}',
}


def made(**options: Any) -> GenericConnector:
    secrets = {"signing": SECRET, "token": "Bearer t"}
    return GenericConnector(Setup("generic-1", GenericSettings(**options), lambda name: secrets.get(name, "")))


def read_as(its: GenericSettings, body: bytes) -> RemoteTicket:
    [only] = preview(its, body)
    return only.remote


def signed(body: bytes, at: datetime | None = None, id: str = "msg_1", secret: str = SECRET) -> Incoming:
    at = at or datetime.now(UTC)
    headers = {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp()))}
    headers["webhook-signature"] = Webhook(secret).sign(id, at, body.decode("utf-8", "replace"))
    return Incoming(headers, body, at)


@pytest.fixture
def rest() -> Iterator[Rest]:
    with rest_server() as rest:
        yield rest


def test_a_signed_call_names_its_ticket_and_carries_it() -> None:
    raw = json.dumps(BODY).encode()
    delivery = made().verify(signed(raw))
    assert (delivery.delivery_id, delivery.external_ids, delivery.event) == ("msg_1", ("7",), "ticket.created")
    ticket = made().fetch("7", delivery.content)
    assert (ticket.subject, ticket.text, ticket.tags, ticket.requester.name) == ("退款", "请退款", ("a", "b"), "王芳")
    assert ticket.updated_at == datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_what_was_tampered_with_is_old_or_signed_by_another_is_refused() -> None:
    raw, now = json.dumps(BODY).encode(), datetime.now(UTC)
    good = signed(raw)
    for bad in (
        replace(good, body=raw + b" "),
        replace(good, headers={**good.headers, "webhook-id": "msg_2"}),
        replace(good, headers={**good.headers, "webhook-signature": ""}),
        replace(good, headers={**good.headers, "webhook-signature": "v1,!!!"}),
        replace(good, headers={**good.headers, "webhook-signature": "v1"}),
        replace(good, headers={**good.headers, "webhook-timestamp": "1e999"}),
        replace(good, headers={**good.headers, "webhook-timestamp": "nan"}),
        replace(good, headers={}),
        signed(raw, now - timedelta(minutes=10)),
        signed(raw, now + timedelta(minutes=10)),
        signed(raw, secret=new_secret()),
        signed(b"\xff\xfe"),
        signed(b"[1]"),
        signed(b"[" * 50_000),
    ):
        with pytest.raises(Refused):
            made().verify(bad)


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_a_signed_body_of_any_form_names_a_ticket_or_none(value: Any) -> None:
    raw = json.dumps({"data": {"ticket": value}, "type": value}).encode()
    delivery = made().verify(signed(raw))
    assert len(delivery.external_ids) <= 1
    assert all(isinstance(each.remote.text, str) for each in preview(GenericSettings(), raw))


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        *(("a, b;c", ("a", "b", "c")), ([{"name": "a"}, {"id": 2}, "b", None, True], ("a", "b")), (None, ())),
        *((7, ("7",)), ([{"id": 1, "title": "a"}, {"label": "b", "color": "red"}], ("a", "b"))),
    ],
)
def test_tags_are_read_in_the_forms_that_systems_have(tags: Any, read: tuple[str, ...]) -> None:
    raw = json.dumps({"data": {"ticket": {**TICKET, "tags": tags}}}).encode()
    assert read_as(GenericSettings(), raw).tags == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((1234, "1234"), (1234.0, "1234"), (" 1234\n", "1234"), ("1234", "1234"), (0, "0"), ("A-7/ä", "A-7/ä")),
        *((True, ""), (False, ""), (None, ""), ("  ", ""), ([1], ""), ({"v": 1}, ""), (float("nan"), ""), (1e999, "")),
    ],
)
def test_a_ticket_has_one_number_however_it_is_written(rest: Rest, written: Any, read: str) -> None:
    """Of calls and of lists alike: two spellings would be two tickets."""
    raw = json.dumps({"data": {"ticket": {**TICKET, "id": written}}}).encode()
    assert made().verify(signed(raw)).external_ids == ((read,) if read else ())
    rest.handle = lambda asked: (200, {"items": [{"id": written}, {"id": "next"}], "next": "c"})
    found = made(url=rest.url, **REST).changed_since("")
    assert found.external_ids == ((read, "next") if read else ("next",))


@pytest.mark.parametrize("path", ["工单.标题", "order-no", "Ticket Subject", "a.2b"])
def test_a_name_that_must_stand_in_quotes_says_so(path: str) -> None:
    with pytest.raises(ValidationError, match="双引号"):
        GenericSettings(subject=path)
    *before, last = path.split(".")
    GenericSettings(subject=".".join(f'"{each}"' for each in [*before, last]))


def test_times_and_numbers_are_read_as_systems_write_them() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    customer = {"name": "王芳", "mobile": 13800138000.0}
    for at in (noon.timestamp(), int(noon.timestamp() * 1000), noon.isoformat()):
        ticket = read_as(
            GenericSettings(),
            json.dumps({"data": {"ticket": {**TICKET, "updated_at": at, "customer": customer}}}).encode(),
        )
        assert (ticket.updated_at, ticket.requester.mobile) == (noon, "13800138000")


def test_no_message_is_lost_for_want_of_a_number_and_whose_it_is_may_be_told_in_words() -> None:
    rows = [
        {"id": 1, "text": "a", "customer": "true", "internal": "false"},
        {"id": 2, "text": "b", "customer": 0, "internal": "1"},
        *[{"text": "c"}] * 2,
        {"id": 3, "text": " "},
    ]
    raw = json.dumps({"data": {"ticket": {**TICKET, "rows": rows}}}).encode()
    messages = read_as(GenericSettings(messages="data.ticket.rows"), raw).messages
    told = [(each.text, each.author, each.internal) for each in messages[:3]]
    assert told == [("a", Author.CUSTOMER, False), ("b", Author.COLLEAGUE, True), ("c", Author.COLLEAGUE, False)]
    assert messages[2].external_id == messages[3].external_id != ""  # the same words are the same message


def test_an_expression_that_a_body_does_not_suit_finds_nothing() -> None:
    read = read_as(GenericSettings(tags="split(data.ticket.id, ',')", messages="sort(data)"), json.dumps(BODY).encode())
    assert (read.tags, read.messages) == ((), ())


def test_notes_status_and_tags_go_back_as_they_were_set_up(rest: Rest) -> None:
    rest.handle = lambda asked: (200, {"items": [{"text": "x"}]}) if asked.method == "GET" else (201, {"id": 5})
    connector = made(url=f"{rest.url}/api", **REST)
    assert connector.find_note("a/b", MARK) is None
    assert connector.note("a/b", 'he said "no" {status}', marker=MARK) == "5"
    connector.set_status("7", "done")
    connector.add_tags("7", ["ai", "x"])
    look, note, status, tags = rest.asked
    assert look.path == "/api/tickets/a%2Fb/comments"
    assert note.json() == {"text": 'he said "no" {status}', "internal": True}
    assert note.headers["authorization"] == "Bearer t"
    assert note.headers["idempotency-key"] == "cs-agent-run=1"
    assert (status.method, status.json()) == ("PATCH", {"status": "done"})
    assert tags.json() == {"add": ["ai", "x"]}


def test_a_note_of_ours_is_found_by_its_mark(rest: Rest) -> None:
    rest.handle = lambda asked: (200, {"items": [{"text": "x"}, {"text": f"done\n\n{MARK}"}]})
    assert made(url=rest.url, **REST).find_note("7", MARK) == "1"


def test_changes_are_read_page_by_page(rest: Rest) -> None:
    pages: dict[str, Any] = {
        "": {"items": [{"id": 1}, {"id": "x"}], "next": "c1"},
        "c1": {"items": [{"id": None}], "next": "c1"},
    }

    def handle(asked: Asked) -> Any:
        return 200, pages[asked.query["since"]]

    rest.handle = handle
    connector = made(url=rest.url, **REST)
    first = connector.changed_since("")
    assert (first.external_ids, first.cursor, first.more) == (("1", "x"), "c1", True)
    assert connector.changed_since("c1").more is False
    assert connector.test()[1].level is Level.GOOD


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, {}), NotAllowed),
        ((403, {}), NotAllowed),
        ((404, {}), Gone),
        ((410, {}), Gone),
        ((409, {}), Conflicted),
        ((412, {}), Conflicted),
        ((422, {"error": "no"}), BadAnswer),
        ((302, {}, {"Location": "http://169.254.169.254/"}), BadAnswer),
        ((429, {}, {"Retry-After": "3600"}), RateLimited),
        ((503, {}, {"Retry-After": "5"}), RateLimited),
        ((500, b"<html>"), Unreachable),
        ((200, b"<html>"), BadAnswer),
        ((200, b"[" * 100_000), BadAnswer),
    ],
)
def test_whatever_the_other_side_answers_is_told_apart(rest: Rest, answer: Any, error: type[Exception]) -> None:
    rest.handle = lambda asked: answer
    with pytest.raises(error) as told:
        made(url=rest.url, **REST).fetch("7")
    assert type(told.value) is error
    if isinstance(told.value, RateLimited):
        assert told.value.retry_after_s == float(answer[2]["Retry-After"])
    assert all(each.text for each in made(url=rest.url, **REST).test())


def test_a_private_address_that_was_not_named_is_not_connected_to(rest: Rest) -> None:
    with pytest.raises(ValidationError):
        made(url=rest.url, **{**REST, "networks": []})
    connector = made(url=rest.url.replace("http:", "https:"), **{**REST, "networks": []})
    with pytest.raises(NotAllowed):
        connector.fetch("7")
    assert rest.asked == []


def test_only_what_is_set_up_is_offered() -> None:
    assert made().capabilities() == {Capability.WEBHOOK}
    everything = made(url="https://crm.example.com", **REST).capabilities()
    assert everything == set(Capability) - {Capability.IDENTITY, Capability.DEEP_LINK}


@pytest.mark.parametrize(
    "options",
    [
        {"id": ""},
        {"id": "a["},
        {"note_body": "{"},
        {"url": "ftp://x"},
        {"note_path": "x"},
        {"header": "a b"},
        {"networks": ["x"]},
        {"nonsense": 1},
    ],
)
def test_settings_that_cannot_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GenericSettings(**options)


def test_messages_are_read_from_the_ticket_or_from_an_address_of_their_own(rest: Rest) -> None:
    said = [
        {"id": 1, "text": "订单号4471902386615024", "customer": True},
        {"id": 2, "text": "看一下", "internal": True},
        {"id": 3, "text": " "},
        "nonsense",
    ]
    inside = made(messages="data.messages").fetch("7", json.dumps({**BODY, "data": {"messages": said}}).encode())
    rest.handle = lambda asked: (200, {"items": said} if asked.path.endswith("/messages") else BODY)
    options = {**REST, "url": rest.url, "messages_path": "tickets/{id}/messages", "messages": "items"}
    for ticket in (inside, made(**options).fetch("7")):
        read_as = [(each.external_id, each.author, each.internal) for each in ticket.messages]
        assert read_as == [("1", Author.CUSTOMER, False), ("2", Author.COLLEAGUE, True)]
    assert made(messages="type").fetch("7", json.dumps(BODY).encode()).messages == ()


def test_an_unsigned_call_is_a_poke_and_needs_an_address_to_read_from() -> None:
    with pytest.raises(ValidationError):
        GenericSettings(unsigned=True)
    poked = made(unsigned=True, url="https://a.example", fetch_path="t/{id}")
    incoming = Incoming({}, json.dumps(BODY).encode(), datetime.now(UTC))
    delivery = poked.verify(incoming)
    assert (delivery.external_ids, delivery.content) == (("7",), b"")
    assert delivery.delivery_id != poked.verify(incoming).delivery_id
    with pytest.raises(Refused):
        poked.verify(Incoming({}, b"nonsense", datetime.now(UTC)))
    with pytest.raises(Refused):
        made().verify(incoming)
