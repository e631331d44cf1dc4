"""Amounts of money in a ticket's text: 50元, ¥50, 五十元, 一百二十块五, 1.2万元; and 全额, 半额.

Amounts come out as plain decimals with two digits ("50.00"); 全额 and 半额 as these two words.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from tickets.flows.slots.text import Span, clause_after, clause_before, distinct, outside

FULL = "全额"
HALF = "半额"
_BEFORE, _AFTER = 6, 4  # characters within which a slot's word must stand, in the same clause

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "零〇一二两三四五六七八九十百千万"
_CURRENCY = r"(?:元|块钱|块|圆|rmb|cny|yuan)"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?:[¥$]\s?|(?<![a-z])(?:rmb|cny)\s?)(?P<signed>{_ARABIC})(?P<scale1>万)?(?:\s?{_CURRENCY})?"
    rf"|(?<![\d.])(?P<number>{_ARABIC})\s?(?P<scale2>万|千|百)?\s?{_CURRENCY}(?P<dimes>\d(?![\d.])|[{_NUMERAL[:12]}](?![{_NUMERAL}]))?"
    rf"|(?P<numeral>[{_NUMERAL}]+)\s?{_CURRENCY}(?P<dimes2>[{_NUMERAL[:12]}](?![{_NUMERAL}]))?",
    re.I,
)
_FULL = re.compile(r"全额|全款|全部退|全退|full refund|refund in full|full amount", re.I)
_HALF = re.compile(r"半额|一半|退半|half refund|half of", re.I)


def amounts(text: str) -> list[Span]:
    """Every amount in the text, in order."""
    spans = [Span(value, *match.span()) for match in _AMOUNT.finditer(text) if (value := _amount(match))]
    return distinct_places(spans)


def shares(text: str) -> list[Span]:
    """全额 and 半额, however they are said."""
    full = [Span(FULL, *match.span()) for match in _FULL.finditer(text)]
    return full + [Span(HALF, *match.span()) for match in _HALF.finditer(text)]


def beside(text: str, spans: list[Span], words: tuple[str, ...], rivals: tuple[str, ...] = ()) -> list[Span]:
    """The amounts that stand beside one of `words` and nearer to it than to any of `rivals`."""
    near = [(span, _distance(text, span, words), _distance(text, span, rivals)) for span in spans]
    return distinct([span for span, own, other in near if own is not None and (other is None or own < other)])


def read_one(text: str) -> str | None:
    """The amount an operator typed: "50", "¥50", "五十元", "全额"; None if it is none."""
    whole = text.strip()
    if share := shares(whole):
        return share[0].value
    found = amounts(whole) or amounts(whole + "元")
    covers = len(found) == 1 and found[0].start == 0 and found[0].end >= len(whole)
    return found[0].value if covers else None


def plain(value: str) -> str:
    """An amount as people write it in a sentence: 50.00 → 50, 99.90 → 99.9."""
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def numeral(text: str) -> int | None:
    """The number a Chinese numeral means, 一百二 being 120; None if it is no numeral."""
    if not text or any(char not in _NUMERAL for char in text):
        return None
    high, separator, low = text.partition("万")
    if "万" in low:
        return None
    first, second = _below_ten_thousand(high), _below_ten_thousand(low)
    if not separator:
        return first
    if first is None or (low and second is None):
        return None
    if len(low) == 1 and low in _DIGITS:
        second = _DIGITS[low] * 1000  # 一万二 is 12,000
    return first * 10_000 + (second or 0)


def distinct_places(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if outside([span], kept):
            kept.append(span)
    return kept


def _amount(match: re.Match[str]) -> str:
    """The decimal a match stands for; "" where a numeral is none."""
    if match["numeral"]:
        number = numeral(match["numeral"])
        if number is None:
            return ""
        value = Decimal(number)
    else:
        value = Decimal((match["signed"] or match["number"]).replace(",", ""))
        value *= {"万": 10_000, "千": 1000, "百": 100}.get(match["scale1"] or match["scale2"] or "", 1)
    dimes = match["dimes"] or match["dimes2"]
    if dimes:
        value += Decimal(_DIGITS[dimes] if dimes in _DIGITS else int(dimes)) / 10
    return f"{value:.2f}"


def _below_ten_thousand(text: str) -> int | None:
    total, digit, unit = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
            unit = 10 if digit == 0 else unit  # after 零, a lone digit counts ones
            continue
        step = _UNITS[char]
        total += (1 if digit is None else digit) * step
        digit, unit = None, step
    if digit is None:
        return total if text else None
    return total + digit * (unit // 10 if total and unit > 1 else 1)


def _distance(text: str, span: Span, words: tuple[str, ...]) -> int | None:
    """Characters between the amount and the nearest of the words in its clause; None where there is none."""
    before = clause_before(text, span.start, _BEFORE + max(map(len, words), default=0)).lower()
    after = clause_after(text, span.end, _AFTER + max(map(len, words), default=0)).lower()
    gaps = [len(before) - at - len(word) for word in words if (at := before.rfind(word.lower())) >= 0]
    gaps += [at for word in words if (at := after.find(word.lower())) >= 0]
    inside = [0 for word in words if word.lower() in span_text(text, span)]
    return min(inside + gaps, default=None)


def span_text(text: str, span: Span) -> str:
    return text[span.start : span.end].lower()
