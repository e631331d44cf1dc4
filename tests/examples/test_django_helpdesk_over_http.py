"""django-helpdesk as a system of its own, reached by its API and its unsigned webhooks with the generic connector."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User

from examples.django_helpdesk.start import provide
from integrations.connectors.build import build, secret_name
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Level
from integrations.intake import polling, reading
from integrations.models import Connector
from integrations.webhooks.endpoints import new_secret
from integrations.writeback.words import Part, WriteBack
from tests.integrations.door.test_write_back import deliver
from tests.processes import ends_with_us, free_ports, wait_until
from tests.tickets.conftest import *  # noqa: F403 - the same cast
from tests.tickets.conftest import publish
from tickets.models import Clarification, ClarificationState, Comment, Department, Ticket, TicketStatus
from tickets.services import secret_store
from tickets.services.clarify import asking, draft
from tickets.services.runs import lifecycle, starts

pytestmark = [pytest.mark.example, pytest.mark.story, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
ORDER = "4471902386615024"
OPTIONS: dict[str, Any] = {
    "unsigned": True,
    "networks": ["127.0.0.0/8"],
    "id": "ticket.id || id",
    "subject": "title",
    "text": "description",
    "name": "submitter_email",
    "email": "submitter_email",
    "queue": "queue",
    "status": "status",
    "priority": "priority",
    "mobile": "",
    "tags": "",
    "updated_at": "",
    "link": "",
    "messages": "followup_set[1:]",  # the first repeats the description
    "message_text": "comment",
    "message_customer": "user == `null`",
    "message_internal": "!public",
    "fetch_path": "api/tickets/{id}/",
    "changes_path": "api/tickets/?status=1,2&page_size=100",
    "changes_ids": "results[].id",
    "changes_cursor": "",
    "notes_path": "api/tickets/{id}/",
    "notes_texts": "followup_set[].comment",
    "note_path": "api/followups/",
    "note_body": '{"ticket": "{id}", "user": null, "title": "CS Agent", "comment": "{text}", "public": false}',
    "reply_body": '{"ticket": "{id}", "user": null, "title": "CS Agent", "comment": "{text}", "public": true}',
    "status_path": "api/tickets/{id}/",
    "status_body": '{"status": "{status}"}',
}
STATES = {"1": "open", "2": "open", "3": "solved", "4": "closed", "5": "closed"}


class Desk:
    """The helpdesk over its own API, as its people use it."""

    def __init__(self, url: str, account: str = "anna") -> None:
        self.client = httpx.Client(base_url=url, auth=(account, "not-a-real-password"), timeout=20)

    def open(self, text: str) -> str:
        fields = {
            "queue": 1,
            "title": "退款",
            "description": text,
            "submitter_email": "fang@example.com",
            "priority": 3,
        }
        answer = self.client.post("/api/tickets/", json={**fields, "submitter_email": "fang@example.com"})
        assert answer.status_code in (201, 500), answer.text  # 500: made, and its webhook refused
        return str(self.client.get("/api/tickets/").json()["results"][0]["id"])

    def ticket(self, key: str) -> dict[str, Any]:
        return dict(self.client.get(f"/api/tickets/{key}/").json())


@pytest.fixture
def hook(live_server: Any) -> str:
    return f"{live_server.url}/hooks/of-the-desk/"


@pytest.fixture
def desk(tmp_path: Path, hook: str) -> Iterator[Desk]:
    if not os.environ.get("DESK_VENV"):
        pytest.skip("DESK_VENV names no place for an environment with django-helpdesk; `make helpdesk-proof` does")
    python = provide(Path(os.environ["DESK_VENV"]).absolute())
    (port,) = free_ports(1)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "ALONE_DATA": str(tmp_path)}
    environ |= {"DJANGO_SETTINGS_MODULE": "tests.examples.alone.settings", "HELPDESK_NEW_TICKET_WEBHOOK_URLS": hook}
    environ |= {"HELPDESK_FOLLOWUP_WEBHOOK_URLS": hook}
    with (tmp_path / "desk.log").open("wb") as log:
        command = [python, "-m", "tests.examples.alone.serve", str(port)]
        process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    made = Desk(f"http://127.0.0.1:{port}")
    with ends_with_us(process.pid):
        try:
            wait_until("the helpdesk", lambda: is_up(made, process, tmp_path / "desk.log"), 90)
            yield made
        finally:
            process.kill()
            process.wait()


def is_up(desk: Desk, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text(errors="replace")[-3000:]
    try:
        return desk.client.get("/api/tickets/").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def row(desk: Desk, lin: User, department: Department) -> Connector:
    checked = GenericSettings(**OPTIONS, url=str(desk.client.base_url))
    row = Connector.objects.create(
        key="desk",
        hook="of-the-desk",
        kind="generic",
        name="django-helpdesk",
        enabled=True,
        acts_as=lin,
        department=department,
        options=checked.model_dump(mode="json"),
        mapping={"states": STATES},
        write_back=WriteBack(cancelled=Part(note=True, status="3")).model_dump(mode="json"),
    )
    secret_store.put(secret_name("desk", "signing"), new_secret())
    token = base64.b64encode(b"cs-agent:not-a-real-password").decode()
    secret_store.put(secret_name("desk", "token"), f"Basic {token}")
    return row


def read(row: Connector) -> None:
    while reading.read_due(row.pk):
        pass


def test_a_ticket_comes_in_is_asked_about_answered_and_closed_over_the_wire(
    desk: Desk, row: Connector, lin: User
) -> None:
    flow = publish("order_status")
    assert all(each.level is not Level.PROBLEM for each in build(row).test())
    key = desk.open("我的包裹到哪里了,帮我查一下物流")
    polling.poll(row.pk)  # a new ticket of its API fires no webhook
    read(row)
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.customer_name) == ("退款", "fang@example.com")
    asking.ask(ticket, flow, lin, draft.text_of(ticket, draft.lacking(ticket, flow), "zh"), send_by="desk")
    deliver()
    assert [each["public"] for each in desk.ticket(key)["followup_set"] if "订单号" in each["comment"]] == [True]
    read(row)  # its webhook of our own follow-up brings nothing back
    assert Clarification.objects.get().state == ClarificationState.ASKED
    assert [each.text for each in Comment.objects.all()] == []


def test_the_end_of_a_run_is_noted_there_and_its_status_set(desk: Desk, row: Connector, lin: User) -> None:
    flow = publish("order_status")
    key = desk.open(f"订单{ORDER}到哪里了")
    polling.poll(row.pk)
    read(row)
    run = starts.start_run(ticket=Ticket.objects.get(), flow_version=flow, user=lin, answers={"order_number": ORDER})
    lifecycle.stop_run(run, lin)
    deliver()
    deliver()
    there = desk.ticket(key)
    notes = [each for each in there["followup_set"] if f"run={run.pk}" in (each["comment"] or "")]
    assert [each["public"] for each in notes] == [False]
    assert there["status"] == 3
    desk.client.patch(f"/api/tickets/{key}/", json={"status": 2})
    desk.client.post("/api/followups/", json={"ticket": key, "user": None, "title": "x", "comment": "又坏了"})
    read(row)  # the follow-up's webhook
    assert Ticket.objects.get().status == TicketStatus.OPEN
    assert any("又坏了" in each.text for each in Comment.objects.all())
