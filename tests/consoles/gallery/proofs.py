"""More of what the pictures show: rehearsals with their report, tests of phones, pictures that an editor marks on."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

FINDINGS = (
    ("connection", "ok", "已连接并授权。", "", {}, ""),
    ("screen", "ok", "可以截屏({times})。", "", {"times": "raw 131 ms, png 480 ms"}, ""),
    (
        "security",
        "fault",
        "{maker} 的安全设置不允许通过调试切换输入法或模拟点击。",
        "开发者选项 → 打开“USB 调试(安全设置)”,可能需要插入 SIM 卡并登录厂商账号,然后重启。",
        {"maker": "Xiaomi"},
        "adb -s 5f2a9c01 shell am start -a android.settings.APPLICATION_DEVELOPMENT_SETTINGS",
    ),
    (
        "animations",
        "warn",
        "系统动画未关闭,每一步都会多等一会儿。",
        "在开发者选项中把三个动画缩放都设为关闭。",
        {},
        "adb -s 5f2a9c01 shell settings put global window_animation_scale 0",
    ),
)


def build(department: Any) -> None:
    from tests.consoles import scenes

    _rehearsals(department)
    _phone_checks()
    scenes.pictured_route()


def _rehearsals(department: Any) -> None:
    """One that ended, with a failure of each class, and one that is under way."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tests.consoles import story
    from tickets.models import Rehearsal, RehearsalOutcome

    fiona, now = User.objects.get(username="fiona"), timezone.now()
    version = story.publish("export_complaints")
    ended = Rehearsal.objects.create(version=version, started_by=fiona, person_seconds=240, ended_at=now)
    bad = {
        7: (RehearsalOutcome.FIELDS_DIFFER, "退款:工单 全额,屏幕 ¥299.00"),
        19: (RehearsalOutcome.NEEDED_PERSON, "登录页面要求输入短信验证码,请您登录后交还。"),
        23: (RehearsalOutcome.NOT_STARTED, "缺少:时间范围"),
        31: (RehearsalOutcome.FAILED, "手机断开连接,三次重试都没有成功。"),
    }
    for number in range(40):
        outcome, note = bad.get(number, (RehearsalOutcome.COMMIT_REACHED, ""))
        _rehearsed(ended, department, number, outcome, note)
    going = Rehearsal.objects.create(version=version, started_by=fiona)
    for number in range(40, 44):
        outcome = RehearsalOutcome.COMMIT_REACHED if number < 42 else RehearsalOutcome.UNDER_WAY
        _rehearsed(going, department, number, outcome, "")


def _rehearsed(rehearsal: Any, department: Any, number: int, outcome: str, note: str) -> None:
    from django.utils import timezone

    from tickets.models import Recording, RecordingState, RehearsalOutcome, RehearsalRun, Run, RunStatus, Step, Ticket

    began = timezone.now() - timedelta(hours=2)
    stamps = {"created_at": began, "due_at": began, "status": "closed"}
    ticket = Ticket.objects.create(number=f"P2611{number:04d}", subject="?", text="?", department=department, **stamps)
    run = None
    if outcome != RehearsalOutcome.NOT_STARTED:
        ends = {"started_at": began, "ended_at": began, "status": RunStatus.CANCELLED}
        run = Run.objects.create(ticket=ticket, flow_version=rehearsal.version, purpose="rehearsal", **ends)
        Step.objects.create(run=run, number=1, status="done", started_at=began, timings={"total": 11.5 + number % 9})
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        Recording.objects.create(run=run, state=RecordingState.READY, sha256=sha256)
    RehearsalRun.objects.create(rehearsal=rehearsal, run=run, ticket_number=ticket.number, outcome=outcome, note=note)


def _phone_checks() -> None:
    """A phone with faults, one that is well, and one whose host never answered."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tickets.models import Phone, PhoneCheck

    root, now = User.objects.get(username="root"), timezone.now()
    keys = ("code", "status", "finding", "remedy", "values", "fix")
    found = [dict(zip(keys, each, strict=True)) for each in FINDINGS]
    first, second, third = Phone.objects.order_by("pk")[:3]
    times = {"asked_by": root, "began_at": now, "ended_at": now}
    PhoneCheck.objects.create(phone=first, findings=found, usable=False, touched=True, **times)
    PhoneCheck.objects.create(phone=second, findings=found[:2], usable=True, touched=False, **times)
    lost = PhoneCheck.objects.create(phone=third, asked_by=root)
    PhoneCheck.objects.filter(pk=lost.pk).update(asked_at=now - timedelta(hours=1))
