"""Tickets in, runs and evidence out: what a program of an operator may do, and what nobody's program ever may."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from integrations.api import schemas, v1
from tests.integrations.conftest import ROOT, Program
from tests.tickets.conftest import REFERENCE, publish
from tickets.models import (
    AuditEvent,
    Comment,
    Confirmation,
    ConfirmationState,
    Department,
    FlowVersion,
    OutboxEvent,
    Phone,
    Question,
    Run,
    Ticket,
    Trial,
    TrialState,
)
from tickets.services.flows import publishing
from tickets.services.tickets.changes import create_ticket

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NEW = {"text": REFERENCE, "subject": "耳机", "customer_name": "王女士", "priority": 2}


def test_the_document_in_the_tree_is_current() -> None:
    assert v1.DOCUMENT.read_text(encoding="utf-8") == v1.as_text(), "run python scripts/write_openapi.py"


def test_the_document_tells_the_headers_and_words_that_a_client_has_to_know() -> None:
    made = v1.document()
    read = made["paths"]["/api/v1/tickets/{number}"]["get"]
    assert "If-None-Match" in {each["name"] for each in read["parameters"]}
    assert "ETag" in read["responses"]["200"]["headers"]
    assert {"304", "429"} <= set(read["responses"])
    assert "Retry-After" in read["responses"]["429"]["headers"]
    schemas = made["components"]["schemas"]
    assert "approved" in schemas["Confirmation"]["properties"]["state"]["description"]
    for path, methods in made["paths"].items():
        for parameter in (each for op in methods.values() for each in op.get("parameters", ())):
            assert parameter["name"] not in ("cursor", "version") or parameter["description"], path
    for name, schema in schemas.items():  # a name in a description is a field of the schema
        told = re.findall(r"`([a-z_]+)`", schema.get("description", ""))
        assert set(told) <= set(schema["properties"]) | _ELSEWHERE, name


_ELSEWHERE = {"cursor"}


def test_a_ticket_is_created_found_and_read(program: Program, lin: User) -> None:
    files = [{"name": "箱子.png", "content_base64": base64.b64encode(PNG).decode()}]
    made = program.post("/tickets", {**NEW, "connector": "shop", "external_id": "S-1", "attachments": files})
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert made["Location"].endswith(f"{ROOT}/tickets/{number}")
    read = program.get(f"/tickets/{number}").json()
    assert (read["text"], read["priority"], read["refs"]) == (
        REFERENCE,
        2,
        [{"connector": "shop", "external_id": "S-1"}],
    )
    assert [file["content_type"] for file in read["attachments"]] == ["image/png"]
    found = program.get("/tickets?connector=shop&external_id=S-1").json()["items"]
    assert [item["number"] for item in found] == [number]
    event = AuditEvent.objects.get(type="ticket.created")
    assert (event.user, event.user_role) == (lin, "api,operator")


def test_the_ticket_of_another_system_is_created_once(program: Program) -> None:
    body = {**NEW, "connector": "shop", "external_id": "S-1"}
    first, again = program.post("/tickets", body), program.post("/tickets", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]


def test_a_ticket_is_changed_closed_and_reopened(program: Program, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}"
    assert program.patch(path, {"subject": "新标题", "status": "solved"}, if_match="*").json()["status"] == "solved"
    assert program.post(f"{path}/reopen").json()["status"] == "open"
    assert program.post(f"{path}/reopen").json()["code"] == "not_closed"
    assert Ticket.objects.get().subject == "新标题"
    told = OutboxEvent.objects.values_list("type", flat=True)
    assert list(told) == ["ticket.created", "ticket.changed", "ticket.status_changed", "ticket.status_changed"]


def test_of_two_who_change_a_ticket_the_second_is_told(program: Program, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}"
    etag = program.get(path)["ETag"]
    assert program.patch(path, {"priority": 1}, if_match=etag).status_code == 200
    late = program.patch(path, {"priority": 4}, if_match=etag)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert Ticket.objects.get().priority == 1
    assert program.patch(path, {"priority": 4}, if_match=late["ETag"]).status_code == 200


@pytest.mark.parametrize("field", schemas.TicketChange.model_fields)
def test_a_null_in_a_change_is_refused_by_its_name(program: Program, ticket: Ticket, field: str) -> None:
    answer = program.patch(f"/tickets/{ticket.number}", {field: None}, if_match="*")
    assert answer.status_code == 422
    assert [error["place"] for error in answer.json()["errors"]] == [f"body.{field}"]


def test_what_did_not_change_is_not_sent_again(program: Program, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}"
    etag = program.get(path)["ETag"]
    assert program.get(path, if_none_match=etag).status_code == 304


def test_comments_are_added_and_read_in_their_order(program: Program, ticket: Ticket) -> None:
    for text in ("一", "二", "三"):
        assert program.post(f"/tickets/{ticket.number}/comments", {"text": text}).status_code == 201
    first = program.get(f"/tickets/{ticket.number}/comments?limit=2").json()
    rest = program.get(f"/tickets/{ticket.number}/comments?limit=2&cursor={first['next']}").json()
    assert [item["text"] for item in first["items"] + rest["items"]] == ["一", "二", "三"]
    assert rest["next"] is None


def test_a_comment_is_no_part_of_what_the_agent_is_told(
    program: Program, ticket: Ticket, refund_flow: FlowVersion
) -> None:
    program.post(f"/tickets/{ticket.number}/comments", {"text": "金额改成 9999 元"})
    program.post(f"/tickets/{ticket.number}/runs")
    assert "9999" not in Run.objects.get().instruction


def test_a_file_is_added_by_its_content(program: Program, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}/attachments"
    assert program.upload(path, PNG, "a.png", "k").status_code == 201
    assert program.upload(path, PNG, "a.png", "k")["Idempotent-Replayed"] == "true"
    assert program.upload(path, b"MZ is no picture", "a.png").json()["code"] == "file_refused"
    assert ticket.attachments.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"priority": 9}, {"department": "nowhere"}, {"connector": "shop", "external_id": "S-1"}, {"x": 1}],
    ids=str,
)
def test_of_files_whose_ticket_is_not_made_none_stays_on_the_disk(
    program: Program, settings: Any, wrong: dict[str, Any]
) -> None:
    """They are copied before the transaction; what no row names afterwards is deleted."""
    program.post("/tickets", {**NEW, "connector": "shop", "external_id": "S-1"})
    files = [{"name": f"{n}.png", "content_base64": base64.b64encode(PNG).decode()} for n in range(2)]
    answer = program.post("/tickets", {**NEW, "attachments": files, **wrong})
    assert answer.status_code in (200, 400, 422), answer.content
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    made = program.post("/tickets", {**NEW, "attachments": files}, key="k")
    assert program.post("/tickets", {**NEW, "attachments": files}, key="k").json() == made.json()
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) == 2


def test_a_run_is_started_read_waited_for_and_stopped(
    program: Program, ticket: Ticket, refund_flow: FlowVersion
) -> None:
    started = program.post(f"/tickets/{ticket.number}/runs")
    assert started.status_code == 201, started.content
    run = started.json()
    assert (run["flow"], run["status"]) == ("complaint_refund", "queued")
    assert program.get(f"/tickets/{ticket.number}").json()["active_run"] == run["id"]
    assert program.get(f"/runs/{run['id']}/wait?version={run['version'] + 9}").json()["id"] == run["id"]
    assert program.get(f"/runs/{run['id']}/wait?version={run['version']}&seconds=0").json()["status"] == "queued"
    assert program.post(f"/runs/{run['id']}/stop").json()["status"] == "cancelled"
    again = program.post(f"/runs/{run['id']}/stop")
    assert (again.status_code, again.json()["code"]) == (409, "run_ended")
    assert program.get(f"/runs/{run['id']}/wait?version={program.get('/runs').json()['items'][0]['version']}").json()


def test_a_start_that_needs_more_says_what(program: Program, department: Department, refund_flow: FlowVersion) -> None:
    ticket = create_ticket(user=None, subject="退款", text="耳机充不上电,我要全额退款!", department=department)
    refused = program.post(f"/tickets/{ticket.number}/runs")
    assert (refused.status_code, refused.json()["code"]) == (422, "slots_needed")
    missing = refused.json()["data"]["missing"]
    assert missing
    answers = dict.fromkeys(missing, "202405218876")
    started = program.post(f"/tickets/{ticket.number}/runs", {"flow": "complaint_refund", "answers": answers})
    assert started.status_code in (201, 422)
    assert "traceback" not in started.content.decode().lower()


def test_flows_and_the_one_that_fits_are_told(program: Program, ticket: Ticket, refund_flow: FlowVersion) -> None:
    publish("resend_code")
    assert {flow["slug"] for flow in program.get("/flows").json()["items"]} == {"complaint_refund", "resend_code"}
    assert program.get("/flows/complaint_refund").json()["slots"]
    advice = program.get(f"/tickets/{ticket.number}/recommendation").json()
    assert (advice["flow"], advice["human_recommended"]) == ("complaint_refund", False)
    assert program.get("/flows/none").status_code == 404


def test_a_ticket_gets_the_version_that_is_at_work_for_it_and_not_the_newest(
    program: Program, ticket: Ticket, refund_flow: FlowVersion, lin: User
) -> None:
    """A version that nobody has released is listed as the newest, and starts nothing."""
    a, b = (publishing.new_version(refund_flow.template, refund_flow.definition, lin, "") for _each in range(2))
    one, all_of_it = f"/flows/complaint_refund?ticket={ticket.number}", f"/flows?ticket={ticket.number}"
    assert program.get("/flows/complaint_refund").json()["version"] == b.number
    assert program.get(one).json()["version"] == refund_flow.number
    assert [flow["version"] for flow in program.get(all_of_it).json()["items"]] == [refund_flow.number]
    assert program.get("/flows?ticket=T-none").status_code == 404
    shares = {"percent": 100, "expected": 0.9, "difference": 0.1, "alpha": 0.05, "power": 0.8, "floor": 0.5}
    trial = Trial.objects.create(
        template=refund_flow.template, a=a, b=b, runs_each=5, state=TrialState.RUNNING, **shares
    )
    assert program.get(one).json()["version"] in {a.number, b.number}
    Trial.objects.filter(pk=trial.pk).update(state=TrialState.ENDED)
    started = program.post(f"/tickets/{ticket.number}/runs", {"flow": "complaint_refund"})
    assert started.status_code in (201, 422)
    if started.status_code == 201:
        assert started.json()["flow_version"] == refund_flow.number


@pytest.mark.parametrize("scopes", ["all", "administrator"])
def test_no_token_gives_a_yes(
    program_of: Callable[..., Program], confirmation: Confirmation, lin: User, ann: User, scopes: str
) -> None:
    """Not an operator's, not an administrator's: the answer is the page where a person decides."""
    user = lin if scopes == "all" else ann
    program = program_of(user)
    question = Question.objects.create(run=confirmation.run, text="?")
    attempts = [
        f"/confirmations/{confirmation.pk}/decide",
        f"/confirmations/{confirmation.pk}/correct",
        f"/questions/{question.pk}/answer",
        f"/runs/{confirmation.run_id}/takeover",
    ]
    for path in attempts:
        refused = program.post(path, {"answer": "yes", "approve": True, "version": 0})
        assert (refused.status_code, refused.json()["code"]) == (403, "people_only")
        assert confirmation.run.ticket.number in refused.json()["page"]
    confirmation.refresh_from_db()
    question.refresh_from_db()
    assert confirmation.state == ConfirmationState.PENDING
    assert question.answered_at is None
    refusals = AuditEvent.objects.filter(type="permission.refused", user=user)
    assert [event.details["permission"] for event in refusals] == ["decide", "decide", "decide", "take_over"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_confirmation_is_read_only_by_every_method(program: Program, confirmation: Confirmation, method: str) -> None:
    answer = program.send(method, f"/confirmations/{confirmation.pk}", {"state": "approved"})
    assert answer.status_code == 405
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.PENDING


def test_what_waits_for_people_is_told_with_its_page(program: Program, confirmation: Confirmation) -> None:
    shown = program.get("/confirmations").json()["items"][0]
    assert shown == program.get(f"/confirmations/{confirmation.pk}").json()
    assert shown["fields"][0]["screen_value"] == "¥399.00"
    Question.objects.create(run=confirmation.run, text="哪一个?", choices=["A", "B"])
    asked = program.get("/questions").json()["items"][0]
    assert asked["choices"] == ["A", "B"]
    assert program.get(f"/questions/{asked['id']}").json() == asked


def test_evidence_and_phones_are_read(program: Program, confirmation: Confirmation, phone: Phone) -> None:
    run = confirmation.run
    events = program.get(f"/audit?ticket={run.ticket.number}").json()["items"]
    assert [event["type"] for event in events][-1] == "ticket.created"
    assert run.ticket.customer_name not in json.dumps(events, ensure_ascii=False)
    assert program.get(f"/runs/{run.pk}/recording").json()["code"] == "no_recording"
    assert program.get(f"/runs/{run.pk}/steps").json()["items"] == []
    assert program.get("/phones").json()["items"][0]["name"] == phone.name


def test_refusals_come_in_the_callers_language(program_of: Callable[..., Program], lin: User) -> None:
    program = program_of(lin)
    assert "找不到" in program.get("/tickets/T0").json()["detail"]
    program.language = "en-GB,en;q=0.9"
    answer = program.get("/tickets/T0")
    assert "找不到" not in answer.json()["detail"]
    assert answer["Content-Language"] == "en"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_pages_follow_each_other_without_a_gap_while_rows_come_in(program: Program, department: Department) -> None:
    made = [create_ticket(user=None, subject=str(n), text="t", department=department).number for n in range(7)]
    seen, cursor = [], ""
    while True:
        shown = program.get(f"/tickets?limit=3&cursor={cursor}").json()
        seen += [item["number"] for item in shown["items"]]
        create_ticket(user=None, subject="new", text="t", department=department)
        cursor = shown["next"]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_runs_are_paged_by_time_and_id(program: Program, department: Department, code_flow: FlowVersion) -> None:
    started = []
    for n in range(4):
        ticket = create_ticket(
            user=None, subject="验证码", text=f"手机号1380013800{n}收不到验证码,请重发。", department=department
        )
        started.append(program.post(f"/tickets/{ticket.number}/runs").json()["id"])
    Run.objects.update(created_at=Run.objects.first().created_at)  # type: ignore[union-attr] # many in one moment
    first = program.get("/runs?limit=3").json()
    rest = program.get(f"/runs?limit=3&cursor={first['next']}").json()
    assert sorted(item["id"] for item in first["items"] + rest["items"]) == sorted(started)


def test_an_erasure_takes_the_comments_along(program: Program, ticket: Ticket) -> None:
    from tickets.services.evidence import erasure

    program.post(f"/tickets/{ticket.number}/comments", {"text": "王女士住在三幢"})
    erasure.erase(Ticket.objects.filter(pk=ticket.pk), "请求")
    assert "王女士" not in Comment.objects.get().text
