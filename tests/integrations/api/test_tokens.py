"""A token opens what its scopes, its person's rights and its networks allow, as long as it lasts, and says when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.api.operations import runs
from tests.integrations.conftest import Program
from tickets.errors import Conflict, Invalid
from tickets.models import ApiToken, AuditEvent, Confirmation, Ticket
from tickets.permissions import SCOPES, Permission
from tickets.services.people import api_tokens

MOST = 7


def test_an_expired_or_revoked_token_opens_nothing_at_once(program: Program, ann: User) -> None:
    assert program.get("/tickets").status_code == 200
    api_tokens.revoke(ApiToken.objects.get(), by=ann)
    assert program.get("/tickets").status_code == 401
    ApiToken.objects.update(revoked_at=None, expires_at=timezone.now())
    assert program.get("/tickets").status_code == 401


def test_a_person_who_loses_a_right_takes_it_from_the_token(program: Program, lin: User, ticket: Ticket) -> None:
    lin.groups.clear()
    assert program.get("/tickets").json()["code"] == "forbidden"
    User.objects.filter(pk=lin.pk).update(is_active=False)
    assert program.get("/tickets").status_code == 401


@pytest.mark.parametrize(
    ("address", "status"), [("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("11.1.2.3", 401), ("::1", 401), ("", 401)]
)
def test_it_works_from_its_networks_only(
    lin: User, program_of: Callable[..., Program], address: str, status: int
) -> None:
    program = program_of(lin, networks=["10.0.0.0/8"])
    program.address = address
    assert program.get("/tickets").status_code == status


@pytest.mark.parametrize(
    ("network", "address", "status"),
    [
        ("2001:db8:7::/48", "2001:db8:7::9", 200),
        ("2001:db8:7::/48", "2001:db8:8::9", 401),
        ("::ffff:10.0.0.0/104", "10.1.2.3", 200),
        ("::ffff:10.0.0.0/104", "::ffff:11.1.2.3", 401),
        ("fe80::/10", "fe80::1%eth0", 200),
    ],
)
def test_a_network_counts_however_it_is_written(
    lin: User, program_of: Callable[..., Program], network: str, address: str, status: int
) -> None:
    program = program_of(lin, networks=[network])
    program.address = address
    assert program.get("/tickets").status_code == status


def test_the_audit_trail_names_the_address_of_this_call_and_not_of_the_one_before(program: Program) -> None:
    for address in ("10.9.8.7", "10.9.8.8"):
        program.address = address
        assert program.post("/tickets", {"text": "退款"}).status_code == 201
    written = AuditEvent.objects.filter(type="ticket.created").order_by("seq")
    assert [event.ip for event in written] == ["10.9.8.7", "10.9.8.8"]


def test_its_last_use_is_told(program: Program) -> None:
    program.address = "10.9.8.7"
    program.get("/tickets")
    row = ApiToken.objects.get()
    assert row.last_used_from == "10.9.8.7"
    assert row.last_used_at is not None


def test_a_rotation_keeps_the_rights_and_lets_the_old_one_go_on_for_a_while(program: Program, ann: User) -> None:
    old = ApiToken.objects.get()
    fresh = Program(api_tokens.rotate(old, by=ann))
    assert fresh.get("/tickets").status_code == program.get("/tickets").status_code == 200
    old.refresh_from_db()
    assert old.expires_at <= timezone.now() + api_tokens.OVERLAP
    new = ApiToken.objects.latest("pk")
    assert (new.scopes, new.user, new.made_by) == (old.scopes, old.user, ann)
    assert AuditEvent.objects.filter(type="api_token.rotated", user=ann).exists()


def test_an_ended_token_is_not_rotated(program: Program, ann: User) -> None:
    row = ApiToken.objects.get()
    api_tokens.revoke(row, by=ann)
    with pytest.raises(Conflict):
        api_tokens.rotate(row, by=ann)
    assert ApiToken.objects.count() == 1


def test_a_retry_across_a_rotation_is_carried_out_once(program: Program, ann: User) -> None:
    program.post("/tickets", {"text": "退款"}, key="k")
    fresh = Program(api_tokens.rotate(ApiToken.objects.get(), by=ann))
    assert fresh.post("/tickets", {"text": "退款"}, key="k")["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("loss", ["token", "right", "department"])
def test_what_is_lost_in_the_middle_of_a_wait_ends_it(
    program: Program, lin: User, confirmation: Confirmation, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    """A call that waits 25 seconds is answered by the rights of the moment of the answer."""
    losses: dict[str, Callable[[], Any]] = {
        "token": lambda: api_tokens.revoke(ApiToken.objects.get()),
        "right": lin.groups.clear,
        "department": lin.departments.clear,
    }
    monkeypatch.setattr(runs.time, "sleep", lambda seconds: losses[loss]())
    run = confirmation.run
    answer = program.get(f"/runs/{run.pk}/wait?version={run.version}&seconds=20")
    assert answer.status_code == {"token": 401, "right": 403, "department": 404}[loss]
    assert str(run.pk) not in answer.content.decode()


@pytest.mark.parametrize("scope", [scope for scope in Permission if scope not in SCOPES])
def test_no_token_can_carry_what_only_people_do(lin: User, scope: Permission) -> None:
    with pytest.raises(Invalid):
        api_tokens.make(lin, "x", scopes=[scope])


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["all"]}, {"networks": ["10.0.0.0/99"]}, {"networks": ["x"]}, {"days": 0}]
)
def test_a_token_that_cannot_be_meant_is_not_made(lin: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        api_tokens.make(lin, "x", **wrong)
    assert not ApiToken.objects.exists()


def test_the_command_makes_a_token_with_scopes_and_names_a_wrong_one(lin: User) -> None:
    out = StringIO()
    call_command("api_token", "make", "lin", name="shop", scope=["view_tickets"], network=["10.0.0.0/8"], stdout=out)
    assert Program(out.getvalue().strip(), address="10.0.0.1").get("/tickets").status_code == 200
    with pytest.raises(CommandError, match="view_tickets"):
        call_command("api_token", "make", "lin", name="shop", scope=["everything"])


def test_a_token_that_calls_too_often_is_told_how_long_to_wait(program: Program, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_API_CALLS_PER_MINUTE": MOST}
    answers = [program.get("/tickets") for _ in range(2 * MOST + 1)]  # a minute may turn in between
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0]["Retry-After"]) <= 60
    assert refused[0].json()["code"] == "too_many_calls"
    assert f"q={MOST}" in answers[0]["RateLimit-Policy"]


def test_another_token_is_not_counted_with_it(
    program: Program, lin: User, program_of: Callable[..., Program], settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_API_CALLS_PER_MINUTE": 1}
    for _ in range(3):
        program.get("/tickets")
    assert program_of(lin).get("/tickets").status_code == 200


def test_the_tokens_of_today_stay_what_they_were_after_an_upgrade(lin: User) -> None:
    import importlib

    from django.apps import apps
    from django.db import connection

    class Editor:
        pass

    Editor.connection = connection  # type: ignore[attr-defined]
    api_tokens.make(lin, "old", scopes=SCOPES)
    importlib.import_module("tickets.migrations.0016_tokens_and_comments").export_only(apps, Editor)
    assert ApiToken.objects.get().scopes == ["export_audit"]


def test_a_year_is_the_longest(lin: User) -> None:
    api_tokens.make(lin, "x", api_tokens.MOST_DAYS)
    assert ApiToken.objects.get().expires_at < timezone.now() + timedelta(days=367)
