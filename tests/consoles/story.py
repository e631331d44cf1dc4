"""Tickets and runs in every state, made through the services: for the console's tests and for looking at its pages."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import Back, Finish, Launch, Swipe, Tap, Type
from cs_agent.engine.gate.reasons import reason
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.state import (
    ConfirmationKind,
    ConfirmationRequest,
    FieldValue,
    Phase,
    Question,
    RunState,
    StepRecord,
    StepStatus,
    TakeoverRequest,
    Verdict,
    VerdictKind,
)
from cs_agent.geometry import Box, NormPoint
from tickets.models import (
    Confirmation,
    Department,
    FlowTemplate,
    FlowVersion,
    Phone,
    Recording,
    RecordingState,
    Run,
    RunStatus,
    Step,
    Takeover,
    Ticket,
)
from tickets.services.evidence import pictures
from tickets.services.flows import publishing as flows
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import pauses, starts, steps, takeovers
from tickets.services.tickets.changes import create_ticket

PASSWORD = "not-a-real-password"
REFERENCE = "我昨天买的蓝牙耳机充不上电,盒子还压坏了,要求全额退款并补偿50元!订单号202405218876,开箱视频见附件。"
SUMMARY = "[确认] 退款:¥399.00 | 补偿:¥50.00 | 原因:质量问题"
SUBMIT = Tap(NormPoint(500, 930))
SCREEN = (540, 1200)
CONTROLS = {2: "搜索订单号", 4: "蓝牙耳机", 7: "质量问题"}  # what the steps touch
pictured_steps = 1  # pictures take time; the gallery shows them all

ACTIONS = (
    (Launch("售后系统"), "需要先打开售后系统。", 0.99),
    (Tap(NormPoint(500, 120)), "顶部有搜索框,点击它准备输入订单号。", 0.97),
    (Type("202405218876"), "输入工单中的订单号。", 0.98),
    (Tap(NormPoint(500, 310)), "搜索结果里有这个订单,进入详情页。", 0.96),
    (Swipe(NormPoint(500, 800), NormPoint(500, 300)), "退换入口在下面,向上滑动查看。", 0.93),
    (Back(), "点错了页面,返回上一页。", 0.71),
    (Tap(NormPoint(240, 560)), "选择“质量问题”作为退换原因。", 0.95),
)


def member(name: str, group: str, department: Department, first_name: str = "") -> User:
    user = User.objects.create_user(name, password=PASSWORD, first_name=first_name)
    user.groups.add(Group.objects.get(name=group))
    department.members.add(user)
    return user


def publish(slug: str, route: dict[str, Any] | None = None, **changes: Any) -> FlowVersion:
    """A shipped flow as a published version, with top-level keys of its definition changed."""
    path = settings.BASE_DIR / "fixtures" / "flows" / f"{slug}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    template, _made = FlowTemplate.objects.get_or_create(
        slug=slug,
        defaults={
            "name": data["name"]["zh"],
            "name_en": data["name"]["en"],
            **{key: data[key] for key in ("description", "description_en")},
        },
    )
    return flows.publish_version(template, {**data["definition"], **changes}, None, route=route)


def new_ticket(department: Department, text: str = REFERENCE, video: bool = False, **fields: Any) -> Ticket:
    files = [attached("unboxing.mp4")] if video else []
    source = {"connector": "test"} if "external_id" in fields else {}
    values = {"subject": "蓝牙耳机充不上电,要求全额退款", "customer_name": "王女士", **source, **fields}
    return create_ticket(user=None, text=text, department=department, files=files, **values)


def attached(name: str) -> ContentFile[bytes]:
    return ContentFile((settings.BASE_DIR / "fixtures" / "media" / name).read_bytes(), name=name)


def new_phone(number: int = 1, **fields: Any) -> Phone:
    values = {"serial": f"127.0.0.1:{5598 + 2 * number}", "width": 1080, "height": 2400, **fields}
    return Phone.objects.create(name=f"{'一二三四五'[number - 1]}号机", last_seen_at=timezone.now(), **values)


def start(ticket: Ticket, user: User) -> Run:
    return starts.start_run(ticket=ticket, user=user)


def drive(run: Run, phone: Phone, state: RunState | None = None) -> Run:
    """What the runner does when it takes a run up."""
    checkpoint = (state or RunState(run.instruction)).to_json()
    Phone.objects.filter(pk=phone.pk).update(lease_run=run, lease_expires_at=timezone.now() + timedelta(seconds=30))
    return runs.move(
        run,
        RunStatus.RUNNING,
        audit="run.driven",
        phone_id=phone.pk,
        claim_token=run.claim_token + 1,
        claimed_until=timezone.now() + timedelta(seconds=30),
        checkpoint=checkpoint,
        started_at=timezone.now(),
    )


def take_steps(run: Run, count: int = len(ACTIONS)) -> None:
    for number, (action, thought, confidence) in enumerate(ACTIONS[:count], 1):
        failed = isinstance(action, Back)
        record = StepRecord(
            number=number,
            status=StepStatus.FAILED if failed else StepStatus.DONE,
            thought=thought,
            action=action,
            confidence=confidence,
            verdict=Verdict(VerdictKind.ALLOW),
            outcome="画面没有变化" if failed else "",
            app="com.example.aftersales",
            timings={"observe": 0.21, "model": 1.4, "gate": 0.02, "act": 0.12, "settle": 0.6, "total": 2.35},
            touch=(540, 290 * number % 2300) if isinstance(action, Tap) else (),
            control=CONTROLS.get(number, ""),
            before=screen(f"第 {number} 步之前", number) if number <= pictured_steps else None,
            after=screen(f"第 {number} 步之后", number + 1) if number <= pictured_steps else None,
        )
        save_step(run, record)


def save_step(run: Run, record: StepRecord) -> None:
    """The step's row with its pictures, as the runner leaves it."""
    row = steps.save_step(run, record, claim_token=run.claim_token)
    images = {"before": record.before, "after": record.after}
    fresh = {name: image for name, image in images.items() if image is not None and not getattr(row, name)}
    places = {name: pictures.store(image, run.pk, name) for name, image in fresh.items()}
    Step.objects.filter(pk=row.pk).update(**places)


def confirming(run: Run) -> RunState:
    """The engine's state while a tap waits for a yes."""
    fields = (("refund", "退款", "¥399.00"), ("compensation", "补偿", "¥50.00"))
    pending = Pending(ConfirmationKind.ACTION, SUBMIT, fingerprint="f1", fields=fields)
    return RunState(run.instruction, phase=Phase.CONFIRMING, pending=pending.to_json(), step_no=8)


def ask_confirmation(run: Run, phone: Phone, differs: bool = False) -> Confirmation:
    """Drive a queued run into a confirmation at step 8."""
    run = drive(run, phone, confirming(run))
    take_steps(run)
    intent = StepRecord(
        8,
        StepStatus.REFUSED,
        "所有内容已填好,提交审核前需要坐席确认。",
        SUBMIT,
        0.94,
        Verdict(VerdictKind.CONFIRM, (reason("commit_word", label="提交审核", word="提交"),), True),
        before=screen("售后申请", 8),
    )
    save_step(run, intent)
    compensation = FieldValue("compensation", "补偿", "¥30.00", "50.00", True, Box(60, 500, 480, 560))
    equal = FieldValue("compensation", "补偿", "¥50.00", "50.00", box=Box(60, 500, 480, 560))
    request = ConfirmationRequest(
        summary=SUMMARY.replace("50.00", "30.00") if differs else SUMMARY,
        action=SUBMIT,
        fingerprint="f1",
        fields=(
            FieldValue("refund", "退款", "¥399.00", "全额", box=Box(60, 400, 480, 460)),
            compensation if differs else equal,
            FieldValue("reason", "原因", "质量问题", "质量问题", box=Box(60, 300, 480, 360)),
        ),
        reasons=(reason("commit_word", label="提交审核", word="提交"),),
        screenshot=screen("售后申请", 8),
        target=Box(60, 1080, 480, 1150),
        control="提交审核",
    )
    return pauses.ask_confirmation(run, step_number=8, request=request)


def ask_question(run: Run, phone: Phone) -> Run:
    run = drive(run, phone, RunState(run.instruction, phase=Phase.ASKING))
    take_steps(run, 4)
    pauses.ask_question(run, Question("找到两个相同商品的订单,应该处理哪一个?", ("5月20日的订单", "5月21日的订单")))
    return run


def ask_takeover(run: Run, phone: Phone) -> Takeover:
    run = drive(run, phone, RunState(run.instruction, phase=Phase.TAKEN_OVER))
    take_steps(run, 3)
    return pauses.ask_takeover(run, TakeoverRequest("登录页面要求输入短信验证码,请您登录后交还。", "model"))


def take_over(run: Run, phone: Phone, user: User) -> Takeover:
    """The user drives the phone."""
    ask_takeover(run, phone)
    return takeovers.begin(run, user)


def succeed(run: Run, phone: Phone, recorded: bool = True) -> Run:
    run = drive(run, phone)
    take_steps(run)
    final = StepRecord(8, StepStatus.DONE, "提交成功。", Finish("退款申请已提交"), 0.98)
    save_step(run, final)
    run = runs.end(
        run, RunStatus.SUCCEEDED, result="退款申请已提交,申请单号 AS20240522001。\n退款 ¥399.00,补偿 ¥50.00。"
    )
    Phone.objects.filter(pk=phone.pk).update(lease_run=None)
    if recorded:
        record(run)
    return run


def fail(run: Run, phone: Phone) -> Run:
    run = drive(run, phone)
    take_steps(run, 2)
    run = runs.end(run, RunStatus.FAILED, result="手机断开连接,三次重试都没有成功。", failure_code="phone_offline")
    Phone.objects.filter(pk=phone.pk).update(lease_run=None)
    return run


def record(run: Run) -> Recording:
    """A finished recording with a chapter per step."""
    folder = Path(settings.MEDIA_ROOT) / "recordings" / str(run.pk)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(settings.BASE_DIR / "fixtures" / "media" / "unboxing.mp4", folder / "replay.mp4")
    captions = "WEBVTT\n\n00:00.000 --> 00:01.000\n第 1 步:打开应用\n"
    (folder / "replay.vtt").write_text(captions, encoding="utf-8")
    numbers = list(run.steps.order_by("number").values_list("number", flat=True))
    chapters = [
        {"step": n, "start_s": i * 0.25, "end_s": (i + 1) * 0.25, "title": f"{n}"} for i, n in enumerate(numbers)
    ]
    relative = f"recordings/{run.pk}"
    return Recording.objects.create(
        run=run,
        state=RecordingState.READY,
        directory=relative,
        video=f"{relative}/replay.mp4",
        captions=f"{relative}/replay.vtt",
        chapters=chapters,
        waits=[{"start_s": 1.0, "end_s": 1.9, "real_s": 64}],
    )


def body(response: Any) -> bytes:
    """Everything a response holds, streamed or not."""
    if not response.streaming:
        return response.content
    if not response.is_async:
        return b"".join(response.streaming_content)

    async def read() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return async_to_sync(read)()


def screen(title: str, seed: int = 0) -> Image.Image:
    """A drawn phone screen: enough to tell pictures apart."""
    image = Image.new("RGB", SCREEN, "#f3f5f8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SCREEN[0], 110), fill="#2f6bd8")
    draw.text((30, 60), f"{len(title)}-{seed}", fill="white")
    for row in range(8):
        top = 150 + row * 110
        draw.rounded_rectangle((30, top, 510, top + 90), 14, fill="white", outline="#d5dbe5")
        draw.rectangle((60, top + 25, 60 + 40 * ((seed + row) % 9 + 2), top + 45), fill="#9fb2cf")
    draw.rounded_rectangle((60, 1080, 480, 1150), 16, fill="#2f6bd8")
    return image


def markup(response: Any) -> str:
    """The page without the line breaks of its templates, so that an element is found however its lines are broken."""
    html = response if isinstance(response, str) else response.content.decode()
    return re.sub(r"\n\s*", " ", re.sub(r"\n\s*(?=<)", "", html))
