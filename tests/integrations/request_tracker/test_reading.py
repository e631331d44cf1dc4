"""What comes in from a real Request Tracker: tickets, their messages and files, and what changed since."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from integrations.connectors.errors import ConnectorError, Gone, NotAllowed, Refused
from integrations.connectors.protocol import Author, Incoming
from integrations.connectors.request_tracker.connector import RequestTracker as Connector
from tests.servers.request_tracker import RequestTracker

Build = Callable[..., Connector]
PICTURE = bytes(range(256)) * 5000


def attached(name: str, type: str, content: bytes) -> dict[str, str]:
    return {"FileName": name, "FileType": type, "FileContent": base64.b64encode(content).decode()}


def test_a_ticket_comes_with_what_its_customer_wrote_and_attached(rt: RequestTracker, connector: Build) -> None:
    files = [attached("broken.png", "image/png", PICTURE)]
    id = rt.file_ticket("Refunds", "耳机充不上电", "我要退款 <399元>\n第二行", Attachments=files)
    ticket = connector().fetch(id)
    assert (ticket.subject, ticket.text.strip(), ticket.html) == ("耳机充不上电", "我要退款 <399元>\n第二行", False)
    assert (ticket.queue, ticket.status, ticket.requester.email) == ("Refunds", "new", "kunde@example.com")
    assert [(file.name, file.content_type, file.size) for file in ticket.files] == [
        ("broken.png", "image/png", len(PICTURE))
    ]
    assert b"".join(ticket.files[0].load()) == PICTURE
    assert ticket.updated_at
    assert abs(datetime.now(UTC) - ticket.updated_at) < timedelta(minutes=5)
    assert ticket.url == f"{rt.url}/Ticket/Display.html?id={id}"


def test_html_mail_is_given_as_html_and_is_no_file(rt: RequestTracker, connector: Build) -> None:
    body = "<p>我要<b>退款</b></p><script>steal()</script><img src='http://tracker.example/1.gif'>"
    ticket = connector().fetch(rt.file_ticket("Refunds", "HTML", body, ContentType="text/html"))
    assert ticket.html
    assert "<b>退款</b>" in ticket.text
    assert ticket.files == ()


def test_every_message_says_who_wrote_it(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "谁写的", "第一封", requester="wang@example.com")
    say = {"ContentType": "text/plain"}
    rt.call("POST", f"/ticket/{id}/correspond", {"Content": "客户补充", **say}, account="wang")
    rt.call("POST", f"/ticket/{id}/comment", {"Content": "同事备注", **say}, account="alice")
    mine = connector().note(id, "我们的备注", marker="x")
    messages = connector().fetch(id).messages
    assert [(m.text.strip(), m.author, m.internal) for m in messages] == [
        ("客户补充", Author.CUSTOMER, False),
        ("同事备注", Author.COLLEAGUE, True),
        ("我们的备注", Author.OURS, True),
    ]
    assert messages[-1].external_id == mine


def test_mail_that_request_tracker_sent_itself_is_no_message(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "自动回复", "只有这一封")
    assert any(mail["To"] == "kunde@example.com" and f"#{id}]" in mail["Subject"] for mail in rt.mails())
    ticket = connector("root").fetch(id)  # root sees recorded mail among the attachments
    assert (ticket.text.strip(), ticket.messages, ticket.files) == ("只有这一封", (), ())


def test_a_huge_attachment_can_be_left_in_the_middle(rt: RequestTracker, connector: Build) -> None:
    big = attached("huge.bin", "application/octet-stream", bytes(3_000_000))
    id = rt.file_ticket("Refunds", "大附件", "见附件", Attachments=[big])
    (file,) = connector().fetch(id).files
    assert file.size == 3_000_000
    pieces = file.load()
    assert 0 < len(next(pieces)) < 500_000
    pieces.close()  # type: ignore[attr-defined]
    assert connector().fetch(id).files[0].name == "huge.bin"


@pytest.mark.parametrize("account", ["cs-agent", "shanghai"])
def test_what_changed_is_told_once_in_any_zone(rt: RequestTracker, connector: Build, account: str) -> None:
    first = rt.file_ticket("Refunds", "一", "一")
    asked = connector(account)
    before = asked.changed_since("")
    assert first in before.external_ids
    assert asked.changed_since(before.cursor).external_ids == ()
    second = rt.file_ticket("Refunds", "二", "二")
    after = asked.changed_since(before.cursor)
    assert after.external_ids == (second,)
    assert asked.changed_since(after.cursor).external_ids == ()


def test_changes_come_in_pages_and_none_is_lost(rt: RequestTracker, connector: Build) -> None:
    ids = {rt.file_ticket("退款投诉", f"页 {n}", "x") for n in range(7)}
    asked = connector(per_page=2, condition="Queue = '退款投诉'")
    seen: list[str] = []
    changes = asked.changed_since("")
    seen += changes.external_ids
    while changes.more:
        changes = asked.changed_since(changes.cursor)
        seen += changes.external_ids
    assert set(seen) >= ids
    assert len(seen) == len(set(seen))


def test_a_change_while_pages_are_read_moves_nothing_past_us(rt: RequestTracker, connector: Build) -> None:
    ids = [rt.file_ticket("退款投诉", f"改 {n}", "x") for n in range(5)]
    asked = connector(per_page=2, condition="Queue = '退款投诉' AND Subject LIKE '改'")
    changes = asked.changed_since("")
    seen = set(changes.external_ids)
    rt.call("PUT", f"/ticket/{ids[0]}", {"Subject": "改 再来"})
    while changes.more:
        changes = asked.changed_since(changes.cursor)
        seen |= set(changes.external_ids)
    assert seen >= set(ids)


def test_a_deleted_a_merged_and_a_moved_ticket_are_told_apart(rt: RequestTracker, connector: Build) -> None:
    asked = connector()
    deleted, merged, into, moved = (rt.file_ticket("Refunds", f"坏 {n}", "x") for n in range(4))
    rt.call("DELETE", f"/ticket/{deleted}")
    rt.call("PUT", f"/ticket/{merged}", {"MergeInto": int(into)})
    rt.call("PUT", f"/ticket/{moved}", {"Queue": "Elsewhere"})
    for read in (asked.fetch, lambda id: asked.note(id, "x", marker="x"), lambda id: asked.set_status(id, "open")):
        with pytest.raises(Gone, match="删除"):
            read(deleted)
        with pytest.raises(Gone) as gone:
            read(merged)
        assert gone.value.merged_into == into
        with pytest.raises(NotAllowed, match="ShowTicket"):
            read(moved)
    for id in ("999999", "", "1 OR 1", "../user/root"):
        with pytest.raises(Gone):
            asked.fetch(id)


def test_an_account_without_rights_is_told_what_it_lacks(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "没有权限", "x")
    assert connector("stranger").changed_since("").external_ids == ()
    with pytest.raises(NotAllowed, match="ShowTicket"):
        connector("stranger").fetch(id)
    with pytest.raises(NotAllowed, match="时区"):
        connector("no-zone").changed_since("")
    with pytest.raises(NotAllowed):
        connector(token="1-14-0123456789abcdef").fetch(id)
    with pytest.raises(NotAllowed, match="令牌"):
        connector(token="hunter2").changed_since("")
    with pytest.raises(ConnectorError, match="VALUE"):
        connector(condition="Queue = ").changed_since("")


def test_accounts_are_known_by_name_and_number(rt: RequestTracker, connector: Build) -> None:
    found = connector().identity("alice")
    assert (found.name, found.email) == ("Alice", "alice@example.com")
    with pytest.raises(Gone):
        connector().identity("nobody-of-this-name")


def test_a_call_to_us_is_never_from_request_tracker(connector: Build) -> None:
    with pytest.raises(Refused):
        connector().verify(Incoming({}, b"{}", datetime.now(UTC)))


def test_a_cursor_that_cannot_be_read_begins_anew(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "游标", "x")
    for cursor in ("nonsense", "{}", '{"since": "yesterday"}'):
        assert id in connector().changed_since(cursor).external_ids
