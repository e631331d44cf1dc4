"""The library of flows: what a card says, and requests with what is wrong in them named."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.consoles.pages.test_studio import client_of
from tickets.models import FlowRequest, FlowVersion, Rehearsal, Ticket
from tickets.services.flows import publishing, reviews

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_fiona(fiona: User) -> Client:
    return client_of(fiona)


def test_the_card_of_a_flow_that_nothing_is_released_of_says_where_its_newest_version_stands(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User
) -> None:
    refund_flow.template.releases.all().delete()
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    assert as_fiona.get("/flows/").context["cards"][0].stage == "草稿"
    reviews.submit(made, fiona, unrehearsed_reason="很急")
    assert as_fiona.get("/flows/").context["cards"][0].stage == "评审中"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"per_week": "12x"}, "“每周工单数”请填写整数"),
        ({"examples": "T404"}, "没有工单“T404”"),
        ({"examples": ",".join(f"T{n}" for n in range(21))}, "一次最多 20 个工单"),
    ],
    ids=["number", "unknown ticket", "too many tickets"],
)
def test_a_request_with_a_fault_says_where_it_is_and_keeps_what_was_typed(
    as_fiona: Client, wrong: dict[str, str], words: str
) -> None:
    answer = as_fiona.post("/flows/requests/new/", {"title": "补开发票", **wrong})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert 'value="补开发票"' in html
    assert not FlowRequest.objects.exists()


def test_a_rehearsal_takes_every_ticket_that_is_named_or_says_which_it_cannot(
    as_fiona: Client, refund_flow: FlowVersion, ticket: Ticket, phone: Any
) -> None:
    phone.use = "rehearsal"
    phone.save()
    start = "/flows/complaint_refund/v1/rehearse/"
    answer = as_fiona.post(start, {"tickets": f"{ticket.number} T404", "times": "1"})
    assert answer.status_code == 404
    assert "没有工单“T404”" in answer.content.decode()
    assert as_fiona.post(start, {"tickets": " ".join([ticket.number] * 60), "times": "1"}).status_code == 302
    assert Rehearsal.objects.get().runs.count() == 60
