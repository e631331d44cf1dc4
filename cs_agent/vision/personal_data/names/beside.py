"""Names that stand by themselves beside somebody's number or above an address.

Rule: what stands there must be written as names are; nothing else tells that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names.han import HAN, WORDS_TOO, stands_alone
from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, THINGS, UPPER
from cs_agent.vision.personal_data.names.sentences import is_known

_BEFORE_NUMBER = re.compile(
    rf"(?:^|[\s,,、:;|/(\[{{「【>\"'·.-])(?P<value>{HAN}{{2,5}})[\s,,、|/()\]}}:;\"'「」【】-]{{0,6}}\Z"
)
_AFTER_NUMBER = re.compile(
    rf"[\s,,、|/()\[{{;「【-]{{1,4}}(?P<value>[小老阿]?{HAN}{{1,3}})(?=[\s,,、|/()\]}};。!！收」】]|\Z)"
)
_REACH = 14  # characters between which a name and its number stand
_WRITTEN_AS_A_NAME = rf"[{UPPER}][{LETTER}'’-]+(?: (?:[a-zà-ÿ]{{1,3}} ){{0,2}}[{UPPER}][{LETTER}.'’-]*){{1,3}}"
_LATIN_NAME = re.compile(_WRITTEN_AS_A_NAME)
_BEFORE_NUMBER_LATIN = re.compile(  # `12, Priya Raghunathan, phone …`
    rf"(?:^|[,;|/(\[\t:,、] ?)(?P<value>{_WRITTEN_AS_A_NAME})"
    r"[ \t]*[,;|/(\t,、–-]+[ \t]*(?:[a-z][a-z.]*[ \t]?){0,3}:?[ \t+]*\Z",
    re.MULTILINE,
)
_REACH_LATIN = 64
_HANDED_TO = "收找叫给是为到成"  # before a name: 收周晓彤
_OF_SOMEBODY = frozenset({DataKind.MOBILE, DataKind.PHONE, DataKind.ID_CARD, DataKind.ADDRESS, DataKind.BANK_CARD})


def names_beside(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """`张伟 138…`, `1001,张伟,138…`: two to four characters that begin with a surname, or words with capitals, alone
    beside somebody's number or address."""
    for span in found:
        if span.kind in _OF_SOMEBODY:
            yield from _in_han(text, span)
            yield from _in_latin(text, span)


def is_an_addressee(line: str) -> bool:
    """Whether a line by itself is written as a name is; what stands above an address is one rather than a thing's."""
    return stands_alone(line) if re.fullmatch(rf"{HAN}+", line) else _is_latin(line)


def _in_han(text: str, span: Span) -> Iterator[Span]:
    before = _BEFORE_NUMBER.search(text[max(0, span.start - _REACH) : span.start])
    after = _AFTER_NUMBER.match(text[span.end : span.end + _REACH])
    for match, shift in ((before, max(0, span.start - _REACH)), (after, span.end)):
        if match is None:
            continue
        start, end = match.span("value")
        value = match.group("value")
        if value[0] in WORDS_TOO and len(value) == 2 and not is_known(value):  # 时长, 成交
            continue
        if value[0] in _HANDED_TO and not stands_alone(value):
            start, value = start + 1, value[1:]
        if stands_alone(value):
            yield Span(DataKind.NAME, start + shift, end + shift, value)


def _in_latin(text: str, span: Span) -> Iterator[Span]:
    first = max(0, span.start - _REACH_LATIN)
    match = _BEFORE_NUMBER_LATIN.search(text[first : span.start])
    if match and _is_latin(match["value"]):
        yield Span(DataKind.NAME, match.start("value") + first, match.end("value") + first, match["value"])


def _is_latin(value: str) -> bool:
    return bool(_LATIN_NAME.fullmatch(value)) and not NO_ENGLISH_NAME.search(value) and not THINGS.search(value)
