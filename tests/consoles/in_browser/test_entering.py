"""The panel in the frames of pages that behave as Chatwoot's and Zendesk's do, without third-party cookies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import BrowserContext, Frame, Page, expect, sync_playwright

from tests.browser import keep_picture
from tests.consoles.browsing import world
from tests.consoles.foreign import foreign_desk, own_window, strict_browser
from tests.consoles.site import Site
from tests.processes import wait_until

pytestmark = pytest.mark.browser
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def desk(console: Site) -> Iterator[str]:
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with foreign_desk() as origin:
        console.run("tests.consoles.scenes:entries", origin, public.decode())
        yield origin


@pytest.fixture
def context(tmp_path: Any) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright, strict_browser(playwright, tmp_path) as context:
        yield context


def chatwoot(context: BrowserContext, console: Site, desk: str, **given: str) -> tuple[Page, Frame]:
    page = context.pages[0]
    display = {name: given[name] for name in ("lang", "theme") if name in given}
    source = f"{console.address}/embed/chatwoot-1/enter/?{urlencode(display)}"
    page.goto(f"{desk}/chatwoot?{urlencode({'src': source, 'ticket': '41', 'account': '3', **given})}")
    return page, page.frames[1]


def zendesk(context: BrowserContext, console: Site, desk: str, **given: str) -> tuple[Page, Frame]:
    page = context.pages[0]
    now = int(time.time())
    claims = {"iss": "acme.zendesk.com", "iat": now, "exp": now + 120, "jti": str(time.time_ns())}
    claims["aud"] = "https://acme.zendesk.com/api/v2/apps/installations/7.json"
    token = jwt.encode(claims, KEY, algorithm="RS256")
    names = {"origin": given.pop("origin", desk), "app_guid": "guid-1"}
    source = f"{console.address}/embed/zendesk-1/enter/?{urlencode(names)}"
    page.goto(f"{desk}/zendesk?{urlencode({'src': source, 'ticket': '9', 'token': token, **given})}")
    page.frames[1].wait_for_url("**/enter/**")
    return page, page.frames[1]


def window_of(context: BrowserContext, frame: Frame) -> Page:
    """The person opens our window from the frame and logs in there."""
    own = own_window(context, frame.locator("[data-allow]"))
    expect(own.locator(".embed-card h1")).to_be_visible()
    return own


def allow(own: Page) -> None:
    own.locator(".embed-card form .btn-main").click()


def test_in_chatwoot_the_code_is_typed_where_its_page_keeps_windows_apart(
    context: BrowserContext, console: Site, desk: str
) -> None:
    page, frame = chatwoot(context, console, desk)
    expect(frame.locator("[data-allow]")).to_be_visible()
    keep_picture(page, "entry-zh")
    own = window_of(context, frame)
    expect(own.locator(".facts")).to_contain_text("plain")
    keep_picture(own, "entry-window-zh")
    allow(own)
    code = own.locator(".embed-handed").inner_text()
    keep_picture(own, "entry-code-zh")
    page.bring_to_front()
    frame.locator("#code").fill(code.lower())
    keep_picture(page, "entry-typed-zh")
    frame.locator("#code").press("Enter")
    expect(frame.locator("live-ticket")).to_be_visible()
    frame.wait_for_selector("confirm-card[data-armed]")
    frame.locator("confirm-card").focus()
    page.keyboard.press("y")
    expect(frame.locator("confirm-card")).to_have_count(0)
    decided = world(console)["plain"]
    assert (decided["confirmation"], decided["by"]) == ("approved", "alice")


def test_in_chatwoot_the_window_hands_the_code_to_the_frame_that_opened_it_and_closes(
    context: BrowserContext, console: Site, desk: str
) -> None:
    page, frame = chatwoot(context, console, desk, ticket="42", opener="kept", lang="en", theme="dark")
    first = window_of(context, frame)  # the log-in keeps its window apart
    first.close()
    own = window_of(context, frame)
    page.evaluate("document.querySelector('iframe').contentWindow.postMessage({ code: 'ABCDEFGH' }, '*')")  # not ours
    allow(own)
    expect(frame.locator("live-ticket")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    wait_until("the window to close", own.is_closed, 20)
    keep_picture(page, "entry-panel-en")


def test_a_panel_leaves_when_chatwoot_shows_another_conversation_in_the_same_frame(
    context: BrowserContext, console: Site, desk: str
) -> None:
    page, frame = chatwoot(context, console, desk, ticket="42", opener="kept")
    window_of(context, frame).close()
    allow(window_of(context, frame))
    expect(frame.locator("live-ticket")).to_be_visible()
    page.evaluate("show(42, 3)")  # the same one
    page.evaluate("show(41, 3)")
    expect(frame.locator("[data-allow]")).to_have_attribute("href", "/panels/chatwoot-1/?t=41&a=3")


def test_the_conversation_of_another_account_opens_nothing(context: BrowserContext, console: Site, desk: str) -> None:
    page, frame = chatwoot(context, console, desk, account="4")
    expect(frame.locator("[data-when=other]")).to_be_visible()
    expect(frame.locator("[data-allow]")).to_be_hidden()
    keep_picture(page, "entry-other-zh")


def test_only_the_page_around_the_frame_is_heard(context: BrowserContext, console: Site, desk: str) -> None:
    page, frame = chatwoot(context, console, desk)
    expect(frame.locator("[data-allow]")).to_be_visible()
    stranger = desk.replace("localhost", "127.0.0.1")
    page.evaluate(
        """(src) => new Promise((done) => { const other = document.createElement("iframe");
        other.onload = done; other.src = src; document.body.append(other); })""",
        f"{stranger}/",
    )
    said = """parent.frames[0].postMessage(JSON.stringify({ event: "appContext",
      data: { conversation: { id: 42, account_id: 3 } } }), "*")"""
    page.frames[2].evaluate(said)
    page.evaluate("show(41, 3)")  # what was said before was heard by then
    expect(frame.locator("[data-allow]")).to_have_attribute("href", "/panels/chatwoot-1/?t=41&a=3")


def test_a_page_of_another_origin_cannot_frame_it(context: BrowserContext, console: Site, desk: str) -> None:
    page, _frame = chatwoot(context, console, desk.replace("localhost", "127.0.0.1"))
    wait_until("the refusal", lambda: page.frames[1].url.startswith("chrome-error:"), 20)
    assert page.frames[1].locator("[data-allow]").count() == 0


def test_in_zendesk_the_signed_first_request_lets_the_frame_in(
    context: BrowserContext, console: Site, desk: str
) -> None:
    page, frame = zendesk(context, console, desk, opener="kept")
    window_of(context, frame).close()
    own = window_of(context, frame)
    expect(own.locator(".facts")).to_contain_text("new")
    allow(own)
    expect(frame.locator("live-ticket")).to_be_visible()
    keep_picture(page, "entry-zendesk-zh")


def test_in_zendesk_a_first_request_that_is_sent_again_is_refused_in_the_frame(
    context: BrowserContext, console: Site, desk: str
) -> None:
    page, frame = zendesk(context, console, desk)
    expect(frame.locator("[data-allow]")).to_be_visible()
    page.evaluate("document.querySelector('form').submit()")
    expect(frame.get_by_role("heading").filter(has_text="链接已经用过")).to_be_visible()
    keep_picture(page, "entry-replayed-zh")


def test_an_address_that_names_another_helpdesk_to_talk_to_is_not_followed(
    context: BrowserContext, console: Site, desk: str
) -> None:
    _page, frame = zendesk(context, console, desk, origin="https://evil.example.com")
    expect(frame.locator("[data-when=silent]")).to_be_visible()
    expect(frame.locator("[data-allow]")).to_be_hidden()
