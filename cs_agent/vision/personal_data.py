"""Finds mainland-China personal data in text, as a person or an OCR engine would have written it.

Rule: match on normalised characters (spaces inside numbers dropped, O/0 and l/I/1 told apart by their company),
answer in places of the original text. A number that carries a checksum must satisfy it, unless a label beside it
says what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DataKind(StrEnum):
    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    CODE = "code"  # one-time verification code


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data at text[start:end]; `value` is the normalised form (digits without spaces)."""

    kind: DataKind
    start: int
    end: int
    value: str


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_OLDEST_BIRTH = 1900
_NEWEST_BIRTH = 2099

_ALIKE = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "l": "1", "I": "1", "|": "1"})
_MOST_GUESSED = 0.35  # of a number's digits; more letters than that make it a word
_CONTEXT = 14  # characters before a number in which its label stands
_MAX_GROUPS = 8  # groups of digits one number is written in, at most

_DIGIT_RUN = re.compile(r"[0-9OolI|〇○Xx]+(?:[ \u00a0\u3000-]{1,2}[0-9OolI|〇○Xx]+)*")
_GROUP = re.compile(r"[0-9OolI|〇○Xx]+")
_LETTERS = re.compile(r"[A-Za-z]+")

_ID_LABEL = re.compile(r"身份证|证件号|公民身份|ID\s?(?:card|number|no)|identity", re.IGNORECASE)
_CARD_LABEL = re.compile(r"银行卡|卡号|储蓄卡|信用卡|借记卡|bank\s?card|card\s?(?:number|no)", re.IGNORECASE)
_ORDER_LABEL = re.compile(
    r"(?:订单|运单|快递|物流|单号|流水|交易|工单|order|tracking|ticket|parcel)[^0-9]*$", re.IGNORECASE
)
_CARD_PREFIX = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|6[05]\d{14}")
_MOBILE = re.compile(r"(?:0086|86)?(1[3-9]\d{9})")

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?[A-Za-z0-9-]+"
    r"(?:\.[A-Za-z0-9-]+|\s?\.\s?(?:com|cn|net|org|edu|gov)\b)+",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?:密码|口令|password|passwd|passcode|pwd|\bPIN)(?:码)?"
    r"(?:\s*(?:是|为|:|=|\bis\b)\s*|\s+(?=[!-~]*[0-9]))(?P<value>[!-~]{4,64})(?<![,.;:)\]}\"'])",
    re.IGNORECASE,
)
_CODE_WORD = (
    r"(?:验证码|校验码|动态码|动态密码|动态口令|确认码|激活码|短信码"
    r"|(?:verification|security|confirmation|one-time|login|access|SMS)\s(?:pass)?code|\bOTP\b|\bpasscode\b|\bcode\b)"
)
_DATE = r"(?:(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}-\d{1,2}\s\d{1,2}:\d\d)"
_NUMBER = rf"(?<![0-9A-Za-z.¥$*])(?<!\d-)(?!{_DATE})(?P<value>\d(?:[ -]?\d){{3,7}})(?![0-9*]|[./年:-]\d|元|分钟|秒)"
_CODE_AFTER = re.compile(_CODE_WORD + r"[^0-9]{0,16}?" + _NUMBER, re.IGNORECASE)
_CODE_BEFORE = re.compile(_NUMBER + r"[^0-9]{0,12}?" + _CODE_WORD, re.IGNORECASE)
_NOT_A_CODE = re.compile(r"订单|单号|尾号|order|ending|¥|\$|金额", re.IGNORECASE)


def find(text: str) -> tuple[Span, ...]:
    """All personal data, left to right, without overlaps: the surer and longer kind wins a place."""
    plain = _same_length_nfkc(text)
    found = [
        *_emails(plain),
        *_passwords(plain),
        *_numbers(plain),
        *_codes(plain),
    ]
    kept: list[Span] = []
    taken = bytearray(len(text))
    for span in found:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def is_id_card(number: str) -> bool:
    """Whether 18 characters are a valid resident identity number: region, birth date and check digit."""
    if not re.fullmatch(r"[1-8]\d{16}[0-9X]", number) or not _is_birth_date(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == number[17]


def passes_luhn(number: str) -> bool:
    """The check of bank-card numbers."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _same_length_nfkc(text: str) -> str:
    """Full-width letters, digits and signs made plain, one character for one, so that places stay."""
    plain = (unicodedata.normalize("NFKC", char) for char in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True))


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield Span(DataKind.EMAIL, match.start(), match.end(), re.sub(r"\s", "", match.group()))


def _passwords(text: str) -> Iterator[Span]:
    for match in _PASSWORD.finditer(text):
        yield Span(DataKind.PASSWORD, *match.span("value"), match.group("value"))


def _codes(text: str) -> Iterator[Span]:
    for pattern in (_CODE_AFTER, _CODE_BEFORE):
        for match in pattern.finditer(text):
            between = match.group().replace(match.group("value"), "")
            if not _NOT_A_CODE.search(between):
                value = re.sub(r"\D", "", match.group("value"))
                yield Span(DataKind.CODE, *match.span("value"), value)


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits written without a gap: their places, and how many of them were read from letters."""

    start: int
    end: int
    digits: str
    guessed: int


def _numbers(text: str) -> Iterator[Span]:
    """Identity, bank-card and mobile numbers: runs of whole groups, the longest first."""
    for run in _DIGIT_RUN.finditer(text):
        groups = list(_groups(text, run))
        for first in range(len(groups)):
            for after in range(min(len(groups), first + _MAX_GROUPS), first, -1):
                span = _as_number(text, groups[first:after])
                if span is not None:
                    yield span
                    break


def _groups(text: str, run: re.Match[str]) -> Iterator[_Group]:
    """The run's groups; letters that belong to a word beside them are cut off."""
    for match in _GROUP.finditer(text, run.start(), run.end()):
        start, end = match.span()
        while start < end and text[start].isascii() and text[start].isalpha() and _in_word(text, start):
            start += 1
        while end > start and text[end - 1].isascii() and text[end - 1].isalpha() and _in_word(text, end - 1):
            end -= 1
        if start < end:
            raw = text[start:end]
            yield _Group(start, end, raw.upper().replace("L", "1").translate(_ALIKE), _letters(raw))


def _in_word(text: str, place: int) -> bool:
    """Whether the letters around this place hold one that no digit looks like."""
    return any(
        word.start() <= place < word.end() and re.search(r"[^OolIXx]", word.group())
        for word in _LETTERS.finditer(text, max(0, place - 24), place + 24)
    )


def _letters(raw: str) -> int:
    return sum(not char.isdigit() for char in raw)


def _as_number(text: str, groups: list[_Group]) -> Span | None:
    digits = "".join(group.digits for group in groups)
    if not 11 <= len(digits) <= 19 or sum(group.guessed for group in groups) > _MOST_GUESSED * len(digits):
        return None
    start, end = groups[0].start, groups[-1].end
    kind = _kind(digits, text[max(0, start - _CONTEXT) : start])
    return Span(kind, start, end, digits) if kind else None


def _kind(digits: str, before: str) -> DataKind | None:
    if is_id_card(digits) or (_ID_LABEL.search(before) and _looks_like_id(digits)):
        return DataKind.ID_CARD
    if "X" in digits:
        return None
    if _CARD_LABEL.search(before) and 13 <= len(digits) <= 19:
        return DataKind.BANK_CARD
    if _ORDER_LABEL.search(before):
        return None
    if _CARD_PREFIX.fullmatch(digits) and passes_luhn(digits):
        return DataKind.BANK_CARD
    return DataKind.MOBILE if _MOBILE.fullmatch(digits) else None


def _looks_like_id(digits: str) -> bool:
    """Good enough beside a label: one misread digit must not uncover the other seventeen."""
    return bool(re.fullmatch(r"\d{15}|\d{17}[0-9X]", digits))


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not _OLDEST_BIRTH <= year <= _NEWEST_BIRTH:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
