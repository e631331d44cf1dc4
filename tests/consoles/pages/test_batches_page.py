"""Batches on their pages: made of what was pasted, uploaded or is shown by a view; told of; taken away as CSV."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.consoles import story
from tickets.models import Batch, BatchItem, BatchState, Department, FlowVersion, Phone, Run, Ticket
from tickets.services.batches import rounds
from tickets.services.tickets import saved_views

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(department: Department, refund_flow: FlowVersion, phone: Phone) -> list[Ticket]:
    return [story.new_ticket(department, subject=f"问题{n}") for n in range(3)]


def posted(**changes: Any) -> dict[str, Any]:
    values = {"name": "一批", "flow": "complaint_refund", "share": "1", "day": list("1234567"), "make": "1"}
    return {**values, **changes}


def numbers(tickets: list[Ticket]) -> str:
    return "\n".join(ticket.number for ticket in tickets)


def test_a_pasted_list_becomes_a_batch_whose_page_tells_how_it_goes(
    as_alice: Client, alice: User, three: list[Ticket]
) -> None:
    response = as_alice.post("/batches/new/", posted(list=numbers(three)))
    batch = Batch.objects.get()
    assert response["Location"] == f"/batches/{batch.pk}/"
    assert (batch.owner, batch.entries.count(), batch.days) == (alice, 3, "1234567")
    rounds.move_all()
    html = as_alice.get(f"/batches/{batch.pk}/").content.decode()
    assert all(ticket.number in html for ticket in three)
    assert "排队中" in html
    assert "等待启动" in html
    part = as_alice.get(f"/batches/{batch.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "一批" in as_alice.get("/batches/").content.decode()


def test_a_list_with_faults_is_told_of_and_kept_and_the_rest_is_taken_when_a_person_says_so(
    as_alice: Client, three: list[Ticket]
) -> None:
    text = numbers([*three, three[0]]) + "\nT-NONE"
    response = as_alice.post("/batches/new/", posted(list=text))
    html = response.content.decode()
    assert response.status_code == 422
    assert "T-NONE" in html
    assert "leave_out" in html
    assert not Batch.objects.exists()
    as_alice.post("/batches/new/", posted(list=text, leave_out="on"))
    assert BatchItem.objects.count() == 3


def test_an_uploaded_table_is_read_with_its_values(as_alice: Client, three: list[Ticket]) -> None:
    content = f"工单号,订单号\r\n{three[0].number},202405218899\r\n".encode("gb18030")
    as_alice.post("/batches/new/", posted(file=SimpleUploadedFile("一批.csv", content)))
    assert Batch.objects.get().entries.get().answers == {"order_number": "202405218899"}
    response = as_alice.post("/batches/new/", posted(file=SimpleUploadedFile("x.xlsx", b"PK\x03\x04\0\0")))
    assert response.status_code == 422
    assert "CSV" in response.content.decode()


def test_a_saved_view_is_what_a_round_takes(as_alice: Client, alice: User, three: list[Ticket]) -> None:
    view = saved_views.save(alice, "新工单", "status=new")
    as_alice.post("/batches/new/", posted(view=str(view.pk), list=""))
    batch = Batch.objects.get()
    assert (batch.view_query, batch.rounds.get().items.count()) == ("status=new", 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cron": "每天九点"},
        {"cron": "0 9 * * *", "time_zone": "Mars/Base"},
        {"opens": "25:00", "closes": "26:00"},
        {"share": "9" * 30},
        {"share": "二"},
        {"flow": ""},
        {"flow": "none"},
        {"view": "999"},
        {"catch_up": "never"},
        {"most_rounds": "999"},
        {"name": "  "},
        {"day": []},
        {"list": "\n".join(f"T{n}" for n in range(10_000))},
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_made(
    wrong: dict[str, Any], as_alice: Client, three: list[Ticket]
) -> None:
    response = as_alice.post("/batches/new/", posted(**{"list": numbers(three), **wrong}))
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Batch.objects.exists()


def test_a_schedule_that_is_typed_says_when_it_comes(as_alice: Client) -> None:
    html = as_alice.get("/batches/times/", {"cron": "0 9 * * 1", "time_zone": "Africa/Lagos"}).content.decode()
    assert html.count("09:00") == 5
    assert "无法理解" in as_alice.get("/batches/times/", {"cron": "0 99 * * 1", "time_zone": "UTC"}).content.decode()


def test_a_batch_is_held_gone_on_with_and_stopped_from_its_page(as_alice: Client, three: list[Ticket]) -> None:
    as_alice.post("/batches/new/", posted(list=numbers(three)))
    batch = Batch.objects.get()
    for act, state in (("pause", BatchState.PAUSED), ("resume", BatchState.ACTIVE), ("stop", BatchState.STOPPED)):
        as_alice.post(f"/batches/{batch.pk}/act/", {"do": act})
        batch.refresh_from_db()
        assert batch.state == state
    assert as_alice.post(f"/batches/{batch.pk}/act/", {"do": "stop"}).status_code == 409
    assert as_alice.post(f"/batches/{batch.pk}/act/", {"do": "x"}).status_code == 400
    assert not Run.objects.exists()


def test_the_results_are_taken_away_as_csv(as_alice: Client, as_charlie: Client, three: list[Ticket]) -> None:
    as_alice.post("/batches/new/", posted(list=numbers(three)))
    address = f"/batches/{Batch.objects.get().pk}/results.csv"
    text = story.body(as_alice.get(address)).decode()
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == 4
    assert as_charlie.get(address).status_code == 404
    assert as_alice.get(f"{address}?round=99").status_code == 404


def test_a_flow_that_handles_no_tickets_is_not_offered_and_refused_in_words(
    as_alice: Client, three: list[Ticket], refund_flow: FlowVersion
) -> None:
    assert list(as_alice.get("/batches/new/").context["flows"]) == [refund_flow.template]
    refund_flow.template.releases.update(ended_at=timezone.now())
    assert list(as_alice.get("/batches/new/").context["flows"]) == []
    refused = as_alice.post("/batches/new/", posted(list=numbers(three)))
    assert refused.status_code == 422
    assert "这个流程现在没有版本处理工单" in refused.content.decode()
