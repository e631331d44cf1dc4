"""A real Chromium for tests: found by itself, started once per test that wants it, with a fresh profile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find_chromium(playwright: Playwright) -> str:
    """CS_AGENT_CHROMIUM, then Playwright's own, then the system's; RuntimeError if there is none."""
    named = os.environ.get("CS_AGENT_CHROMIUM", "")
    if named:
        return named
    own = playwright.chromium.executable_path
    if own and Path(own).is_file():
        return own
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium found; set CS_AGENT_CHROMIUM to its path")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; Playwright gives every context of it a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright), args=list(FLAGS))
        try:
            yield browser
        finally:
            with suppress(Error):  # it may have died before us
                browser.close()


def keep_picture(page: Page, name: str) -> None:
    """A picture of the page for people who look at it, where PICTURES names a folder."""
    folder = os.environ.get("PICTURES", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")  # hiding it takes a style inline
