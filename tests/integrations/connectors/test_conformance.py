"""Every connector of a helpdesk with a web interface keeps the same promises, tried over HTTP against its server of the
tests: what is doubled, late, forged, gone, moved, too large, limited or lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from integrations.connectors import kinds, setups
from integrations.connectors.build import build, secret_name
from integrations.connectors.protocol import Capability, Finding, Level, State
from integrations.intake import polling, reading
from integrations.models import Connector, IncomingDelivery, IntakeRule, LinkedTicket
from integrations.writeback.words import Part, WriteBack
from tests.integrations.desks.base import CUSTOMER, ME, Desk, Stored
from tests.integrations.desks.chatwoot import ChatwootDesk
from tests.integrations.desks.freescout import FreeScoutDesk
from tests.integrations.desks.generic import GenericDesk
from tests.integrations.desks.glpi import GlpiDesk
from tests.integrations.desks.qiyu import QiyuDesk
from tests.integrations.desks.redmine import RedmineDesk
from tests.integrations.desks.wecom import WeComDesk
from tests.integrations.desks.zammad import ZammadDesk
from tests.integrations.desks.zendesk import ZendeskDesk
from tests.integrations.recorded import BODIES, SCRIPT, Spoiler, recorded, variations
from tests.tickets.conftest import REFERENCE
from tickets.models import Comment, Delivery, DeliveryLane, DeliveryState, Department, FlowVersion, Run, Ticket
from tickets.models import TicketStatus as Status
from tickets.services import secret_store
from tickets.services.outbox import drain
from tickets.services.outbox.spread import spread
from tickets.services.runs import lifecycle, starts
from tickets.services.tickets import desk as desk_service

DESKS = [ZammadDesk, ChatwootDesk, ZendeskDesk, WeComDesk, QiyuDesk, FreeScoutDesk, RedmineDesk, GlpiDesk, GenericDesk]
SPOILED = int(os.environ.get("CONNECTOR_SPOILED", "5"))  # readings of spoiled answers, for each kind
PDF = b"%PDF-1.4\n" + b"x" * 200
PROGRAM = b"MZ" + b"\0" * 100
HOSTILE = (
    '<p>订单 <b>2024</b></p><script>steal()</script><img src="https://tracker.example.com/p.gif" width="1">'
    '<style>p{display:none}</style><a href="javascript:alert(1)">单击</a>'
)


@dataclass
class Site:
    """The helpdesk and our connector to it, as an administrator set it up."""

    desk: Desk
    row: Connector

    def call(self, ticket: int, **more: Any) -> None:
        assert self.desk.call(self.row.hook, ticket, **more).status_code == 200

    def read(self) -> None:
        """Everything that is due, the pauses between tries being over."""
        Connector.objects.update(rest_until=None, polled_at=None)
        LinkedTicket.objects.update(next_at=timezone.now(), given_up=False)
        IncomingDelivery.objects.update(next_at=timezone.now())
        while reading.read_due(self.row.pk):
            pass

    def came(self, ticket: int, **more: Any) -> None:
        self.call(ticket, **more)
        self.read()

    def poll(self) -> None:
        polling.poll(self.row.pk)
        self.read()

    def findings(self) -> list[Finding]:
        return list(build(self.row).test())


def set_up(desk: Desk, user: User, department: Department, key: str) -> Connector:
    options = {"url": desk.url, "networks": ["127.0.0.0/8"], **desk.options()}
    row = Connector.objects.create(
        key=key, kind=desk.kind, name="客服系统", enabled=True, acts_as=user, department=department
    )
    row.options, row.home, row.mapping = options, f"{desk.kind}:{desk.url}", desk.mapping
    back = Part(note=True, status=desk.statuses[1], tags=["ai"])
    row.write_back = WriteBack(site="https://agent.example.com/", cancelled=back).model_dump(mode="json")
    row.save()
    for name, text in desk.secrets.items():
        secret_store.put(secret_name(key, name), text)
    return row


@pytest.fixture(params=DESKS, ids=lambda kind: kind.kind)
def site(request: Any, lin: User, department: Department) -> Iterator[Site]:
    with request.param().running() as desk:
        yield Site(desk, set_up(desk, lin, department, f"{desk.kind}-1"))


def deliver() -> Delivery:
    spread()
    Delivery.objects.update(next_at=timezone.now())
    DeliveryLane.objects.update(rest_until=None)
    drain.drain(DeliveryLane.objects.get(name__startswith="connector:").name)
    return Delivery.objects.filter(lane__startswith="connector:").latest("event_id")


def stopped(lin: User, flow: FlowVersion) -> Run:
    lifecycle.stop_run(starts.start_run(ticket=Ticket.objects.get(), flow_version=flow, user=lin), lin)
    return Run.objects.get()


def can(site: Site, *wanted: Capability) -> bool:
    return set(wanted) <= build(site.row).capabilities()


def test_a_ticket_comes_in_once_whole_and_harmless_whatever_is_called_how_often(site: Site) -> None:
    desk = site.desk
    files = [
        Stored(desk.name(), "photo.pdf", PDF),
        Stored(desk.name(), "bill.pdf", PROGRAM),
        Stored(desk.name(), "film.mp4", b"x", "video/mp4", said=2 * 1024**3),
    ]
    held = desk.file(HOSTILE if desk.html else "订单 2024", html=desk.html, files=files)
    call = desk.signed(held.id, "one", datetime.now(UTC))
    for _ in range(3):
        assert desk.send(site.row.hook, call).status_code == 200
    assert IncomingDelivery.objects.get().repeats == 2
    assert Ticket.objects.count() == 0  # answered before anything is read
    site.read()
    ticket = Ticket.objects.get()
    assert ticket.text.startswith("订单 2024")
    assert not any(word in ticket.text for word in ("steal", "tracker", "display", "javascript", "<"))
    assert [each.name for each in ticket.attachments.all()] == ["photo.pdf"]
    assert [note.text.split("没有取来")[0] for note in Comment.objects.all()] == ["附件“bill.pdf”", "附件“film.mp4”"]
    ref = ticket.refs.get()
    assert (ref.connector, ref.external_id, ref.facts["queue"]) == (
        site.row.key,
        desk.ref(held.id),
        desk.tickets[held.id].queue,
    )
    assert ref.url.startswith(desk.url) or not can(site, Capability.DEEP_LINK)
    site.came(held.id)
    site.poll()
    assert (Ticket.objects.count(), Comment.objects.count(), ticket.attachments.count()) == (1, 2, 1)


def test_what_is_said_later_comes_in_once_and_our_own_words_never(site: Site) -> None:
    held = site.desk.file("请退款")
    site.came(held.id)
    site.desk.say(held.id, "done\n\ncs-agent run=1", ME, internal=True)
    site.desk.say(held.id, "谢谢\n> 您的退款已到账 cs-agent reply=1", CUSTOMER)
    for _ in range(2):
        site.came(held.id)
    [note] = Comment.objects.all()
    assert "谢谢" in note.text
    if can(site, Capability.STATUS):
        site.desk.tickets[held.id].status = site.desk.statuses[1]
        site.desk.touch(held.id)
        site.came(held.id)
        assert Ticket.objects.get().status in (Status.SOLVED, Status.CLOSED)
        site.desk.tickets[held.id].status = site.desk.statuses[0]
        site.desk.say(held.id, "又坏了")
        site.came(held.id)
        assert Ticket.objects.get().status == Status.OPEN


def test_forged_altered_and_old_calls_are_refused(site: Site) -> None:
    desk, hook, now = site.desk, site.row.hook, datetime.now(UTC)
    held = desk.file("请退款")
    good = desk.signed(held.id, "one", now)
    hostile = [desk.altered(good), replaced(good, body=b""), replaced(good, body=b"[" * 100_000)]
    hostile += [
        replaced(good, headers={}, query=""),
        replaced(good, headers=dict.fromkeys(good.headers, "é"), query=""),
    ]
    if desk.signs_time:
        hostile += [
            desk.signed(held.id, "two", now - timedelta(hours=1)),
            desk.signed(held.id, "three", now + timedelta(hours=1)),
        ]
    for call in hostile:
        assert desk.send(hook, call).status_code == 401, call
    assert not IncomingDelivery.objects.exists()
    assert not LinkedTicket.objects.exists()
    site.row.refresh_from_db()
    assert (site.row.refused, bool(site.row.refusal)) == (len(hostile), True)
    assert desk.send(hook, good).status_code == 200


def replaced(call: Any, **changes: Any) -> Any:
    return type(call)(**{**vars(call), **changes})


def test_what_is_deleted_merged_moved_or_hidden_there_leaves_with_a_word_why(site: Site) -> None:
    desk, ids = site.desk, {}
    for what in ("deleted", "merged", "moved", "hidden"):
        ids[what] = desk.file(f"请退款 {what}").id
        site.call(ids[what])
    IntakeRule.objects.create(connector=site.row, place=1, queue="招聘")
    site.read()
    into = desk.file("另一单").id
    expected = set()
    if desk.can_delete:
        del desk.tickets[ids["deleted"]]
        expected.add("deleted")
    if desk.can_move:
        desk.tickets[ids["moved"]].queue = "招聘"
        desk.touch(ids["moved"])
        expected.add("moved")
    if desk.can_merge:
        desk.tickets[ids["merged"]].merged_into = into
        expected.add("merged")
    if desk.can_hide:
        desk.tickets[ids["hidden"]].hidden = True
        expected.add("hidden")
    for id in ids.values():
        site.came(id)
        site.came(id)
    closed = Ticket.objects.filter(status=Status.CLOSED)
    assert set(closed.values_list("refs__external_id", flat=True)) == {desk.ref(ids[what]) for what in expected}
    assert Comment.objects.count() == len(expected)
    assert set(LinkedTicket.objects.exclude(left="").values_list("left", flat=True)) == expected
    taken_in = LinkedTicket.objects.filter(external_id=desk.ref(into), ticket__isnull=False)
    assert taken_in.exists() or not desk.can_merge
    site.row.refresh_from_db()
    assert site.row.fault == ""  # none of this is a fault of the whole helpdesk


def test_a_helpdesk_that_asks_for_an_hour_gets_it_and_nothing_is_lost(site: Site) -> None:
    first, second = site.desk.file("一").id, site.desk.file("二").id
    site.call(first)
    site.call(second)
    site.desk.trouble = (429, {}, {"Retry-After": "3600"})
    Connector.objects.update(polled_at=timezone.now())
    reading.read_due(site.row.pk)
    site.row.refresh_from_db()
    assert site.row.rest_until is not None
    assert timedelta(minutes=58) < site.row.rest_until - timezone.now() < timedelta(minutes=61)
    asked = len(site.desk.asked)
    reading.read_due(site.row.pk)
    assert site.row.pk not in polling.due()
    assert len(site.desk.asked) == asked  # it is left alone
    site.desk.trouble = None
    site.read()
    assert Ticket.objects.count() == 2


def test_lost_calls_are_found_by_asking_page_by_page_and_moved_on_from(site: Site) -> None:
    type(site.desk).page = 2
    try:
        ids = [site.desk.file(f"第 {n} 单").id for n in range(5)]
        site.poll()
        assert Ticket.objects.count() == 5
        site.desk.say(ids[0], "还没到账")
        site.poll()
        assert [note.ticket.refs.get().external_id for note in Comment.objects.all()] == [site.desk.ref(ids[0])]
        site.row.refresh_from_db()
        assert site.row.fault == ""
        for cursor in ("nonsense", "|||", "{", "9" * 40):
            build(site.row).changed_since(cursor)
    finally:
        del type(site.desk).page


def test_the_connection_test_says_what_is_wrong_and_what_to_do(site: Site) -> None:
    assert {finding.level for finding in site.findings()} <= {Level.GOOD, Level.WARNING}
    site.desk.file("请退款")
    found = site.findings()
    assert {finding.level for finding in found} == {Level.GOOD}, [str(each.text) for each in found]
    site.desk.barred = True
    assert [each.remedy for each in site.findings() if each.level is Level.PROBLEM]
    site.desk.barred = False
    for trouble in ((500, b"<html>"), (200, b"<html>"), (200, {}), (200, []), (404, {}), (302, {}, {"Location": "/x"})):
        site.desk.trouble = trouble
        problems = [each for each in site.findings() if each.level is Level.PROBLEM]
        assert problems, trouble
        assert all(each.text and each.remedy for each in problems)


def test_an_account_that_is_refused_is_a_fault_of_the_connector_and_no_ticket_is_lost(site: Site) -> None:
    held = site.desk.file("请退款")
    site.came(held.id)
    site.desk.barred = True
    site.desk.say(held.id, "还没到账")
    site.call(held.id)
    reading.read_due(site.row.pk)
    site.row.refresh_from_db()
    assert site.row.fault
    assert Ticket.objects.get().status == Status.NEW
    site.desk.barred = False
    site.read()
    assert Comment.objects.count() == 1


def test_two_connectors_of_one_helpdesk_do_not_both_take_a_ticket(
    site: Site, lin: User, department: Department
) -> None:
    second = Site(site.desk, set_up(site.desk, lin, department, f"{site.desk.kind}-2"))
    held = site.desk.file("请退款")
    site.came(held.id)
    second.came(held.id)
    assert Ticket.objects.count() == 1
    assert "客服系统" in LinkedTicket.objects.get(connector=second.row).fault


def test_the_end_of_a_run_is_written_back_exactly_once_and_comes_back_as_nothing(
    site: Site, lin: User, refund_flow: FlowVersion
) -> None:
    held = site.desk.file(REFERENCE)
    site.came(held.id)
    run = stopped(lin, refund_flow)
    site.desk.lose_answers = 1
    assert deliver().state == DeliveryState.WAITING
    assert deliver().state == DeliveryState.DELIVERED
    [note] = site.desk.ours(held.id)
    assert note.internal
    assert f"cs-agent run={run.pk}" in note.text
    if can(site, Capability.STATUS):
        assert held.status == site.desk.statuses[1]
    if can(site, Capability.TAGS):
        assert "ai" in held.tags
    site.came(held.id)
    site.poll()
    assert (Ticket.objects.count(), Run.objects.count(), Comment.objects.count()) == (1, 1, 0)


@pytest.mark.parametrize("before", [0, 1])
def test_an_account_without_the_right_to_write_loses_nothing_and_holds_up_nobody(
    site: Site, lin: User, refund_flow: FlowVersion, before: int
) -> None:
    """`before`: so many parts of it are written, the next is not."""
    if site.desk.kind == "wecom":
        return  # says so by codes in answers of 200, see `test_wecom`
    held = site.desk.file(REFERENCE)
    site.came(held.id)
    run = stopped(lin, refund_flow)
    site.desk.may_write = before
    refused = deliver()
    if before and not can(site, Capability.STATUS) and not can(site, Capability.TAGS):
        assert refused.state == DeliveryState.DELIVERED
        return
    assert (refused.state, "(403)" in refused.last_answer) == (DeliveryState.WAITING, True)
    assert refused.last_answer.startswith("已写:") is bool(before)
    site.row.refresh_from_db()
    assert ("(403)" in site.row.fault, site.row.rest_until) == (True, None)
    assert DeliveryLane.objects.get(name=refused.lane).rest_until is None
    other = site.desk.file("另一单")
    site.call(other.id)
    reading.read_due(site.row.pk)
    assert Ticket.objects.filter(refs__external_id=site.desk.ref(other.id)).exists()
    site.desk.may_write = None
    assert deliver().state == DeliveryState.DELIVERED
    [note] = site.desk.ours(held.id)
    assert f"cs-agent run={run.pk}" in note.text


def test_a_customer_is_answered_only_when_a_person_sent_exactly_these_words(site: Site, lin: User) -> None:
    held = site.desk.file("请退款")
    site.came(held.id)
    ticket = Ticket.objects.get()
    assert bool(ticket.refs.get().facts.get("answers")) is can(site, Capability.REPLY)
    if not can(site, Capability.REPLY):
        return
    desk_service.reply(ticket, lin, "电话里说过了")
    spread()
    assert site.desk.ours(held.id) == []
    desk_service.reply(ticket, lin, "您的退款已到账。", send_by=site.row.key)
    for _ in range(2):
        assert deliver().state == DeliveryState.DELIVERED
    [answer] = site.desk.ours(held.id)
    assert (answer.internal, "您的退款已到账。" in answer.text) == (False, True)


def test_a_ticket_that_is_gone_there_takes_no_note(site: Site, lin: User, refund_flow: FlowVersion) -> None:
    held = site.desk.file(REFERENCE)
    site.came(held.id)
    stopped(lin, refund_flow)
    if site.desk.can_delete:
        del site.desk.tickets[held.id]
        assert deliver().state == DeliveryState.GIVEN_UP


def test_each_kind_says_what_its_words_mean_and_what_was_tried(site: Site) -> None:
    kind = kinds.of(site.desk.kind)
    assert kind is not None
    assert str(kind.tried)
    assert len(kind.steps) >= 2
    assert any("{hook}" in str(step) for step in kind.steps) or Capability.WEBHOOK not in kind.capabilities
    assert kind.capabilities >= build(site.row).capabilities()
    if kind.states:
        assert kind.states[site.desk.statuses[0].lower()] is State.OPEN
        assert kind.states[site.desk.statuses[1].lower()] in (State.SOLVED, State.CLOSED)
    setups.test(site.row, User.objects.create_superuser("root-1"))


def test_the_recorded_calls_of_every_kind_are_tried() -> None:
    assert {folder.name for folder in BODIES.iterdir()} == {desk.kind for desk in DESKS}


def test_recorded_calls_are_about_the_tickets_they_name_and_hostile_ones_about_none(site: Site) -> None:
    desk, now = site.desk, datetime.now(UTC)
    bodies = recorded(desk.kind)
    assert sum(each.name.startswith("hostile") for each in bodies) >= 4
    for one in [*bodies, *variations(bodies[-1])]:
        answer = desk.send(site.row.hook, desk.sealed(one.body, one.name, now))
        kept = IncomingDelivery.objects.order_by("pk").last()
        if one.about is None:
            assert answer.status_code in (200, 401, 413), one.name
        else:
            assert answer.status_code == 200, f"{one.name}: {answer.content.decode()}"
            assert (kept.external_ids, kept.event) == (list(one.about), one.event), one.name
    site.read()
    assert not Ticket.objects.exists()  # the helpdesk, asked for them, knows none of these
    site.row.refresh_from_db()
    assert site.row.fault == ""


def test_answers_of_any_form_never_break_a_reading_and_what_comes_in_is_harmless(site: Site) -> None:
    desk = site.desk
    held = desk.file(SCRIPT if desk.html else "订单 2024", html=desk.html, files=[Stored(desk.name(), "a.pdf", PDF)])
    site.came(held.id)
    for seed in range(SPOILED):
        desk.spoil = Spoiler(seed)
        desk.say(held.id, f"第 {seed} 句")
        site.call(held.id)
        site.poll()
        assert all(each.text and (each.remedy or each.level is not Level.PROBLEM) for each in site.findings()), seed
        assert all(each.fault for each in LinkedTicket.objects.filter(tries__gt=0)), seed
    desk.spoil = None
    cache.clear()  # a token that was none is kept for an hour
    site.came(held.id)
    site.poll()
    assert Ticket.objects.filter(refs__external_id=desk.ref(held.id)).count() == 1
    told = [ticket.text for ticket in Ticket.objects.all()] + [note.text for note in Comment.objects.all()]
    assert not any(word in text for text in told for word in ("steal", "tracker", "onerror", "\x00"))
    assert LinkedTicket.objects.get(external_id=desk.ref(held.id)).fault == ""
