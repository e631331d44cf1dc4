"""Reading out what a page says: the text beside a label, or the newest entry of a time line.

Rule: the answer is made of texts that stand on the page, with the name under which they stand.
"""

from __future__ import annotations

import re

from cs_agent.demo.pilot.goals.lexicon import TIMESTAMP, Concept
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import Situation, tap_item
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Item, Page

_NEWEST = re.compile(r"^(?:最新的?|当前的?|现在的?|目前的?|latest|current|newest|last)\s*", re.IGNORECASE)
_DAY = re.compile(r"^(?:20\d{2}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?![\d:])\s*")
_HOUR = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_LABELLED = re.compile(r"^(?P<label>[^:]{1,20}):\s*(?P<value>.+)$")
_TIME_LINES = frozenset({Concept.LOGISTICS, Concept.STATUS, Concept.CODE})


def subject(text: str) -> str:
    """What is asked about, without the word for newest."""
    return _NEWEST.sub("", text.strip()) or text


def answer(sit: Situation) -> str | None:
    """The answer as it stands on this page; None where the page does not hold it."""
    asked = subject(sit.goal.text)
    value = _labelled(sit.page, asked)
    line = newest_entry(sit.page) if matching.concepts(asked) & _TIME_LINES or _NEWEST.match(sit.goal.text) else None
    if line and _about(sit.page, asked):
        return f"{value};{line}" if value and value not in line and sit.lang == "zh" else line
    return value


def _about(page: Page, asked: str) -> bool:
    """The page is headed by, or has a section on, what is asked about."""
    wanted = matching.concepts(asked) - {Concept.STATUS}
    if not wanted:
        return True
    return any(matching.concepts(item.text) & wanted for item in page.items if len(item.text) <= 30)


def _labelled(page: Page, asked: str) -> str | None:
    """`物流状态:运输中` in one text, or the text right of or under its label."""
    for item in page.items:
        inline = _LABELLED.match(item.text)
        if inline and _names(asked, inline["label"]):
            return item.text
    for item in page.items:
        if _names(asked, item.text.rstrip(":")) and (beside := _beside(page, item)):
            return (
                f"{item.text.rstrip(':')}: {beside.text}"
                if item.text.isascii()
                else f"{item.text.rstrip(':')}:{beside.text}"
            )
    return None


def _names(asked: str, label: str) -> bool:
    """物流状态 is asked for and the label says so; for 运输状态 or 物流进度 too, but not for 订单状态."""
    if len(label) > 24 or Concept.VIEW in matching.concepts(label):
        return False
    return max(matching.score(asked, label), matching.score(asked, _NEWEST.sub("", label))) >= 0.86


def _beside(page: Page, label: Item) -> Item | None:
    right = [item for item in page.row_of(label.box) if item.box.left >= label.box.right and not item.button]
    if right and re.search(r"\w", right[0].text):
        return right[0]
    below = [
        item
        for item in page.items
        if 0 < item.box.center.y - label.box.center.y <= 2.4 * label.box.height
        and abs(item.box.left - label.box.left) < 2 * label.box.height
        and not item.button
    ]
    return below[0] if below and label.box.height and not page.is_heading(label) else None


Stamp = tuple[int, int, int, int, int]  # year, month, day, hour, minute; a year that is not shown is 0


def newest_entry(page: Page) -> str | None:
    """The entry with the latest time, with the texts that belong to it; None where nothing is dated."""
    dated = [pair for pair in _dated(page) if pair[1].box.top > 0.06 * page.size.height]
    if not dated:
        return None
    newest = max(dated, key=lambda pair: (pair[0], -pair[1].box.top))[1]
    entry = _entry(page, newest, [item for _, item in dated])
    return re.sub(r"\s*[●○•◉]\s*", " ", " ".join(item.text for item in entry)).strip()


def _dated(page: Page) -> list[tuple[Stamp, Item]]:
    """Texts with a date and a time; a date may have its time on the line below it or beside it."""
    found = []
    for item in page.items:
        stamp = _stamp(item.text) or _split_stamp(page, item)
        if stamp:
            found.append((stamp, item))
    return found


def _split_stamp(page: Page, item: Item) -> Stamp | None:
    day = _DAY.match(item.text)
    if not day:
        return None
    height = item.box.height
    for other in page.items:
        close = -height // 2 < other.box.center.y - item.box.center.y < 1.8 * height
        if close and _HOUR.fullmatch(other.text.strip()) and abs(other.box.left - item.box.left) < 5 * height:
            return _stamp(f"{day[0].strip()} {other.text.strip()}")
    return None


def _stamp(text: str) -> Stamp | None:
    english = _english_stamp(text)
    if english:
        return english
    found = TIMESTAMP.search(text)
    if not found or not found["month"]:
        return None
    parts = [int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute")]
    return (parts[0], parts[1], parts[2], parts[3], parts[4])


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_DATE = re.compile(
    r"\b(?:(?P<day1>\d{1,2})\s+)?(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*(?P<day2>\d{1,2})?,?\s*"
    r"(?P<year>20\d{2})?\D{0,6}(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[ap]m)?",
    re.IGNORECASE,
)


def _english_stamp(text: str) -> Stamp | None:
    found = _ENGLISH_DATE.search(text)
    if not found:
        return None
    hour = int(found["hour"]) % 12 + 12 if (found["half"] or "").lower() == "pm" else int(found["hour"])
    day = int(found["day1"] or found["day2"] or 0)
    return int(found["year"] or 0), _MONTHS.index(found["month"].lower()) + 1, day, hour, int(found["minute"])


def _entry(page: Page, stamp: Item, dated: list[Item]) -> list[Item]:
    """The dated text and its neighbours nearer to it than to any other date."""
    others = [item for item in dated if item is not stamp]
    height = stamp.box.height
    near = [
        item
        for item in page.items
        if abs(item.box.center.y - stamp.box.center.y) <= 2.3 * height
        and not item.button
        and len(item.text) > 1
        and not page.is_heading(item)
        and all(_gap(item, stamp) < _gap(item, other) for other in others)
        and (item is stamp or item not in dated)
        and (item.box.left < page.size.width // 2 or abs(item.box.center.y - stamp.box.center.y) < height)
    ]
    return near or [stamp]


def _gap(one: Item, other: Item) -> float:
    return abs(one.box.center.y - other.box.center.y)


def report_way(sit: Situation) -> Decision | None:
    """A control that opens what is asked about: `查看物流`, `Tracking details`."""
    wanted = matching.concepts(subject(sit.goal.text)) - {Concept.STATUS}
    for item in sit.page.items:
        named = matching.concepts(item.text)
        opens = (
            item.button or named & {Concept.VIEW, Concept.DETAIL, Concept.SEARCH} or re.search(r"[>›〉]\s*$", item.text)
        )
        leads = named & wanted and len(item.text) <= 16 and opens and not sit.page.is_heading(item)
        if leads and not sit.tried(item.text, Move.LEAD):
            return tap_item(sit, Move.LEAD, item, 0.93)
    return None
