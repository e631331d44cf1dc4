"""Links from a helpdesk: signed, 60 seconds, once, and they open a page and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.errors import Forbidden, Invalid, NotFound
from tickets.models import AuditEvent, Department, HelpdeskButton, Run, Ticket, UsedLink
from tickets.services import secret_store
from tickets.services.panels import buttons, links
from tickets.services.panels.links import Fault, LinkRefused
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def button(ann: User) -> HelpdeskButton:
    return buttons.make(ann, connector="desk", name="Desk", origins=["https://desk.example.com"])[0]


@pytest.fixture
def ticket(department: Department, button: HelpdeskButton) -> Ticket:
    made: Ticket = create_ticket(
        user=None, text="t", subject="s", department=department, connector="desk", external_id="D-1"
    )
    return made


def fault_of(given: Any, **more: Any) -> str:
    with pytest.raises(LinkRefused) as refusal:
        links.read(given, **more)
    assert refusal.value.message
    assert refusal.value.remedy
    return refusal.value.code


def test_a_link_opens_its_ticket_once(ticket: Ticket, lin: User) -> None:
    link = links.read(links.make("desk", "D-1", lin.username))
    assert links.use(link, lin) == ticket
    with pytest.raises(LinkRefused) as second:
        links.use(link, lin)
    assert second.value.code == Fault.USED
    assert AuditEvent.objects.filter(type="link.opened", ticket_no=ticket.number).count() == 1
    assert AuditEvent.objects.filter(type="link.made", ticket_no=ticket.number).count() == 1
    assert not Run.objects.exists()


def test_a_link_is_good_for_sixty_seconds_and_not_before_its_time(ticket: Ticket) -> None:
    given = links.make("desk", "D-1")
    now = timezone.now()
    assert links.read(given, now + timedelta(seconds=58)).external_id == "D-1"
    assert fault_of(given, now=now + timedelta(seconds=62)) == Fault.OLD
    assert links.read(given, now - timedelta(seconds=20)).external_id == "D-1"
    assert fault_of(given, now=now - timedelta(seconds=90)) == Fault.EARLY


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["c", "t", "p", "at", "n", "s"]), text=st.text(max_size=40))
def test_a_link_that_was_changed_anywhere_is_refused(ticket: Ticket, name: str, text: str) -> None:
    given = links.make("desk", "D-1", "")
    if given[name] == text:
        return
    assert fault_of({**given, name: text}) in {Fault.FORGED, Fault.UNKNOWN}


def test_nothing_can_be_moved_from_one_parameter_to_its_neighbour(ticket: Ticket) -> None:
    given = links.make("desk", "D-1", "")
    assert fault_of({**given, "t": "D-1\n", "p": given["p"]}) == Fault.FORGED
    assert fault_of({**given, "t": "D-1\nlin", "p": ""}) == Fault.FORGED
    assert fault_of({}) == Fault.UNKNOWN


def test_a_link_for_a_ticket_that_is_not_here_says_so(ticket: Ticket) -> None:
    given = {"c": "desk", "t": "D-2", "p": "", "at": str(int(timezone.now().timestamp())), "n": "n" * 20}
    signed = {**given, "s": links.sign(secret_store.get(buttons.secret_names(button_of())[0]), given)}
    with pytest.raises(LinkRefused) as refusal:
        links.use(links.read(signed))
    assert refusal.value.code == Fault.NO_TICKET
    assert "D-2" in refusal.value.message


def button_of() -> HelpdeskButton:
    return HelpdeskButton.objects.get()


def test_a_link_for_somebody_else_is_refused_and_used_up(ticket: Ticket, lin: User, vera: User) -> None:
    link = links.read(links.make("desk", "D-1", lin.username))
    with pytest.raises(LinkRefused) as refusal:
        links.use(link, vera)
    assert refusal.value.code == Fault.OTHER_PERSON
    assert UsedLink.objects.count() == 1


def test_after_a_rotation_the_old_secret_signs_for_a_day(ticket: Ticket, ann: User) -> None:
    given = links.make("desk", "D-1")
    fresh = buttons.rotate(button_of(), ann)
    assert links.read(given)
    assert links.make("desk", "D-1")["s"] != given["s"]
    HelpdeskButton.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    assert fault_of(given) == Fault.FORGED
    assert links.read({**given, "s": links.sign(fresh, given)})


def test_a_button_that_is_off_opens_nothing(ticket: Ticket, ann: User) -> None:
    given = links.make("desk", "D-1")
    buttons.change(button_of(), ann, name="Desk", origins=[], active=False)
    assert fault_of(given) == Fault.UNKNOWN
    with pytest.raises(Invalid):
        links.make("desk", "D-1")


def test_links_are_made_for_what_is_there_only(ticket: Ticket, lin: User) -> None:
    with pytest.raises(NotFound):
        links.make("desk", "D-9")
    with pytest.raises(Invalid):
        links.make("desk", "D-1", "nobody")
    with pytest.raises(Invalid):
        links.make("other", "D-1")


@pytest.mark.parametrize(
    "origin",
    [
        "desk.example.com",
        "https://a.example/path",
        "https://a b",
        "https://x;script-src *",
        "*",
        "https://u:p@a.example",
        "javascript:alert(1)",
        "https://a.example 'self'",
        "'none'",
        "data:",
        "https://",
        "https://a.example:99999",
    ],
)
def test_what_is_no_origin_never_reaches_the_header(ann: User, origin: str) -> None:
    with pytest.raises(Invalid):
        buttons.make(ann, connector="desk", name="Desk", origins=[origin])
    assert not HelpdeskButton.objects.exists()


def test_origins_are_kept_as_browsers_compare_them(ann: User) -> None:
    given = ["https://Desk.Example.com/", "https://desk.example.com", "http://10.0.0.8:8080", "self", " "]
    row, _secret = buttons.make(ann, connector="desk", name="Desk", origins=given)
    assert row.origins == ["https://desk.example.com", "http://10.0.0.8:8080", "self"]


@pytest.mark.parametrize("connector", ["", "Desk", "a/b", "a b", "x" * 41, "桌"])
def test_a_button_has_the_name_of_a_connector(ann: User, connector: str) -> None:
    with pytest.raises(Invalid):
        buttons.make(ann, connector=connector, name="Desk")


def test_only_administrators_set_buttons_up(sun: User, button: HelpdeskButton) -> None:
    for act in (
        lambda: buttons.make(sun, connector="x", name="x"),
        lambda: buttons.change(button, sun, name="x", origins=[], active=True),
        lambda: buttons.rotate(button, sun),
        lambda: buttons.all_of(sun),
    ):
        with pytest.raises(Forbidden):
            act()


def test_used_links_are_forgotten_once_they_are_too_old_to_come_again(ticket: Ticket) -> None:
    links.use(links.read(links.make("desk", "D-1")))
    assert links.delete_old(timezone.now()) == 0
    assert links.delete_old(timezone.now() + links.KEEP_USED + timedelta(minutes=1)) == 1
