"""A flow editor at a real browser who teaches a flow on the lesson's page, and touches the phone that is seen there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from cs_agent.geometry import Box
from cs_agent.phone import drivers
from cs_agent.phone.driver import Driver
from tests.e2e.operator import Operator
from tests.processes import Product, wait_until

SLOW_MS = 60_000
_WHERE = """(text) => {
  const holder = document.querySelector("[data-ticket]");
  holder.scrollIntoView({ block: "center" });
  const node = [...holder.childNodes].find((each) => each.nodeValue && each.nodeValue.includes(text));
  const range = document.createRange();
  const from = node.nodeValue.indexOf(text);
  range.setStart(node, from);
  range.setEnd(node, from + text.length);
  const box = range.getBoundingClientRect();
  return [box.left + 1, box.right, box.top + box.height / 2];
}"""  # of a stretch of the sample ticket's text, which stands on one line


class Teacher(Operator):
    """A flow editor who sees the phone in the browser, and touches what is seen there.

    `pause_s`: looked at the page before each click, as a person does.
    """

    def __init__(self, page: Page, product: Product, *, pause_s: float = 0.0) -> None:
        super().__init__(page, product.address, "editor")
        self.product = product
        self.eyes = eyes_of(product)
        self._pause_s = pause_s

    def look(self) -> None:
        self.page.wait_for_timeout(self._pause_s * 1000)

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
            whole = [node.box for node in nodes if label in (node.text, node.description)]
            found[:] = whole or [node.box for node in nodes if label in node.text]
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
        before = self.steps()
        self.touch(self.place(label))
        self.noted(before)

    def tap_sure(self, label: str) -> None:
        """A control that looks like a commit, of which the teacher says that it is none."""
        before = self.steps()
        self.touch(self.place(label))
        harmless = self.page.get_by_role("button", name="不是提交,点下去")
        expect(harmless).to_be_visible(timeout=SLOW_MS)
        self.look()
        harmless.click()
        self.noted(before)

    def touch(self, box: Box) -> None:
        """The middle of a place on the phone; whatever the page makes of it."""
        self.look()
        self.page.mouse.click(*self.at(box.center.x, box.center.y))

    def tap_field(self, caption: str) -> None:
        """The field right of or below a caption."""
        before = self.steps()
        self.touch(self.field(caption))
        self.noted(before)

    def field(self, caption: str) -> Box:
        label = self.place(caption)
        boxes = [node.box for node in self.eyes.nodes() or () if node.editable]
        after = [box for box in boxes if box.top >= label.top - label.height and box.center != label.center]
        return min(after, key=lambda box: (box.top, box.left))

    def swipe_up(self, share: float = 0.4) -> None:
        """Drag the page by that share of the screen."""
        before, size = self.steps(), self.eyes.size()
        self.look()
        start = round(size.height * 0.75)
        self.page.mouse.move(*self.at(size.width // 2, start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(size.width // 2, start - round(size.height * share)), steps=8)
        self.page.mouse.up()
        self.noted(before)

    def type_fixed(self, text: str, label: str, *, key_s: float = 0.0) -> None:
        """A text that is the same in every run, written into the box for it."""
        self.look()
        self.page.locator("[data-value] textarea").click()
        self.page.keyboard.type(text, delay=key_s * 1000)
        self._put_in_as(label, "固定文字", key_s)

    def type_from_ticket(self, text: str, label: str, *, key_s: float = 0.0) -> None:
        """A value of the sample ticket, chosen in its text with the mouse."""
        self.look()
        left, right, y = self.page.evaluate(_WHERE, text)
        self.page.mouse.move(left, y)
        self.page.mouse.down()
        self.page.mouse.move(right, y, steps=6)
        self.page.mouse.up()
        expect(self.page.locator("[data-value] textarea")).to_have_value(text)
        self._put_in_as(label, "来自工单:文字", key_s)

    def _put_in_as(self, label: str, kind: str, key_s: float) -> None:
        before = self.steps()
        form = self.page.locator("[data-value]")
        self.look()
        value = form.locator("option", has_text=kind).first.get_attribute("value")
        form.locator("select").select_option(value)
        self.look()
        form.locator("[name=label]").click()
        self.page.keyboard.type(label, delay=key_s * 1000)
        self.look()
        form.get_by_role("button", name="添加并输入").click()
        self.noted(before)

    def commit(self, label: str) -> None:
        """Mark the control that commits; nothing is touched on the phone."""
        before, box = self.steps(), self.place(label)
        self.use("标出提交")
        self.touch(box)
        self.noted(before)

    def say_success(self, text: str, *, key_s: float = 0.0) -> None:
        """What the app will show after the commit."""
        marks = self.page.locator(".lesson-marks [data-at]")
        before = marks.count()
        self.look()
        self.page.locator("#success-text").click()
        self.page.keyboard.type(text, delay=key_s * 1000)
        self.look()
        self.page.get_by_role("button", name="加为成功证据").click()
        expect(marks).to_have_count(before + 1, timeout=SLOW_MS)

    def put_in(self, slot: str) -> None:
        before = self.steps()
        self.look()
        self.page.locator(f"[data-slot='{slot}']").click()
        self.noted(before)

    def use(self, tool: str) -> None:
        self.look()
        self.page.locator(".lesson-tools label", has_text=tool).click()

    def mark(self, tool: str, *labels: str) -> None:
        box = Box.around([self.place(label) for label in labels])
        marks = self.page.locator(".lesson-marks [data-at]")
        before = marks.count()
        self.use(tool)
        self.look()
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
