"""Phones, status, flows, and the pages people see when something is not there or goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from cs_agent.phone.adb import doctor
from cs_agent.phone.errors import PhoneUnauthorized
from tests.consoles import story
from tests.redis_server import redis_server
from tickets.models import Department, FlowVersion, Phone, PhoneCheck, PhoneState, Run
from tickets.services.live import health, phone_checks
from tickets.services.runs import switches

HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_fiona(fiona: User) -> Client:
    client = Client()
    client.force_login(fiona)
    return client


@pytest.fixture
def as_sara(sara: User) -> Client:
    client = Client()
    client.force_login(sara)
    return client


@pytest.fixture
def redis(settings: Any) -> Iterator[str]:
    with redis_server() as url:
        settings.REDIS_URL = url
        health._client.cache_clear()
        yield url
    health._client.cache_clear()


def test_the_phones_page_says_who_holds_which_phone(as_victor: Client, run: Run, phone: Phone) -> None:
    story.drive(run, phone)
    story.new_phone(2)
    html = story.markup(as_victor.get("/phones/"))
    assert run.ticket.number in html
    assert "使用中" in html
    assert "1 台空闲" in html


def test_a_phone_that_another_department_uses_is_only_busy(as_charlie: Client, run: Run, phone: Phone) -> None:
    story.drive(run, phone)
    html = story.markup(as_charlie.get("/phones/"))
    assert run.ticket.number not in html
    assert "其他部门" in html


def test_a_faulty_phone_says_what_is_wrong(as_victor: Client, phone: Phone) -> None:
    Phone.objects.update(state=PhoneState.FAULTY, fault="未授权 USB 调试")
    html = story.markup(as_victor.get("/phones/", headers=HTMX))
    assert "未授权 USB 调试" in html
    assert "<html" not in html


def test_a_phones_fault_is_told_in_the_readers_language(as_victor: Client, phone: Phone) -> None:
    Phone.objects.update(state=PhoneState.FAULTY, fault=PhoneUnauthorized("no key").told("zh"))
    as_victor.post("/language/", {"language": "en"})
    html = story.markup(as_victor.get("/phones/", headers=HTMX))
    assert "Not authorised: unlock the phone" in html
    assert "没有授权" not in html


def test_a_phone_says_what_it_did_today_and_how_it_is(as_victor: Client, run: Run, phone: Phone) -> None:
    Phone.objects.update(health={"model": "Pixel 7", "battery_percent": 12, "temperature_c": 47.5, "charging": False})
    story.drive(run, phone)
    html = story.markup(as_victor.get("/phones/"))
    assert "<dd data-runs-today>1</dd>" in html
    assert '<dd class="low">12%</dd>' in html
    assert '<dd class="low">47.5 °C</dd>' in html
    assert "Pixel 7" in html


def test_a_phone_that_says_nothing_of_itself_shows_dashes(as_victor: Client, phone: Phone) -> None:
    html = story.markup(as_victor.get("/phones/"))
    assert "<dd data-runs-today>0</dd>" in html
    assert "°C" not in html


def test_without_phones_the_page_says_how_to_get_one(as_victor: Client) -> None:
    assert "还没有手机" in as_victor.get("/phones/").content.decode()


def test_health_is_503_while_a_part_does_no_work_and_names_it(client: Client, db: None, redis: str) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    parts = response.json()["parts"]
    assert parts["database"]["ok"]
    assert parts["redis"]["ok"]
    assert not parts["worker"]["ok"]


def test_health_is_200_when_every_part_worked_lately(client: Client, db: None, redis: str) -> None:
    for part in ("worker.1", "upkeep.1", "host.1"):
        health.beat(part)
    response = client.get("/healthz")
    assert response.json()["status"] == "ok"
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


def test_health_without_redis_is_an_answer_not_an_error(client: Client, db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    health._client.cache_clear()
    response = client.get("/healthz")
    health._client.cache_clear()
    assert response.status_code == 503
    assert response.json()["parts"]["redis"] == {"ok": False, "age_s": None}


def test_the_status_page_counts_active_runs(as_victor: Client, run: Run, redis: str) -> None:
    html = story.markup(as_victor.get("/status/"))
    assert "<dt>排队中</dt><dd>1</dd>" in html
    assert "任务进程没有正常工作" in html
    assert "一切正常" not in html


def test_sara_pauses_and_resumes_everything(as_sara: Client, redis: str) -> None:
    as_sara.post("/status/pause/", {"on": "1", "reason": "演练"})
    assert switches.is_paused()
    assert "恢复智能处理" in as_sara.get("/status/").content.decode()
    as_sara.post("/status/pause/", {"on": "0"})
    assert not switches.is_paused()


def test_an_operator_is_not_offered_the_pause(as_alice: Client, redis: str) -> None:
    assert "pause-form" not in as_alice.get("/status/").content.decode()
    assert as_alice.post("/status/pause/", {"on": "1"}).status_code == 403
    assert not switches.is_paused()


def test_fiona_sees_the_flows_with_their_versions(as_fiona: Client, refund_flow: FlowVersion) -> None:
    assert "投诉退款" in as_fiona.get("/flows/").content.decode()
    html = as_fiona.get("/flows/complaint_refund/").content.decode()
    assert "v1" in html
    assert "“提交成功” 或 “Submitted”" in html


def test_an_operator_opens_no_flow(as_alice: Client, refund_flow: FlowVersion) -> None:
    for address in ("/flows/", "/flows/complaint_refund/", "/flows/complaint_refund/draft/"):
        assert as_alice.get(address).status_code == 403
    assert as_alice.post("/flows/complaint_refund/draft/open/").status_code == 403


def test_a_page_that_is_not_there_is_friendly_in_both_languages(as_alice: Client) -> None:
    missing = as_alice.get("/tickets/T000/")
    assert missing.status_code == 404
    assert "找不到该内容" in missing.content.decode()
    unknown = as_alice.get("/no/such/page/")
    assert unknown.status_code == 404
    assert "找不到页面" in unknown.content.decode()
    as_alice.cookies["django_language"] = "en"
    assert "Page not found" in as_alice.get("/no/such/page/").content.decode()


def test_a_refusal_is_a_friendly_page_with_a_way_back(as_victor: Client) -> None:
    response = as_victor.get("/tickets/new/")
    assert response.status_code == 403
    html = story.markup(response)
    assert "没有这项权限" in html
    assert 'href="/tickets/"' in html


def test_an_error_of_ours_shows_no_trace(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(user: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("tickets.services.people.access.visible_tickets", broken)
    as_alice.raise_request_exception = False
    response = as_alice.get("/tickets/")
    assert response.status_code == 500
    html = story.markup(response)
    assert "服务器出错了" in html
    assert "secret detail" not in html
    assert "Traceback" not in html


def test_the_front_page_leads_to_the_queue(as_alice: Client, department: Department) -> None:
    assert as_alice.get("/")["Location"] == "/tickets/"


def test_a_phones_test_is_asked_for_followed_and_told_with_what_to_do(
    alice: User, log_in: Callable[[User], Client], phone: Phone
) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    root = log_in(User.objects.get(pk=alice.pk))
    address = f"/phones/{phone.pk}/check/"
    assert f'href="{address}"' in root.get("/phones/").content.decode()
    assert "还没有测试过" in root.get(address).content.decode()
    assert root.post(address).status_code == 302
    waiting = root.get(address).content.decode()
    assert "等待手机主机" in waiting
    assert "every 2s" in waiting
    assert "这台手机正在测试" in root.post(address, headers={"HX-Request": "true"}).content.decode()
    check = PhoneCheck.objects.get()
    missing = doctor.Check(
        "keyboard",
        doctor.CheckStatus.FAULT,
        "没有安装 ADB Keyboard,无法输入中文。",
        "安装 {file}",
        {"file": "<b>"},
        "adb -s 'x y' reboot",
    )
    phone_checks.end(check, [{**asdict(missing)}], usable=False, touched=False)
    told = root.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "不可用" in told
    assert "安装 &lt;b&gt;" in told
    assert told.count("adb -s &#x27;x y&#x27; reboot") == 2  # to read, and to copy
    assert "every 2s" not in told
    PhoneCheck.objects.update(ended_at=None, asked_at=timezone.now() - timedelta(hours=1))
    assert "手机主机没有应答" in root.get(address).content.decode()
    assert root.get("/phones/999999999999999999999/check/").status_code == 404
