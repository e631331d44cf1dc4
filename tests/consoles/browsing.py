"""The browser tests' fixtures: one console served for a module, people logged in once, pages that may not err."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser import chromium
from tests.consoles.site import Site, site
from tests.processes import wait_until

PASSWORD = "not-a-real-password"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
Login = Callable[..., Page]
PATIENCE_MS = 20_000  # a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("console"), "tests.consoles.scenes:build") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def numbers(console: Site) -> dict[str, Any]:
    return world(console)


def world(console: Site) -> dict[str, Any]:
    return json.loads(console.run("tests.consoles.scenes:world"))


@pytest.fixture(scope="module")
def sessions(console: Site, browser: Browser) -> dict[str, Any]:
    """Each person's log-in, kept for all tests of the module."""
    found = {}
    for name in ("alice", "bob", "victor", "fiona"):
        context = browser.new_context(base_url=console.address)
        page = context.new_page()
        page.goto("/login/")
        page.fill("#username", name)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/tickets/")
        found[name] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def visit(console: Site, browser: Browser, sessions: dict[str, Any]) -> Iterator[Login]:
    """Open a page as somebody. At the end no page may have had an error or broken its content security policy."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visit(path: str, user: str = "alice", **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(base_url=console.address, storage_state=sessions[user], **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note(errors, message))
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not errors, errors


def _note(errors: list[str], message: Any) -> None:
    """Refused requests (409 …) are told on the page, and a look that hung is dropped for a new one; everything else
    that reaches the console is a fault."""
    expected = r"responded with a status of 4|Status Error Code 4|^htmx:(sendAbort|afterRequest),"
    if message.type == "error" and not re.search(expected, message.text):
        errors.append(message.text)


@pytest.fixture
def open_ticket(visit: Login, numbers: dict[str, Any]) -> Login:
    def open_ticket(name: str, user: str = "alice", **options: Any) -> Page:
        return visit(f"/tickets/{numbers[name]['number']}/", user, **options)

    return open_ticket


def heard(page: Page, selector: str) -> list[dict[str, Any]]:
    """What a screen reader is told of an element and of all in it, in order: role, name, description, keys."""
    session = page.context.new_cdp_session(page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    told = session.send("Accessibility.queryAXTree", {"nodeId": node})["nodes"]
    session.detach()
    return [_told(each) for each in told if not each["ignored"]]


def _told(node: dict[str, Any]) -> dict[str, Any]:
    properties = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    parts = {name: node.get(name, {}).get("value", "") for name in ("role", "name", "description")}
    return parts | {"keys": properties.get("keyshortcuts", ""), "focused": properties.get("focused", False)}


def armed(page: Page) -> Page:
    """Once the card's first moments are over."""
    page.wait_for_selector("confirm-card[data-armed]")
    return page


def becomes_true(page: Page, script: str) -> None:
    """Wait for a script's true answer; asked from here, because the page's policy lets nothing be evaluated in it.

    A page that loads itself anew meanwhile has not answered yet.
    """
    wait_until(script, lambda: _answer(page, script), PATIENCE_MS / 1000)


def _answer(page: Page, script: str) -> Any:
    try:
        return page.evaluate(script)
    except PlaywrightError as error:
        if "Execution context was destroyed" not in str(error):
            raise
        return None


def decided(page: Page) -> None:
    expect(page.locator("confirm-card")).to_have_count(0)
