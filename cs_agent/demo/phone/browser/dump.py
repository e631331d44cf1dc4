"""The accessibility tree of the screen: visible nodes of the window that has the focus, over all its frames.

Rule: bounds are device pixels of the screen; what lies outside the window, or entirely behind something the phone
draws over it, is left out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Any

from playwright.async_api import Error, Frame

from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.system_ui.shell import FOLDER
from cs_agent.demo.phone.device.screen import DumpNode

IDLE_S = 10.0
_TRIES = 3  # a page may be replaced while it is read
_FRAME_CLASS = "android.widget.FrameLayout"
_WEB_VIEW_CLASS = "android.webkit.WebView"
_FRAME_ORIGIN = """el => {
  const box = el.getBoundingClientRect();
  return [box.left + el.clientLeft, box.top + el.clientTop, box.left + el.clientLeft + el.clientWidth,
          box.top + el.clientTop + el.clientHeight];
}"""
_VISUAL = """() => {
  const view = window.visualViewport;
  return view ? [view.offsetLeft, view.offsetTop, view.width, view.height, view.scale] :
    [0, 0, window.innerWidth, window.innerHeight, 1];
}"""

Rect = tuple[float, float, float, float]
Bounds = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a frame is: device pixel = (CSS pixel + offset) x scale + (0, top); `window` clips it."""

    dx: float
    dy: float
    scale: float
    top: int
    window: Bounds

    def bounds(self, box: Rect) -> Bounds:
        left, right = ((value + self.dx) * self.scale for value in (box[0], box[2]))
        upper, lower = ((value + self.dy) * self.scale + self.top for value in (box[1], box[3]))
        return _clip((round(left), round(upper), round(right), round(lower)), self.window)

    def moved(self, dx: float, dy: float) -> _Place:
        return _Place(self.dx + dx, self.dy + dy, self.scale, self.top, self.window)


async def dump_screen(session: Session) -> tuple[DumpNode, ...]:
    """Of the dialog that has the focus if there is one, else of the app. While a page is being replaced this waits
    for the next one, up to IDLE_S; then, as on a phone whose screen never comes to rest, there is no tree."""
    async with asyncio.timeout(IDLE_S):
        for _ in range(_TRIES):
            try:
                return await _dump_now(session)
            except Error:
                if session.surface.page.is_closed():
                    raise
        return await _dump_now(session)


async def _dump_now(session: Session) -> tuple[DumpNode, ...]:
    layout = session.layout
    package = session.window_package
    dialog = session.shell.state.dialog
    whole = (0, 0, layout.width, layout.height)
    root = DumpNode(0, whole, _FRAME_CLASS, package)
    if dialog is not None:
        place = _Place(0, 0, layout.scale, 0, whole)
        frame = session.shell.surface.page.main_frame
        return (root, *await _shell_nodes(frame, place, package))
    if session.surface.blocked:
        return (root,)
    window = (0, layout.app_top, layout.width, layout.app_bottom)
    nodes = await _page_nodes(session, window, package)
    covers = [_scaled(rect, layout.scale) for rect in await session.shell.covers()]
    return (root, *(node for node in nodes if not any(_inside(node.bounds, cover) for cover in covers)))


async def _shell_nodes(frame: Frame, place: _Place, package: str) -> list[DumpNode]:
    """Only the dialog: the bars are windows of their own."""
    left, top, right, bottom = place.window
    view = (left / place.scale, top / place.scale, right / place.scale, bottom / place.scale)
    return await _frame_nodes(frame, view, place, package, 1, within="#overlay")


async def _page_nodes(session: Session, window: Bounds, package: str) -> list[DumpNode]:
    main = session.surface.page.main_frame
    left, top, width, height, zoom = await main.evaluate(_VISUAL)
    place = _Place(-left, -top, zoom * session.layout.scale, window[1], window)
    nodes = await _frame_nodes(main, (left, top, left + width, top + height), place, package, 2)
    view = DumpNode(1, window, _WEB_VIEW_CLASS, package, focusable=True, scrollable=await main.evaluate(_SCROLLS))
    return [view, *nodes]


_SCROLLS = "() => document.scrollingElement && document.scrollingElement.scrollHeight > window.innerHeight + 1"


async def _frame_nodes(
    frame: Frame, view: Rect, place: _Place, package: str, depth: int, within: str = ""
) -> list[DumpNode]:
    """Nodes of a frame with those of the frames inside it, each after the node it stands in."""
    left, top, right, bottom = view
    seen = await frame.evaluate(
        _script(), {"left": left, "top": top, "right": right, "bottom": bottom, "within": within}
    )
    inner = await _inner_frames(frame) if frame.child_frames else []
    nodes: list[DumpNode] = []
    for raw in seen["nodes"]:
        node = _node(raw, place, package, depth)
        if node.bounds[0] < node.bounds[2] and node.bounds[1] < node.bounds[3]:
            nodes.append(node)
        for child, box in inner:
            if raw.get("frame") and _same_place(raw["box"], box):
                shown = _intersection(tuple(raw["box"]), box)
                local = (shown[0] - box[0], shown[1] - box[1], shown[2] - box[0], shown[3] - box[1])
                nodes += await _child_nodes(child, local, place.moved(box[0], box[1]), package, node.depth + 1)
    return nodes


async def _child_nodes(frame: Frame, view: Rect, place: _Place, package: str, depth: int) -> list[DumpNode]:
    try:
        return await _frame_nodes(frame, view, place, package, depth)
    except Error:
        return []  # the frame is being replaced


async def _inner_frames(frame: Frame) -> list[tuple[Frame, Rect]]:
    found = []
    for child in frame.child_frames:
        try:
            element = await child.frame_element()
            box = await element.evaluate(_FRAME_ORIGIN)
        except Error:
            continue  # taken out meanwhile
        found.append((child, (box[0], box[1], box[2], box[3])))
    return found


def _node(raw: dict[str, Any], place: _Place, package: str, depth: int) -> DumpNode:
    return DumpNode(
        depth=depth + raw["depth"],
        bounds=place.bounds(raw["box"]),
        class_name=raw["cls"],
        package=package,
        text=raw["text"],
        content_desc=raw["desc"],
        resource_id=raw["id"],
        checkable=raw["checkable"],
        checked=raw["checked"],
        clickable=raw["clickable"],
        enabled=raw["enabled"],
        focusable=raw["focusable"],
        focused=raw["focused"],
        scrollable=raw["scrollable"],
        password=raw["password"],
        selected=raw["selected"],
    )


@cache
def _script() -> str:
    return (FOLDER / "dump.js").read_text(encoding="utf-8")


def _clip(bounds: Bounds, window: Bounds) -> Bounds:
    left, top, right, bottom = bounds
    return max(left, window[0]), max(top, window[1]), min(right, window[2]), min(bottom, window[3])


def _scaled(rect: list[float], scale: float) -> Bounds:
    left, top, right, bottom = (round(value * scale) for value in rect)
    return left, top, right, bottom


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _intersection(one: Rect, other: Rect) -> Rect:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _same_place(shown: Rect, box: Rect) -> bool:
    """A frame's node shows the visible part of its element, borders included."""
    shared = _intersection(shown, box)
    return (
        shared[2] - shared[0] > 0
        and shared[3] - shared[1] > 0
        and shared[2] - shared[0] >= 0.6 * (shown[2] - shown[0])
        and shared[3] - shared[1] >= 0.6 * (shown[3] - shown[1])
    )
