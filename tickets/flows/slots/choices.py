"""One of a flow's own values, told by phrases: a reason for a refund, a period of a report.

Rule: a phrase counts where it is said of the thing here and now. One that is denied (质量没问题), feared, supposed,
asked about or told of something else does not; one that begins or ends with a number is no part of a longer number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tickets.flows.slots import choice_stance, periods
from tickets.flows.slots.near import BESIDE
from tickets.flows.slots.numerals import NUMERALS
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_before

if TYPE_CHECKING:
    from tickets.flows.slots.spec import Option

# Another length of time beside a period's: 近半年,最好一年; 近三个月(3月-5月).
_TIME = re.compile(
    rf"[{NUMERALS}半仨俩\d]+ ?(?:个|多|几|来)*(?:半)?(?:月|年|季度|周|星期|礼拜|天|日)(?!内|之内|以内|前给|无理由)|"
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|\w+ (?:days|weeks|"
    r"months|years|quarters))\b",
    re.I,
)


_INTO = re.compile(
    r"(?:[升换改转调降变选订](?:舱|档|级|座|个)?(?:到|成|为|至)|(?<![不没别])[升换改转调降])$|"
    r"\b(?:upgrade|switch|change|move|downgrade|convert)(?: (?:me|it|my|the|us)(?: \w+){0,2})? (?:to|"
    r"into)(?: the| a)? $|\bfrom [^,.]{2,40} to (?:the |a )?$",
    re.I,
)
_GOES_BEFORE = re.compile(rf"[{NUMERALS}半上下前后大小第几数.每\d]")  # goes on with a number, or makes another


def options(text: str, choices: Sequence[Option], ignored: Sequence[str] = ()) -> list[Span]:
    """The options whose phrases are in the text, in the order of `choices`; denied ones are left out.

    Where phrases overlap, the longer hides the shorter, and of equals the first (压坏 the 坏了 of 压坏了); one of
    `ignored` hides without meaning anything (气坏了).
    """
    meaning = {phrase.lower(): option.value for option in reversed(choices) for phrase in reversed(option.phrases)}
    meaning |= {phrase.lower(): "" for phrase in ignored}
    if not meaning:
        return []
    lowered = text.lower() if len(text.lower()) == len(text) else text
    seen = [Span(meaning[each], *place) for each in meaning for place in _places(lowered, each)]
    seen += _of_like_length(lowered, choices) if _are_periods(choices) else ()
    longest_first = sorted(seen, key=lambda span: (span.start - span.end, span.start))
    taken = sorted((span for span in _without_overlaps(longest_first) if span.value), key=lambda span: span.start)
    judged = [
        span.doubted(choice_stance.doubt_about(text, span))
        for span in taken[:MOST_PLACES]
        if not choice_stance.denied(text, span)
    ]
    judged += [span.doubted(Doubt.UNCLEAR) for span in taken[MOST_PLACES : 2 * MOST_PLACES]]
    if _are_periods(choices) and judged and _names_another_time(text, taken):
        judged = [span.doubted(Doubt.UNCLEAR) for span in judged]
    order = [option.value for option in choices]
    judged = _aimed_at(text, judged)
    return sorted(judged, key=lambda span: (order.index(span.value), span.start))


def _of_like_length(text: str, choices: Sequence[Option]) -> Iterator[Span]:
    """Periods that are as long as an option is, in other words: 半年内的 is 近半年."""
    known = {
        length: each.value for each in choices for phrase in each.phrases for *_, length in periods.lengths(phrase)
    }
    for start, end, length in periods.lengths(text):
        if length in known:
            yield Span(known[length], start, end)


def _aimed_at(text: str, spans: list[Span]) -> list[Span]:
    """从经济舱升到商务舱: of two options the one that a change leads to; the other is what is now."""
    sure = [span for span in spans if span.doubt is None]
    aimed = {span.value for span in sure if _INTO.search(clause_before(text, span.start))}
    if len(aimed) != 1 or len({span.value for span in sure}) < 2:
        return spans
    return [span if span.value in aimed else span.doubted(Doubt.OTHER_TIME) for span in spans]


def _are_periods(choices: Sequence[Option]) -> bool:
    """Whether each option is a length of time."""
    return all(any(_TIME.search(phrase) or "半年" in phrase for phrase in option.phrases) for option in choices)


def _names_another_time(text: str, taken: Sequence[Span]) -> bool:
    """Whether near one of the places another length of time stands that is none of the options."""
    for span in taken[:MOST_PLACES]:
        for match in _TIME.finditer(text, max(0, span.start - BESIDE), span.end + BESIDE):
            inside = any(each.start < match.end() and match.start() < each.end for each in taken)
            if not inside and not choice_stance.DENIED.search(clause_before(text, match.start())):
                return True
    return False


def _places(lowered: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Where the phrase stands by itself: not within a word of letters, nor within a number."""
    for match in _spaced(phrase).finditer(lowered):
        at, end = match.span()
        inside = _lettered(phrase[0], lowered[at - 1 : at]) or _lettered(phrase[-1], lowered[end : end + 1])
        if not inside and _whole(lowered, phrase, at):
            yield at, end


@cache
def _spaced(phrase: str) -> re.Pattern[str]:
    """The phrase with or without the blanks that people put around digits and Chinese (近 3 个月); or softened."""
    softened = "(?:太|怎么|是很|是太|是特别|大|很|再|那么)?" if phrase[0] == "不" and len(phrase) > 2 else ""
    joints = ["" if first.isascii() and second.isascii() else " ?" for first, second in pairwise(phrase)]
    joints = [*joints, ""]
    joints[0] += softened
    return re.compile("".join(re.escape(char) + joint for char, joint in zip(phrase, joints, strict=True)))


def _lettered(edge: str, beside: str) -> bool:
    return edge.isascii() and edge.isalnum() and beside.isascii() and beside.isalnum()


def _whole(text: str, phrase: str, start: int) -> bool:
    """近三个月 is no part of 近十三个月, and 半年 none of 上半年."""
    if phrase[0] not in NUMERALS + "半0123456789":
        return True
    return not (start and _GOES_BEFORE.match(text, start - 1))


def _without_overlaps(spans: list[Span]) -> list[Span]:
    """The spans that overlap no earlier one of the list."""
    kept: list[Span] = []
    covered: set[int] = set()
    for span in spans:
        if not covered.intersection(range(span.start, span.end)):
            covered.update(range(span.start, span.end))
            kept.append(span)
    return kept
