"""What goes back to a real Request Tracker: notes, answers, status and tags, each once and read back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.connectors.errors import BadAnswer, Conflicted, NotAllowed
from integrations.connectors.protocol import Capability, Level
from integrations.connectors.request_tracker.connector import RequestTracker as Connector
from tests.servers.request_tracker import RequestTracker

Build = Callable[..., Connector]
MARKER = "cs-agent run=4c1f3f0e-0000-4000-8000-000000000001"


def types(rt: RequestTracker, ticket: str) -> list[str]:
    return [row["Type"] for row in rt.transactions(ticket)]


def test_a_note_stays_among_colleagues_and_is_found_again(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "备注", "x")
    before = len(rt.mails())
    assert connector().find_note(id, MARKER) is None
    posted = connector().note(id, f"[处理完成] 退款 ¥399.00\n{MARKER}", marker=MARKER)
    assert connector().find_note(id, MARKER) == posted
    assert connector().find_note(id, MARKER[:-1] + "2") is None
    assert types(rt, id).count("Comment") == 1
    assert all("kunde@example.com" not in str(mail["To"]) for mail in rt.mails()[before:])


def test_an_answer_that_is_lost_leads_to_no_second_note(rt: RequestTracker, connector: Build) -> None:
    """The account is Chinese: Request Tracker takes the note, then breaks the connection instead of answering."""
    id = rt.file_ticket("Refunds", "断线", "x")
    posted = connector("shanghai").note(id, f"完成 {MARKER}", marker=MARKER)
    assert connector("shanghai").find_note(id, MARKER) == posted
    assert types(rt, id).count("Comment") == 1
    told = [finding for finding in connector("shanghai").test() if finding.level is Level.WARNING]
    assert any("语言" in str(finding.text) for finding in told)


def test_somebody_elses_copy_of_the_marker_is_not_ours(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "引用", "x")
    rt.call("POST", f"/ticket/{id}/comment", {"Content": f"> {MARKER}", "ContentType": "text/plain"}, account="alice")
    assert connector().find_note(id, MARKER) is None


def test_an_answer_reaches_the_customer(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "回复", "x", requester="li@example.com")
    connector().note(id, "您的退款已提交。", marker="", internal=False)
    sent = [mail for mail in rt.mails() if "li@example.com" in str(mail["To"]) and "您的退款已提交" in _body(mail)]
    assert len(sent) == 1


def test_a_status_is_set_and_read_back(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "状态", "x")
    connector().set_status(id, "resolved")
    assert rt.call("GET", f"/ticket/{id}")["Status"] == "resolved"
    before = len(rt.transactions(id))
    connector().set_status(id, "Resolved")
    assert len(rt.transactions(id)) == before


def test_a_status_that_does_not_exist_is_told(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "状态错", "x")
    with pytest.raises(BadAnswer, match="solved"):
        connector().set_status(id, "solved")
    assert rt.call("GET", f"/ticket/{id}")["Status"] == "new"


def test_a_ticket_that_changed_meanwhile_is_not_overwritten(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "同时改", "x")
    asked = connector()
    _ticket, etag = asked._rest.ticket(id)
    rt.call("PUT", f"/ticket/{id}", {"Status": "stalled"})
    with pytest.raises(Conflicted):
        asked._rest.change(id, {"Status": "resolved"}, etag)
    assert rt.call("GET", f"/ticket/{id}")["Status"] == "stalled"


def test_tags_are_added_and_none_is_taken_away(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "标签", "x", CustomFields={"Labels": ["old"]})
    asked = connector(tag_field="labels")
    assert Capability.TAGS in asked.capabilities()
    asked.add_tags(id, ["自动处理", "old"])
    assert sorted(asked.fetch(id).tags) == ["old", "自动处理"]
    elsewhere = rt.file_ticket("退款投诉", "没有字段", "x")
    with pytest.raises(BadAnswer, match="labels"):
        asked.add_tags(elsewhere, ["x"])
    assert Capability.TAGS not in connector().capabilities()


def test_an_account_that_may_only_read_writes_nothing(rt: RequestTracker, connector: Build) -> None:
    id = rt.file_ticket("Refunds", "只读", "x")
    before = rt.transactions(id)
    reader = connector("reader")
    with pytest.raises(NotAllowed, match="CommentOnTicket"):
        reader.note(id, "x", marker="x")
    with pytest.raises(NotAllowed, match="ReplyToTicket"):
        reader.note(id, "x", marker="x", internal=False)
    with pytest.raises(NotAllowed, match="ModifyTicket"):
        reader.set_status(id, "resolved")
    assert rt.transactions(id) == before


def test_the_connection_test_says_what_is_wrong(rt: RequestTracker, connector: Build) -> None:
    rt.file_ticket("Refunds", "检查", "x")
    good = connector(condition="Queue = 'Refunds'").test()
    assert {finding.level for finding in good} == {Level.GOOD}
    assert any("Refunds" in str(finding.text) for finding in good)
    reader = connector("reader").test()
    lacking = [str(finding.text) for finding in reader if finding.level is Level.WARNING]
    assert sum("权限" in text for text in lacking) == 3
    for made, word in (
        (connector("stranger"), "看不到任何队列"),
        (connector("no-zone"), "时区"),
        (connector(token="1-14-00"), "401"),
        (connector(token=""), "令牌"),
        (connector(condition="Queue == ="), "400"),
        (connector(tag_field="Nope"), "Nope"),
    ):
        *_before, last = made.test()
        assert last.level is Level.PROBLEM
        assert word in str(last.text)


def _body(mail: object) -> str:
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content()) if part else ""
