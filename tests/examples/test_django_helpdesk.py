"""The plugin's proof: a helpdesk of strangers with us in its project, started by its one command, in a real browser.

A ticket there → its button and its panel → the phone works → Y → a follow-up, the status and the replay there.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from cs_agent.phone.adb.connection import AdbServer
from tests.browser import chromium, keep_picture
from tests.processes import PORT_SETTINGS, free_port_row, free_ports, get_json, wait_until
from tickets.demo import PASSWORD

pytestmark = [pytest.mark.example, pytest.mark.story, pytest.mark.browser]
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "django_helpdesk"
START_S, RUN_MS = 240, 300_000
MAIL = """
import logging, uuid
from email.message import EmailMessage
from helpdesk.email import extract_email_metadata
from helpdesk.models import Queue
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "fang@example.com", "desk@example.com", {subject!r}
mail["Message-ID"] = f"<{{uuid.uuid4()}}@example.com>"
mail.set_content({text!r})
print("ticket", extract_email_metadata(mail.as_string(), Queue.objects.get(slug="service"), logging.getLogger()).pk)
"""


@dataclass(frozen=True, slots=True)
class Desk:
    address: str
    backoffice: str
    environ: dict[str, str]

    def ledger(self) -> list[dict[str, Any]]:
        return list(get_json(f"{self.backoffice}/ledger"))

    def mail(self, subject: str, text: str) -> int:
        """What a customer writes, as the helpdesk's own reader of its mailbox takes it; the ticket's number there."""
        python = Path(self.environ.get("DESK_VENV", Path(self.environ["CS_AGENT_DATA_DIR"], "venv"))) / "bin" / "python"
        environ = {**self.environ, "DJANGO_SETTINGS_MODULE": "desk.settings", "CS_AGENT_MODE": "demo"}
        environ |= {"PYTHONPATH": f"{EXAMPLE}{os.pathsep}{EXAMPLE.parents[1]}"}
        command = [str(python), str(EXAMPLE / "manage.py"), "shell", "-c", MAIL.format(subject=subject, text=text)]
        printed = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
        return int(printed.rsplit("ticket ", 1)[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The example as its reader starts it."""
    directory = tmp_path_factory.mktemp("desk")
    ports = dict(zip(PORT_SETTINGS, map(str, free_ports(len(PORT_SETTINGS))), strict=True))
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("CS_AGENT_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        kept.pop(name, None)
    named = {name: os.environ[name] for name in ("CS_AGENT_CHROMIUM", "DESK_VENV") if name in os.environ}
    phone = {"CS_AGENT_PHONE_PORT": str(free_port_row(1)), "CS_AGENT_DATA_DIR": str(directory / "data")}
    environ = {**kept, **named, **ports, **phone}
    log_path = directory / "log"
    command = [sys.executable, str(EXAMPLE / "start.py")]
    with log_path.open("wb") as log:
        started = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
    ours, backoffice = (ports[f"CS_AGENT_{name}"] for name in ("PORT", "BACKOFFICE_PORT"))
    made = Desk(f"http://127.0.0.1:{ours}", f"http://127.0.0.1:{backoffice}", environ)
    try:
        wait_until(f"the example ({log_path})", lambda: _is_up(made.address, started, log_path), START_S)
        yield made
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        AdbServer(port=int(ports["CS_AGENT_ADB_PORT"])).stop()


def _is_up(address: str, started: subprocess.Popen[bytes], log: Path) -> bool:
    assert started.poll() is None, log.read_text(errors="replace")[-3000:]
    try:
        with urlopen(f"{address}/agent/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (HTTPError, URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    """Logged in at the helpdesk, by its own page."""
    context = browser.new_context(base_url=desk.address, viewport={"width": 1360, "height": 1000}, locale="zh-CN")
    page = context.new_page()
    log_in(page)
    yield page
    context.close()


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("input[name=username]", "lin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def come_in(page: Page, ticket: int) -> None:
    """Open the helpdesk's page until its ticket has come in and the panel stands in it."""
    page.goto(f"/tickets/{ticket}/")
    wait_until("the panel", lambda: page.reload() and page.locator("#cs-agent iframe").count(), 60)


def test_a_ticket_is_handled_in_the_helpdesks_own_page_after_a_persons_yes(desk: Desk, page: Page) -> None:
    come_in(page, 1)
    frame = page.frame_locator("#cs-agent iframe")
    expect(frame.locator("live-ticket")).to_be_visible(timeout=30_000)
    before = len(desk.ledger())
    frame.locator("#start").click()
    card = frame.locator("confirm-card[data-armed]")
    page.locator("#cs-agent").scroll_into_view_if_needed()
    expect(frame.locator("confirm-card")).to_be_visible(timeout=RUN_MS)
    frame.locator(".confirm-yes .confirm-answers").scroll_into_view_if_needed()
    expect(card).to_be_visible(timeout=30_000)
    expect(frame.locator("#confirm-summary")).to_contain_text("¥399.00")
    assert len(desk.ledger()) == before, "nothing may be filed before the yes"
    keep_picture(page, "django-helpdesk-zh")
    card.focus()
    page.keyboard.press("y")
    expect(frame.locator(".embed-head").get_by_text("成功")).to_be_visible(timeout=RUN_MS)
    assert len(desk.ledger()) == before + 1

    def written_back() -> bool:
        page.reload()
        return "智能处理已完成" in page.content()

    wait_until("the follow-up", written_back, 60)
    shown = page.content()
    assert "Private" in shown or "非公开" in shown or "私" in shown or "Internal" in shown
    assert re.search(r"已解决|Resolved", page.locator("body").inner_text())
    link = re.search(r"http://127\.0\.0\.1:\d+(/agent/runs/[0-9a-f-]+/replay/)", shown)
    assert link
    keep_picture(page, "django-helpdesk-follow-up-zh")
    page.goto(link[1])
    wait_until("the replay", lambda: page.reload() and page.locator("video").count(), 120)
    expect(page.locator("video")).to_be_visible()


def test_what_a_flow_lacks_is_asked_of_the_customer_and_his_answers_by_mail_let_the_run_start(
    desk: Desk, page: Page
) -> None:
    number = desk.mail("快递查询", "我的包裹到哪里了,帮我查一下物流,谢谢")
    come_in(page, number)
    frame = page.frame_locator("#cs-agent iframe")
    side = frame.locator(".embed-side")
    draft = frame.locator("#ask-text")
    expect(draft).to_have_value(re.compile(rf"^您好!\n关于您的工单 \[service-{number}\]"))
    assert "订单号" not in page.locator("body").inner_text(), "a draft is no message"
    frame.locator("button[name=send_by]").first.click()
    expect(side.get_by_text("等客户回复").first).to_be_visible(timeout=30_000)

    def sent() -> bool:
        page.reload()
        return "请告诉我们订单号" in page.locator("body").inner_text()

    wait_until("the question in the helpdesk", sent, 60)
    assert "To submitter" in page.locator("body").inner_text()
    desk.mail(f"Re: [service-{number}] 快递查询", "好的,我找一下再告诉您")
    expect(side.get_by_text("回复需要核对").first).to_be_visible(timeout=60_000)
    frame.locator("button[name=send_by]").first.click()
    expect(side.get_by_text("等客户回复").first).to_be_visible(timeout=30_000)
    desk.mail(f"Re: [service-{number}] 快递查询", "订单号 202405218876,麻烦了\n\n> 请告诉我们订单号。")
    expect(side.get_by_text("客户已回复").first).to_be_visible(timeout=60_000)
    row = frame.locator(".embed-side").get_by_text("202405218876").first
    expect(row).to_be_visible()
    expect(side.get_by_text("客户回复", exact=True).first).to_be_visible()  # where the value came from
    keep_picture(page, "django-helpdesk-asked-zh")
    frame.locator("#start").click()
    expect(frame.locator(".embed-head .pill")).to_have_count(2, timeout=30_000)


def test_the_button_opens_the_page_of_that_very_ticket(desk: Desk, page: Page) -> None:
    come_in(page, 2)
    title = page.locator("h2").first.inner_text().split("#")[0].strip()
    with page.context.expect_page() as opened:
        page.locator("#cs-agent a.btn").click()
    ours = opened.value
    ours.wait_for_selector("live-ticket")
    assert "/agent/tickets/T" in ours.url
    expect(ours.locator("h1")).to_have_text(title)


def test_the_panel_speaks_the_language_of_the_page_around_it(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(base_url=desk.address, viewport={"width": 1360, "height": 1000}, locale="en-US")
    page = context.new_page()
    log_in(page)
    come_in(page, 3)
    frame = page.frame_locator("#cs-agent iframe")
    expect(frame.locator("#start")).to_contain_text("Start")
    page.locator("#cs-agent").scroll_into_view_if_needed()
    keep_picture(page, "django-helpdesk-en")
    context.close()
