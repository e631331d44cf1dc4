"""One screen as the pilot sees it: texts, fields, buttons, marks, icons, and what lies under a dialog."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from cs_agent.demo.pilot import sight
from cs_agent.demo.pilot.goals.lexicon import LOADING
from cs_agent.demo.pilot.reading import matching, wrapping
from cs_agent.demo.pilot.sight import Icon, IconKind, Look, Mark, MarkState, Panel
from cs_agent.geometry import Box, Point, Size

DENSE_LINES = 28  # above this a first look is known to lose small texts
_SAME_PAGE_BITS = 5  # of 32: one misread line or a moved pixel, not a new page
_LABEL_CHARS, _LABEL_WIDTH = 12, 0.26  # of a name under an icon; the width in parts of the screen
_ICON_ROW, _ICON_SHARE = 3, 0.6  # names in a row, and the share of all texts that stand in such rows
_STATUS_BAR = re.compile(r"^[\d::%\s.]+$|^(?:5G|4G|LTE|HD|WiFi|WLAN).*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One text. `panel` is the smallest control-sized shape around it."""

    text: str
    box: Box
    score: float = 1.0
    panel: Panel | None = None
    faint: bool = False  # grey on light, as hints are
    lines: int = 1

    @property
    def button(self) -> bool:
        """In a shape of its own with the text in its middle, or in a strong colour."""
        if self.panel is None:
            return False
        centred = abs(self.box.center.x - self.panel.box.center.x) <= max(8, self.panel.box.width // 14)
        return centred and (self.panel.look is Look.FILLED or not self.faint)

    @property
    def line_height(self) -> int:
        return self.box.height // self.lines

    @property
    def target(self) -> Point:
        """Where to tap."""
        return self.panel.box.center if self.button and self.panel else self.box.center


@dataclass(frozen=True, slots=True)
class Field:
    """A place to type. `text` is what stands in it, `hint` whether that is only a prompt."""

    box: Box
    text: str = ""
    hint: bool = False

    @property
    def vacant(self) -> bool:
        return self.hint or not self.text


@dataclass(frozen=True, slots=True)
class Hit:
    item: Item
    score: float


@dataclass(frozen=True)
class Page:
    """`items` are what can be acted on; `behind` lies under a dialog."""

    size: Size
    items: tuple[Item, ...]
    fields: tuple[Field, ...] = ()
    icons: tuple[Icon, ...] = ()
    dialog: Box | None = None
    behind: tuple[Item, ...] = ()
    panels: tuple[Panel, ...] = ()
    pixels: sight.Pixels | None = field(default=None, compare=False, repr=False)
    thorough: bool = False

    @cached_property
    def signature(self) -> str:
        """32 bits that differ little for the same page and much for another, or for a scrolled one."""
        totals = np.zeros(32, np.int32)
        for item in (*self.items, *self.behind):
            if self._in_system_bars(item):
                continue
            band = item.box.center.y * 32 // max(1, self.size.height)
            totals += _bits(matching.normal(item.text)) + _bits(f"{matching.normal(item.text)}@{band}")
        value = sum(1 << place for place in range(32) if totals[place] > 0)
        return f"{value:08x}"

    def _in_system_bars(self, item: Item) -> bool:
        """The phone's own: clock and signal on one row at the top, the navigation keys at the bottom."""
        if item.box.top > 0.94 * self.size.height:
            return len(item.text) <= 2
        return item.box.center.y < self._status_bar_end

    @cached_property
    def _status_bar_end(self) -> int:
        top = [item for item in (*self.items, *self.behind) if item.box.bottom < 0.05 * self.size.height]
        return max((item.box.bottom for item in top if _STATUS_BAR.match(item.text)), default=0)

    @property
    def text(self) -> str:
        return "\n".join(item.text for item in self.items)

    @cached_property
    def title(self) -> Item | None:
        """The heading: the first text at the top that is not the status bar."""
        top = [item for item in self.items if item.box.center.y < 0.11 * self.size.height]
        named = [item for item in top if not self._in_system_bars(item) and len(item.text) > 1]
        return max(named, key=lambda item: (round(item.box.height / 16), len(item.text)), default=None)

    @cached_property
    def looks_like_home(self) -> bool:
        """Short names in evenly spaced rows make up the page, and there is no field, button or heading."""
        if self.fields or self.dialog is not None or any(item.button for item in self.items):
            return False
        return bool(self.icon_names) and len(self.icon_names) >= _ICON_SHARE * len(self._body)

    @cached_property
    def icon_names(self) -> tuple[Item, ...]:
        """Texts that stand as the names of apps do on a home screen."""
        return tuple(item for item in self._body if self._in_icon_row(item, self._body))

    @cached_property
    def _body(self) -> list[Item]:
        """Without the status bar, clocks and dates."""
        return [item for item in self.items if not self._in_system_bars(item) and not re.search(r"\d", item.text)]

    def _in_icon_row(self, item: Item, body: list[Item]) -> bool:
        """Whether the text is one of three or more short ones on its line, equally far from each other."""
        if len(item.text) > _LABEL_CHARS or item.box.width > _LABEL_WIDTH * self.size.width:
            return False
        beside = [one for one in body if abs(one.box.center.y - item.box.center.y) <= item.box.height]
        middles = sorted(one.box.center.x for one in beside)
        gaps = [right - left for left, right in itertools.pairwise(middles)]
        return len(beside) >= _ICON_ROW and max(gaps) - min(gaps) <= 0.04 * self.size.width

    @property
    def loading(self) -> bool:
        """A page that says so and offers little else, or that shows nothing at all."""
        body = [item for item in self.items if not self._in_system_bars(item)]
        if not body and not self.fields:
            return True
        return bool(LOADING.search(self.text)) and len(body) <= 8 and not any(item.button for item in body[1:])

    def hits(self, wanted: str, *, at_least: float = 0.85, titles: bool = False) -> list[Hit]:
        """Texts that fit, best first; of equals a button, then the lower one. The page's heading is no control."""
        found = [
            Hit(item, matching.score(wanted, item.text)) for item in self.items if titles or not self.is_heading(item)
        ]
        kept = [hit for hit in found if hit.score >= at_least and not self.in_field(hit.item)]
        return sorted(kept, key=lambda hit: (-round(hit.score, 2), not hit.item.button, -hit.item.box.top))

    def shows(self, wanted: str) -> Item | None:
        """The text that contains what is wanted word for word (or stands for it), wherever it is.

        A text that was too long for its place goes on in the line below.
        """
        target = matching.normal(wanted)
        for item in self.items:
            contained = target and target in matching.normal(item.text) and not _denies(wanted, item.text)
            if (contained and matching.score(wanted, item.text) > 0) or matching.score(wanted, item.text) >= 0.9:
                return item
        wrapped = (item for item in self.items if wrapping.begins(target, matching.normal(item.text)))
        return next((item for item in wrapped if target in matching.normal(self.written_from(item))), None)

    def written_from(self, first: Item) -> str:
        """A text with the lines right below it that begin where it begins."""
        text, last = first.text, first
        for item in sorted(self.items, key=lambda one: one.box.top):
            if wrapping.goes_on(last, item):
                text, last = text + item.text, item
        return text

    def matching(self, pattern: re.Pattern[str]) -> list[Item]:
        return [item for item in self.items if pattern.search(item.text)]

    def is_heading(self, item: Item) -> bool:
        """The title, where it is set like one: in the middle, larger than the rest, or on a bar of its own colour."""
        if self.title is None or item != self.title or item.button:
            return False
        centred = abs(item.box.center.x - self.size.width // 2) < 0.06 * self.size.width
        heights = sorted(other.box.height for other in self.items)
        large = item.box.height >= 1.12 * heights[len(heights) // 2]
        return (centred or large or self._on_bar(item)) and self.mark_of(item) is None

    def _on_bar(self, item: Item) -> bool:
        if self.pixels is None:
            return False
        return sight.ground_differs(
            self.pixels, item.box, Box(0, self.size.height // 2, self.size.width, self.size.height)
        )

    def in_field(self, item: Item) -> bool:
        """Whether a text is only the prompt of a field; a filled field cannot be told from a card with one line."""
        return any(place.hint and place.box.contains(item.box.center) for place in self.fields)

    def row_of(self, box: Box) -> list[Item]:
        """Texts beside a box, left to right."""
        reach = box.height * 0.7
        return [item for item in self.items if item.box != box and abs(item.box.center.y - box.center.y) <= reach]

    def mark_of(self, item: Item) -> Mark | None:
        """The radio button, tick box or switch that belongs to a text: left of it, or at the right end of its row."""
        if self.pixels is None:
            return None
        height = item.line_height
        middle = item.box.center.y
        # A reader's box may begin in the mark; a letter that is cut by the region's edge is none of its shapes.
        beside = Box(item.box.left - 3 * height, middle - height, item.box.left + height // 4, middle + height)
        blocked = max(
            (other.box.right for other in self.row_of(item.box) if other.box.right <= item.box.left), default=0
        )
        left = replace(beside, left=max(beside.left, blocked if self._is_word(blocked, item) else 0))
        return sight.find_mark(self.pixels, left, height) or self._mark_right_of(item)

    def _is_word(self, blocked: int, item: Item) -> bool:
        """A mark itself may have been read as a letter: that does not stand in its own way."""
        return any(
            other.box.right == blocked and (len(other.text) > 1 and other.score > 0.75)
            for other in self.row_of(item.box)
        )

    def _mark_right_of(self, item: Item) -> Mark | None:
        height = item.line_height
        others = [
            other.box.left
            for other in self.row_of(item.box)
            if other.box.left >= item.box.right and len(other.text) > 1
        ]
        if others or self.pixels is None:
            return None
        region = Box(
            max(item.box.right + 2, self.size.width - 4 * height),
            item.box.top - height // 2,
            self.size.width - 4,
            item.box.bottom + height // 2,
        )
        return sight.find_mark(self.pixels, region, height)

    def highlighted(self, item: Item) -> bool | None:
        """Whether a choice drawn as a panel stands out from its neighbours; None where that cannot be told."""
        peers = [other for other in self.items if other is not item and _peers(item, other)]
        if item.panel is None or not peers:
            return None
        own = sight.accent(self.pixels, item.panel.box) if self.pixels is not None else 0.0
        others = [sight.accent(self.pixels, peer.panel.box) for peer in peers if peer.panel and self.pixels is not None]
        if not others or max(abs(own - other) for other in others) < 0.03:
            return False if others else None
        return own > max(others)

    def icon(self, kind: IconKind) -> list[Icon]:
        found = [icon for icon in self.icons if icon.kind is kind]
        return [icon for icon in found if self.dialog is None or self.dialog.grown(8).contains(icon.box.center)]

    def ends_here(self) -> bool:
        """Nothing stands in the lowest part: there is no more to scroll to."""
        low = [item for item in (*self.items, *self.behind) if item.box.bottom > 0.84 * self.size.height]
        return all(self._in_system_bars(item) for item in low)


def same_page(one: str, other: str) -> bool:
    """Whether two signatures are of the same page at the same place."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= _SAME_PAGE_BITS


def _bits(token: str) -> np.ndarray:  # type: ignore[type-arg]
    digest = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=4).digest(), "big")
    return np.array([1 if digest >> place & 1 else -1 for place in range(32)], np.int32)


def _peers(item: Item, other: Item) -> bool:
    """Choices of one group: panels of one height, on one line or in one column."""
    if item.panel is None or other.panel is None or item.panel == other.panel:
        return False
    one, two = item.panel.box, other.panel.box
    alike = abs(one.height - two.height) <= 0.15 * one.height
    near = abs(one.center.y - two.center.y) <= 4 * one.height and abs(one.center.x - two.center.x) <= 9 * one.height
    return alike and near


def _denies(wanted: str, seen: str) -> bool:
    """未发送成功 does not show 发送成功."""
    negation = r"(?:未能?|没有?|不|无法|尚未|失败|\bnot\b|\bun)\s*"
    return bool(re.search(negation + re.escape(wanted), seen, re.IGNORECASE)) and not re.search(
        r"^(?:未|没|不|not|un)", wanted
    )


__all__ = ["Field", "Hit", "Item", "MarkState", "Page", "same_page"]
