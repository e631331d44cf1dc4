"""Numbers as people write them: 1,299.90, 3千5百, 一千零十五, 壹佰贰拾, fifty, two hundred and fifty.

Rule: the whole text is one number by one reading with falling units, or it is none. General-purpose converters accept
too much for that (they drop what they do not know, or add up units in any order), so the grammar is here.
"""

from __future__ import annotations

import re
from decimal import Decimal

LONGEST = 40  # characters; what is longer is no amount
_DIGITS = dict(
    zip("零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖", (0, 0, 0, 1, 2, 2, *range(3, 10), *range(1, 10)), strict=True)
)
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
DIGITS = "".join(_DIGITS)
UNITS = "".join(_UNITS) + "".join(_BIG)
NUMERALS = DIGITS + UNITS + "廿卅"
_ARABIC = re.compile(r"(?:0|[1-9]\d{0,8}|[1-9]\d{0,2}(?:,\d{3}){1,2})(?:\.\d{1,2})?")
_TERM = re.compile(rf"(\d+(?:\.\d+)?|[{DIGITS}])([{UNITS}])")
_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
ENGLISH = [*_WORDS, "hundred", "thousand"]


def number(text: str) -> Decimal | None:
    """The number that the whole text is, with at most two decimals; None if it is none or may be read otherwise."""
    if len(text) > LONGEST:
        return None
    if _ARABIC.fullmatch(text):
        return Decimal(text.replace(",", ""))
    chinese = numeral(text)
    if chinese is not None:
        return Decimal(chinese)
    if "点" in text:
        return _spoken_decimal(text)
    return _mixed(text)


def _spoken_decimal(text: str) -> Decimal | None:
    """五百九十八点五"""
    whole, _point, rest = text.partition("点")
    above = 0 if whole in {"零", "〇"} else numeral(whole)
    if above is None or not 1 <= len(rest) <= 2 or any(char not in _DIGITS for char in rest):
        return None
    return above + Decimal("0." + "".join(str(_DIGITS[char]) for char in rest))


def numeral(text: str) -> int | None:
    """The number a Chinese numeral means, 一百二 being 120; None if it is no numeral. Digits alone are one only
    with a zero between two others (二〇五): they can be no range (二三)."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or any(char not in _DIGITS and char not in _UNITS and char not in _BIG for char in text):
        return None
    if len(text) == 3 and all(char in _DIGITS for char in text):
        high, zero, low = (_DIGITS[char] for char in text)
        return high * 100 + low if high and low and not zero else None
    return _by_big_units(text, ["亿", "万"])


def spelled(words: list[str]) -> int | None:
    """The number that English words mean, "and" and hyphens apart; None unless all of them are one number."""
    total, section, last = 0, 0, 1_000_000
    for word in (each.lower() for each in words):
        if word in {"and", "a", "an"}:
            continue
        value = _WORDS.get(word)
        if value is not None:
            if not value or value >= last or (last < 100 and not (last % 10 == 0 and value < 10)):
                return None
            section, last = section + value, value if value >= 20 else 1
        elif word == "hundred" and 0 <= section < 10:
            section, last = (section or 1) * 100, 100
        elif word == "thousand" and not total:
            total, section, last = (section or 1) * 1000, 0, 1000
        else:
            return None
    return total + section or None


def _by_big_units(text: str, units: list[str]) -> int | None:
    if not units:
        return _section(text)
    unit, *rest = units
    high, separator, low = text.partition(unit)
    if not separator:
        return _by_big_units(text, rest)
    size = _BIG[unit]
    above = _by_big_units(high, rest)
    if not above or unit in low:
        return None
    if not low:
        return above * size
    if len(low) == 1 and _DIGITS.get(low):
        return above * size + _DIGITS[low] * size // 10  # 一万二 is 12,000
    below = _by_big_units(low.lstrip("零〇○") if low[0] in "零〇○" else low, rest)
    full = low[0] in "零〇○" or (below is not None and below * 10 >= size) or (len(low) > 1 and low[1] in "百佰")
    return above * size + below if below and full else None


def _section(text: str) -> int | None:
    """Below ten thousand: digit and unit in falling order, 零 for a gap, a last digit alone for the next lower unit."""
    if len(text) == 1 and text in _DIGITS:
        return _DIGITS[text]
    total, digit, gap, last = 0, None, False, 10_000
    for char in text:
        if char in _DIGITS:
            if digit is not None or (gap and not _DIGITS[char]):
                return None
            if _DIGITS[char]:
                digit = _DIGITS[char]
            elif total:
                gap = True
            else:
                return None
            continue
        unit = _UNITS[char]
        if unit >= last or (digit is None and unit != 10) or (gap and unit * 10 >= last):
            return None
        total, last, digit, gap = total + (digit or 1) * unit, unit, None, False
    if digit is None:
        return None if gap or not total else total
    if not total:
        return None  # 五零, 三五: digits, no number
    if gap:
        return total + digit if last > 10 else None
    return total + digit * (last // 10)


def _mixed(text: str) -> Decimal | None:
    """3千5百, 1.2万, 2百50: terms of falling units, each by one kind of digits."""
    if not any(char.isascii() and char.isdigit() for char in text):
        return None
    total, last, at = Decimal(0), 10**9, 0
    for match in _TERM.finditer(text):
        unit = _UNITS.get(match[2]) or _BIG[match[2]]
        value = Decimal(match[1]) if match[1][0].isascii() else Decimal(_DIGITS[match[1]])
        plain = value == int(value) and 0 < value < 10
        if match.start() != at or unit >= last or not value or (not plain and (at or unit < 10_000)):
            return None
        total, last, at = total + value * unit, unit, match.end()
    return _with_rest(total, last, text[:at], text[at:])


def _with_rest(total: Decimal, unit: int, terms: str, rest: str) -> Decimal | None:
    """A bare number behind the last term: 1万2 is 12,000, 2百50 is 250; anything else has two readings."""
    if not terms or ("." in terms and (rest or len(re.findall(rf"[{UNITS}]", terms)) > 1)):
        return None
    if not rest:
        return total if total == round(total, 2) else None
    if len(rest) == 1 and rest in "123456789":
        return total + int(rest) * unit // 10
    whole = rest.isascii() and rest.isdecimal() and rest[0] != "0" and 10 ** len(rest) == unit
    return total + int(rest) if whole else None
