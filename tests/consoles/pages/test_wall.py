"""The wall: every phone, who is waited for and for how long, and never a calm word while something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.consoles import story
from tests.redis_server import redis_server
from tickets.models import Confirmation, Department, Phone, PhoneState, Run, Takeover
from tickets.services.live import health
from tickets.services.runs import switches

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def all_parts_work(settings: Any) -> Iterator[None]:
    with redis_server() as url:
        settings.REDIS_URL = url
        health._client.cache_clear()
        for part in ("worker.1", "upkeep.1", "host.1"):
            health.beat(part)
        yield
    health._client.cache_clear()


@pytest.fixture
def as_sara(sara: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(sara)


def wall(client: Client) -> str:
    return story.markup(client.get("/status/", headers=HTMX))


def test_all_is_well_where_nothing_is_wrong(as_sara: Client, run: Run, phone: Phone) -> None:
    story.drive(run, phone)
    html = wall(as_sara)
    assert "一切正常" in html
    assert run.ticket.number in html
    assert f"/ws/runs/{run.pk}/phone/?covered" in html


@pytest.mark.parametrize("wrong", ["pause", "fault", "late"])
def test_a_pause_a_fault_and_a_long_wait_are_said(
    as_sara: Client, sara: User, confirmation: Confirmation, wrong: str
) -> None:
    story.new_phone(2)
    if wrong == "pause":
        switches.pause_all(sara, "系统维护")
    elif wrong == "fault":
        story.new_phone(3, state=PhoneState.FAULTY, fault="未授权 USB 调试")
    else:
        Confirmation.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    html = wall(as_sara)
    assert "一切正常" not in html
    assert {"pause": "系统维护", "fault": "未授权 USB 调试", "late": "最久 31 分钟"}[wrong] in html


def test_when_every_phone_waits_for_people_that_is_said(as_sara: Client, confirmation: Confirmation) -> None:
    assert "所有手机都在等人" in wall(as_sara)


def test_a_phone_of_another_department_is_neither_named_nor_watched(as_charlie: Client, run: Run, phone: Phone) -> None:
    story.drive(run, phone)
    html = wall(as_charlie)
    assert run.ticket.number not in html
    assert str(run.pk) not in html
    assert "其他部门" in html


def test_a_supervisor_takes_over_what_nobody_takes(as_sara: Client, sara: User, run: Run, phone: Phone) -> None:
    story.ask_takeover(run, phone)
    html = wall(as_sara)
    assert f"/runs/{run.pk}/takeover/" in html
    assert as_sara.post(f"/runs/{run.pk}/takeover/", headers=HTMX).status_code == 200
    assert Takeover.objects.get(run=run, ended_at=None).user == sara


def test_a_supervisor_passes_on_what_waits(as_sara: Client, bob: User, confirmation: Confirmation) -> None:
    ticket = confirmation.run.ticket
    assert f'<option value="{bob.pk}">bob</option>' in wall(as_sara)
    assert as_sara.post(f"/tickets/{ticket.number}/assign/", {"to": bob.pk}, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == bob


def test_a_viewer_is_offered_neither(as_victor: Client, confirmation: Confirmation) -> None:
    html = wall(as_victor)
    assert "/takeover/" not in html
    assert "data-assign" not in html


def test_the_days_numbers_are_of_ones_own_departments(
    as_sara: Client, as_charlie: Client, run: Run, phone: Phone, department: Department
) -> None:
    story.succeed(run, phone)
    assert "<dt>今日完成</dt><dd>1</dd>" in wall(as_sara)
    assert "<dt>今日完成</dt><dd>0</dd>" in wall(as_charlie)
