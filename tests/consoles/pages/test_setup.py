"""What administrators look at first: what is still missing, legal holds, and settings without their secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from consoles.board import first_day
from tests.consoles import story
from tickets.models import AuditEvent, LegalHold, Phone, Run, Ticket


@pytest.fixture
def as_root(db: None, log_in: Callable[[User], Client]) -> Client:
    return log_in(User.objects.create_superuser("root", password=story.PASSWORD))


def done() -> dict[str, bool]:
    return {item.words: item.done for item in first_day.checklist()}


def test_the_checklist_says_what_is_there(db: None, alice: User, run: Run, phone: Phone) -> None:
    Phone.objects.update(last_seen_at=timezone.now())
    before = done()
    assert before["建立部门"]
    assert before["添加坐席"]
    assert before["连接手机"]
    assert before["发布流程"]
    assert not before["添加主管"]
    assert not before["完成第一张工单"]
    story.succeed(run, phone)
    assert done()["完成第一张工单"]


def test_a_phone_that_is_gone_is_not_connected(phone: Phone) -> None:
    Phone.objects.update(last_seen_at=None)
    assert not done()["连接手机"]


def test_only_administrators_open_the_page(as_root: Client, as_alice: Client, as_victor: Client) -> None:
    assert as_root.get("/setup/").status_code == 200
    for client in (as_alice, as_victor):
        assert client.get("/setup/").status_code == 403


def test_a_hold_is_placed_and_lifted_and_both_are_on_the_record(as_root: Client, ticket: Ticket) -> None:
    as_root.post("/setup/holds/", {"ticket": ticket.number, "reason": "诉讼"})
    assert LegalHold.objects.get(ticket=ticket).reason == "诉讼"
    assert "诉讼" in story.markup(as_root.get("/setup/"))
    as_root.post(f"/setup/holds/{ticket.number}/lift/")
    assert not LegalHold.objects.exists()
    types = AuditEvent.objects.filter(type__startswith="hold.", user_name="root").values_list("type", flat=True)
    assert list(types) == ["hold.placed", "hold.lifted"]
    assert as_root.post("/setup/holds/", {"ticket": "T0", "reason": "x"}).status_code == 404


def test_no_secret_is_among_the_settings_shown() -> None:
    values: dict[str, Any] = {
        "SECRET_KEY": "geheim",
        "CS_AGENT_SECRETS_KEYS": ("geheim",),
        "CS_AGENT_MODEL_API_KEY": "geheim",
        "DATABASE_URL": "postgres://user:geheim@host/name",
        "REDIS_URL": "redis://:geheim@host:6379/0",
        "CS_AGENT_MODE": "production",
        "CS_AGENT_DEBUG": False,
    }
    shown = dict(first_day.shown(values))
    assert "geheim" not in str(shown)
    assert shown["CS_AGENT_MODE"] == "production"
    assert shown["DATABASE_URL"].startswith("postgres://user:")


def test_whether_a_person_logs_in_by_a_password_is_said_in_common_words(as_root: Client) -> None:
    page = story.markup(as_root.get("/admin/auth/user/add/", headers={"accept-language": "zh-hans"}))
    assert "密码登录" in page
    assert "基于密码" not in page
