"""The API for programs: the compliance CSV by range and filters, with a token, and its signed manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from tests.consoles import story
from tests.evidence.stories import age_the_chain
from tickets.models import ApiToken, AuditEvent, Department, Run
from tickets.services.evidence.exports import manifests
from tickets.services.people import api_tokens

ADDRESS = "/api/audit.csv"


def program_of(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {api_tokens.make(user, 'archive')}"})


@pytest.fixture
def program(sara: User) -> Client:
    return program_of(sara)


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(story.body(response).decode("utf-8-sig"), newline="")))


def test_a_program_gets_the_events_its_person_may_see(program: Client, run: Run, sara: User) -> None:
    story.new_ticket(Department.objects.create(name="别的部门"))
    own = Q(department_id=run.ticket.department_id)
    expected = AuditEvent.objects.filter(own | Q(type__startswith="flow.")).order_by("seq")
    hashes = list(expected.values_list("hash", flat=True))
    response = program.get(ADDRESS)
    assert [row["hash"] for row in rows_of(response)] == hashes
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(type="audit.exported")
    assert (event.user, event.ip) == (sara, "127.0.0.1")


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ({"type": "run.started"}, {"run.started"}),
        ({"user": "alice", "type": "run.started"}, {"run.started"}),
        ({"customer": "王女士", "type": "run.started"}, {"run.started"}),
        ({"customer": "没有这个人"}, set()),
        ({"device": "nowhere"}, set()),
        ({"ticket": "T-none"}, set()),
    ],
)
def test_filters_narrow_it(program: Client, run: Run, query: dict[str, str], types: set[str]) -> None:
    assert {row["action_type"] for row in rows_of(program.get(ADDRESS, query))} == types


def test_the_range_is_of_local_days_both_included(program: Client, department: Department) -> None:
    old = story.new_ticket(department)
    age_the_chain(3)
    new = story.new_ticket(department)
    today = timezone.localdate()
    for begin, end, found in ((3, 0, {old, new}), (3, 3, {old}), (2, 1, set()), (0, 0, {new}), (9, 4, set())):
        days = {"from": str(today - timedelta(days=begin)), "to": str(today - timedelta(days=end))}
        numbers = {row["ticket_no"] for row in rows_of(program.get(ADDRESS, days))}
        assert numbers == {ticket.number for ticket in found}, days
    assert {row["ticket_no"] for row in rows_of(program.get(ADDRESS, {"from": str(today)}))} == {new.number}
    assert {row["ticket_no"] for row in rows_of(program.get(ADDRESS, {"to": str(today - timedelta(1))}))} == {
        old.number
    }


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"from": "yesterday"}, "from 不是日期"),
        ({"to": "2024-02-31"}, "to 不是日期"),
        ({"from": ""}, "from 不是日期"),
        ({"to": "2024-2-1"}, "to 不是日期"),
        ({"from": "2024-05-02", "to": "2024-05-01"}, "颠倒"),
        ({"tikcet": "T1"}, "没有 “tikcet” 这个参数"),
    ],
)
def test_a_range_or_filter_that_means_nothing_is_refused_in_words(
    program: Client, run: Run, query: dict[str, str], word: str
) -> None:
    response = program.get(ADDRESS, query)
    assert response.status_code == 400
    assert word in response.json()["message"]
    assert not AuditEvent.objects.filter(type="audit.exported").exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer csa_wrong", "Basic c2FyYTpw", "csa_wrong"])
def test_a_wrong_token_opens_nothing_and_is_written_down(run: Run, header: str) -> None:
    response = Client(headers={"authorization": header}).get(ADDRESS)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert "令牌" in response.json()["message"]
    assert AuditEvent.objects.get(type="api_token.refused").details["path"] == ADDRESS
    assert not AuditEvent.objects.filter(type="audit.exported").exists()


def test_a_browser_that_is_logged_in_opens_nothing_without_a_token(sara: User, run: Run) -> None:
    browser = Client()
    browser.force_login(sara)
    assert browser.get(ADDRESS).status_code == 401


def test_a_token_opens_no_page(program: Client) -> None:
    assert program.get("/audit/").status_code == 302


def test_a_token_ends_with_its_time_its_revocation_and_its_person(program: Client, sara: User, run: Run) -> None:
    assert rows_of(program.get(ADDRESS))
    tokens = ApiToken.objects.all()
    tokens.update(expires_at=timezone.now())
    assert program.get(ADDRESS).status_code == 401
    tokens.update(expires_at=timezone.now() + timedelta(days=1))
    User.objects.filter(pk=sara.pk).update(is_active=False)
    assert program.get(ADDRESS).status_code == 401
    User.objects.filter(pk=sara.pk).update(is_active=True)
    assert rows_of(program.get(ADDRESS))
    api_tokens.revoke(tokens.get())
    assert program.get(ADDRESS).status_code == 401


def test_a_token_carries_no_more_rights_than_its_person_has_now(victor: User, sara: User, run: Run) -> None:
    response = program_of(victor).get(ADDRESS)
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert AuditEvent.objects.get(type="permission.refused").user == victor
    program = program_of(sara)
    sara.groups.clear()
    assert program.get(ADDRESS).status_code == 403


def test_another_department_sees_nothing_of_it(run: Run, other_department: Department) -> None:
    other = program_of(story.member("oscar", "supervisor", other_department))
    assert {row["ticket_no"] for row in rows_of(other.get(ADDRESS))} == {""}  # what became of flows is for all
    assert rows_of(other.get(ADDRESS, {"ticket": run.ticket.number})) == []
    nobody = story.member("nora", "supervisor", other_department)
    other_department.members.remove(nobody)
    assert {row["ticket_no"] for row in rows_of(program_of(nobody).get(ADDRESS))} == {""}


def test_the_manifest_proves_the_file(program: Client, run: Run, tmp_path: Path) -> None:
    response = program.get(ADDRESS, {"ticket": run.ticket.number})
    content = story.body(response)
    name = response["Content-Disposition"].partition('filename="')[2].rstrip('"')
    address = response["Link"].partition("<")[2].partition(">")[0]
    manifest = program.get(address)
    kept = manifest.json()
    path = tmp_path / name
    path.write_bytes(content)
    path.with_name(name + ".manifest.json").write_bytes(manifest.content)
    assert manifests.check(path) == ""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert (kept["file"], kept["rows"], kept["made_by"]) == (name, len(rows), "sara")
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    ends = [[int(row["event_id"]), row["hash"]] for row in (rows[0], rows[-1])]
    assert kept["chain"] == ends
    assert json.loads(kept["filters"]) == {"ticket_no": run.ticket.number}
    path.write_bytes(content + b" ")
    assert "not the one" in manifests.check(path)


def test_an_export_of_nothing_has_a_manifest_too(program: Client, run: Run) -> None:
    response = program.get(ADDRESS, {"ticket": "T-none"})
    assert rows_of(response) == []
    kept = program.get(response["Link"].partition("<")[2].partition(">")[0]).json()
    assert (kept["rows"], kept["chain"]) == (0, [])


def test_there_is_no_manifest_before_the_end_nor_for_others(program: Client, run: Run, department: Department) -> None:
    response = program.get(ADDRESS)
    address = response["Link"].partition("<")[2].partition(">")[0]
    assert program.get(address).status_code == 404
    story.body(response)
    assert program.get(address).status_code == 200
    assert program_of(story.member("sue", "supervisor", department)).get(address).status_code == 404
    assert program.get("/api/audit/none/manifest.json").json()["code"] == "not_found"


def test_tokens_are_made_listed_and_revoked_at_the_command_line(
    sara: User, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("api_token", "make", "sara", "--name", "archive", "--days", "7")
    token = capsys.readouterr().out.strip()
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert rows_of(program.get(ADDRESS))
    row = ApiToken.objects.get()
    assert token not in str(ApiToken.objects.values())
    call_command("api_token", "list")
    assert "sara  archive  until" in capsys.readouterr().out
    call_command("api_token", "revoke", str(row.pk))
    assert program.get(ADDRESS).status_code == 401
    assert set(AuditEvent.objects.filter(type__startswith="api_token").values_list("type", flat=True)) == {
        "api_token.made",
        "api_token.revoked",
        "api_token.refused",
    }
    for wrong in (("make", "nobody", "--name", "x"), ("make", "sara"), ("revoke", "x")):
        with pytest.raises(CommandError):
            call_command("api_token", *wrong)
