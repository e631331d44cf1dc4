"""What the pictures show: every state of a ticket and a run, long texts, the studio, the world outside.

`build` makes it all in the served console's database; the rest is called there while pictures are taken.
"""

from __future__ import annotations

import io
import json
import time
from datetime import timedelta
from pathlib import Path

ERRORS = ("400", "403", "403_csrf", "404", "413", "500")
LONG = (
    "订单202405218876的问题我已经说过很多次了。"
    + "客服每次都说会处理,但是一直没有结果,我非常失望,希望这次能够真正解决。" * 12
)


def build() -> None:
    """Everything the pictures show; the tickets' numbers are printed with their names by `numbers`."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tests.consoles import story
    from tests.consoles.gallery import later, proofs
    from tests.consoles.studio import gallery as studio
    from tickets.models import Department, Phone, PhoneState, RunStatus, Ticket
    from tickets.services.runs import lifecycle as runs

    story.pictured_steps = 99
    department = Department.objects.create(name="售后一部")
    Department.objects.create(name="售后二部")
    alice = story.member("alice", "operator", department, "林晓")
    story.member("bob", "operator", department, "周博")
    story.member("fiona", "flow_editor", department)
    story.member("victor", "viewer", department)
    story.member("charlie", "operator", Department.objects.get(name="售后二部"))
    story.member("sara", "supervisor", department)
    User.objects.create_superuser("root", password=story.PASSWORD)
    story.publish("complaint_refund")
    story.publish("complaint_refund", second_approval_above=500)
    story.publish("resend_code")
    _studio(department)
    studio.trials(department)
    _models()
    _outside(department)
    health = {"model": "Pixel 7", "android": "14", "charging": True, "battery_percent": 86, "temperature_c": 31.2}
    phones = [story.new_phone(number, health=health) for number in range(1, 6)]
    Phone.objects.filter(pk=phones[4].pk).update(
        state=PhoneState.FAULTY, fault="屏幕读不到:请检查 USB 调试授权。", lease_run=None
    )

    def ticket(name: str, text: str = story.REFERENCE, **fields: object) -> Ticket:
        return story.new_ticket(department, text, subject=fields.pop("subject", name), external_id=name, **fields)

    story.succeed(story.start(ticket("done", video=True, subject="蓝牙耳机充不上电,要求全额退款"), alice), phones[0])
    story.fail(story.start(ticket("failed", subject="耳机左耳没有声音"), alice), phones[0])
    story.ask_confirmation(
        story.start(ticket("confirm", video=True, priority=1, subject="蓝牙耳机充不上电,盒子压坏"), alice), phones[0]
    )
    story.ask_confirmation(
        story.start(ticket("differs", priority=2, subject="补偿金额与承诺不符"), alice), phones[1], differs=True
    )
    story.ask_question(story.start(ticket("question", subject="两个订单都要退"), alice), phones[2])
    story.take_over(story.start(ticket("mine", subject="需要登录的订单"), alice), phones[3], alice)
    running = story.drive(
        story.start(ticket("running", video=True, subject="充电盒充不进电,申请退款"), alice),
        story.new_phone(5, serial="phone-6"),
    )
    story.take_steps(running)
    asked = story.start(ticket("takeover", subject="验证码收不到,需要登录"), alice)
    story.ask_takeover(asked, story.new_phone(5, serial="phone-7"))
    queued = story.start(ticket("queued", subject="耳机杂音很大"), alice)
    runs.wait_for_phone(queued, 2, timedelta(minutes=6))
    handed = story.drive(story.start(ticket("handed", subject="客户要求人工处理"), alice), phones[4])
    story.take_steps(handed, 4)
    runs.end(handed, RunStatus.HANDED_OFF, result="由 林晓 人工完成:已电话联系客户,补寄新品。", user=alice)
    Phone.objects.filter(pk=phones[4].pk).update(lease_run=None)
    story.new_phone(
        5,
        serial="phone-8",
        health={"model": "Redmi K60", "android": "14", "charging": False, "battery_percent": 12, "temperature_c": 47.5},
    )
    story.new_phone(5, serial="phone-9", state=PhoneState.RETIRED)
    ticket("new", video=True, subject="蓝牙耳机充不上电,盒子还压坏了,要求全额退款并补偿50元")
    ticket("missing", "耳机充不上电,我要退款!", subject="耳机坏了要退款")
    ticket("ambiguous", "订单202405218876和订单202405218877都有质量问题,全额退款。", subject="两个订单号")
    ticket("angry", "你们就是骗子!!!订单202405218876退款,不然我找律师起诉,12315投诉!", subject="投诉升级", priority=1)
    ticket("nofit", "请问你们的门店几点开门?", subject="营业时间咨询", customer_name="")
    ticket("long", LONG, subject="一个标题特别特别长的工单," * 8, customer_name="欧阳娜娜娜娜娜娜娜娜娜")
    ticket(
        "english",
        "My earbuds won't charge. Order 202405218880, please refund in full and add 50 yuan compensation.",
        subject="Earbuds do not charge",
        customer_name="John Smith",
    )
    ticket("batch", "批次:耳机充不上电,我要退款!", subject="退货批次,没有订单号")
    for n in range(8):
        ticket(f"batch{n}", f"批次:耳机充不上电,全额退款。订单2024052188{76 + n}", subject=f"退货批次({n + 1})")
    for n in range(32):
        ticket(
            f"more{n}",
            f"手机号1380013{8000 + n}收不到验证码,请重发。",
            subject=f"收不到短信验证码({n + 1})",
            priority=3 + n % 2,
        )
    Ticket.objects.filter(refs__external_id="angry").update(due_at=timezone.now() - timedelta(hours=3))
    Ticket.objects.filter(refs__external_id="missing").update(due_at=timezone.now() + timedelta(minutes=12))
    _taught(ticket("taught", "手机号13800138000收不到验证码,请重发。", subject="收不到短信验证码"))
    _desk(Ticket.objects.get(refs__external_id="done"))
    later.build(ticket)
    proofs.build(department)


def _models() -> None:
    """One that works, one that does not and says why, one that nobody checked; a planner with its pointer chosen."""
    from django.utils import timezone

    from tickets.models import LanguageModel, ModelChoice

    report = {"action": 'do(action="Tap", element=[500,762])', "on_target": True, "total_s": 1.38, "logprobs": True}
    problem = {
        "problem": "the answer hit the limit of tokens (max_tokens) and was cut off",
        "advice": "回答达到 token 上限被截断:调大 max_tokens,或缩短/关闭模型的思考",
    }
    rows = (
        ("本地 AutoGLM", "autoglm", "http://gpu-host-3.intranet:8000/v1", "autoglm-phone-9b", True, True, report),
        ("云端通用模型", "planner", "https://models.example.com/compatible-mode/v1", "vl-max", False, False, problem),
        ("定位模型", "pointer", "http://gpu-host-4.intranet:8000/v1", "grounder-7b", True, None, {}),
    )
    for name, family, address, model, local, usable, made in rows:
        LanguageModel.objects.create(
            name=name,
            family=family,
            base_url=address,
            model=model,
            local=local,
            usable=usable,
            report=made,
            checked_at=timezone.now() if usable is not None else None,
        )
    by_name = {row.name: row for row in LanguageModel.objects.all()}
    ModelChoice.objects.create(flow=None, model=by_name["云端通用模型"], grounder=by_name["定位模型"])


def _studio(department: object) -> None:
    """A version in review, an open draft with a fault, and requests."""
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import FlowTemplate
    from tickets.services.flows import drafts, requests, reviews
    from tickets.services.releasing import releases

    story.member("gao", "flow_editor", department, "高原")
    fiona, sara = User.objects.get(username="fiona"), User.objects.get(username="sara")
    template = FlowTemplate.objects.get(slug="complaint_refund")
    FlowTemplate.objects.update(
        description="在售后系统中为有质量、物流等问题的订单申请退款和补偿,提交审核前由坐席确认。"
    )
    draft = drafts.open_draft(template, fiona)
    changed = {**draft.definition, "second_approval_above": 800, "four_eyes": True}
    draft = drafts.save(draft, changed, fiona, revision=1, note="限额提高到 800,另一人确认")
    reviews.submit(drafts.freeze(draft, fiona, revision=2), fiona, unrehearsed_reason="只改限额")
    releases.release(template.versions.get(number=1), sara, percent=5)
    draft = drafts.open_draft(template, fiona)
    drafts.save(draft, {**draft.definition, "media": ["no_such"]}, fiona, revision=1)
    requests.ask(
        sara,
        {
            "title": "给客户补开发票",
            "description": "在财务应用里按订单号查到订单,点补开发票,填抬头。" * 3,
            "per_week": 180,
            "minutes_each": 4,
            "personal_data": True,
        },
    )
    requests.ask(sara, {"title": "查询保修期", "per_week": 60, "minutes_each": 2, "writes": False, "rule_based": 5})


def _outside(department: object) -> None:
    """A program's token, an endpoint, helpdesks: one whole, one just begun."""
    from django.contrib.auth.models import User

    from integrations.connectors import setups
    from integrations.webhooks import endpoints
    from tickets.permissions import Permission
    from tickets.services.panels import buttons
    from tickets.services.people import api_tokens

    root = User.objects.get(username="root")
    api_tokens.make(root, "夜间报表:导出审计并发给合规部门" * 2, days=5)
    api_tokens.make(root, "工单同步", scopes=[Permission.VIEW_TICKETS, Permission.CREATE_TICKETS])
    endpoints.make(root, name="数据仓库", url="https://hooks.example.com/cs-agent", departments=[department])
    setups.make(root, "zammad", "客服一线的 Zammad,由运维部维护")
    setups.make(root, "generic")
    buttons.make(root, connector="zammad", name="前台", origins=["https://desk.example.com"])


def _taught(sample: object) -> None:
    """A version with a route, and a lesson under way."""
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import Phone, PhoneUse
    from tickets.services.studio import lessons

    routes = Path(__file__).resolve().parents[3] / "fixtures" / "routes"
    version = story.publish("logistics_voucher", route=json.loads((routes / "logistics_voucher.json").read_text()))
    phone = story.new_phone(5, serial="phone-teach")
    Phone.objects.filter(pk=phone.pk).update(use=PhoneUse.REHEARSAL)
    phone.refresh_from_db()
    fiona = User.objects.get(username="fiona")
    lesson = lessons.start(version.template, fiona, sample, phone, again_from=None)
    story.take_steps(story.drive(lesson.run, phone), 3)


def _desk(done: object) -> None:
    """Notes, texts for customers, a hold, and views."""
    from django.contrib.auth.models import User

    from tickets.models import FlowTemplate, SavedView
    from tickets.services.tickets import edits, replies

    sara, alice = User.objects.get(username="sara"), User.objects.get(username="alice")
    refund = FlowTemplate.objects.get(slug="complaint_refund")
    for name, text, template in (
        ("退款已提交", "{customer}您好,订单 {order_number} 的退款已提交,单号 {case}。" * 4, refund),
        ("已转人工", "您的问题已由专人跟进,请留意来电。", None),
    ):
        replies.save(sara, None, name=name, text=text, template=template, active=True)
    edits.comment(done, "客户来过三次电话,请优先。@林晓", User.objects.get(username="bob"))
    for name in ("急件", "今天的退款", "等仓库回复的工单,每天下午三点看一次"):
        SavedView.objects.create(owner=alice, name=name, query="who=me")


def numbers() -> None:
    from tickets.models import Ticket

    for row in Ticket.objects.exclude(refs=None).values_list(
        "refs__external_id", "number", "runs__id", "runs__phone_id"
    ):
        print(*row)


def feed(phone_id: str) -> None:
    """Publish a frame now and then, as a screen feed would, for a minute."""
    from tests.consoles import story
    from tickets.services.live.frames import Frame, publish

    end = time.time() + 600
    number = 0
    while time.time() < end:
        number += 1
        data = io.BytesIO()
        story.screen("实时画面", number // 8).save(data, "JPEG")
        for covered in (True, False):
            publish(int(phone_id), Frame(number // 8, time.time(), 1080, 2400, data.getvalue()), covered=covered)
        time.sleep(0.25)


def error_pages() -> None:
    """The pages that are shown when nothing else can be, as JSON by their name."""
    from django.template.loader import render_to_string
    from django.utils import translation

    pages = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            pages |= {f"{name}.{language}": render_to_string(f"{name}.html") for name in ERRORS}
    print(json.dumps(pages))


def pause() -> None:
    from django.contrib.auth.models import User

    from tickets.services.runs import switches

    switches.pause_all(User.objects.get(username="sara"), "售后系统正在升级,预计 20 分钟")


def resume() -> None:
    from django.contrib.auth.models import User

    from tickets.services.runs import switches

    switches.resume_all(User.objects.get(username="sara"))
