"""Whole errands in apps the pilot has never seen: a bookshop, a hospital's bookings, a parcel service in English.

Real Chromium, real OCR, the real HTTP API. What happened is judged by each page's own ledger.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from cs_agent.demo.pilot.server.app import build_app
from cs_agent.demo.pilot.server.brain import Brain
from cs_agent.engine.actions.values import Finish, TakeOver, Tap
from cs_agent.vision.reader import RapidOcrReader
from tests.demo.pilot.phone_loop import PHONE, Run, drive
from tests.demo.pilot.screens import font

pytestmark = pytest.mark.browser
APPS = Path(__file__).with_name("apps")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def _chromium(bundled: str) -> str | None:
    given = os.environ.get("CS_AGENT_CHROMIUM")
    if given:
        return given
    return (
        bundled if Path(bundled).exists() else next((found for name in _NAMES if (found := shutil.which(name))), None)
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    font(20)  # skips where there is no Chinese font
    with sync_playwright() as playwright:
        path = _chromium(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("no Chromium on this machine")
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def client() -> Iterator[openai.OpenAI]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = build_app(Brain(RapidOcrReader(threads=1)))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", timeout=300)
    server.should_exit = True
    thread.join(20)


def run(browser: Browser, client: Any, name: str, instruction: str) -> Run:
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto((APPS / f"{name}.html").as_uri())
    outcome = drive(page, client, instruction, app="com.example.unseen")
    context.close()
    return outcome


def test_a_book_is_put_into_the_cart(browser: Browser, client: Any) -> None:
    outcome = run(
        browser,
        client,
        "bookshop",
        '在墨香书城中搜索《三体》,进入该图书详情页,选择"精装"版本,点击“加入购物车”,确认显示"已加入购物车"。',
    )
    assert outcome.ledger == [["cart", "三体", "精装"]]
    assert outcome.finished


def test_what_a_page_demands_beyond_the_instruction_is_told_to_a_human(browser: Browser, client: Any) -> None:
    outcome = run(browser, client, "bookshop", "在墨香书城中搜索《活着》,进入该图书详情页,点击“加入购物车”")
    assert outcome.ledger == []
    assert isinstance(outcome.end, TakeOver)
    assert "版本" in outcome.end.message


def test_a_book_that_is_not_there_is_said_to_be_missing(browser: Browser, client: Any) -> None:
    outcome = run(browser, client, "bookshop", "在墨香书城中搜索《时间简史》,点击“加入购物车”")
    assert outcome.ledger == []
    assert isinstance(outcome.end, TakeOver)
    assert "没有找到" in outcome.end.message


def test_an_appointment_is_booked_past_lists_a_tick_and_a_dialog(browser: Browser, client: Any) -> None:
    outcome = run(
        browser,
        client,
        "hospital",
        "在康宁医院中选择科室“内科”,选择日期为“5月3日”,填写姓名为张三,勾选“同意就诊须知”,提交预约。",
    )
    assert outcome.ledger == [["booking", "内科", "5月3日 周六", "张三", True]]
    assert outcome.finished
    committing = [action for action in outcome.actions if isinstance(action, Tap) and action.message is not None]
    assert len(committing) == 2  # the button and the dialog it brings up


def test_a_parcel_report_is_filed_in_english(browser: Browser, client: Any) -> None:
    outcome = run(
        browser,
        client,
        "parcel",
        'In the SwiftParcel app, find parcel PX20310077, report a problem, choose "Item missing" as the reason, '
        'upload the photo provided by the customer, enter "box was open" in the message field, '
        'tick "I want a refund" and submit the report.',
    )
    assert outcome.ledger == [
        ["report", "PX20310077", "Item missing", "IMG_4411.jpg", "box was open", "I want a refund"]
    ]
    assert outcome.finished


def test_the_latest_status_is_read_out(browser: Browser, client: Any) -> None:
    outcome = run(browser, client, "parcel", "What is the latest status of parcel PX20310077 in the SwiftParcel app?")
    assert isinstance(outcome.end, Finish)
    assert "Out for delivery" in outcome.end.message


def test_a_number_nobody_knows_is_reported_not_guessed(browser: Browser, client: Any) -> None:
    outcome = run(
        browser, client, "parcel", "Find parcel PX20310079 in the SwiftParcel app and tell me the latest status."
    )
    assert isinstance(outcome.end, Finish | TakeOver)
    assert "No parcel found" in outcome.end.message
