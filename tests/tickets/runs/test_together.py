"""What colleagues do together: mentions in notes, doubles merged and parted again, texts for customers."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from tests.consoles import story
from tickets.errors import Conflict, Forbidden, Invalid, NotFound
from tickets.models import Attachment, AuditEvent, CannedReply, Department, ExternalRef, FlowVersion, Ticket
from tickets.services.runs import attention, starts
from tickets.services.runs.attention import Why
from tickets.services.tickets import doubles, edits, mentions, replies

pytestmark = pytest.mark.django_db


def waits_for(user: User) -> list[str]:
    return [item.text for item in attention.items(user) if item.why is Why.MENTION and item.mine]


def test_who_is_mentioned_in_a_note_has_it_waiting_until_they_answer(ticket: Ticket, lin: User, bo: User) -> None:
    edits.comment(ticket, "@bo 请核对金额", lin)
    assert waits_for(bo) == ["@bo 请核对金额"]
    assert waits_for(lin) == []
    edits.comment(ticket, "已核对", bo)
    assert waits_for(bo) == []
    edits.comment(ticket, "再看一下@bo", lin)
    assert mentions.see(ticket, bo) == 1
    assert waits_for(bo) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@bo", {"bo"}),
        ("请@周博看", {"bo"}),
        ("@周博文 你好", {"other"}),
        ("@BO,谢谢", {"bo"}),
        ("@bob", set()),
        ("mail bo@example.com", set()),
        ("lin@bo.cn", set()),
        ("@nobody @", set()),
        ("@bo @周博 @周博文", {"bo", "other"}),
        ("@stranger", set()),
    ],
)
def test_a_name_after_an_at_is_the_longest_one_there_is(
    ticket: Ticket, bo: User, department: Department, other_department: Department, text: str, named: set[str]
) -> None:
    User.objects.filter(pk=bo.pk).update(first_name="周博")
    department.members.add(User.objects.create_user("other", first_name="周博文"))
    other_department.members.add(User.objects.create_user("stranger"))
    assert {person.username for person in mentions.named_in(text, ticket)} == named


def test_a_name_that_two_people_have_mentions_neither(ticket: Ticket, department: Department, bo: User) -> None:
    User.objects.filter(pk=bo.pk).update(first_name="王")
    department.members.add(User.objects.create_user("second", first_name="王"))
    assert mentions.named_in("@王", ticket) == []


@pytest.fixture
def pair(department: Department) -> tuple[Ticket, Ticket]:
    """A ticket and its double of the same customer, known to another helpdesk and with a video."""
    into = story.new_ticket(department, customer_mobile="13800138000")
    double = story.new_ticket(department, video=True, customer_mobile="13800138000", external_id="HD-1", subject="又来")
    return into, double


def test_a_double_becomes_part_of_the_other_and_nothing_of_it_is_lost(pair: tuple[Ticket, Ticket], lin: User) -> None:
    into, double = pair
    edits.comment(double, "客户又打来", lin)
    doubles.merge(double, into, lin)
    double.refresh_from_db()
    assert (double.status, double.merged_into) == ("closed", into)
    assert into.attachments.count() == 1
    assert ExternalRef.objects.get(external_id="HD-1").ticket == double
    assert double.comments.count() == 1
    assert AuditEvent.objects.filter(type="ticket.merged", ticket_no=into.number).exists()
    with pytest.raises(Conflict):
        starts.start_run(ticket=double, user=lin)


def test_a_merge_is_undone_with_everything_that_went_over(pair: tuple[Ticket, Ticket], lin: User) -> None:
    into, double = pair
    kept = Attachment.objects.get()
    doubles.merge(double, into, lin)
    doubles.undo(double, lin)
    double.refresh_from_db()
    assert (double.status, double.merged_into) == ("new", None)
    assert list(double.attachments.all()) == [kept]
    with pytest.raises(Conflict):
        doubles.undo(double, lin)


def test_what_is_no_double_is_not_merged(
    pair: tuple[Ticket, Ticket],
    lin: User,
    vera: User,
    department: Department,
    other_department: Department,
    refund_flow: FlowVersion,
) -> None:
    into, double = pair
    someone = story.new_ticket(department, customer_mobile="13900139000")
    nobody = story.new_ticket(department, customer_name="", customer_mobile="")
    hidden = story.new_ticket(other_department, customer_mobile="13800138000")
    for other, error in ((into, Invalid), (someone, Invalid), (nobody, Invalid), (hidden, NotFound)):
        with pytest.raises(error):
            doubles.merge(other, into, lin)
    with pytest.raises(Forbidden):
        doubles.merge(double, into, vera)
    starts.start_run(ticket=double, user=lin, flow_version=refund_flow)
    with pytest.raises(Conflict):
        doubles.merge(double, into, lin)
    assert not Ticket.objects.exclude(merged_into=None).exists()


@pytest.fixture
def lead(department: Department) -> User:
    user = User.objects.create_user("lead")
    user.groups.add(Group.objects.get(name="supervisor"))
    department.members.add(user)
    return user


def test_a_text_for_customers_names_only_what_can_be_filled(lead: User, lin: User, refund_flow: FlowVersion) -> None:
    template = refund_flow.template
    row = replies.save(lead, None, name="退款", text="{customer}您好,退款 {refund},单号 {case}", template=template)
    with pytest.raises(Invalid) as told:
        replies.save(lead, row, name="退款", text="{refnd}", template=template)
    assert "refnd" in told.value.message
    assert "refund" in told.value.message
    with pytest.raises(Invalid):
        replies.save(lead, None, name="通用", text="{refund}", template=None)
    with pytest.raises(Forbidden):
        replies.save(lin, row, name="退款", text="x", template=None)
    replies.delete(lead, row)
    assert not CannedReply.objects.exists()
    assert AuditEvent.objects.filter(type__in=("reply.saved", "reply.deleted")).count() == 2
