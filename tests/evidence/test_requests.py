"""Real requests leave their events: log-ins, refusals, template changes, exports, replay views."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.evidence.stories import ended_run
from tickets.models import AuditEvent, FlowVersion, Run
from tickets.services.flows import drafts

pytestmark = pytest.mark.django_db
PASSWORD = "not-a-real-password"


def browser(user: User) -> Client:
    client = Client(REMOTE_ADDR="10.9.8.7")
    client.force_login(user)
    return client


def events(type: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type=type))


def test_a_log_in_through_the_page_is_an_event_with_its_address(lin: User) -> None:
    Client(REMOTE_ADDR="10.9.8.7").post("/login/", {"username": "lin", "password": PASSWORD})
    [event] = events("session.opened")
    assert (event.user_name, event.user_role, event.result, event.ip) == ("lin", "operator", "success", "10.9.8.7")
    assert event.request_id


def test_a_failed_log_in_is_an_event_that_keeps_no_password(lin: User) -> None:
    Client(REMOTE_ADDR="10.9.8.7").post("/login/", {"username": "lin", "password": "wrong-secret"})
    [event] = events("session.refused")
    assert (event.result, event.details, event.ip) == ("failure", {"user_name": "lin"}, "10.9.8.7")
    assert "wrong-secret" not in json.dumps(list(AuditEvent.objects.values()), default=str)


def test_a_log_in_to_the_back_office_is_an_event_too(ann: User) -> None:
    Client().post("/admin/login/", {"username": "ann", "password": PASSWORD})
    assert [event.user_name for event in events("session.opened")] == ["ann"]


def test_a_log_out_is_an_event(lin: User) -> None:
    browser(lin).post("/logout/")
    assert [event.user_name for event in events("session.closed")] == ["lin"]


@pytest.mark.parametrize(
    ("method", "address", "permission"),
    [
        ("post", "/audit/export/", "export_audit"),
        ("get", "/flows/", "request_flows"),
        ("post", "/status/pause/", "pause_all"),
    ],
)
def test_a_refused_page_is_an_event(lin: User, method: str, address: str, permission: str) -> None:
    response = getattr(browser(lin), method)(address)
    assert response.status_code == 403
    [event] = events("permission.refused")
    assert (event.user_name, event.result, event.details) == ("lin", "failure", {"permission": permission})
    assert event.ip == "10.9.8.7"


def test_a_template_change_is_an_event(fei: User, refund_flow: FlowVersion) -> None:
    draft = drafts.open_draft(refund_flow.template, fei)
    changed = json.dumps({**refund_flow.definition, "second_approval_above": 999})
    address = f"/flows/{refund_flow.template.slug}/draft"
    sent = {"draft": draft.pk, "revision": 1, "note": "限额"}
    assert browser(fei).post(f"{address}/save/", {**sent, "definition": changed}).status_code == 200
    assert browser(fei).post(f"{address}/version/", {**sent, "revision": 2}).status_code == 302
    event = events("flow.version_made")[-1]
    assert (event.user_name, event.details["number"], event.details["note"]) == ("fei", 2, "限额")


def test_an_export_is_an_event_that_says_what_was_asked_for(run: Run, sun: User) -> None:
    response = browser(sun).post("/audit/export/", {"ticket": run.ticket.number})
    assert response.status_code == 200
    [event] = events("audit.exported")
    assert (event.user_name, event.user_role) == ("sun", "supervisor")
    assert event.details["filters"] == {"ticket_no": run.ticket.number}


def test_a_search_for_a_customer_does_not_put_the_name_into_the_trail(run: Run, sun: User) -> None:
    browser(sun).post("/audit/export/", {"customer": "王女士"})
    [event] = events("audit.exported")
    assert "王女士" not in json.dumps(event.details, ensure_ascii=False)


def test_watching_a_replay_is_an_event(run: Run, sun: User) -> None:
    ended_run(run)
    response = browser(sun).get(f"/runs/{run.pk}/replay/")
    assert response.status_code == 200
    [event] = events("replay.viewed")
    assert (event.user_name, event.ticket_no, event.run_id) == ("sun", run.ticket.number, str(run.pk))
    assert (event.purpose, event.legal_basis) == ("oversight", "legal_obligation")


def test_a_replay_that_was_deleted_is_not_said_to_have_been_watched(run: Run, sun: User) -> None:
    from tickets.services.evidence import retention

    ended_run(run, days_ago=200)
    retention.delete_due()
    assert browser(sun).get(f"/runs/{run.pk}/replay/").status_code == 200
    assert events("replay.viewed") == []


def test_the_replay_of_another_department_is_not_there(run: Run, otto: User) -> None:
    ended_run(run)
    assert browser(otto).get(f"/runs/{run.pk}/replay/").status_code == 404
    assert events("replay.viewed") == []


def test_the_whole_chain_of_a_ticket_is_found_by_its_number_and_its_customer(run: Run, sun: User) -> None:
    client: Any = browser(sun)
    for query in ({"ticket": run.ticket.number}, {"customer": "王女士"}, {"user": "lin"}, {"type": "run.started"}):
        page = client.get("/audit/", query).content.decode()
        assert "run.started" in page
        assert run.ticket.number in page
