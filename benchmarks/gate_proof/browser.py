"""One page in a real Chromium: drawn from a spec, seen as a phone's driver would deliver it, touched like a phone.

The tree is made by the virtual phone's own reader of pages, run in the page; the words of the picture come from the
page's text boxes, or from the product's reader of pictures where a case is by picture alone.
"""

# ruff: noqa: E501 - one page, one list and one script to the line read best
from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, Route

from benchmarks.gate_proof.words import DIST
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Role, Screenshot, TextLine, UiNode
from cs_agent.phone.adb.android_names import role_of

WIDTH, HEIGHT, SCALE = 390, 844, 2
ORIGIN = "http://stage.test"
PACKAGE = "com.stranger.app"
_DUMP = Path(__file__).parents[2] / "cs_agent" / "demo" / "phone" / "apps" / "system" / "dump.js"
_CLICKABLE = """(() => {
  const clickable = new WeakSet();
  window.__phoneClickable = clickable;
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (["click", "touchend", "pointerup"].includes(type) && this instanceof Element) clickable.add(this);
    return add.call(this, type, ...rest);
  };
  window.__phoneActive = () => {
    let at = document.activeElement;
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
    return at;
  };
})()"""
_LOOK = """() => {
  const texts = [], spots = [];
  const shown = (box) => box.width > 2 && box.height > 2 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const top = (x, y) => { let at = document.elementFromPoint(x, y); while (at && at.shadowRoot) { const inner = at.shadowRoot.elementFromPoint(x, y); if (!inner || inner === at) break; at = inner; } return at; };
  const reaches = (one, at) => { for (let up = at; up; up = up.parentNode || up.host) if (up === one) return true; for (let up = one; up; up = up.parentNode || up.host) if (up === at) return true; return false; };
  const visible = (el) => !el.checkVisibility || el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const look = (node) => {
    if (node.nodeType === 3) {
      const words = node.nodeValue.replace(/\\s+/g, " ").trim();
      if (!words || !node.parentElement && !(node.parentNode instanceof ShadowRoot)) return;
      const holder = node.parentElement || node.parentNode.host;
      if (!visible(holder)) return;
      const range = document.createRange(); range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const under = shown(box) && top(box.x + box.width / 2, box.y + box.height / 2);
      if (!under || !reaches(holder, under)) return;
      texts.push([words, box.left, box.top, box.right, box.bottom]); spots.push([box.left, box.top, box.right, box.bottom]);
      return;
    }
    if (node.nodeType === 1 && ["SCRIPT", "STYLE"].includes(node.tagName)) return;
    if (node.nodeType === 1) {
      const box = node.getBoundingClientRect();
      const field = ["INPUT", "TEXTAREA"].includes(node.tagName);
      if (field || ["svg", "BUTTON"].includes(node.tagName) || node.getAttribute("role") || getComputedStyle(node).cursor === "pointer") {
        const under = shown(box) && box.width * box.height < innerWidth * innerHeight / 4 && top(box.x + box.width / 2, box.y + box.height / 2);
        if (under && reaches(node, under)) {
          spots.push([box.left, box.top, box.right, box.bottom]);
          const said = field && (node.type === "password" ? "" : node.value || node.placeholder);
          if (said && visible(node)) texts.push([said, box.left + 4, box.top + box.height / 4, Math.min(box.right, box.left + 16 * said.length + 8), box.bottom - box.height / 4]);
        }
      }
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(look);
      if (node.tagName === "SLOT") return;
    }
    node.childNodes.forEach(look);
  };
  look(document.body);
  return { texts, spots };
}"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that shows, in device pixels."""

    box: Box


class Stage:
    """One library's page. All points are device pixels."""

    def __init__(self, browser: Browser, library: str) -> None:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=SCALE,
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            reduced_motion="reduce",
        )
        self.page: Page = context.new_page()
        self.library = library
        self.page.add_init_script(_CLICKABLE)
        self.page.route("**/*", self._serve)
        self.page.goto(f"{ORIGIN}/index.html")
        self.page.wait_for_function("() => !!window.build")
        self._touch: CDPSession = context.new_cdp_session(self.page)
        self._dump = _DUMP.read_text("utf-8")

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if path == "/index.html":
            route.fulfill(content_type="text/html", body=self._html())
        elif path in (f"/{self.library}.js", f"/{self.library}.css"):
            route.fulfill(path=str(DIST / path[1:]))
        else:
            route.fulfill(status=200, body="{}")

    def _html(self) -> str:
        return (
            '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<link rel="stylesheet" href="/{self.library}.css"><style>html{{overscroll-behavior:none}}</style></head><body><script src="/{self.library}.js"></script></body></html>'
        )

    def draw(self, spec: dict[str, Any]) -> None:
        self.page.evaluate("spec => window.build(spec)", spec)

    @property
    def size(self) -> Size:
        return Size(WIDTH * SCALE, HEIGHT * SCALE)

    def picture(self) -> Image.Image:
        return Image.open(io.BytesIO(self.page.screenshot(type="jpeg", quality=92, caret="initial"))).convert("RGB")

    def look(self, *, tree: bool = True) -> tuple[Observation, list[Spot]]:
        """What a driver with a perfect reader of pictures would see, and everything that could be touched."""
        seen = self.page.evaluate(_LOOK)
        lines = tuple(TextLine(text, _box(*box)) for text, *box in seen["texts"] if box[2] - box[0] > 1)
        spots = [Spot(_box(*box)) for box in seen["spots"]]
        shot = Screenshot(self.picture(), 0.0)
        return Observation(shot, ForegroundApp(PACKAGE, "Main"), lines, self.nodes() if tree else None), spots

    def nodes(self) -> tuple[UiNode, ...]:
        """The tree as the phone's driver delivers it: depths turned into parents."""
        view = {"left": 0, "top": 0, "right": WIDTH, "bottom": HEIGHT, "within": ""}
        raw = self.page.evaluate(f"view => ({self._dump.strip().rstrip(';')})(view)", view)["nodes"]
        whole = Box(0, 0, WIDTH * SCALE, HEIGHT * SCALE)
        nodes = [
            UiNode("", whole, package=PACKAGE),
            UiNode("", whole, role=Role.WEB, package=PACKAGE, scrollable=True, parent=0),
        ]
        open_: list[tuple[int, int]] = []
        for one in raw:
            while open_ and open_[-1][0] >= one["depth"]:
                open_.pop()
            nodes.append(_node(one, open_[-1][1] if open_ else 1))
            open_.append((one["depth"], len(nodes) - 1))
        return tuple(nodes)

    def fields(self) -> list[Spot]:
        """What can be typed into."""
        return [Spot(node.box) for node in self.nodes() if node.editable and node.box.area]

    def tap(self, point: Point) -> None:
        self.page.touchscreen.tap(point.x / SCALE, point.y / SCALE)

    def double_tap(self, point: Point) -> None:
        self.tap(point)
        self.tap(point)

    def hold(self, point: Point, seconds: float = 0.6) -> None:
        self._send("touchStart", point)
        self.page.wait_for_timeout(seconds * 1000)
        self._send("touchEnd")

    def swipe(self, start: Point, end: Point) -> None:
        self._send("touchStart", start)
        for step in range(1, 9):
            self._send(
                "touchMove", Point(start.x + (end.x - start.x) * step // 8, start.y + (end.y - start.y) * step // 8)
            )
        self._send("touchEnd")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text.rstrip("\n"))
        if text.endswith("\n"):
            self.page.keyboard.press("Enter")

    def deeds(self) -> list[str]:
        """What the page's script did since it was drawn that is a deed."""
        return [entry["detail"] for entry in self.log() if entry["kind"] == "deed"]

    def log(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.page.evaluate("window.__log")
        return found

    def rest(self, ms: int = 60) -> None:
        """Until the page's own reaction to a gesture has run: two frames and the library's own delays."""
        self.page.wait_for_timeout(ms)

    def mark(self) -> str:
        """Equal while nothing on the page has changed that a touch changes: focus, marks, words."""
        found: str = self.page.evaluate(
            "() => { const a = window.__phoneActive(); const focus = a && /INPUT|TEXTAREA/.test(a.tagName) ? 'field' : '';"
            " return focus + '|' + document.body.innerHTML.length + '|' + [...document.querySelectorAll('input')].map(i => i.checked ? 1 : 0).join(''); }"
        )
        return found

    def _send(self, kind: str, point: Point | None = None) -> None:
        points = [{"x": point.x / SCALE, "y": point.y / SCALE}] if point else []
        self._touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@contextmanager
def stages(browser: Browser, names: tuple[str, ...]) -> Iterator[dict[str, Stage]]:
    yield {name: Stage(browser, name) for name in names}


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(*(round(value * SCALE) for value in (left, top, right, bottom)))


def _node(raw: dict[str, Any], parent: int) -> UiNode:
    return UiNode(
        text=raw["text"],
        box=_box(*raw["box"]),
        description=raw["desc"],
        resource_id=raw["id"],
        role=role_of(raw["cls"]),
        package=PACKAGE,
        clickable=raw["clickable"],
        checkable=raw["checkable"],
        checked=raw["checked"] or raw["selected"],
        password=raw["password"],
        enabled=raw["enabled"],
        focused=raw["focused"],
        scrollable=raw["scrollable"],
        parent=parent,
    )
