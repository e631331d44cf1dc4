"""Values told by phrases (a reason for a refund), free texts behind a word, and ranges of dates."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from tickets.flows.slots.money import numeral
from tickets.flows.slots.spec import Option
from tickets.flows.slots.text import CLAUSE_END, SENTENCE_END, Span, distinct, outside

_NOT = re.compile(r"(?:不是|并非|没有|没|不算|不存在|未|not|no|isn't|never)\s*(?:什么|a|any)?\s*$", re.I)
_NOT_REACH = 6
_FULL_DATE = r"(?P<y{0}>(?:19|20)\d{{2}})[-/.年]\s?(?P<m{0}>\d{{1,2}})[-/.月]\s?(?P<d{0}>\d{{1,2}})日?"
_MONTH_DAY = r"(?:(?P<y{0}>(?:19|20)\d{{2}})年)?(?P<m{0}>\d{{1,2}})月(?P<d{0}>\d{{1,2}})[日号]"
_TO = r"\s*(?:到|至|~|-|—|to|until|and)\s*"
_RANGES = tuple(re.compile(one.format(1) + _TO + one.format(2), re.I) for one in (_FULL_DATE, _MONTH_DAY))
_LAST = re.compile(
    r"(?:最近|近|过去|last|past)\s*(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3}|one|two|three|six|twelve)?\s*个?"
    r"(?P<unit>月|天|日|周|年|months?|days?|weeks?|years?)",
    re.I,
)
_EDGES = " \"'“”「」、,\uff0c"
_WORDS = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12}


def options(text: str, choices: tuple[Option, ...]) -> list[Span]:
    """The options whose phrases are in the text, in the order of `choices`.

    Where phrases overlap, the longer hides the shorter, and of equals the first (压坏 the 坏了 of 压坏了). A phrase
    behind a "not" does not count.
    """
    phrases = [(phrase, option.value) for option in choices for phrase in option.phrases]
    seen = [Span(value, *m.span()) for phrase, value in phrases for m in re.finditer(re.escape(phrase), text, re.I)]
    taken: list[Span] = []
    for span in sorted(seen, key=lambda span: (span.start - span.end, span.start)):
        taken += outside([span], taken)
    meant = [span for span in taken if not _NOT.search(text[max(0, span.start - _NOT_REACH) : span.start])]
    order = [option.value for option in choices]
    return sorted(meant, key=lambda span: (order.index(span.value), span.start))


def behind(text: str, words: tuple[str, ...], *, whole_sentence: bool = True) -> list[Span]:
    """What stands behind one of the words, up to the end of the sentence (or clause)."""
    stop = SENTENCE_END if whole_sentence else CLAUSE_END
    found = []
    for word in words:
        for match in re.finditer(re.escape(word) + r"\s*(?:是|为|成|到|[:\uff1a])?\s*", text, re.I):
            end = stop.search(text, match.end())
            span = _trimmed(text, match.end(), end.start() if end else len(text))
            if span.value:
                found.append(span)
    return sorted(found, key=lambda span: (span.start, -span.end))


def date_ranges(text: str, today: date) -> list[Span]:
    """Ranges as "2024-03-01/2024-05-31"; 近三个月 counts back from today."""
    fixed = [span for pattern in _RANGES for match in pattern.finditer(text) if (span := _fixed(match, today))]
    recent = [span for match in _LAST.finditer(text) if (span := _recent(match, today))]
    return distinct(fixed + recent)


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    left = len(part) - len(part.lstrip(_EDGES))
    value = part.strip(_EDGES)
    return Span(value, start + left, start + left + len(value))


def _fixed(match: re.Match[str], today: date) -> Span | None:
    try:
        last = _day(match, "2", today.year)
        first = _day(match, "1", last.year)
    except ValueError:
        return None
    if not match["y2"] and last > today:  # 11月到1月 without a year lies in the past
        first, last = (day.replace(year=day.year - 1) for day in (first, last))
    return Span(f"{first}/{last}", *match.span()) if first <= last else None


def _day(match: re.Match[str], which: str, year: int) -> date:
    return date(int(match["y" + which] or year), int(match["m" + which]), int(match["d" + which]))


def _recent(match: re.Match[str], today: date) -> Span | None:
    given = match["n"] or "1"
    count = int(given) if given.isdecimal() else _WORDS.get(given.lower()) or numeral(given)
    if not count or count > 1200:
        return None
    unit = match["unit"].lower()
    days = {"天": 1, "日": 1, "周": 7}.get(unit) or {"d": 1, "w": 7}.get(unit[0])
    months = 12 if unit[0] in "年y" else 1
    first = today - timedelta(days=days * count) if days else _months_back(today, months * count)
    return Span(f"{first}/{today}", *match.span()) if first else None


def _months_back(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1900:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
