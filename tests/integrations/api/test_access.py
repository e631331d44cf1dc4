"""Every operation says who may use it, and the matrix of roles, operations and departments holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from integrations import urls
from integrations.api.operations import people
from integrations.api.v1 import PREFIX, api
from tests.integrations.conftest import Program
from tests.tickets.conftest import member
from tickets.declared import Access, declarations_of
from tickets.models import AuditEvent, Confirmation, Department, Question, Recording
from tickets.permissions import ADMINISTRATOR, GROUPS, SCOPES, Permission, opened_by
from tickets.services.evidence import refusals
from tickets.web import request_context

ROLES = (*sorted(GROUPS), ADMINISTRATOR, "")
PEOPLE_ONLY = {"decide_confirmation", "correct_confirmation", "answer_question", "take_over_run"}
# Operations whose rows belong to no department.
COMMON = {"list_flows", "get_flow", "list_phones"}
BODIES: dict[str, Any] = {
    "create_ticket": {"text": "t"},
    "change_ticket": {"priority": 1},
    "add_comment": {"text": "t"},
    "start_run": {},
}


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    permission: Permission


def operations() -> list[Operation]:
    return [
        Operation(op.view_func.__name__, op.methods[0], route, op.view_func.declaration.permission)
        for bound in api._get_bound_routers()
        for route, view in bound.path_operations.items()
        for op in view.operations
    ]


OPERATIONS = operations()


def every_view(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from every_view(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


def test_every_view_outside_the_back_office_carries_a_declaration() -> None:
    views = list(every_view(get_resolver().url_patterns))
    assert len(views) > 60
    assert [view for view in views if not declarations_of(view)] == []


def test_every_operation_declares_a_permission_a_token_may_carry() -> None:
    declared = {operation.permission for operation in OPERATIONS}
    assert declared <= set(SCOPES)
    assert len(OPERATIONS) >= 27


def test_every_address_of_the_api_stands_behind_the_door() -> None:
    routes = {str(pattern.pattern): pattern.callback for pattern in urls.urlpatterns}
    for operation in OPERATIONS:
        route = f"{PREFIX}{operation.path}".replace("{", "<").replace("}", ">")
        methods = [method for said in declarations_of(routes[route]) for method in said.methods]
        assert operation.method in methods


def test_only_the_description_the_helpdesks_hook_and_the_answer_that_there_is_nothing_are_public() -> None:
    public = [
        pattern.name
        for pattern in urls.urlpatterns
        if any(said.permission is Access.PUBLIC for said in declarations_of(pattern.callback))
    ]
    assert public == ["api-document", "api-not-there", "connector-hook"]


@pytest.fixture
def values(confirmation: Confirmation) -> dict[str, str]:
    """One row for every parameter, all of one department."""
    run = confirmation.run
    Recording.objects.create(run=run, directory="x")
    question = Question.objects.create(run=run, text="?")
    return {
        "number": run.ticket.number,
        "run_id": str(run.pk),
        "confirmation_id": str(confirmation.pk),
        "question_id": str(question.pk),
        "slug": run.flow_version.template.slug,
    }


def call(program: Program, operation: Operation, values: dict[str, str]) -> Any:
    path = operation.path.format(**values)
    query = "?version=99" if operation.name == "wait_for_run" else ""
    if operation.name == "add_attachment":
        return program.upload(path, b"%PDF-1.4 x")
    return program.send(operation.method, path + query, BODIES.get(operation.name, {}))


def person(role: str, department: Department) -> User:
    if role in GROUPS:
        return member(f"the-{role}", role, department)
    user = User.objects.create_user(role or "nobody", is_superuser=role == ADMINISTRATOR)
    department.members.add(user)
    return user


def may(role: str, permission: Permission) -> bool:
    return role == ADMINISTRATOR or permission in GROUPS.get(role, ())


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_in_where_its_permissions_say_so_and_nowhere_else(
    role: str, values: dict[str, str], department: Department, program_of: Callable[..., Program]
) -> None:
    user = person(role, department)
    program = program_of(user)
    for operation in OPERATIONS:
        before = AuditEvent.objects.filter(type="permission.refused", user=user).count()
        answer = call(program, operation, values)
        where = f"{role} {operation}: {answer.status_code} {answer.content[:200]}"
        refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
        assert refused is not may(role, operation.permission), where
        if operation.name in PEOPLE_ONLY and may(role, operation.permission):
            assert answer.json()["code"] == "people_only", where
        written = AuditEvent.objects.filter(type="permission.refused", user=user).count() - before
        assert written == (1 if answer.status_code == 403 else 0), where
        assert answer.status_code < 500, where


@pytest.mark.parametrize("role", [role for role in ROLES if role != ADMINISTRATOR])
def test_another_departments_rows_are_not_there(
    role: str, values: dict[str, str], other_department: Department, program_of: Callable[..., Program]
) -> None:
    user = person(role, other_department)
    program = program_of(user)
    for operation in OPERATIONS:
        if not may(role, operation.permission):
            continue
        answer = call(program, operation, values)
        where = f"{role} {operation}: {answer.status_code}"
        if "{" in operation.path and operation.name not in COMMON:
            assert answer.status_code == 404, where
        else:
            assert values["number"] not in answer.content.decode(), where


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_no_more_than_its_scope_even_for_an_administrator(
    scope: Permission, values: dict[str, str], ann: User, program_of: Callable[..., Program]
) -> None:
    program = program_of(ann, [scope])
    for operation in OPERATIONS:
        answer = call(program, operation, values)
        if operation.permission not in opened_by([scope]):
            assert answer.status_code == 403, f"{scope} {operation}"


def test_without_a_token_nothing_opens_and_it_is_written_down(values: dict[str, str]) -> None:
    for token in ("", "csa_forged", "x" * 5000):
        for number, operation in enumerate(OPERATIONS):
            answer = call(Program(token, f"10.0.0.{number + 1}"), operation, values)
            assert (answer.status_code, answer.json()["code"]) == (401, "token")
            assert answer["WWW-Authenticate"] == "Bearer"
    assert AuditEvent.objects.filter(type="api_token.refused").count() == 3 * len(OPERATIONS)


def test_a_stranger_cannot_fill_the_audit_trail_with_refusals(db: None) -> None:
    noon = 1_800_000_000.0

    def refuse(address: str, now: float) -> None:
        with request_context.use(ip=address):
            refusals.record("api_token.refused", details={"path": "/"}, now=now)

    for _ in range(refusals.MOST + 5):
        refuse("10.0.0.1", noon)
    refuse("10.0.0.2", noon)
    refuse("10.0.0.1", noon + 60)
    written = AuditEvent.objects.filter(type="api_token.refused").order_by("seq")
    assert [event.ip for event in written] == ["10.0.0.1"] * refusals.MOST + ["10.0.0.2", "10.0.0.1"]
    assert [bool(event.details.get("rest_unrecorded")) for event in written].index(True) == refusals.MOST - 1


def test_a_logged_in_browser_cannot_be_made_to_call_it(values: dict[str, str], lin: User, client: Any) -> None:
    client.force_login(lin)
    number = values["number"]
    assert client.get(f"/{PREFIX}/tickets/{number}").status_code == 401
    answer = client.post(f"/{PREFIX}/tickets", {"text": "x"}, headers={"idempotency-key": str(uuid.uuid4())})
    assert answer.status_code == 401


def test_an_address_answers_to_no_method_but_its_own(values: dict[str, str], program: Program) -> None:
    by_path: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, set()).add(operation.method)
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - methods:
            answer = program.send(method, path.format(**values), {})
            assert answer.status_code == 405, f"{method} {path}"
            assert set(answer["Allow"].split(", ")) == methods


@pytest.mark.parametrize("address", [f"/{PREFIX}/nothing/here", f"/{PREFIX}/tickets/", f"/{PREFIX}", "/api/v2/tickets"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_address_that_is_none_says_so_in_the_same_form(client: Client, address: str, language: str) -> None:
    answer = client.get(address, headers={"accept-language": language})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")
    assert (answer["Content-Language"], "address" in answer.json()["detail"]) == (language, language == "en")


def test_what_people_decide_is_listed_in_one_place() -> None:
    assert {name for name in vars(people) if not name.startswith("_")} >= PEOPLE_ONLY
