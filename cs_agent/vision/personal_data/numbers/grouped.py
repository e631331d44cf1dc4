"""Identity, bank-card, account and telephone numbers, however their digits are grouped or were misread.

Rule: whole groups of digits only, the longest first. A number that carries a checksum must satisfy it, unless a label
beside it says what it is; O/0 and l/I/1 are told apart by their company.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cs_agent.vision.personal_data import labels
from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.numbers import checks, phones
from cs_agent.vision.personal_data.numbers.spoken import HAN_DIGITS, SPOKEN_DIGITS
from cs_agent.vision.personal_data.plain import INVISIBLE

_ALIKE = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "l": "1", "I": "1", "|": "1"})
_MOST_GUESSED = 0.35  # of a number's digits; more letters than that make it a word
_MOST_GROUPS = 8  # groups of digits one number is written in
_SPACED_OUT = 19  # groups at most where every digit of a run stands by itself
_MOST_DIGITS = 24  # of an account number; cards have 19
_SPACE = rf" \u00a0\u3000\-‐‑–—{INVISIBLE}"
_MARK = r".·•()/_"  # between the groups of a telephone number, and of much else
_DIGIT = r"0-9OolI|〇○Xx"
_RUN = re.compile(rf"[{_DIGIT}]+(?:[{_SPACE}{_MARK}]{{1,3}}[{_DIGIT}]+)*")
_GROUP = re.compile(rf"[{_DIGIT}]+")
_MARKED = re.compile(rf"[{_MARK}]")
_LETTERS = re.compile(r"[A-Za-z]+")
_MOBILE = re.compile(r"(?:0086|86|0)?(1[3-9]\d{9})")
_MOBILE_SHAPES = {(3, 4, 4), (3, 3, 5), (3, 8), (7, 4), (4, 4, 3), (3, 2, 3, 3)}
_DATE = re.compile(r"(?:19|20)\d\d[-./年]\s?\d{1,2}[-./月]\s?\d{1,2}(?!\d)|\d{1,2}-\d{1,2}\s\d{1,2}:\d\d")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|extension|x(?=\d))\s*:?\s*\d{1,6}", re.IGNORECASE)
_EXTENSIONS = {
    DataKind.PHONE: _EXTENSION,
    DataKind.MOBILE: re.compile(
        r"\s*(?:转|分机|ext\.?|extension)\s*:?\s*\d{3,6}(?!\d)", re.IGNORECASE
    ),  # of a virtual number
}
_NOTHING = re.compile(r"(?!)")
_PUBLIC = re.compile(  # numbers that reach an organisation
    r"(?<![\d-])(?:(?:\+?1[-. ])?\(?8(?:00|33|44|55|66|77|88)\)?[-. ]\d{3}[-. ]\d{4}"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}|[48]00[- ]?\d{4}[- ]?\d{3})"
    r"(?![ -]?\d)"
)
_TWO_NUMBERS = re.compile(r"\s/|/\s")
_AMERICAN_SHAPE = (1, 3, 3, 4)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,9}(?![A-Za-z0-9])")

_SPOKEN_RUN = re.compile(rf"(?<![0-9])[{SPOKEN_DIGITS}](?:[ ,、-]?[{SPOKEN_DIGITS}]){{10,18}}(?![0-9])")


def numbers(text: str) -> Iterator[Span]:
    """Of a text that was made plain; spans of different kinds may touch but one place is in one span only."""
    yield from _ibans(text)
    yield from _spoken(text)
    public = [match.span() for match in _PUBLIC.finditer(text)]
    for run in _RUN.finditer(text):
        groups = [group for group in _groups(text, run) if not any(a <= group.start < b for a, b in public)]
        first = 0
        while first < len(groups):
            taken = _longest(text, groups, first)
            if taken is None:
                first += 1
            else:
                span, first = taken
                yield span


def numbers_said(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """All that somebody says is a number as it is dialled within a country: `محمد: 0551234567`."""
    for span in found:
        if span.kind is DataKind.NAME and (match := _SAID_ALONE.match(text, span.end)):
            yield Span(DataKind.PHONE, *match.span("value"), match.group("value"))


_SAID_ALONE = re.compile(r"[ \t]?:[ \t]*(?P<value>0\d{8,10})[ \t.。]*(?=\n|\Z)")


def ends_in_public_number(text: str) -> bool:
    """Whether the text ends in a number that reaches an organisation."""
    return any(match.end() == len(text) for match in _PUBLIC.finditer(text))


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits written without a gap: their places, and how many of them were read from letters."""

    start: int
    end: int
    digits: str
    guessed: int


def _longest(text: str, groups: list[_Group], first: int) -> tuple[Span, int] | None:
    """The longest number that begins with that group, and the first group after it."""
    beside = labels.Beside(text[max(0, groups[first].start - labels.CONTEXT) : groups[first].start])
    ends = range(min(len(groups), first + _MOST_GROUPS), first, -1)
    whole = [len(groups)] if _MOST_GROUPS < len(groups) - first <= _SPACED_OUT else []
    for after in (*whole, *ends):
        span = _as_number(text, groups[first:after], beside)
        if span is not None:
            return span, after
    return None


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


def _as_number(text: str, groups: list[_Group], beside: labels.Beside) -> Span | None:
    shape = tuple(len(group.digits) for group in groups)
    if not 7 <= sum(shape) <= _MOST_DIGITS or sum(group.guessed for group in groups) > _MOST_GUESSED * sum(shape):
        return None
    if _TWO_NUMBERS.search(text, groups[0].end, groups[-1].start):
        return None
    digits = "".join(group.digits for group in groups)
    start, end = groups[0].start, groups[-1].end
    kind = _kind(digits, shape, text[start:end], beside, text[end : end + 8])
    if kind and (extension := _EXTENSIONS.get(kind, _NOTHING).match(text, end)):
        end = extension.end()
    return Span(kind, start, end, digits) if kind else None


def _kind(digits: str, shape: tuple[int, ...], raw: str, beside: labels.Beside, after: str) -> DataKind | None:
    marked = bool(_MARKED.search(raw))
    ordered = beside.names_an_order and not labels.says_whose(after)
    if not marked and (kind := _checked(digits) if ordered else _named(digits, beside) or _resembled(digits)):
        return kind
    if "X" in digits or ordered:
        return None
    if shape == _AMERICAN_SHAPE and digits[0] == "1" and not beside.dials_abroad:
        return DataKind.PHONE if phones.is_american(digits[1:]) else None
    if _MOBILE.fullmatch(digits) and (not marked or _has_shape(shape)) and not phones.is_foreign(digits, beside):
        return DataKind.MOBILE
    if _DATE.match(raw + after):
        return None
    return DataKind.PHONE if phones.is_phone(digits, raw, beside) else None


def _checked(digits: str) -> DataKind | None:
    """An identity number is one whatever stands beside it: no order has its region, birth date and check digit."""
    return DataKind.ID_CARD if checks.is_id_card(digits) else None


def _named(digits: str, beside: labels.Beside) -> DataKind | None:
    """What its label says it is, though its check digit may be misread."""
    if len(digits) in (15, 18) and beside.names_an_identity and re.fullmatch(r"\d{15}|\d{17}[0-9X]", digits):
        return DataKind.ID_CARD
    least = 7 if beside.is_an_account else 12
    if len(digits) >= least and "X" not in digits and beside.names_an_account:
        return DataKind.BANK_CARD
    return None


def _resembled(digits: str) -> DataKind | None:
    if checks.is_id_card(digits) or checks.resembles_id_card(digits):
        return DataKind.ID_CARD
    return DataKind.BANK_CARD if checks.is_bank_card(digits) else None


def _has_shape(shape: tuple[int, ...]) -> bool:
    """Whether the groups are those of a mobile number, perhaps with the country's code in front."""
    if len(shape) > 1 and shape[0] in (2, 4) and shape[1:] == (11,):
        return True
    return shape in _MOBILE_SHAPES or (shape[0] in (2, 4) and shape[1:] in _MOBILE_SHAPES)


def _ibans(text: str) -> Iterator[Span]:
    """A word behind the number, as in `… 00 BIC`, is let go."""
    for match in _IBAN.finditer(text):
        ends = [*(gap.start() for gap in re.finditer("[ -]", match.group())), len(match.group())]
        for end in reversed(ends):
            value = re.sub("[ -]", "", match.group()[:end])
            if checks.is_iban(value):
                yield Span(DataKind.BANK_CARD, match.start(), match.start() + end, value)
                break


def _spoken(text: str) -> Iterator[Span]:
    """Numbers dictated in words, digit by digit."""
    for match in _SPOKEN_RUN.finditer(text):
        digits = "".join(HAN_DIGITS.get(char, char) for char in match.group() if char not in " ,、-")
        if not HAN_DIGITS.keys() & set(match.group()):
            continue
        beside = labels.Beside(text[max(0, match.start() - labels.CONTEXT) : match.start()])
        kind = _kind(digits, (len(digits),), digits, beside, "")
        if kind:
            yield Span(kind, *match.span(), digits)
