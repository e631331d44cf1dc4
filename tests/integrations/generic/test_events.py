"""What systems send besides a ticket: a try of the address, several events at once, deletions, merges."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pydantic import ValidationError

from integrations.connectors.build import secret_name
from integrations.connectors.errors import Refused
from integrations.connectors.generic import bodies
from integrations.connectors.generic.connector import preview
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Incoming
from integrations.intake import reading
from integrations.models import Connector, IncomingDelivery, LinkedTicket
from integrations.pages import paths
from tests.integrations.generic.senders import KEY
from tests.integrations.generic.test_senders import AT
from tests.tickets.desk.test_uploads import picture
from tickets.models import Department, Ticket, TicketStatus
from tickets.services import secret_store

TYPED = {
    "signing": "secret",
    "signature_name": "X-Token",
    "id": "id",
    "subject": "subject",
    "text": "text",
    "updated_at": "at",
    "deleted": "type == 'deleted'",
    "merged_into": "into",
    "challenge": "challenge",
    "only": "type != 'contact'",
    "files": "files",
    "file_data": "data",
}


@pytest.fixture
def row(lin: User, department: Department) -> Connector:
    secret_store.put(secret_name("shop", "signing"), KEY)
    return Connector.objects.create(
        key="shop", kind="generic", name="商城", enabled=True, acts_as=lin, department=department, options=TYPED
    )


def sent(row: Connector, body: Any, key: str = KEY) -> Any:
    headers = {"x-token": key}
    answer = Client().post(f"/hooks/{row.hook}/", json.dumps(body), content_type="application/json", headers=headers)
    while reading.read_due(row.pk):
        pass
    return answer


def event(number: str, at: int, **more: Any) -> dict[str, Any]:
    return {"type": "created", "id": number, "subject": f"s{number}", "text": "退款", "at": 1_795_780_800 + at, **more}


def test_whoever_tries_the_address_gets_what_he_wants_to_see_and_leaves_nothing(row: Connector) -> None:
    for method in ("get", "head"):
        assert getattr(Client(), method)(f"/hooks/{row.hook}/").status_code == 200
    answer = sent(row, {"type": "url_verification", "challenge": "ab<c>"}, key="")
    assert (answer.status_code, answer.json(), answer["Content-Type"]) == (
        200,
        {"challenge": "ab<c>"},
        "application/json",
    )
    assert not Ticket.objects.exists()


def test_several_tickets_of_one_call_all_come_in_and_only_once(row: Connector) -> None:
    batch = [event("1", 0), event("2", 0), event("3", 0, type="contact"), event("", 0), event("1", 5, subject="new")]
    for _turn in range(2):
        assert sent(row, batch).status_code == 200
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["s1", "s2"]
    assert sorted(IncomingDelivery.objects.values_list("external_ids", "repeats")) == [
        (["1"], 1),
        (["1"], 1),
        (["2"], 1),
    ]


def test_a_deleted_ticket_is_closed_and_a_late_older_call_does_not_bring_it_back(row: Connector) -> None:
    for one in (event("1", 0), event("1", 9, type="deleted"), event("1", 5, text="later words")):
        assert sent(row, one).status_code == 200
    ticket = Ticket.objects.get()
    assert ticket.status == TicketStatus.CLOSED
    assert "已被删除" in ticket.comments.get().text
    assert not IncomingDelivery.objects.filter(outcome="waiting").exists()
    sent(row, event("1", 20))  # restored there
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_a_merged_ticket_says_into_which(row: Connector) -> None:
    for one in (event("1", 0), event("2", 0), event("1", 9, into="2")):
        sent(row, one)
    ticket = Ticket.objects.get(subject="s1")
    assert (ticket.status, "已合并到 2" in ticket.comments.get().text) == (TicketStatus.CLOSED, True)


def test_a_file_inside_a_body_becomes_an_attachment_and_a_broken_one_is_told(row: Connector) -> None:
    data = base64.b64encode(picture()).decode()
    files = [{"name": "发票.jpg", "data": f"data:image/jpeg;base64,{data}"}, {"name": "b.png", "data": "%%%"}, {}]
    sent(row, event("1", 0, files=files))
    ticket = Ticket.objects.get()
    assert [each.name for each in ticket.attachments.all()] == ["发票.jpg"]
    assert "b.png" in ticket.comments.get().text


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ({}, b"\x1f\x8bnonsense", "压缩"),
        ({}, b"<xml>", "XML"),
        ({}, b"<!doctype html><p>502<br></html>", "XML"),
        ({}, b"", "JSON"),
        ({}, b"[1]", "对象"),
        ({}, json.dumps([{}] * 501).encode(), "501"),
        ({"content-type": "text/xml"}, b"{}", "XML"),
    ],
    ids=["broken gzip", "broken xml", "a page", "empty", "numbers", "too many", "declared xml"],
)
def test_what_cannot_be_read_says_why(headers: dict[str, str], body: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        bodies.events(Incoming(headers, body, AT))


def test_a_form_of_several_parts_is_read_too() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="ticket"\r\n\r\n{"id": 7}\r\n--b--\r\n'
    assert bodies.events(Incoming({"content-type": "multipart/form-data; boundary=b"}, body, AT)) == [
        {"ticket": {"id": 7}}
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fri, 27 Nov 2026 12:00:00 +0000", 0),
        ("2026-11-27T20:00:00+08:00", 0),
        ("2026/11/27 12:00:00Z", 0),
        ("/Date(1795780800000)/", 0),
        ("1795780800.5", 0),
        ("1795780800000000", 0),
        ("11/12/2026 12:00", None),
        ("yesterday", None),
        ("2026-13-45T00:00:00Z", None),
    ],
)
def test_a_time_is_read_as_it_is_written_or_not_at_all(written: str, read: int | None) -> None:
    [shown] = preview(GenericSettings(**TYPED), json.dumps({**event("1", 0), "at": written}).encode())
    at = shown.remote.updated_at
    assert (at and int(at.timestamp()) - 1_795_780_800) == read


def test_the_paths_of_a_body_find_the_values_that_stand_beside_them() -> None:
    body = {"a b": {"中": [{"x": 1}]}, "text": "y" * 200, "none": None}
    told = paths.leaves(body)
    assert [path for path, _value in told] == ['"a b"."中"[0].x', "text", "none"]
    its = GenericSettings(**{**TYPED, "subject": told[0][0]})
    assert preview(its, json.dumps(body).encode())[0].remote.subject == "1"


@pytest.mark.parametrize(
    "options",
    [
        {"signing": "hmac-sha256"},
        {"signing": "hmac-sha256", "signature_name": "x", "signed_text": "{time}"},
        {"signing": "sha256", "signature_name": "x"},
        {"signing": "secret", "signature_name": "a b"},
        {"text": "uppper(text)"},
        {"text": "a[?b(c) > `1`]"},
    ],
)
def test_a_proof_that_proves_nothing_and_an_unknown_function_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        GenericSettings(**options)


def test_a_call_that_was_kept_under_a_key_that_is_gone_waits_in_words_and_is_read_once_the_key_is_back(
    row: Connector, settings: Any
) -> None:
    """What the call carries lies encrypted in its row; without the key nothing is lost, nothing doubled."""

    def keys(*given: str) -> None:
        settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": given}

    def read_again() -> None:
        LinkedTicket.objects.update(next_at=timezone.now(), claimed_until=None)
        Connector.objects.update(rest_until=None)
        while reading.read_due(row.pk):
            pass

    old, new = secret_store.new_key(), secret_store.new_key()
    keys(old)
    secret_store.put(secret_name("shop", "signing"), KEY)
    body = json.dumps(event("7", 1))
    answer = Client().post(f"/hooks/{row.hook}/", body, content_type="application/json", headers={"x-token": KEY})
    assert answer.status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM integrations_incomingdelivery")
        [kept] = cursor.fetchall()
    assert "退款" not in repr(kept)
    assert "\\u9000" not in repr(kept)
    keys(new)
    for _try in range(2):
        read_again()
    assert "CS_AGENT_SECRETS_KEYS" in LinkedTicket.objects.get().fault + Connector.objects.get().fault
    assert not Ticket.objects.exists()
    keys(new, old)
    read_again()
    assert Ticket.objects.get().text == "退款"
    assert bytes(IncomingDelivery.objects.get().content) == b""
