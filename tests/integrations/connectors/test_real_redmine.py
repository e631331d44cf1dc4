"""From an issue in a real Redmine (Debian's package) to the note about what became of it. `make redmine` runs this."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from integrations.connectors.build import build, secret_name
from integrations.connectors.errors import BadAnswer, Gone, NotAllowed
from integrations.connectors.protocol import Author, Level
from integrations.intake import polling, reading
from integrations.models import Connector, LinkedTicket
from integrations.writeback.words import Part, WriteBack
from tests.integrations.connectors.test_conformance import PDF, deliver
from tests.servers.redmine import NotHere, Redmine, redmine
from tests.tickets.conftest import REFERENCE
from tickets.models import Comment, DeliveryState, Department, FlowVersion, Ticket
from tickets.models import TicketStatus as Status
from tickets.services import secret_store
from tickets.services.runs import lifecycle, starts
from tickets.services.tickets import desk as desk_service

pytestmark = [pytest.mark.example, pytest.mark.django_db]
READ = ["view_issues", "view_private_notes", "add_issue_notes"]
ALL = [*READ, "edit_issues", "set_notes_private"]
FILE = ["view_issues", "add_issues", "add_issue_notes"]


@pytest.fixture(scope="module")
def there() -> Iterator[Redmine]:
    rights = {
        "agent": {"Refunds": ALL, "Hiring": ALL},
        "reader": {"Refunds": READ},
        "wang": {"Refunds": FILE, "Secret": FILE},
    }
    try:
        with redmine(["Refunds", "Hiring", "Secret"], rights) as there:
            yield there
    except NotHere as missing:
        pytest.skip(str(missing))


def set_up(there: Redmine, user: User, department: Department, account: str = "agent") -> Connector:
    back = Part(note=True, status="Closed")
    row = Connector.objects.create(
        key="redmine-1",
        kind="redmine",
        name="Redmine",
        enabled=True,
        acts_as=user,
        department=department,
        home=f"redmine:{there.url}",
        options={"url": there.url, "networks": ["127.0.0.0/8"]},
        write_back=WriteBack(site="https://agent.example.com/", cancelled=back).model_dump(mode="json"),
    )
    secret_store.put(secret_name(row.key, "key"), there.keys[account])
    return row


def poll(row: Connector) -> None:
    Connector.objects.update(rest_until=None, polled_at=None)
    LinkedTicket.objects.update(next_at=timezone.now())
    polling.poll(row.pk)
    while reading.read_due(row.pk):
        pass


def ticket_of(issue: int) -> Ticket:
    return Ticket.objects.get(refs__external_id=str(issue))


def test_an_issue_is_polled_in_and_its_end_is_noted_privately_once(
    there: Redmine, lin: User, department: Department, refund_flow: FlowVersion
) -> None:
    upload = {"token": there.upload(PDF), "filename": "发票.pdf", "content_type": "application/pdf"}
    issue = there.file_issue("Refunds", "退款", REFERENCE, uploads=[upload])
    row = set_up(there, lin, department)
    poll(row)
    ticket = ticket_of(issue)
    assert (ticket.subject, ticket.text.strip()) == ("退款", REFERENCE)
    assert [each.name for each in ticket.attachments.all()] == ["发票.pdf"]
    assert ticket.refs.get().facts["queue"] == "Refunds"

    lifecycle.stop_run(starts.start_run(ticket=ticket, flow_version=refund_flow, user=lin), lin)
    assert deliver().state == DeliveryState.DELIVERED
    [(note, private)] = there.notes(issue)
    assert ("cs-agent run=" in note, private) == (True, True)
    assert there.issue(issue)["status"]["name"] == "Closed"
    poll(row)
    assert not Comment.objects.exists()  # our own note

    desk_service.reply(ticket, lin, "您的退款已到账。", send_by=row.key)
    assert deliver().state == DeliveryState.DELIVERED
    assert there.notes(issue)[1][1] is False

    there.call("PUT", f"/issues/{issue}.json", {"issue": {"notes": "还没到账"}}, account="wang")
    poll(row)
    assert [each.text.split("\n")[-1] for each in Comment.objects.all()] == ["还没到账"]
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_deleted_moved_and_hidden_issues_leave_with_a_word_why(
    there: Redmine, lin: User, department: Department
) -> None:
    deleted, hidden = (there.file_issue("Refunds", name, "请退款") for name in ("a", "b"))
    row = set_up(there, lin, department)
    poll(row)
    there.call("DELETE", f"/issues/{deleted}.json")
    there.call("PUT", f"/issues/{hidden}.json", {"issue": {"project_id": there.projects["Secret"]}})
    LinkedTicket.objects.update(wanted=100)
    poll(row)
    left = dict(LinkedTicket.objects.exclude(left="").values_list("external_id", "left"))
    assert (left[str(deleted)], left[str(hidden)]) == ("deleted", "hidden")
    assert {ticket_of(each).status for each in (deleted, hidden)} == {Status.CLOSED}
    row.refresh_from_db()
    assert row.fault == ""


def test_without_the_right_nothing_is_written_and_the_test_names_it(
    there: Redmine, lin: User, department: Department
) -> None:
    issue = there.file_issue("Refunds", "c", "请退款")
    connector = build(set_up(there, lin, department, "reader"))
    found = connector.test()
    assert [each.level for each in found] == [Level.GOOD, Level.GOOD, Level.WARNING]
    assert "设置注释为私有" in str(found[-1].text)
    with pytest.raises(NotAllowed):  # Redmine would make it public without a word
        connector.note(str(issue), "x cs-agent run=1", marker="cs-agent run=1")
    assert there.notes(issue) == []
    with pytest.raises(BadAnswer):  # it answers 204 and changes nothing
        connector.set_status(str(issue), "Closed")


def test_what_is_wrong_is_told_apart(there: Redmine, lin: User, department: Department) -> None:
    issue = there.file_issue("Refunds", "d", "请退款")
    row = set_up(there, lin, department)
    connector = build(row)
    assert [each.level for each in connector.test()] == [Level.GOOD, Level.GOOD]
    with pytest.raises(BadAnswer, match="Rejected"):
        connector.set_status(str(issue), "no such status")
    with pytest.raises(Gone):
        connector.fetch("999999")
    there.call("PUT", f"/issues/{issue}.json", {"issue": {"notes": "内部", "private_notes": True}})
    [message] = connector.fetch(str(issue)).messages
    assert (message.author, message.internal) == (Author.COLLEAGUE, True)
    secret_store.put(secret_name(row.key, "key"), "wrong")
    assert build(row).test()[0].level is Level.PROBLEM
