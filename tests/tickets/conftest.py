"""The fixed cast: Lin and Bo are operators of 售后一部, Vera views, Udo audits, Sun supervises, Fei edits flows;
Otto is an operator of another department. Ann is the administrator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from PIL import Image

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.state import ConfirmationKind, ConfirmationRequest, FieldValue, Phase, RunState
from cs_agent.geometry import Box, NormPoint
from tests.tickets.outbox.post import post  # noqa: F401 - a fixture
from tests.tickets.sealing import seal  # noqa: F401 - a fixture
from tests.tickets.told import told  # noqa: F401 - a fixture
from tickets.models import Confirmation, Department, FlowTemplate, FlowVersion, Phone, Run, RunStatus, Ticket
from tickets.services.flows import publishing as flows
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import pauses, starts
from tickets.services.tickets.changes import create_ticket

REFERENCE = "我昨天买的蓝牙耳机充不上电,盒子还压坏了,要求全额退款并补偿50元!订单号202405218876,开箱视频见附件。"
TAP = Tap(NormPoint(500, 930))


@pytest.fixture(autouse=True)
def media_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ANCHOR_DIR = tmp_path / "anchors"


@pytest.fixture
def department(db: None) -> Department:
    return Department.objects.create(name="售后一部")


@pytest.fixture
def other_department(db: None) -> Department:
    return Department.objects.create(name="售后二部")


def member(name: str, group: str, department: Department) -> User:
    user = User.objects.create_user(name, password="not-a-real-password")
    user.groups.add(Group.objects.get(name=group))
    department.members.add(user)
    return user


@pytest.fixture
def lin(department: Department) -> User:
    return member("lin", "operator", department)


@pytest.fixture
def bo(department: Department) -> User:
    return member("bo", "operator", department)


@pytest.fixture
def vera(department: Department) -> User:
    return member("vera", "viewer", department)


@pytest.fixture
def udo(department: Department) -> User:
    return member("udo", "auditor", department)


@pytest.fixture
def sun(department: Department) -> User:
    return member("sun", "supervisor", department)


@pytest.fixture
def fei(department: Department) -> User:
    return member("fei", "flow_editor", department)


@pytest.fixture
def otto(other_department: Department) -> User:
    return member("otto", "operator", other_department)


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_superuser("ann", password="not-a-real-password")


def flow_file(slug: str) -> dict[str, Any]:
    return json.loads((settings.BASE_DIR / "fixtures" / "flows" / f"{slug}.json").read_text(encoding="utf-8"))


def publish(slug: str, **changes: Any) -> FlowVersion:
    """A shipped flow as a published version, with top-level keys of its definition changed."""
    data = flow_file(slug)
    template, _made = FlowTemplate.objects.get_or_create(
        slug=slug, defaults={"name": data["name"]["zh"], "name_en": data["name"]["en"]}
    )
    return flows.publish_version(template, {**data["definition"], **changes}, None)


@pytest.fixture
def refund_flow(db: None) -> FlowVersion:
    return publish("complaint_refund")


@pytest.fixture
def code_flow(db: None) -> FlowVersion:
    return publish("resend_code")


@pytest.fixture
def ticket(department: Department) -> Ticket:
    return create_ticket(
        user=None, subject="耳机充不上电", text=REFERENCE, customer_name="王女士", department=department
    )


@pytest.fixture
def phone(db: None) -> Phone:
    return Phone.objects.create(name="一号机", serial="127.0.0.1:5600", queue="phones")


@pytest.fixture
def run(ticket: Ticket, lin: User, refund_flow: FlowVersion) -> Run:
    """A queued run of the reference ticket."""
    return starts.start_run(ticket=ticket, user=lin)


def drive(run: Run, phone: Phone, state: RunState | None = None) -> Run:
    """What the runner does when it takes a run up."""
    checkpoint = (state or RunState(run.instruction)).to_json()
    return runs.move(
        run,
        RunStatus.RUNNING,
        audit="run.driven",
        phone_id=phone.pk,
        claim_token=run.claim_token + 1,
        claimed_until=_soon(),
        checkpoint=checkpoint,
    )


def confirming() -> RunState:
    """The engine's state while a tap waits for a yes."""
    fields = (("refund", "退款", "¥399.00"), ("compensation", "补偿", "¥50.00"))
    pending = Pending(ConfirmationKind.ACTION, TAP, fingerprint="f1", fields=fields)
    return RunState("退款", phase=Phase.CONFIRMING, pending=pending.to_json(), step_no=7)


def request(**changes: Any) -> ConfirmationRequest:
    fields = changes.pop("fields", None) or (
        FieldValue("refund", "退款", "¥399.00", "全额", box=Box(10, 10, 90, 30)),
        FieldValue("compensation", "补偿", "¥50.00", "50.00", box=Box(10, 40, 90, 60)),
        FieldValue("reason", "原因", "质量问题", "质量问题"),
    )
    values = {
        "summary": "[确认] 退款:¥399.00 | 补偿:¥50.00 | 原因:质量问题",
        "action": TAP,
        "fingerprint": "f1",
        "fields": fields,
        "reasons": (),
        "screenshot": Image.new("RGB", (100, 200), "white"),
        "target": Box(20, 150, 80, 170),
    }
    return ConfirmationRequest(**{**values, **changes})


@pytest.fixture
def driven(run: Run, phone: Phone) -> Run:
    return drive(run, phone)


@pytest.fixture
def ask(phone: Phone) -> Callable[..., Confirmation]:
    """Drive a queued run into a confirmation."""

    def ask(run: Run, **changes: Any) -> Confirmation:
        drive(run, phone, confirming())
        return pauses.ask_confirmation(run, step_number=7, request=request(**changes))

    return ask


@pytest.fixture
def confirmation(run: Run, ask: Callable[..., Confirmation]) -> Confirmation:
    return ask(run)


def _soon() -> Any:
    from datetime import timedelta

    from django.utils import timezone

    return timezone.now() + timedelta(seconds=30)
