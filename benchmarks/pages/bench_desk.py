"""Ten tickets handled by one person with the keyboard alone, in a browser: how many keys, and how many seconds.

The runs are scripted and take no time: what counts is the person's part. One after the other, and all in bulk with
the confirmations after. A person's reading is not counted: the seconds are those in which the pages keep one waiting.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from benchmarks.figures import Figure
from tests.browser import chromium
from tests.consoles.browsing import PASSWORD, PATIENCE_MS, armed, decided
from tests.consoles.site import Site, site

WORK = "benchmarks.pages.bench_desk"  # the served console calls the last functions of this module
TICKETS = 10


@dataclass
class Person:
    """Presses keys and counts them; `scripted_s` is the time that the scripted runs took."""

    page: Page
    made: Site
    keys: int = 0
    scripted_s: float = 0.0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def run(self, what: str, number: str) -> None:
        begun = time.monotonic()
        self.made.run(f"{WORK}:{what}", number)
        self.scripted_s += time.monotonic() - begun

    def say_yes(self) -> None:
        """On the ticket's page: `c` only where the card has not taken the focus by itself."""
        armed(self.page)
        if not self.page.evaluate("document.activeElement.closest('confirm-card') !== null"):
            self.press("c")
        self.press("y")
        decided(self.page)


def main() -> list[Figure]:
    ways = {"one after the other": one_by_one, "started in bulk, then confirmed": in_bulk}
    return [figure for name, way in ways.items() for figure in _measured(name, way)]


def one_by_one(person: Person) -> None:
    page = person.page
    person.press("j", "Enter")
    for n in range(TICKETS):
        number = _opened(page)
        person.press("s")
        expect(page.locator(".cockpit .pill", has_text="排队中").first).to_be_visible()
        person.run("confirm", number)
        person.say_yes()
        person.run("finish", number)
        expect(page.locator(".cockpit .pill", has_text="成功").first).to_be_visible()
        if n + 1 < TICKETS:
            person.press("Enter")
            page.wait_for_url(re.compile(rf"/tickets/(?!{number})T\d+/"))


def in_bulk(person: Person) -> None:
    page = person.page
    person.press("j", "x", "Shift+X", "s", "s")
    expect(page.locator(".started")).to_contain_text(f"已完成 {TICKETS} / {TICKETS}")
    for number in [text.split()[0] for text in page.locator(".started [data-done] a").all_text_contents()]:
        person.run("confirm", number)
    person.press("g", "w")
    page.wait_for_url("**/waiting/**")
    rows = page.locator(".wait-row")
    expect(rows).to_have_count(TICKETS)
    person.press("j")
    for left in range(TICKETS, 0, -1):
        person.press("Enter")
        person.say_yes()
        expect(rows).to_have_count(left - 1)
        expect(page.locator(".wait-row.selected")).to_have_count(min(left - 1, 1))


def _opened(page: Page) -> str:
    page.wait_for_url(re.compile(r"/tickets/T\d+/"))
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _logged_in(browser: Browser, made: Site) -> Page:
    context = browser.new_context(base_url=made.address, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/login/")
    page.fill("#username", "alice")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/")
    expect(page.locator("#link-state")).to_have_attribute("data-state", "open")
    return page


def _measured(name: str, way: Callable[[Person], None]) -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="csa_desk_") as folder,
        site(Path(folder), f"{WORK}:build") as made,
        chromium() as browser,
    ):
        page = _logged_in(browser, made)
        person = Person(page, made)
        begun = time.monotonic()
        way(person)
        seconds = time.monotonic() - begun - person.scripted_s
    return [
        Figure(f"{TICKETS} tickets {name}: keys", f"{person.keys} ({person.keys / TICKETS:.1f} a ticket)"),
        Figure(f"{TICKETS} tickets {name}: waiting for pages", f"{seconds:.1f} s ({seconds / TICKETS:.1f} s a ticket)"),
    ]


def build() -> None:
    from tests.consoles import story
    from tickets.models import Department
    from tickets.services.tickets import fitting

    department = Department.objects.create(name="售后一部")
    story.member("alice", "operator", department, "林晓")
    story.publish("complaint_refund")
    for n in range(TICKETS):
        story.new_phone(1, serial=f"phone-{n}")
        story.new_ticket(department, subject=f"蓝牙耳机充不上电({n + 1})", customer_name=f"客户{n + 1}")
    fitting.learn()


def confirm(number: str) -> None:
    """The ticket's run comes to its confirmation."""
    from tests.consoles import story
    from tickets.models import Phone

    story.ask_confirmation(_run(number), Phone.objects.filter(lease_run=None).first())


def finish(number: str) -> None:
    """The confirmed act is done and the run has succeeded."""
    from tests.consoles import story
    from tickets.models import Phone, RunStatus
    from tickets.services.runs import lifecycle as runs

    run = _run(number)
    run = story.drive(run, run.phone)
    runs.end(run, RunStatus.SUCCEEDED, result="退款申请已提交,申请单号 AS20240522001。")
    Phone.objects.filter(lease_run=run).update(lease_run=None)


def _run(number: str) -> Any:
    from tickets.models import Run

    return Run.objects.filter(ticket__number=number).latest("created_at")
