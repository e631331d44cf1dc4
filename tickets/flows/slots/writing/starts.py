"""Where a word announces what somebody writes out, and how the writer stands to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tickets.flows.slots import stance
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_before, mark_after, sentence_before

MOST = 200  # characters of an address or a text; what is longer is asked
EDGES = " -\"'“”「」【】{}|=、,，:："
_LINK = r"\s{0,3}[】\])）]?\s{0,3}(?:就?是|[改换变]成|为|到|在|[:：=|])?\s{0,3}"
_WOULD_YOU = re.compile(
    r"\b(?:can|could|would|will) you(?: please| kindly)? (?=[a-z])|(?:能不能|可不可以|"
    r"能否|可否|能|可以)(?:请|麻烦)?(?:帮|给)(?:我|忙)?",
    re.I,
)
_LINKED = re.compile(r"[成为到改换新]了 ?[是为到在成:：]*\s*$")  # 地址改成了…: it has been done


def starts(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each word stands and where what it announces begins; of words that overlap, the longest."""
    if not words:
        return
    every = "|".join(_bounded(word) for word in sorted(words, key=len, reverse=True))
    for match in islice(re.finditer(rf"(?:{every}){_LINK}", text, re.I), MOST_PLACES):
        yield match.start(), match.end()


def _bounded(word: str) -> str:
    """The word by itself: "new address is" is no part of "new address isn't"."""
    ends = (word[0].isascii() and word[0].isalpha(), word[-1].isascii() and word[-1].isalpha())
    spaced = re.escape(word).replace("\\ ", "[ _]")  # new_address, as a key
    return ("(?<![A-Za-z])" if ends[0] else "") + spaced + ("(?![A-Za-z'’])" if ends[1] else "")


def doubt_about(text: str, start: int, span: Span) -> Doubt | None:
    before, sentence = clause_before(text, start), sentence_before(text, start)
    lead = stance.without_idioms(before)
    announced = _LINKED.search(text[start : span.start])
    return (
        stance.refused(before, "")
        or (
            Doubt.NEGATED
            if re.search(
                r"(?:不要|别|不用|不想|不是|先别|[不没])[^,，]{0,5}$|\b(?:not|don'?t)\b[^,]{0,24}$", lead, re.I
            )
            else None
        )
        or stance.hearsay(before, sentence)
        or stance.other_person(before)
        or (
            Doubt.OTHER_TIME
            if re.search(
                r"上次|上回|之前|以前|曾经|已经?|昨天|去年|前年|上个?月|上周|当时|那时|previously|last time|"
                r"already",
                before,
                re.I,
            )
            else None
        )
        or (Doubt.OTHER_TIME if re.search(r"^[了过]", text[span.start : span.start + 1]) or announced else None)
        or stance.conditional(sentence, "")
        or stance.hedged(before, "")
        or stance.corrected(text, span.end)
        or (
            Doubt.QUESTION
            if (mark_after(text, span.end) in {"?", "？"} and not _WOULD_YOU.search(before))
            or re.match(
                r"(?:是|这样)?对(?:吧|吗|不对|么)",
                text[max(span.end - 1, 0) : span.end + 4].lstrip("号室楼栋层"),
            )
            or re.search(r"吗$|还是", text[span.start : span.end])
            or stance.asked(_WOULD_YOU.sub("", before), "", "")
            else None
        )
    )


def trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    left = len(part) - len(part.lstrip(EDGES))
    value = part.strip(EDGES)
    return Span(value, start + left, start + left + len(value))
