"""Whatever comes in: a clear refusal, nothing half-written, no stack trace; and a POST sent twice acts once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrations.api.operations import tickets
from tests.integrations.conftest import ROOT, Program
from tests.tickets.conftest import REFERENCE
from tickets.models import AuditEvent, Run, Ticket
from tickets.services import secret_store

TICKET = {"text": REFERENCE}
HOSTILE_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"1e999",
    b"NaN",
    b"\xff\xfe\x00",
    b'{"text": "\xff"}',
    b'{"text": NaN}',
    b'{"text": "\\ud800"}',
    b'{"text": ""}',
    b'{"text": " \\u0000 "}',
    b'{"text": 1}',
    b'{"text": null}',
    b'{"text": ["x"]}',
    b'{"text": "x", "priority": 99999999999999999999}',
    b'{"text": "x", "priority": "\xe9"}',
    b'{"text": "x", "priority": 2.5}',
    b'{"text": "x", "unknown": 1}',
    b'{"text": "x", "priority": "2"}',
    b'{"text": "x", "priority": true}',
    b'{"text": "x", "connector": "\\u0000"}',
    b'{"text": "x", "connector": "../x"}',
    b'{"text": "x", "external_id": "\\u0000"}',
    b'{"text": "x", "attachments": [{"name": "a", "content_base64": "!!"}]}',
    b'{"text": "x", "attachments": [{"name": "", "content_base64": ""}]}',
    b'{"text": "x", "attachments": [' + b",".join([b'{"name":"a","content_base64":""}'] * 11) + b"]}",
    b'{"text": "x", "department": "nowhere"}',
    b"[" * 50_000,
    b'{"text":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"text": "' + b"x" * 200_000 + b'"}',
    '{"text": "x"}'.encode("utf-16"),
    '{"text": "é"}'.encode("latin-1"),
]


_CHINESE = re.compile("[\u4e00-\u9fff]")


def assert_refused(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["code"]
    assert body["detail"]
    assert all(_CHINESE.search(error["message"]) for error in body.get("errors", [])), "no word of a library's own"
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("body", HOSTILE_BODIES, ids=range(len(HOSTILE_BODIES)))
def test_a_body_that_cannot_be_used_is_refused_and_leaves_nothing(program: Program, body: bytes) -> None:
    assert_refused(program.post("/tickets", body))
    assert not Ticket.objects.exists()


def test_a_body_above_the_limit_is_refused(program: Program) -> None:
    answer = program.post("/tickets", b"x" * (django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "text",
        "subject",
        "priority",
        "department",
        "connector",
        "external_id",
        "attachments",
        "status",
        "flow",
        "answers",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FIELDS, VALUES, max_size=5), st.sampled_from(["/tickets", "/tickets/{n}", "/tickets/{n}/runs"]))
@example({"answers": {"订单号": "\x00"}}, "/tickets/{n}/runs")
def test_no_body_of_any_shape_breaks_an_operation(
    program: Program, ticket: Ticket, body: dict[str, Any], path: str
) -> None:
    method = "PATCH" if path.endswith("{n}") else "POST"
    answer = program.send(method, path.format(n=ticket.number), json.dumps(body), if_match="*")
    if answer.status_code >= 300:
        assert_refused(answer)


@pytest.mark.parametrize(
    ("type", "encoding"),
    [
        ("text/plain", ""),
        ("application/x-www-form-urlencoded", ""),
        ("multipart/form-data; boundary=x", ""),
        ("application/xml", ""),
        ("application/json", "gzip"),
    ],
)
def test_a_body_of_another_media_type_is_refused_unread(program: Program, type: str, encoding: str) -> None:
    headers = {"authorization": f"Bearer {program.token}", "idempotency-key": "k", "content-encoding": encoding}
    answer = Client().generic("POST", f"{ROOT}/tickets", json.dumps(TICKET), content_type=type, headers=headers)
    assert_refused(answer)
    assert answer.status_code == 415
    assert not Ticket.objects.exists()
    assert program.post("/tickets", TICKET, key="k").status_code == 201


@pytest.mark.parametrize("word", ['"yes"', '"true"', "1", "null"])
def test_a_word_that_is_no_truth_value_is_refused(program: Program, ticket: Ticket, word: str) -> None:
    answer = program.post(f"/tickets/{ticket.number}/comments", f'{{"text": "x", "by_customer": {word}}}')
    assert_refused(answer)
    assert [error["place"] for error in answer.json()["errors"]] == ["body.by_customer"]


def test_a_file_that_is_no_upload_is_refused(program: Program, ticket: Ticket) -> None:
    assert program.post(f"/tickets/{ticket.number}/attachments", {"file": "x"}).json()["code"] == "media_type"


def test_a_parameter_or_field_that_nobody_knows_is_named_and_not_passed_over(program: Program) -> None:
    answers = [program.get("/tickets?statuss=open&limit=5"), program.post("/tickets", {**TICKET, "colour": "red"})]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [error["place"] for answer in answers for error in answer.json()["errors"]] == [
        "query.statuss",
        "body.colour",
    ]
    for answer in answers:
        assert_refused(answer)
    program.language = "en"
    [error] = program.post("/tickets", {}).json()["errors"]
    assert error == {"place": "body.text", "message": "This is required."}


def test_a_change_that_does_not_say_of_which_version_is_refused_and_told_which_there_is(
    program: Program, ticket: Ticket
) -> None:
    path = f"/tickets/{ticket.number}"
    answer = program.patch(path, {"priority": 1})
    assert_refused(answer)
    assert (answer.status_code, answer["ETag"]) == (428, program.get(path)["ETag"])
    assert program.patch(path, {"priority": 1}, if_match=answer["ETag"]).status_code == 200
    assert program.patch(path, {"priority": 2}, if_match="*").status_code == 200
    weakened = f"W/{program.get(path)['ETag']}"  # by a proxy that compresses
    assert program.get(path, if_none_match=weakened).status_code == 304
    assert program.patch(path, {"priority": 3}, if_match=weakened).status_code == 200


def test_what_is_given_twice_is_refused_and_named(program: Program) -> None:
    for answer in (program.post("/tickets", b'{"text": "a", "text": "b"}'), program.get("/tickets?limit=1&limit=2")):
        assert_refused(answer)
        assert answer.json()["code"] == "repeated"
    assert not Ticket.objects.exists()


def test_a_caller_of_a_language_that_we_have_not_is_answered_in_english(program: Program) -> None:
    told = {
        name: program.get("/tickets?cursor=x", accept_language=name)["Content-Language"]
        for name in ("fr", "zh-TW", "*")
    }
    assert told == {"fr": "en", "zh-TW": "zh-hans", "*": "zh-hans"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.sampled_from(["/tickets", "/runs", "/audit", "/confirmations"]))
@example("WzFd", "/tickets")
@example("\x00", "/audit")
@example("[1]:1tXYZ:abc", "/runs")
def test_a_cursor_that_was_made_up_is_refused_in_words(program: Program, cursor: str, path: str) -> None:
    from urllib.parse import quote

    answer = program.get(f"{path}?cursor={quote(cursor.encode('utf-8', 'surrogatepass'))}")
    if cursor:
        assert_refused(answer)


def test_a_cursor_of_another_list_or_reader_is_refused(
    program: Program, ticket: Ticket, program_of: Any, bo: Any
) -> None:
    for n in range(2):
        program.post("/tickets", {"text": str(n)})
    cursor = program.get("/tickets?limit=1").json()["next"]
    assert program.get(f"/tickets?limit=1&cursor={cursor}").status_code == 200
    for answer in (
        program.get(f"/audit?cursor={cursor}"),
        program_of(bo).get(f"/tickets?cursor={cursor}"),
        program.get(f"/tickets?cursor={cursor[:-1]}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_a_cursor_goes_on_with_the_filters_it_was_made_for_and_no_others(program: Program) -> None:
    for n in range(3):
        program.post("/tickets", {"text": str(n)})
    asked = "/tickets?status=new&created_since=2020-01-01T00:00:00Z&limit=1"
    cursor = program.get(asked).json()["next"]
    assert program.get(f"/tickets?created_since=2020-01-01T00:00:00Z&limit=2&status=new&cursor={cursor}").json()[
        "items"
    ]
    for other in ("status=open&created_since=2020-01-01T00:00:00Z", "status=new", ""):
        answer = program.get(f"/tickets?{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), other


@pytest.mark.parametrize(
    "path",
    [
        "/tickets?limit=0",
        "/tickets?limit=201",
        "/tickets?limit=9999999999999999999999",
        "/tickets?limit=x",
        "/tickets?status=burning",
        "/tickets?created_since=yesterday",
        "/tickets?created_since=20260101",
        "/tickets?created_since=0.5",
        "/tickets?created_since=%2B1e9",
        "/tickets?created_since=-1795780800",
        "/tickets?created_since=2026-01-01T00:00:00",
        "/tickets?created_since=0001-01-01T00:00:00%2B14:00",
        "/tickets?created_since=9999-12-31T23:59:59-12:00",
        "/tickets/%00",
        "/tickets/" + "9" * 500,
        "/runs/none",
        "/runs/9",
        "/runs/00000000-0000-0000-0000-000000000000",
        "/confirmations/x",
        "/questions/%F0%9F%98%80",
        "/flows/" + "a" * 300,
        "/audit?run=x",
        "/runs/00000000-0000-0000-0000-000000000000/wait",
        "/tickets?external_id=%00",
        "/tickets?connector=" + "x" * 99,
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(program: Program, path: str) -> None:
    assert_refused(program.get(path))


def test_an_unknown_id_is_not_there_whatever_it_looks_like(program: Program) -> None:
    for name in ("none", "9", "00000000-0000-0000-0000-000000000000"):
        assert program.get(f"/runs/{name}").status_code == 404


def test_a_post_sent_twice_acts_once(program: Program, ticket: Ticket, refund_flow: Any) -> None:
    path = f"/tickets/{ticket.number}/runs"
    first, again = program.post(path, key="k-1"), program.post(path, key="k-1")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    assert Run.objects.count() == 1


def test_the_same_key_with_another_request_is_refused(program: Program) -> None:
    program.post("/tickets", {"text": "一"}, key="k")
    other = program.post("/tickets", {"text": "二"}, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Ticket.objects.count() == 1


def test_a_refused_post_can_be_mended_under_its_key_and_its_refusal_stays_on_record(
    program: Program, lin: Any, ticket: Ticket, refund_flow: Any
) -> None:
    path = f"/tickets/{ticket.number}/runs"
    assert program.post(path, {"flow": "none"}, key="k").json()["code"] == "unknown_flow"
    assert program.post(path, {"flow": "complaint_refund"}, key="k").status_code == 201
    lin.groups.clear()
    assert program.post(path, key="k2").status_code == 403
    assert AuditEvent.objects.filter(type="permission.refused").count() == 1


def test_a_person_to_whom_the_answer_shows_nothing_does_nothing(program_of: Any, department: Any) -> None:
    """Who may create but not see is refused before the ticket is there, not after."""
    from django.contrib.auth.models import Permission as Row
    from django.contrib.auth.models import User

    user = User.objects.create_user("half")
    user.user_permissions.add(Row.objects.get(codename="create_tickets"))
    department.members.add(user)
    assert program_of(user).post("/tickets", {"text": "一"}).status_code == 403
    assert not Ticket.objects.exists()


def test_a_defect_is_told_in_the_form_of_a_refusal_and_leaves_nothing_of_the_act(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: Any) -> Any:
        raise ZeroDivisionError("a secret of the house")

    with monkeypatch.context() as patched:
        patched.setattr(tickets, "_whole", broken)  # after the ticket was made
        answer = program.post("/tickets", {"text": "退款"}, key="k")
    assert (answer.status_code, answer.json()["code"]) == (500, "defect")
    assert answer["Content-Type"] == "application/problem+json"
    assert "secret of the house" not in answer.content.decode()
    assert "ZeroDivisionError" in caplog.text
    assert not Ticket.objects.exists()
    assert program.post("/tickets", {"text": "退款"}, key="k").status_code == 201


def test_the_same_key_of_another_person_is_another_key(program: Program, program_of: Any, bo: Any) -> None:
    program.post("/tickets", {"text": "一"}, key="k")
    assert program_of(bo).post("/tickets", {"text": "一"}, key="k").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "code"), [("", "missing"), (" ", "missing"), ("x" * 201, "invalid"), ("\x07a", "invalid")]
)
def test_a_post_without_a_usable_key_is_refused_before_anything_is_done(program: Program, key: str, code: str) -> None:
    answer = program.post("/tickets", {"text": "一"}, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, f"idempotency_key_{code}")
    assert not Ticket.objects.exists()


def test_an_answer_that_is_kept_for_a_repeat_is_not_readable_in_the_table(program: Program) -> None:
    from integrations.models import IdempotencyKey

    program.post("/tickets", {"text": REFERENCE})
    assert REFERENCE.encode() not in bytes(IdempotencyKey.objects.get().answer)
    assert b"\\u" not in bytes(IdempotencyKey.objects.get().answer)


def test_a_repeat_whose_answer_no_key_opens_is_told_so_and_does_nothing_again(program: Program, settings: Any) -> None:
    for number in range(2):
        settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": (secret_store.new_key(),)}
        settings.SECRET_KEY = f"another {number}"
        answer = program.post("/tickets", {"text": "一"}, key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "secret_unreadable")
    assert "CS_AGENT_SECRETS_KEYS" in answer.json()["detail"]
    assert Ticket.objects.count() == 1


def test_keys_are_forgotten_after_a_day(program: Program) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from integrations.api import idempotency

    program.post("/tickets", {"text": "一"}, key="k")
    assert idempotency.delete_old(timezone.now()) == 0
    assert idempotency.delete_old(timezone.now() + timedelta(hours=25)) == 1
