"""Periods in a ticket's text, as "2024-03-01/2024-05-31": two dates, or a number of days, weeks, months or years up to
today.

Rule: a unit without a number is no period (近日, 近年来, 最近天天); a number that goes on (多, 来) is a question.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal

from tickets.flows.slots import stance
from tickets.flows.slots.numerals import NUMERALS, number
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, distinct

_YEAR = r"(?P<y{0}>(?:19|20)\d{{2}}|去|今|前|明)"
_FULL_DATE = r"(?P<y{0}>(?:19|20)\d{{2}})[-/.年] ?(?P<m{0}>\d{{1,2}})[-/.月] ?(?P<d{0}>\d{{1,2}})[日号]?"
_MONTH_DAY = (
    rf"(?:{_YEAR}年)?(?:(?P<m{{0}}>\d{{{{1,2}}}})月|(?P<l{{0}}>上|这|本|当)个?月)(?P<d{{0}}>\d{{{{1,2}}}})[日号]"
)
_DAY = r"(?P<y2>$^)?(?P<m2>$^)?(?P<l2>$^)?(?P<d2>\d{1,2})[日号]"
_TO = r" ?(?:到|至|~|-{1,2}|—|to|until|through|and) ?"
_MONTH_DAY = _MONTH_DAY.replace("{{{{", "{{").replace("}}}}", "}}")
_FULL_DATE = _FULL_DATE.replace("{{{{", "{{").replace("}}}}", "}}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_ENGLISH_DATE = (
    rf"(?P<e{{0}}>{_MONTH} \d{{{{1,2}}}}(?:st|nd|rd|th)?|\d{{{{1,2}}}}(?:st|nd|rd|th)?(?: of)? {_MONTH})"
    r"(?:,? (?P<y{0}>20\d\d))?"
)
_SLASHES = r"(?P<y{0}>$^)?(?P<m{0}>1[0-2]|0?[1-9])[/.](?P<d{0}>\d{{1,2}})"
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\D{1,4}\d{1,2}\.\d{1,2}")  # 12.24-12.26: days, or numbers
_FORMER = re.compile(
    r"(?:原来|原定|原先|原本|本来|之前|以前|上次|[原旧])(?:的|是|为|订的?|定的?|预订的?|日期|时间)*[:： ]?$"
)
_CHINESE = re.compile(r"[一-鿿]")
_RANGES = (
    re.compile(r"(?<![\d.])" + _FULL_DATE.format(1) + _TO + _FULL_DATE.format(2) + r"(?![\d.])", re.I),
    re.compile(r"(?<![\d.])" + _MONTH_DAY.format(1) + _TO + _MONTH_DAY.format(2), re.I),
    re.compile(r"(?<![\d.])" + _MONTH_DAY.format(1) + _TO + _DAY, re.I),
    re.compile(r"(?<![\dA-Za-z])" + _ENGLISH_DATE.format(1) + _TO + _ENGLISH_DATE.format(2) + r"(?!\w)", re.I),
)
# 9/3~9/5: the month first in a Chinese text, in others one cannot tell.
_SLASHED = re.compile(r"(?<![\d./])" + _SLASHES.format(1) + _TO + _SLASHES.format(2) + r"(?![\d./])", re.I)
_UNIT = r"月|天|日|周|星期|礼拜|年|季度|months?|days?|weeks?|years?|quarters?"
_LAST = re.compile(
    rf"(?:最近|近|过去|这|last|past|recent)(?:的|the)? ?(?P<n>[\d{NUMERALS}.]{{1,12}}|半|(?:one|two|three|"
    rf"four|five|six|seven|eight|nine|ten|eleven|twelve)(?= ))"
    rf" ?(?P<g>个)?(?P<h>半)?(?P<more>[多来几余])?(?P<unit>{_UNIT})(?P<half>半)?(?P<after>[多来余])?",
    re.I,
)
# 半年内的投诉; a term within which something is to be done (三天内退款) has no 的 behind it.
_WITHIN = re.compile(
    rf"(?<![\d{NUMERALS}.第每前后上])(?<!(?<!一)下)(?P<n>[\d{NUMERALS}]{{1,6}}|半) ?"
    rf"(?P<g>个)?(?P<h>半)?(?P<more>[多来几余])?(?P<unit>{_UNIT})(?P<half>半)?(?P<after>[多来余])?(?:以内|之内|内)(?=的|所有|全部)",
    re.I,
)
_AMBIGUOUS = re.compile(r"这|[近过][去]?的? ?\d+月")  # 这三个月, 近3月: of the calendar, or of a length
_ENGLISH = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(1, 13),
        strict=True,
    )
)
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}
_TURN_OF_YEAR = timedelta(days=186)  # a range over New Year that is longer is rather two days in the wrong order
# What dates without a year are of, where people speak of what has been or of what is to come.
_HAS_BEEN = re.compile(
    r"账单|记录|流水|明细|清单|报表|发票|对账|历史|消费|扣费|交易|投诉|数据|导出|查询|出险|发生|用量|通话|"
    r"\b(?:statements?|records?|history|bills?|invoices?|transactions?|exports?|reports?|complaints?|incident|"
    r"accident|usage|past|were|was)\b",
    re.I,
)
_TO_COME = re.compile(
    r"上门|到访|配送|送货|安装|维修|检修|入住|离店|住店|预订|预定|预约|请假|休假|出发|出行|航班|车次|行程|改签|改期|打算|计划|准备|将要|接下来|未来|下[个周月]|"
    r"\b(?:check[- ]?(?:in|out)|stay|booking|reservation|leave|holiday|travel|trip|flight|visit|delivery|repair|"
    r"install\w*|will|away|upcoming|next|"
    r"planning|appointment)\b",
    re.I,
)
_MOST = 1200  # units; more is a slip of the pen


def date_ranges(text: str, today: date, about: str = "") -> list[Span]:
    """The periods of the text, each once; with a doubt where it is asked about, denied or not exact. `about`: what they
    are periods of, in the flow's words, which tells of dates without a year whether they are to come."""
    tense = _tense(about) or _tense(text)
    patterns = (*_RANGES, _SLASHED) if _CHINESE.search(text) else _RANGES
    fixed = [span for pattern in patterns for match in pattern.finditer(text) if (span := _fixed(match, today, tense))]
    recent = [_recent(match, today) for pattern in (_LAST, _WITHIN) for match in pattern.finditer(text)]
    return distinct([span.doubted(_stance(text, span)) for span in distinct([*fixed, *recent])[:MOST_PLACES]])


def _stance(text: str, span: Span) -> Doubt | None:
    before, after = clause_before(text, span.start), clause_after(text, span.end)
    return (
        stance.refused(before, after)
        or (Doubt.NEGATED if re.search(r"(?:不是|并非|不要|不用)[^,，]{0,2}$", before) else None)
        or (Doubt.OTHER_TIME if _FORMER.search(before) else None)
        or stance.hedged(before, after)
        or stance.corrected(text, span.end)
        or (Doubt.UNCLEAR if _DOTTED.fullmatch(text, span.start, span.end) else None)
        or (Doubt.UNCLEAR if re.search(r"^(?:以?前|以?后|之前|之后|内没|左右|还是|或)", after) else None)
    )


def _tense(words: str) -> int:
    """-1: of what has been; 1: of what is to come; 0: it does not say, or says both."""
    return bool(_TO_COME.search(words)) - bool(_HAS_BEEN.search(words))


def _fixed(match: re.Match[str], today: date, tense: int) -> Span | None:
    try:
        first = _day(match, "1", today, None)
        last = _day(match, "2", today, first)
        if not (match["y1"] or match["y2"] or _group(match, "l1")):
            return _without_year(match, first, last, today, tense)
    except ValueError:
        return Span("", *match.span(), Doubt.UNREADABLE)
    return Span(f"{first}/{last}", *match.span()) if first <= last else Span("", *match.span(), Doubt.UNREADABLE)


def _without_year(match: re.Match[str], first: date, last: date, today: date, tense: int) -> Span:
    """The last time that those days were, or the next; which, the words tell, or else that it is the nearer one.

    Raises ValueError where a day is none of that year.
    """
    if first > last:  # 11月到1月
        first = _in_year(first, first.year - 1)
        if last - first > _TURN_OF_YEAR:
            return Span("", *match.span(), Doubt.UNREADABLE)
    back = 1 if last > today else 0
    been = _in_year(first, first.year - back), _in_year(last, last.year - back)
    coming = _in_year(been[0], been[0].year + 1), _in_year(been[1], been[1].year + 1)
    under_way = coming[0] <= today
    nearer_ahead = not under_way and coming[0] - today < today - been[1]
    meant = coming if tense > 0 or (not tense and (under_way or nearer_ahead)) else been
    doubt = Doubt.UNCLEAR if not tense and nearer_ahead else None
    return Span(f"{meant[0]}/{meant[1]}", *match.span(), doubt)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year)


def _day(match: re.Match[str], which: str, today: date, first: date | None) -> date:
    """One end of a range; the second takes its year and month from the first where it names none."""
    given, (month, day) = match["y" + which], _month_and_day(match, which)
    year = first.year if first else today.year
    if given:
        year = int(given) if given.isdecimal() else today.year + {"去": -1, "今": 0, "前": -2, "明": 1}[given]
    if _group(match, "l" + which):
        near = date(today.year, today.month, 1)
        near = (near - timedelta(days=1)).replace(day=1) if match["l" + which] == "上" else near
        return near.replace(day=day)
    if not month and first is None:
        raise ValueError("no month")
    return date(year, month or first.month, day)  # type: ignore[union-attr]


def _month_and_day(match: re.Match[str], which: str) -> tuple[int | None, int]:
    if not (named := _group(match, "e" + which)):
        month = _group(match, "m" + which)
        return int(month) if month else None, int(match["d" + which])
    day = re.sub(r"\D", "", named)
    letters = re.sub(r"\d+(?:st|nd|rd|th)?(?: of)?|[ .]", "", named.lower())
    return _MONTHS.index(letters[:3]) + 1, int(day)


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)


def _recent(match: re.Match[str], today: date) -> Span:
    length = _length(match)
    if length is None:
        return Span("", *match.span(), Doubt.UNREADABLE)
    unit, count = length
    first = today - timedelta(days=count) if unit == "days" else _months_back(today, count)
    return Span(f"{first}/{today}", *match.span()) if first else Span("", *match.span(), Doubt.UNREADABLE)


def lengths(text: str) -> list[tuple[int, int, tuple[str, int]]]:
    """The periods up to today that the text names by their length: where each stands, and its days or months."""
    found = [match for match in [*_LAST.finditer(text), *_WITHIN.finditer(text)] if not _AMBIGUOUS.match(match[0])]
    return [(*match.span(), length) for match in found[:MOST_PLACES] if (length := _length(match))]


def _length(match: re.Match[str]) -> tuple[str, int] | None:
    unit, count = match["unit"].lower(), _count(match["n"].lower())
    bare_days = unit == "日" and not match["n"][0].isdigit() and match["n"] not in "三七十"
    if (
        count is None
        or bare_days
        or (
            unit == "月"
            and not match["g"]
            and not match["n"][0].isdigit()
            and len(match["n"]) == 1
            and match["n"] != "一"
        )
    ):
        return None
    halved = match["h"] or match["half"]
    if match["more"] or match["after"] or count > _MOST or count <= 0:
        return None
    if halved:
        count += Decimal("0.5")
    months = count * {"年": 12, "y": 12, "季": 3, "q": 3}.get(unit[0], 1)
    days = _DAYS.get(unit) or {"d": 1, "w": 7}.get(unit[0])
    exact = count if days else months
    if exact != int(exact):
        return None
    return ("days", days * int(count)) if days else ("months", int(months))


def _count(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    return Decimal(_ENGLISH[text]) if text in _ENGLISH else number(text)


def _months_back(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1900:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
