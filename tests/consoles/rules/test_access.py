"""Promise 9: every address and every websocket command says who may use it. The matrix is made from the tables."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from consoles import routing, urls
from consoles.access import GET, Access, commands_of
from consoles.web import media
from tests.consoles import story
from tickets.models import (
    AuditEvent,
    Batch,
    CannedReply,
    Confirmation,
    Department,
    FlowRequest,
    FlowVersion,
    HelpdeskButton,
    LanguageModel,
    Lesson,
    PanelSession,
    Phone,
    Question,
    Recording,
    Rehearsal,
    Run,
    SavedView,
    Step,
    Takeover,
    Trial,
    TrialState,
)
from tickets.permissions import ADMINISTRATOR, GROUPS, Permission
from tickets.services.evidence.exports import audit_export
from tickets.services.people import api_tokens

Property = Callable[[str, object], None]  # what a test reports; `cells` is summed up by benchmarks.pages.bench_access

PATTERNS: list[URLPattern] = list(urls.urlpatterns)
NAMES = [str(pattern.name) for pattern in PATTERNS]
SOCKETS = [each.callback.consumer_class for each in routing.websocket_urlpatterns if each.name != "ws-unknown"]
OF_A_DEPARTMENT = {
    "number",
    "run_id",
    "lesson_id",
    "batch_id",
    "takeover_id",
    "confirmation_id",
    "question_id",
    "token",
    "export",
    "panel_id",
    "external_id",
}
ROLES = (*sorted(GROUPS), ADMINISTRATOR, "")  # and somebody without any


def declaration(name: str) -> Any:
    return next(pattern.callback.declaration for pattern in PATTERNS if pattern.name == name)


def parameters(name: str) -> set[str]:
    pattern = next(pattern for pattern in PATTERNS if pattern.name == name)
    return set(pattern.pattern.converters)


@dataclass
class World:
    """One row for every parameter an address may have, all of one department."""

    run: Run
    confirmation: Confirmation
    question: Question
    takeover: Takeover
    slug: str
    export: str
    wish: FlowRequest
    model: LanguageModel
    rehearsal: Rehearsal
    view: SavedView
    reply: CannedReply
    lesson: Lesson
    batch: Batch
    trial: Trial
    external_id: str = "D-1"

    def address(self, name: str, reader: User, **instead: object) -> str:
        values: dict[str, object] = {
            "number": self.run.ticket.number,
            "run_id": self.run.pk,
            "takeover_id": self.takeover.pk,
            "confirmation_id": self.confirmation.pk,
            "question_id": self.question.pk,
            "slug": self.slug,
            "export": self.export,
            "version": 1,
            "request_id": self.wish.pk,
            "model_id": self.model.pk,
            "rehearsal_id": self.rehearsal.pk,
            "lesson_id": self.lesson.pk,
            "batch_id": self.batch.pk,
            "trial_id": self.trial.pk,
            "step_number": self._step().number,
            "phone_id": self.run.phone_id,
            "vouch": 1,
            "view_id": self.view.pk,
            "reply_id": self.reply.pk,
            "connector": "test",
            "external_id": self.external_id,
            "panel_id": self._panel(reader).pk if name == "panel-allow" else None,
        }
        if "token" in parameters(name):
            return media.address(media.Kind(name), self._key(name), reader)
        return reverse(name, kwargs={key: instead.get(key, values[key]) for key in parameters(name)})

    def _panel(self, reader: User) -> PanelSession:
        """One that waits for this very reader."""
        button, _made = HelpdeskButton.objects.get_or_create(connector="test", defaults={"name": "Desk"})
        now = timezone.now()
        return PanelSession.objects.create(
            digest=uuid.uuid4().hex,
            button=button,
            ticket=self.run.ticket,
            user=reader,
            asked_at=now,
            expires_at=now + timedelta(minutes=1),
        )

    def _step(self) -> Step:
        return self.run.steps.exclude(before="")[0]

    def _key(self, name: str) -> object:
        step = self._step()
        attachment = self.run.ticket.attachments.first()
        return {
            "attachment-file": attachment and attachment.pk,
            "step-picture": f"{step.pk}.before",
            "confirmation-picture": self.confirmation.pk,
            "question-picture": self.question.pk,
            "recording-video": self.run.pk,
            "recording-captions": self.run.pk,
        }[name]


@pytest.fixture
def world(department: Department, refund_flow: FlowVersion, phone: Phone, alice: User) -> World:
    ticket = story.new_ticket(department, video=True, external_id="D-1")
    run = story.start(ticket, alice)
    confirmation = story.ask_confirmation(run, phone)
    story.record(run)
    question = Question.objects.create(run=run, text="?", screenshot=confirmation.screenshot)
    takeover = Takeover.objects.create(run=run)
    export, lines = audit_export.export_signed(user=story.member("exporter", "supervisor", department))
    assert list(lines)
    wish, rehearsal = FlowRequest.objects.create(title="?"), Rehearsal.objects.create(version=refund_flow)
    model = LanguageModel.objects.create(name="m", family="autoglm", base_url="http://127.0.0.1:9/v1", model="m")
    slug = refund_flow.template.slug
    view = SavedView.objects.create(owner=alice, name="view", query="")
    reply = CannedReply.objects.create(name="reply", text="{result}")
    lesson = Lesson.objects.create(template=refund_flow.template, base=refund_flow, ticket=ticket, phone=phone)
    batch = Batch.objects.create(name="batch", template=refund_flow.template, owner=alice, time_zone="UTC")
    other = story.publish("complaint_refund", second_approval_above=500)
    terms = {"percent": 50, "expected": 0.9, "difference": 0.1, "alpha": 0.05, "power": 0.8, "floor": 0.5}
    versions = {"template": refund_flow.template, "a": refund_flow, "b": other}
    trial = Trial.objects.create(**versions, **terms, runs_each=200, state=TrialState.RUNNING)
    return World(
        run, confirmation, question, takeover, slug, export, wish, model, rehearsal, view, reply, lesson, batch, trial
    )


def allowed_methods(name: str) -> Iterator[str]:
    yield from (method for method in declaration(name).methods if method != "HEAD")


def cases() -> list[tuple[str, str]]:
    return [(name, method) for name in NAMES for method in allowed_methods(name)]


@pytest.mark.parametrize("name", NAMES)
def test_every_address_declares_who_may_use_it(name: str) -> None:
    said = declaration(name)
    assert isinstance(said.permission, Permission | Access)
    assert set(said.methods) <= {"GET", "HEAD", "POST"}


def test_only_addresses_without_personal_data_are_public() -> None:
    public = {name for name in NAMES if declaration(name).permission is Access.PUBLIC}
    ways_in = {"open-ticket", "panel-open", "panel-enter"}
    assert public == {"home", "login", "language", "theme", "healthz", *ways_in}


BROWSER = Client()  # one for all: making a client loads every middleware
_SESSIONS: dict[str, User] = {}  # who has the session that the browser's cookie names
PRINTED = "rehearsal-pdf"  # starts a browser: one role sees it printed, the others ask for a report that is not there


def signed_in(user: User) -> Client:
    """Logged in once per person, and anew where a page has logged them out."""
    if _SESSIONS.get(cookie()) is not user:
        BROWSER.force_login(user)
        _SESSIONS.clear()
        _SESSIONS[cookie()] = user
    return BROWSER


def cookie() -> str:
    return BROWSER.cookies["sessionid"].value if "sessionid" in BROWSER.cookies else ""


def place(world: World, name: str, reader: User) -> str:
    return world.address(name, reader, **({"rehearsal_id": 0} if name == PRINTED else {}))


def asked(user: User, method: str, name: str, address: str) -> Any:
    """The answer to somebody who comes the way the address is meant for: logged in, or with a token."""
    if declaration(name).by_token:
        BROWSER.logout()
        token = api_tokens.make(user, "matrix")
        return BROWSER.generic(method, address, headers={"authorization": f"Bearer {token}"})
    return signed_in(user).generic(method, address)


def person(role: str, department: Department) -> User:
    """Somebody of the department with that role and no other."""
    if role in GROUPS:
        return story.member(f"the-{role}", role, department)
    user = User.objects.create_user(role or "nobody", is_superuser=role == ADMINISTRATOR)
    department.members.add(user)
    return user


def permitted_to(role: str, permission: Permission) -> bool:
    return role == ADMINISTRATOR or permission in GROUPS.get(role, ())


@pytest.fixture
def root(alice: User) -> User:
    alice.is_superuser = True
    alice.save()
    return alice


def test_an_address_answers_to_no_method_but_its_own(world: World, root: User, record_property: Property) -> None:
    every = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    foreign = [(name, method) for name in NAMES for method in every - set(declaration(name).methods)]
    record_property("cells", len(foreign))
    for name, method in foreign:
        status = asked(root, method, name, world.address(name, root)).status_code
        assert status == 405, f"{method} {name}"


def test_nobody_gets_in_without_logging_in(world: World, alice: User, record_property: Property) -> None:
    guarded = [case for case in cases() if declaration(case[0]).permission is not Access.PUBLIC]
    record_property("cells", len(guarded))
    for name, method in guarded:
        BROWSER.logout()
        response = BROWSER.generic(method, world.address(name, alice))
        if declaration(name).by_token:
            assert response.status_code == 401, name
            continue
        assert response.status_code == 302, name
        assert response["Location"].startswith("/login/"), name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_in_where_its_permissions_say_so_and_nowhere_else(
    role: str, world: World, department: Department, record_property: Property
) -> None:
    user = person(role, department)
    guarded = [case for case in cases() if isinstance(declaration(case[0]).permission, Permission)]
    record_property("cells", len(guarded))
    for name, method in guarded:
        may = permitted_to(role, declaration(name).permission)
        refused = AuditEvent.objects.filter(type="permission.refused", user=user)
        before = refused.count()
        response = asked(user, method, name, place(world, name, user))
        assert (response.status_code != 403) is may, f"{role} {method} {name}: {response.status_code}"
        assert (refused.count() == before) is may, f"{role} {method} {name} is written down wrongly"


@pytest.mark.parametrize("role", ROLES)
def test_another_departments_rows_are_not_there_for_any_role_but_the_administrators(
    role: str, world: World, other_department: Department, record_property: Property
) -> None:
    user = person(role, other_department)
    foreign = [case for case in cases() if parameters(case[0]) & OF_A_DEPARTMENT]
    record_property("cells", len(foreign))
    for name, method in foreign:
        response = asked(user, method, name, world.address(name, user))
        where = f"{role} {method} {name}: {response.status_code}"
        if not permitted_to(role, declaration(name).permission):
            assert response.status_code == 403, where
        elif role == ADMINISTRATOR and "export" not in parameters(name):  # an export is its maker's alone
            assert response.status_code not in (403, 404), where
            continue
        else:
            assert response.status_code == 404, where
        shown = response.content.decode()
        assert world.run.ticket.subject not in shown, where
        assert world.run.ticket.customer_name not in shown, where


@pytest.mark.parametrize("role", ROLES)
def test_what_is_no_departments_own_shows_nothing_of_another_department(
    role: str, world: World, other_department: Department, record_property: Property
) -> None:
    user = person(role, other_department)
    common = [
        name
        for name, method in cases()
        if method == "GET" and not parameters(name) & OF_A_DEPARTMENT
        if isinstance(declaration(name).permission, Permission)
    ]
    record_property("cells", len(common))
    for name in common:
        may = permitted_to(role, declaration(name).permission)
        printed = name != PRINTED or role == "supervisor"
        response = asked(user, "GET", name, world.address(name, user) if printed else place(world, name, user))
        found = 302 if name == "next" else 200 if printed else 404  # `next` leads to a page
        found = 404 if name == "panel-allow-here" else found  # the ticket it asks for is not there
        answers = {found if may else 403}
        assert response.status_code in answers, f"{role} {name}: {response.status_code}"
        shown = story.body(response).decode("utf-8", "replace")  # a file for printing shows what its page shows
        if role != ADMINISTRATOR:
            assert world.run.ticket.number not in shown, f"{role} {name}"
            assert world.run.ticket.customer_name not in shown, f"{role} {name}"


def test_a_get_changes_no_row_but_the_audit_trail(world: World, root: User) -> None:
    before = contents()
    for name in NAMES:
        if "GET" in declaration(name).methods:
            story.body(asked(root, "GET", name, place(world, name, root)))
            assert contents() == before, name


def contents() -> dict[str, list[Any]]:
    """All rows that a person could mean to change."""
    kept = (Run, Confirmation, Question, Takeover, Phone, FlowVersion, Recording)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in kept}


def test_an_address_that_declares_nothing_fails_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    undeclared = path("invented/", lambda request: HttpResponse(), name="invented")
    monkeypatch.setattr(sys.modules[__name__], "PATTERNS", [*PATTERNS, undeclared])
    with pytest.raises(AttributeError, match="declaration"):
        test_every_address_declares_who_may_use_it("invented")


@pytest.mark.parametrize("consumer", SOCKETS)
def test_every_websocket_and_every_command_of_it_declares_a_permission(consumer: type) -> None:
    assert isinstance(consumer.permission, Permission)  # type: ignore[attr-defined]
    commands = commands_of(consumer)
    assert commands
    assert all(isinstance(method.permission, Permission) for method in commands.values())  # type: ignore[attr-defined]


def test_only_commands_that_change_nothing_trust_an_older_answer() -> None:
    trusting = {
        name
        for consumer in SOCKETS
        for name, method in commands_of(consumer).items()
        if method.trust_s  # type: ignore[attr-defined]
    }
    assert trusting == {"ack", "beat"}


def test_a_console_view_that_declares_nothing_is_not_served(as_alice: Client, settings: Any) -> None:
    from consoles.middleware import AccessMiddleware

    def undeclared(request: object) -> None:
        raise AssertionError("it was served")

    undeclared.__module__ = "consoles.views.invented"
    middleware = AccessMiddleware(lambda request: request)  # type: ignore[arg-type, return-value]
    with pytest.raises(RuntimeError, match="declares no permission"):
        middleware.process_view(RequestFactory().get("/"), undeclared, (), {})  # type: ignore[arg-type]


def test_the_size_of_the_matrix_is_what_it_was_thought_to_be() -> None:
    reading = [name for name in NAMES if declaration(name).methods == GET]
    assert len(NAMES) == len(set(NAMES)) >= 30
    assert len(reading) >= 12
