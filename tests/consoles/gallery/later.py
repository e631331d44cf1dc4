"""More of what the pictures show: batches, questions to customers, fall-backs, a shadow release, an outbox with faults,
and the longest names and texts that are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

ASK = "要求全额退款。耳机充不上电,"
NAME = "阿卜杜勒拉赫曼·穆罕默德·买买提江·艾合买提·努尔买买提·吐尔逊·阿不都热依木·依米提·库尔班"
PARAGRAPH = "订单202405218876,耳机充不上电。我先按说明书重启,又换了三根线和两个插头,都没有用;客服让我等。"


def build(ticket: Callable[..., Any]) -> None:
    text = (PARAGRAPH * 120)[:5000]
    ticket("longest", text, subject="一个没有空格的标题" * 20, customer_name=(NAME * 2)[:60])
    _asked(ticket)
    _fallen(ticket)
    _batches()
    _shadow()
    _outbox(ticket)


def _asked(ticket: Callable[..., Any]) -> None:
    from django.contrib.auth.models import User

    from tickets.models import FlowTemplate
    from tickets.services.clarify import answers, asking, draft

    alice = User.objects.get(username="alice")
    version = FlowTemplate.objects.get(slug="resend_code").latest
    assert version
    ticket("asking", "收不到验证码,请重发。", subject="没有留手机号")
    for name in ("asked", "answered"):
        row = ticket(name, "收不到验证码,请重发。", subject="没有留手机号,已问客户")
        asking.ask(row, version, alice, draft.text_of(row, draft.lacking(row, version), "zh"))
    answers.take(row, "我也不知道是哪个号,可能是以前那个。", alice)


def _fallen(ticket: Callable[..., Any]) -> None:
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import Department, FlowTemplate
    from tickets.services.flows import fall_backs

    sara, alice = (User.objects.get(username=name) for name in ("sara", "alice"))
    template = FlowTemplate.objects.get(slug="resend_code")
    fall_backs.choose(template, sara, Department.objects.get(name="售后二部"))
    fall_backs.choose(template, sara, alice)
    row = ticket("fell_back", "手机号13800138000收不到验证码,请重发。", subject="失败后转给人")
    story.fail(story.start(row, alice), story.new_phone(5, serial="phone-fallen"))
    fall_backs.take_all()


def _batches() -> None:
    from django.contrib.auth.models import User

    from tickets.models import FlowTemplate, Ticket
    from tickets.services.batches import lists, making, rounds

    alice = User.objects.get(username="alice")
    template = FlowTemplate.objects.get(slug="complaint_refund")
    picked = Ticket.objects.filter(refs__external_id__startswith="batch").order_by("number")
    entries = [lists.Entry(each, {}) for each in picked]
    making.make(
        alice, template, entries, making.Terms("Asia/Shanghai"), name="五月退货批次:仓库确认收到后统一退款", share=2
    )
    rounds.move_all()
    view = making.View("等仓库回复的工单", "q=批次")
    terms = making.Terms("Asia/Shanghai", cron="0 9 * * 1-5")
    making.make(alice, template, view, terms, name="每天九点的退款")


def _shadow() -> None:
    from tickets.models import FlowTemplate, Release
    from tickets.services.flows import publishing

    template = FlowTemplate.objects.get(slug="resend_code")
    assert template.latest
    version = publishing.new_version(template, template.latest.definition, None, "只看不做,先比一周")
    Release.objects.create(version=version, template=template, shadow=True)


def _outbox(ticket: Callable[..., Any]) -> None:
    from django.utils import timezone

    from tickets.models import Delivery, DeliveryLane, DeliveryState
    from tickets.services.outbox.spread import spread

    ticket("spread", subject="送往数据仓库")
    spread()
    rows = list(Delivery.objects.order_by("event_id").values_list("pk", flat=True)[:3])
    Delivery.objects.filter(pk__in=rows[:1]).update(
        state=DeliveryState.GIVEN_UP, tries=9, last_answer="410 Gone", ended_at=timezone.now()
    )
    Delivery.objects.filter(pk__in=rows[1:2]).update(
        tries=4,
        last_answer="connect to hooks.example.com:443 failed: timed out after 10 s",
        last_try_at=timezone.now(),
        next_at=timezone.now() + timedelta(minutes=8),
    )
    DeliveryLane.objects.update(failures_in_a_row=4, rest_until=timezone.now() + timedelta(minutes=2))
