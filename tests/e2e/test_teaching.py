"""A flow is taught on its page, rehearsed, reviewed and released, with real processes and a real browser; then a ticket
runs from memory, without the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cs_agent.geometry import Box
from cs_agent.phone import drivers
from cs_agent.phone.driver import Driver
from tests.browser import chromium
from tests.e2e.operator import Operator
from tests.processes import Product, wait_until

USE = "from tickets.models import Phone; Phone.objects.update(use='{}')"
SLOW_MS = 60_000
pytestmark = [pytest.mark.story, pytest.mark.browser]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("teaching")) as product:
        wait_until("the product to be healthy", product.healthy, 60)
        yield product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Teacher(Operator):
    """A flow editor who sees the phone in the browser, and touches what is seen there."""

    def __init__(self, page: Page, product: Product) -> None:
        super().__init__(page, product.address, "editor")
        self.product = product
        self.eyes = eyes_of(product)

    def begin(self, name: str, slug: str, ticket: str) -> None:
        self.page.goto(f"{self.address}/flows/")
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=slug]", slug)
        self.page.get_by_role("button", name="新建草稿").click()
        self.page.goto(f"{self.address}/flows/{slug}/teach/?q={ticket}")
        self.page.locator(".lesson-choice input[name=ticket]").first.check()
        self.page.locator(".lesson-choice input[name=phone]").first.check()
        self.page.get_by_role("button", name="开始示教").click()
        expect(self.page.locator("phone-stage[data-mode=mine]")).to_be_visible(timeout=SLOW_MS)
        wait_until(
            "the first picture", lambda: self.page.evaluate("document.querySelector('phone-stage').frames > 0"), 60
        )

    def place(self, label: str) -> Box:
        """Where this stands on the phone."""
        found: list[Box] = []

        def shows() -> bool:
            nodes = self.eyes.nodes() or ()
            found[:] = [node.box for node in nodes if label in (node.text, node.description)]
            return bool(found)

        wait_until(f"{label} on the phone", shows, 30)
        return min(found, key=lambda box: box.area)

    def at(self, x: int, y: int) -> tuple[float, float]:
        size, canvas = self.eyes.size(), self.page.locator("[data-canvas]").bounding_box()
        assert canvas
        return canvas["x"] + canvas["width"] * x / size.width, canvas["y"] + canvas["height"] * y / size.height

    def steps(self) -> int:
        return int(self.page.locator("#lesson-state").get_attribute("data-steps") or 0)

    def noted(self, before: int) -> None:
        """The act stands among the steps, and the page it led to has been read."""
        expect(self.page.locator("#lesson-state")).to_have_attribute("data-steps", str(before + 1), timeout=SLOW_MS)

    def tap(self, label: str) -> None:
        before, box = self.steps(), self.place(label)
        self.page.mouse.click(*self.at(box.center.x, box.center.y))
        self.noted(before)

    def put_in(self, slot: str) -> None:
        before = self.steps()
        self.page.locator(f"[data-slot='{slot}']").click()
        self.noted(before)

    def use(self, tool: str) -> None:
        self.page.locator(".lesson-tools label", has_text=tool).click()

    def mark(self, tool: str, *labels: str) -> None:
        box = Box.around([self.place(label) for label in labels])
        marks = self.page.locator(".lesson-marks [data-at]")
        before = marks.count()
        self.use(tool)
        self.page.mouse.move(*self.at(max(box.left - 6, 0), max(box.top - 6, 0)))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(box.right + 6, box.bottom + 6), steps=4)
        self.page.mouse.up()
        expect(marks).to_have_count(before + 1, timeout=SLOW_MS)
        self.use("操作")


def eyes_of(product: Product) -> Driver:
    values = product.values
    address = drivers.Address(
        product.phone_serials[0], host=values["CS_AGENT_ADB_HOST"], port=values["CS_AGENT_ADB_PORT"], app_names={}
    )
    return drivers.connect(address)


def test_a_flow_is_taught_rehearsed_reviewed_released_and_runs_from_memory(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    product.manage("shell", "-v", "0", "-c", USE.format("rehearsal"))
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    teacher = Teacher(page, product)
    teacher.begin("补发验证码", "taught_resend", "修改密码收不到验证码")
    teacher.tap("短信平台")
