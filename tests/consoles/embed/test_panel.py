"""The panel inside a helpdesk's page: one ticket, one person, 15 minutes, one helpdesk that may frame it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consoles.access import Access
from consoles.embed import addresses, urls
from consoles.embed.cookies import NAME
from consoles.embed.frames import PANEL_URLS
from tests.consoles import story
from tests.consoles.rules.test_access import ROLES, permitted_to, person
from tickets.models import (
    AuditEvent,
    ConfirmationState,
    Department,
    FlowVersion,
    HelpdeskButton,
    PanelSession,
    Phone,
    Run,
    Ticket,
)
from tickets.permissions import IN_PANEL, Permission
from tickets.services import secret_store
from tickets.services.panels import buttons, links, sessions

PATTERNS = {str(pattern.name): pattern for pattern in urls.urlpatterns}
OPEN = "/embed/desk/open/"


@pytest.fixture
def button(db: None) -> HelpdeskButton:
    return buttons.make(None, connector="desk", name="前台", origins=["https://desk.example.com"])[0]


@pytest.fixture
def ticket(department: Department, button: HelpdeskButton) -> Ticket:
    return story.new_ticket(department, video=True, connector="desk", external_id="D-1")


@pytest.fixture
def other_ticket(department: Department) -> Ticket:
    return story.new_ticket(department, text=story.REFERENCE + "另一件事", connector="desk", external_id="D-2")


class Frame:
    """A helpdesk's frame with its own cookie jar, at one ticket's panel."""

    def __init__(self, number: str) -> None:
        self.root = f"/embed/desk/t/{number}/"
        self.client = Client(enforce_csrf_checks=True)

    def send_link(self, person: str, external_id: str = "D-1", **more: str) -> Any:
        return self.client.post(address(OPEN, links.make("desk", external_id, person), **more))

    def get(self, path: str = "", **more: Any) -> Any:
        return self.client.get(self.root + path, **more)

    def post(self, path: str, data: Any = None, *, token: str | None = None) -> Any:
        found = self.token if token is None else token
        return self.client.post(self.root + path, data or {}, headers={"X-Panel-Token": found})

    @property
    def token(self) -> str:
        found = re.search(r"X-Panel-Token&quot;: &quot;(\w+)|X-Panel-Token\": \"(\w+)", self.get().content.decode())
        assert found
        return found[1] or found[2]


def address(path: str, given: dict[str, str], **more: str) -> str:
    return f"{path}?{urlencode({**given, **more})}"


def opened(user: User, ticket: Ticket, external_id: str = "D-1") -> Frame:
    frame = Frame(ticket.number)
    assert frame.send_link(user.username, external_id).status_code == 302
    own = Client()
    own.force_login(user)
    waiting = PanelSession.objects.filter(user=user, ticket=ticket).first()
    assert waiting
    assert own.post(f"/panels/{waiting.pk}/allow/").status_code == 200
    return frame


def ancestors(response: HttpResponse) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"])
    assert found
    return found[1]


# The link to the ticket's page.


def test_a_link_opens_the_tickets_page_for_whoever_is_logged_in(as_alice: Client, ticket: Ticket) -> None:
    where = address("/open/", links.make("desk", "D-1", "alice"))
    page = as_alice.get(where)
    assert page.status_code == 200
    assert ticket.number not in page.content.decode()  # nothing is used up and nothing told by looking
    assert as_alice.post(where).headers["Location"] == f"/tickets/{ticket.number}/"
    assert not Run.objects.exists()


def test_a_link_leads_through_the_log_in_to_the_tickets_page(client: Client, ticket: Ticket, alice: User) -> None:
    answer = client.post(address("/open/", links.make("desk", "D-1", "alice")))
    assert answer.headers["Location"] == f"/login/?next=/tickets/{ticket.number}/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_link_that_is_refused_says_why_and_what_to_do(
    as_alice: Client, as_victor: Client, ticket: Ticket, language: str
) -> None:
    as_alice.cookies["django_language"] = language
    good = links.make("desk", "D-1", "alice")
    refusals = {
        "used": as_alice.post(address("/open/", good)) and as_alice.post(address("/open/", good)),
        "forged": as_alice.post(address("/open/", {**good, "t": "D-2"})),
        "unknown": as_alice.post(address("/open/", {**good, "c": "none"})),
        "nothing": as_alice.get("/open/"),
        "other": as_victor.post(address("/open/", links.make("desk", "D-1", "alice"))),
    }
    shown = {name: answer.content.decode() for name, answer in refusals.items()}
    for name, answer in refusals.items():
        assert answer.status_code == 403, name
        assert "<h1>" in shown[name], name
        assert ancestors(answer) == "'none'", name
    assert len({re.search(r"<h1>(.*?)</h1>", text)[1] for text in shown.values()}) == 4  # type: ignore[index]
    refused = AuditEvent.objects.filter(type="link.refused")
    assert {event.details["code"] for event in refused} == {
        "link_used",
        "link_forged",
        "link_unknown",
        "link_other_person",
    }


# The panel's way in.


def test_a_panel_opens_only_after_its_person_said_so_in_a_window_of_our_own(
    ticket: Ticket, alice: User, as_alice: Client
) -> None:
    frame = Frame(ticket.number)
    answer = frame.send_link("alice")
    assert answer.headers["Location"] == frame.root
    kept = answer.cookies[NAME]
    assert kept["path"] == frame.root
    assert kept["httponly"]
    waits = frame.get()
    assert waits.status_code == 200
    assert ticket.subject not in waits.content.decode()
    assert frame.get("standing/").json() == {"standing": "asked"}
    row = PanelSession.objects.get()
    asked = as_alice.get(f"/panels/{row.pk}/allow/")
    assert ticket.subject in asked.content.decode()
    assert ancestors(asked) == "'none'"
    assert frame.get("standing/").json() == {"standing": "asked"}
    assert as_alice.post(f"/panels/{row.pk}/allow/").status_code == 200
    assert frame.get("standing/").json() == {"standing": "open"}
    assert ticket.subject in frame.get().content.decode()
    assert AuditEvent.objects.filter(type="panel.opened", user=alice).count() == 1


def test_over_https_the_cookie_is_kept_apart_for_each_helpdesk(ticket: Ticket, alice: User) -> None:
    frame = Frame(ticket.number)
    where = address(OPEN, links.make("desk", "D-1", "alice"))
    told = str(frame.client.post(where, secure=True).cookies[NAME])
    for part in ("Partitioned", "Secure", "HttpOnly", "SameSite=None", f"Path={frame.root}"):
        assert part in told


def test_nobody_else_can_allow_a_panel(ticket: Ticket, alice: User, as_victor: Client, as_charlie: Client) -> None:
    frame = Frame(ticket.number)
    frame.send_link("alice")
    row = PanelSession.objects.get()
    for other in (as_victor, as_charlie):
        for answer in (other.get(f"/panels/{row.pk}/allow/"), other.post(f"/panels/{row.pk}/allow/")):
            assert answer.status_code == 403
            assert "alice" in answer.content.decode()
            assert ticket.subject not in answer.content.decode()
    assert Client().post(f"/panels/{row.pk}/allow/").headers["Location"].startswith("/login/")
    assert frame.get("standing/").json() == {"standing": "asked"}


def test_a_link_that_names_nobody_opens_no_panel(ticket: Ticket) -> None:
    answer = Frame(ticket.number).send_link("")
    assert answer.status_code == 403
    assert not PanelSession.objects.exists()


def test_a_log_in_that_reaches_the_frame_is_the_persons_word(ticket: Ticket, as_alice: Client, alice: User) -> None:
    as_alice.post(address(OPEN, links.make("desk", "D-1", "alice")))
    assert as_alice.get(f"/embed/desk/t/{ticket.number}/standing/").json() == {"standing": "open"}


def test_the_log_in_of_somebody_else_is_not(ticket: Ticket, as_victor: Client, alice: User) -> None:
    as_victor.post(address(OPEN, links.make("desk", "D-1", "alice")))
    assert as_victor.get(f"/embed/desk/t/{ticket.number}/standing/").json() == {"standing": "asked"}


# What frames it.


def test_only_the_helpdesk_itself_may_frame_and_only_below_its_prefix(
    ticket: Ticket, alice: User, as_alice: Client
) -> None:
    buttons.make(None, connector="other", name="x", origins=["https://other.example.com"])
    frame = opened(alice, ticket)
    inside = [frame.get(), frame.get("standing/"), frame.get("no/such/"), Frame("T0").get(), frame.client.get(OPEN)]
    for answer in inside:
        assert ancestors(answer) == "https://desk.example.com"
        assert "X-Frame-Options" not in answer
    assert ancestors(as_alice.get("/embed/other/open/")) == "https://other.example.com"
    assert ancestors(as_alice.get("/embed/none/open/")) == "'none'"
    for path in ("/tickets/", f"/tickets/{ticket.number}/", "/open/", "/login/", "/embed/", "/embed/x"):
        answer = as_alice.get(path)
        assert ancestors(answer) == "'none'", path
        assert answer["X-Frame-Options"] == "DENY", path


def test_a_button_without_origins_is_framed_by_nobody(ticket: Ticket, alice: User, button: HelpdeskButton) -> None:
    frame = opened(alice, ticket)
    buttons.change(button, None, name="x", origins=[], active=True)
    assert ancestors(frame.get()) == "'none'"
    buttons.change(button, None, name="x", origins=["https://desk.example.com"], active=False)
    assert frame.get().status_code == 401
    assert ancestors(frame.get()) == "'none'"


def test_the_language_and_theme_are_those_of_the_helpdesk(ticket: Ticket, alice: User) -> None:
    frame = Frame(ticket.number)
    frame.send_link("alice", lang="en", theme="dark")
    page = frame.get()
    assert 'data-theme="dark"' in page.content.decode()
    assert page["Content-Language"] == "en"
    assert "Sign in" in page.content.decode()


def test_a_link_is_opened_and_refused_in_the_frame_as_the_page_around_it_looks_and_speaks(
    ticket: Ticket, alice: User
) -> None:
    good = links.make("desk", "D-1", "alice")
    for given, status, words in ((good, 200, "Open the ticket"), ({**good, "t": "D-2"}, 403, "signature")):
        page = Client().get(address(OPEN, given) + "&lang=en&theme=dark")
        told = page.content.decode()
        assert (page.status_code, page["Content-Language"]) == (status, "en")
        assert 'data-theme="dark"' in told
        assert words in told
        assert Client().get(address(OPEN, given) + "&lang=xx&theme=%22")["Content-Language"] == "zh-hans"


# One ticket, 15 minutes.


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_every_address_of_a_panel_is_closed_without_its_cookie(name: str, ticket: Ticket, other_ticket: Ticket) -> None:
    stranger = Frame(ticket.number)
    for method in {"GET", "POST"} & set(PATTERNS[name].callback.declaration.methods):
        answer = stranger.client.generic(method, stranger.root + place(name))
        if PATTERNS[name].callback.declaration.permission is Access.PUBLIC:
            assert answer.status_code in {200, 403, 404}
        else:
            assert answer.status_code in {401, 403}
        assert ticket.subject not in answer.content.decode()


def place(name: str, **values: object) -> str:
    nowhere = "00000000-0000-0000-0000-000000000000"
    given = {"number": "T0", "token": "x:y", **dict.fromkeys(("run_id", "confirmation_id", "question_id"), nowhere)}
    keys = PATTERNS[name].pattern.converters
    if name == "panel-not-there":
        return "no/such/"
    return reverse(name, PANEL_URLS, kwargs={key: values.get(key, given[key]) for key in keys}).removeprefix("/")


def test_a_panel_offers_nothing_that_it_does_not_name() -> None:
    declared = {pattern.callback.declaration.permission for pattern in PATTERNS.values()}
    assert declared <= IN_PANEL | {Access.PUBLIC}
    public = {name for name, each in PATTERNS.items() if each.callback.declaration.permission is Access.PUBLIC}
    assert public == {"panel-standing", "panel-again", "panel-not-there"}


def test_a_panels_cookie_opens_no_page_of_the_console_and_no_other_tickets_panel(
    ticket: Ticket, other_ticket: Ticket, alice: User
) -> None:
    frame = opened(alice, ticket)
    secret = frame.client.cookies[NAME].value
    stray = Client(headers={"cookie": f"{NAME}={secret}"})
    for path in ("/tickets/", f"/tickets/{ticket.number}/", "/waiting/"):
        assert stray.get(path).headers["Location"].startswith("/login/")
    assert stray.get(f"/embed/desk/t/{other_ticket.number}/").status_code == 401
    assert stray.get(frame.root).status_code == 200


def test_another_ticket_is_not_there_in_a_panel(
    ticket: Ticket, other_ticket: Ticket, alice: User, refund_flow: FlowVersion, phone: Phone
) -> None:
    frame, foreign = opened(alice, ticket), story.start(other_ticket, alice)
    confirmation = story.ask_confirmation(foreign, phone)
    for name in ("ticket-state", "ticket-value", "ticket-attach", "run-start", "run-stop", "run-nudge"):
        where = place(name, number=other_ticket.number, run_id=foreign.pk)
        answer = frame.get(where) if name == "ticket-state" else frame.post(where)
        assert answer.status_code == 404, name
    decide = frame.post(
        place("confirmation-decide", confirmation_id=confirmation.pk),
        {"answer": "yes", "version": confirmation.version},
    )
    assert decide.status_code == 404
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.PENDING


def test_a_panel_ends_after_fifteen_minutes_and_can_be_asked_for_again(ticket: Ticket, alice: User) -> None:
    frame = opened(alice, ticket)
    row = PanelSession.objects.get()
    assert timedelta(minutes=14) < row.expires_at - timezone.now() <= timedelta(minutes=15)
    PanelSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert frame.get().status_code == 401
    assert frame.get(f"state/{ticket.number}/", headers={"HX-Request": "true"}).status_code == 401
    token = sessions.form_token(row)
    assert frame.post("again/", {"panel_token": token}, token="").status_code == 302
    assert frame.get("standing/").json() == {"standing": "asked"}  # the person's word is needed anew
    assert PanelSession.objects.count() == 2


def test_a_panel_of_yesterday_cannot_ask_again(ticket: Ticket, alice: User) -> None:
    frame = opened(alice, ticket)
    row = PanelSession.objects.get()
    PanelSession.objects.update(expires_at=timezone.now() - sessions.AGAIN - timedelta(minutes=1))
    assert frame.post("again/", token=sessions.form_token(row)).status_code == 403
    assert sessions.delete_old(timezone.now()) == 1


@pytest.mark.parametrize("lost", ["role", "department", "account"])
def test_who_lost_the_right_has_no_panel_any_more(ticket: Ticket, alice: User, lost: str) -> None:
    frame = opened(alice, ticket)
    if lost == "role":
        alice.groups.clear()
    elif lost == "department":
        ticket.department.members.clear()
    else:
        User.objects.filter(pk=alice.pk).update(is_active=False)
    assert frame.get().status_code == 401


# What is done in it.


def test_a_run_is_started_confirmed_and_on_record_from_a_panel(
    ticket: Ticket, alice: User, refund_flow: FlowVersion, phone: Phone
) -> None:
    frame = opened(alice, ticket)
    assert frame.post(place("run-start", number=ticket.number)).status_code == 200
    run = Run.objects.get()
    confirmation = story.ask_confirmation(run, phone)
    shown = frame.get().content.decode()
    assert story.SUMMARY in shown
    answer = frame.post(
        place("confirmation-decide", confirmation_id=confirmation.pk),
        {"answer": "yes", "version": confirmation.version},
    )
    assert answer.status_code == 200
    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.decided_by) == (ConfirmationState.APPROVED, alice)
    assert AuditEvent.objects.get(type="confirmation.approved").user_role == "panel,operator"


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_change_that_no_page_of_this_panel_sent_is_refused(
    ticket: Ticket, alice: User, refund_flow: FlowVersion, token: str
) -> None:
    frame = opened(alice, ticket)
    assert frame.client.post(frame.root + place("run-start", number=ticket.number)).status_code == 403
    answer = frame.post("again/", {"panel_token": token}, token="")
    assert answer.status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_in_a_panel_what_it_may_anyway_and_a_panel_offers(
    role: str, ticket: Ticket, department: Department, record_property: Callable[[str, object], None]
) -> None:
    user = person(role, department)
    if not permitted_to(role, Permission.VIEW_TICKETS):
        frame = Frame(ticket.number)
        frame.send_link(user.username)
        own = Client()
        own.force_login(user)
        assert own.post(f"/panels/{PanelSession.objects.get().pk}/allow/").status_code == 403
        return
    frame = opened(user, ticket)
    guarded = {name: each for name, each in PATTERNS.items() if each.callback.declaration.permission in IN_PANEL}
    for name, pattern in guarded.items():
        said = pattern.callback.declaration
        for method in {"GET", "POST"} & set(said.methods):
            sent = frame.client.generic(method, frame.root + place(name), headers={"X-Panel-Token": frame.token})
            assert (sent.status_code != 403) is permitted_to(role, said.permission), f"{role} {method} {name}"
    record_property("cells", len(guarded))


def test_files_of_a_panel_have_addresses_that_are_good_nowhere_else(
    ticket: Ticket, alice: User, as_alice: Client, bob: User
) -> None:
    frame = opened(alice, ticket)
    link = re.search(r'href="([^"]*files/attachments/[^"]*)"', frame.get().content.decode())
    assert link
    assert link[1].startswith(frame.root)
    assert story.body(frame.client.get(link[1])) == story.attached("unboxing.mp4").read()
    token = link[1].rpartition("/")[2]
    assert as_alice.get(f"/files/attachments/{token}").status_code == 404
    other = opened(bob, ticket)
    assert other.client.get(link[1]).status_code == 404


def test_addresses_made_after_a_panels_request_are_the_consoles_again(
    ticket: Ticket, alice: User, as_alice: Client
) -> None:
    frame = opened(alice, ticket)
    frame.get()
    frame.get("no/such/")
    assert reverse("ticket", args=[ticket.number]) == f"/tickets/{ticket.number}/"
    assert "/embed/" not in as_alice.get(f"/tickets/{ticket.number}/").content.decode()
    assert f'href="/tickets/{ticket.number}/"' in frame.get().content.decode()
    assert "/static/console/css/embed.css" in frame.get().content.decode()


def test_a_button_whose_key_is_gone_leaves_the_hosts_page_without_a_panel_and_a_line_in_the_log(
    ticket: Ticket, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    operator = person("operator", Department.objects.get())
    assert addresses.panel_address(operator, "desk", "D-1")
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": (secret_store.new_key(),)}
    assert addresses.panel_address(operator, "desk", "D-1") == ""
    assert "helpdesk desk, ticket D-1" in caplog.text
    assert "CS_AGENT_SECRETS_KEYS" in caplog.text
