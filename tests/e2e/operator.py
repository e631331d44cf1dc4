"""An operator at a real browser: what a person does on the console's pages, and what a person sees."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tickets.demo import PASSWORD

START = "启动智能处理"
RUN_LIMIT_MS = 300_000  # a machine that does other things too is several times slower


class Operator:
    def __init__(self, page: Page, address: str, name: str = "lin") -> None:
        self.page, self.address = page, address
        page.goto(f"{address}/login/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{address}/tickets/**")

    def open_ticket(self, text: str) -> None:
        """The first ticket in the queue that shows this text."""
        self.page.goto(f"{self.address}/tickets/?status=all&q={text}")
        self.page.locator("a[href^='/tickets/T']").first.click()
        self.page.wait_for_selector("live-ticket")

    def open_first_startable(self, *texts: str) -> str:
        """The first of these tickets that nobody handles yet; its text."""
        for text in texts:
            self.open_ticket(text)
            if self.page.get_by_role("button", name=START).count():
                return text
        raise AssertionError(f"none of {texts} can be started")

    def start(self) -> None:
        self.page.get_by_role("button", name=START).click()

    def wait_for_confirmation(self) -> Locator:
        card = self.page.locator("confirm-card")
        expect(card).to_be_visible(timeout=RUN_LIMIT_MS)
        return card

    def press(self, key: str) -> None:
        """A key on the focused confirmation, once it takes keys."""
        self.page.locator("confirm-card").focus()
        expect(self.page.locator("confirm-card[data-armed]")).to_be_visible(timeout=RUN_LIMIT_MS)
        self.page.keyboard.press(key)

    def wait_for_status(self, words: str) -> None:
        expect(self.page.locator("live-ticket").get_by_text(words).first).to_be_visible(timeout=RUN_LIMIT_MS)
