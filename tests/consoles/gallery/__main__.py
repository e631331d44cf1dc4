"""Pictures of every page, for people who look at them: `python -m tests.consoles.gallery <folder> [part of a name …]`.

Each page is shown in `--styles` (language-theme) and `--sizes`; `--axe` prints what axe finds on it. What is wider
than its window, untranslated on an English page, or an error of its scripts is printed as well.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Route, ViewportSize

from tests.browser import chromium
from tests.consoles.browsing import AXE_RULES, PASSWORD
from tests.consoles.gallery.data import ERRORS
from tests.consoles.gallery.pages import ACTS, NAMED, NARROW, PAGES, PAUSED, TICKETS
from tests.consoles.site import Site, site

DATA = "tests.consoles.gallery.data"
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Size:
    """A window in CSS pixels; `scale` 2 and half the size is what a zoom of 200 % makes of it."""

    width: int
    height: int
    scale: int = 1


SIZES = {"1280": Size(1280, 800), "390": Size(390, 844), "1920": Size(1920, 1080), "200": Size(640, 400, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", help="only pages with one of these in their name")
    parser.add_argument("--styles", default="zh-light,en-dark", help="of zh-light, zh-dark, en-light, en-dark")
    parser.add_argument("--sizes", default="1280,390", help=f"of {', '.join(SIZES)}")
    parser.add_argument("--axe", action="store_true")
    parser.add_argument("--whole", action="store_true", help="the whole page, not only what the window shows")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, site(Path(directory), f"{DATA}:build") as made:
        with chromium() as browser:
            Photographer(made, browser, options).shoot()
        print((Path(directory) / "server.log").read_text()[-3000:])


class Photographer:
    """Goes through the pages, one browser context for each person, style and size."""

    def __init__(self, made: Site, browser: Browser, options: argparse.Namespace) -> None:
        self.made, self.browser, self.options = made, browser, options
        self.pages = {
            name: place
            for name, place in _pages(made).items()
            if not options.parts or any(part in name for part in options.parts)
        }
        self.errors = json.loads(made.run(f"{DATA}:error_pages"))
        self.logged_in: dict[str, Any] = {}  # cookies by person

    def shoot(self) -> None:
        with _feeds(self.made):
            for style in self.options.styles.split(","):
                for size in self.options.sizes.split(","):
                    self._round(style, size)

    def _round(self, style: str, size: str) -> None:
        sessions: dict[str, Page] = {}
        for name, (user, path) in self.pages.items():
            if name in NARROW and SIZES[size].width > NARROW[name]:
                continue
            if user not in sessions:
                sessions[user] = self._log_in(user, style, SIZES[size])
            self._one(sessions[user], name, path, f"{name}-{style}-{size}")
        for page in sessions.values():
            page.context.close()

    def _log_in(self, user: str, style: str, size: Size) -> Page:
        language, theme = style.split("-")
        window: ViewportSize = {"width": size.width, "height": size.height}
        known = self.logged_in.get(user)
        context = self.browser.new_context(viewport=window, device_scale_factor=size.scale, storage_state=known)
        context.set_default_timeout(30_000)
        context.set_default_navigation_timeout(60_000)
        context.route("**/error/*/", _serve(self.errors, LANGUAGES[language]))
        cookies = {"django_language": LANGUAGES[language], "theme": theme}
        context.add_cookies(
            [{"name": name, "value": value, "url": self.made.address} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.on("console", lambda m: m.type in ("error", "warning") and print("console:", m.text, page.url))
        page.on("pageerror", lambda error: print("pageerror:", error, page.url))
        if user and not known:
            page.goto(f"{self.made.address}/login/")
            page.fill("#username", user)
            page.fill("#password", PASSWORD)
            page.click("form.login-card button")
            page.wait_for_url("**/tickets/")
            self.logged_in[user] = context.storage_state()
        return page

    def _one(self, page: Page, name: str, path: str, picture: str) -> None:
        paused = name.startswith(PAUSED)
        if paused:
            self.made.run(f"{DATA}:pause")
        page.goto(self.made.address + path)
        page.wait_for_timeout(700)
        if name in ACTS:
            try:
                ACTS[name](page)
            except Error as error:  # the picture shows how far it came
                print(picture, error)
            page.wait_for_timeout(700)
        page.screenshot(path=self.options.folder / f"{picture}.png", full_page=self.options.whole)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            print(f"{picture}: {wide} px too wide")
        if self.options.axe:
            _axe(page, picture)
        if paused:
            self.made.run(f"{DATA}:resume")
        page.context.set_offline(False)


def _axe(page: Page, picture: str) -> None:
    found = Axe().run(page, options={"runOnly": AXE_RULES}).response["violations"]
    for fault in found:
        for node in fault["nodes"]:
            print(f"axe {picture}: {fault['id']} {node['html'][:200]} | {node['failureSummary'][:300]!r}")


def _pages(made: Site) -> dict[str, tuple[str, str]]:
    """(person, path) by the picture's name."""
    rows = [line.split() for line in made.run(f"{DATA}:numbers").splitlines()]
    known = {name: number for name, number, *_rest in rows}
    runs = {name: run for name, _number, run, _phone in rows}
    pages = {name: ("alice", f"/tickets/{known[name]}/") for name in TICKETS} | PAGES
    for name, (user, path) in NAMED.items():
        pages[name] = (user, path.format(ticket=known, run=runs))
    for name in ERRORS:
        pages[f"error-{name}"] = ("alice", f"/error/{name}/")
    return pages


def _serve(pages: dict[str, str], language: str) -> Callable[[Route], None]:
    """Answers /error/<name>/ with the page of that name."""

    def serve(route: Route) -> None:
        name = route.request.url.rstrip("/").rsplit("/", 1)[1]
        route.fulfill(body=pages[f"{name}.{language}"], content_type="text/html; charset=utf-8")

    return serve


@contextmanager
def _feeds(made: Site) -> Iterator[None]:
    """Pictures arrive from the phones of two tickets."""
    rows = [line.split() for line in made.run(f"{DATA}:numbers").splitlines()]
    phones = [row[3] for row in rows if row[3] != "None" and row[0] in {"running", "mine"}]
    feeds = [_start_feed(made, phone) for phone in phones]
    try:
        yield
    finally:
        for feed in feeds:
            feed.terminate()
            feed.wait()


def _start_feed(made: Site, phone: str) -> subprocess.Popen[bytes]:
    code = f"import django; django.setup(); from {DATA} import feed; feed({phone!r})"
    return subprocess.Popen([sys.executable, "-c", code], env=made.environ)


if __name__ == "__main__":
    main()
