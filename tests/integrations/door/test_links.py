"""Links by the API, by the command line and by the set-up page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.integrations.conftest import Program
from tickets.models import Department, HelpdeskButton, Ticket
from tickets.services import secret_store
from tickets.services.panels import buttons
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(department: Department) -> Ticket:
    buttons.make(None, connector="desk", name="Desk", origins=["https://desk.example.com"])
    made: Ticket = create_ticket(
        user=None, subject="s", text="t", department=department, connector="desk", external_id="7"
    )
    return made


def test_a_helpdesk_asks_for_a_link_and_its_person_opens_the_ticket(
    program: Program, ticket: Ticket, lin: User
) -> None:
    made = program.post("/links", {"connector": "desk", "external_id": "7", "person": "lin"})
    assert made.status_code == 201
    assert made.json()["seconds"] == 60
    browser = Client()
    browser.force_login(lin)
    where = made.json()["url"].removeprefix("http://testserver")
    assert browser.post(where).headers["Location"] == f"/tickets/{ticket.number}/"
    assert browser.post(where).status_code == 403


def test_a_link_to_the_panel_leads_into_the_frame(program: Program, ticket: Ticket) -> None:
    made = program.post("/links", {"connector": "desk", "external_id": "7", "person": "lin", "panel": True})
    where = made.json()["url"].removeprefix("http://testserver")
    assert where.startswith("/embed/desk/open/?")
    assert Client().post(where).headers["Location"] == f"/embed/desk/t/{ticket.number}/"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"connector": "desk", "external_id": "8"}, 404),
        ({"connector": "none", "external_id": "7"}, 404),
        ({"connector": "desk", "external_id": "7", "person": "nobody"}, 400),
        ({"connector": "desk"}, 422),
        ({"connector": "desk", "external_id": ""}, 422),
        ({"connector": "desk", "external_id": "7", "person": "x" * 151}, 422),
    ],
)
def test_what_cannot_be_linked_is_told(program: Program, ticket: Ticket, body: dict[str, Any], status: int) -> None:
    answer = program.post("/links", body)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_no_link_is_made_to_another_departments_ticket(
    ticket: Ticket, otto: User, program_of: Callable[..., Program]
) -> None:
    assert program_of(otto).post("/links", {"connector": "desk", "external_id": "7"}).status_code == 404


def test_who_may_only_look_makes_no_links(ticket: Ticket, lin: User, program_of: Callable[..., Program]) -> None:
    reader = program_of(lin, ["view_tickets"])
    assert reader.post("/links", {"connector": "desk", "external_id": "7"}).status_code == 403


def told(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("helpdesk_button", *words, stdout=out, **options)
    return out.getvalue().strip()


def test_the_command_line_sets_a_button_up_and_makes_links(department: Department, lin: User) -> None:
    secret = told("add", "desk", name="Desk", origin=["https://desk.example.com"])
    row = HelpdeskButton.objects.get()
    assert secret == secret_store.get(buttons.secret_names(row)[0])
    ticket = create_ticket(user=None, subject="s", text="t", department=department, connector="desk", external_id="7")
    url = told("link", "desk", "7", person="lin", base="https://console.example.com/")
    assert url.startswith("https://console.example.com/open/?c=desk&t=7&p=lin&")
    browser = Client()
    browser.force_login(lin)
    path = url.removeprefix("https://console.example.com")
    assert browser.post(path).headers["Location"] == f"/tickets/{ticket.number}/"
    assert told("rotate", "desk") != secret
    told("set", "desk", off=True)
    assert "off" in told("list")
    for words in (["link", "desk", "7"], ["set", "none"], ["add", "desk"], ["add", "A b"]):
        with pytest.raises(CommandError):
            told(*words)


def test_a_button_is_made_changed_and_rotated_on_its_page(ann: User) -> None:
    browser = Client()
    browser.force_login(ann)
    form = {"connector": "desk", "name": "前台", "origins": "https://desk.example.com self"}
    page = browser.post(reverse("buttons"), form).content.decode()
    row = HelpdeskButton.objects.get()
    assert secret_store.get(buttons.secret_names(row)[0]) in page
    assert secret_store.get(buttons.secret_names(row)[0]) not in browser.get(reverse("buttons")).content.decode()
    wrong = browser.post(reverse("buttons"), {**form, "connector": "two", "origins": "nonsense"})
    assert wrong.status_code == 400
    assert "nonsense" in wrong.content.decode()
    changed = browser.post(reverse("button-change", args=[row.pk]), {"name": "x", "origins": ""})
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.origins, row.active) == ("x", [], False)
    rotated = browser.post(reverse("button-rotate", args=[row.pk])).content.decode()
    fresh = secret_store.get(buttons.secret_names(row)[0])
    assert fresh in rotated
    assert fresh not in page
    assert browser.post(reverse("button-rotate", args=[999])).status_code == 404
