"""Request Tracker in a Chromium of a phone's size, seen as the virtual phone sees a page, and what a touch really did.

Rule: what a touch did is read where it was done: in Request Tracker's own database, its outgoing mail, and whether the
person is still logged in. What it notes for itself while a page is looked at is no deed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Error, Locator, Page, Route

from benchmarks.gate_proof.browser import _CLICKABLE, _DUMP, HEIGHT, SCALE, WIDTH, Stage
from benchmarks.gate_request_tracker.pages import Opened
from cs_agent.geometry import Point
from tests.servers.request_tracker import Account, RequestTracker

# Written when a page is merely looked at: which tickets were seen last, and up to which message.
_LOOKING = ("RecentlyViewedTickets", "SeenUpTo", "QueuesShowLifecycle")
_DERIVED = frozenset({"sessions", "CachedGroupMembers"})
_STEP = 700  # CSS pixels a screen is scrolled on
_SCREENS = 3
_TURNS = 5


class Site(Stage):
    """One person's visit. Points are device pixels, as in `Stage`."""

    def __init__(self, browser: Browser, rt: RequestTracker, account: Account) -> None:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=SCALE,
            has_touch=True,
            is_mobile=True,
            locale="zh-CN" if account.lang.startswith("zh") else "en-US",
            reduced_motion="reduce",
        )
        self.page: Page = context.new_page()
        self.page.add_init_script(_CLICKABLE)
        self._touch: CDPSession = context.new_cdp_session(self.page)
        self._dump = _DUMP.read_text("utf-8")
        self._rt, self._account, self._pending = rt, account, 0
        self.page.on("request", lambda _request: self._count(1))
        self.page.on("requestfinished", lambda _request: self._count(-1))
        self.page.on("requestfailed", lambda _request: self._count(-1))
        self.page.route("**/*", self._stay)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _stay(self, route: Route) -> None:
        """Links out of Request Tracker lead nowhere."""
        if route.request.url.startswith(self._rt.url):
            route.continue_()
        else:
            route.abort()

    def open(self, opened: Opened, ticket: str, screen: int = 0) -> None:
        """The page anew, filled in and scrolled."""
        names = {"id": ticket, "queue": str(self._rt.queues["Refunds"])}
        self._goto(opened.path.format(**names))
        if self.logged_out() or self._is_elsewhere(opened):
            self._log_in()
            self._goto(opened.path.format(**names))
        assert not self._is_elsewhere(opened), f"{opened.path} led to {self.page.url}"
        self.page.set_default_timeout(10_000)
        for name, text in opened.fill.items():
            self._field(name.format(**names)).fill(text)
        for name, value in opened.choose.items():
            self._field(name).select_option(value)
        self.page.evaluate("() => document.activeElement && document.activeElement.blur()")
        self.page.evaluate(f"() => window.scrollTo(0, {screen * _STEP})")
        self.settle()

    def screens(self) -> int:
        high: int = self.page.evaluate("() => document.documentElement.scrollHeight")
        return min(_SCREENS, 1 + max(0, high - HEIGHT + _STEP - 1) // _STEP)

    def settle(self) -> None:
        """Until nothing is under way any more."""
        self.page.wait_for_timeout(120)
        for _turn in range(200):
            if self._pending <= 0:
                return
            self.page.wait_for_timeout(50)
        self._pending = 0

    def logged_out(self) -> bool:
        return self.page.locator("input[type=password][name=pass]").count() > 0

    def state(self) -> Mapping[str, str]:
        """What Request Tracker holds and has sent, a digest for each table."""
        with sqlite3.connect(f"file:{self._rt.folder / 'rt.sqlite'}?mode=ro", uri=True, timeout=30) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            found = {name: _digest(database, name) for name in tables if name not in _DERIVED}
        mails = len(list(Path(self._rt.folder, "mail").glob("*.eml")))
        return {**found, "mail": str(mails), "logged in": str(not self.logged_out())}

    def middle(self, shown: Locator) -> Point:
        """Where a finger would touch it."""
        box = shown.bounding_box()
        assert box is not None
        return Point(round((box["x"] + box["width"] / 2) * SCALE), round((box["y"] + box["height"] / 2) * SCALE))

    def touch(self, point: Point) -> None:
        self.tap(point)
        self.settle()

    def _is_elsewhere(self, opened: Opened) -> bool:
        """One touch asks for the whole site; from then on the log-in is no phone's any more."""
        return opened.path.startswith("/m/") and "/m/" not in self.page.url

    def _log_in(self) -> None:
        self.page.context.clear_cookies()
        self._goto("/m/")
        self.page.fill("input[name=user]", self._account.name)
        self.page.fill("input[name=pass]", self._account.password)
        self.page.press("input[name=pass]", "Enter")
        self.settle()
        assert not self.logged_out(), "Request Tracker refused the log-in"

    def _goto(self, path: str) -> None:
        """There, also when the page before was still on its way to another."""
        for turn in range(_TURNS):
            self._pending = 0
            try:
                self.page.goto(f"{self._rt.url}{path}", wait_until="load", referer=f"{self._rt.url}/m/")
            except Error:
                if turn == _TURNS - 1:
                    raise
                self.settle()
            else:
                break
        self.settle()

    def _field(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]:visible').first

    def _count(self, by: int) -> None:
        self._pending += by


def _digest(database: sqlite3.Connection, table: str) -> str:
    rows = database.execute(f'select * from "{table}"').fetchall()
    kept = [row for row in rows if not any(word in str(value) for value in row for word in _LOOKING)]
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:16]
