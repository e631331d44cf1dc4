"""全额 and 半额, where the flow can carry them out; else they are something that must be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tickets.flows.slots import stance
from tickets.flows.slots.money import wording
from tickets.flows.slots.money.words import Words, clause_of
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before

FULL = "全额"
HALF = "半额"
_FULL = re.compile(
    r"(?=[全退cerf])(?:全额|全款|全部退款?|全退|退全部|全数退|退全款|全部的?(?:钱|款)|"
    r"退款(?:金额|诉求)?[:：] ?全部|\b(?:full|complete|"
    r"entire) (?:refund|amount)|refund(?:ed)? (?:it |me )?(?:in full|fully|everything)"
    r"|\brefund(?: amount| request)?: ?(?:in )?full(?= ?(?:[.;,\n]|$|please|amount))"
    r"|\b(?:fully|completely) refund(?:ed)?|refund (?:the )?(?:full|entire|whole) (?:amount|price|sum))",
    re.I,
)
_HALF = re.compile(r"(?=[半一退hr])(?:半额|一半|退半|half refund|half of|refund half)", re.I)

_SPENT = re.compile(
    r"(?:了|过|只|剩下?|还有|有|坏|少|用|吃|喝|上|没)$|\b(?:used|left|broken|missing|only|about) ?$", re.I
)  # 上了一半


@lru_cache(maxsize=2)  # the slots of one flow ask for the same two texts one after the other
def shares(text: str) -> tuple[Span, ...]:
    """全额 and 半额, however they are said."""
    full = [Span(FULL, *match.span()) for match in _FULL.finditer(text)]
    return (*full, *(Span(HALF, *match.span()) for match in _HALF.finditer(text)))


def is_share(text: str, start: int, end: int) -> bool:
    return bool(_FULL.search(text, start, end) or _HALF.search(text, start, end))


def wished_shares(text: str, words: Words, *, full: bool, half: bool) -> Iterator[Span]:
    wanted = {FULL: full, HALF: half}
    for span in _first(shares(text)):
        here = clause_before(text, span.start, 20) + text[span.start : span.end] + clause_after(text, span.end, 20)
        near = words.within(text, (max(0, span.start - 40), min(len(text), span.end + 40)))
        own = [word for word in near if word.own and word.name in here.lower()]
        rival = [word for word in near if not word.own and abs(word.start - span.end) < 3]
        if own:  # 退款:全额;补偿:无 names each by its own word
            rival = [word for word in rival if clause_of(text, word.start) == clause_of(text, span.start)]
        spent = span.value == HALF and not own and _SPENT.search(clause_before(text, span.start))
        if spent or (not wanted[span.value] and not own):
            continue
        if rival and not [
            word for word in own if abs(word.start - span.end) < 3 or span.start <= word.start < span.end
        ]:
            if not full:
                continue
            yield span.doubted(Doubt.UNCLEAR)
            continue
        doubt = stance.doubt_about_wish(text, span.start, span.end)
        if not wanted[span.value]:
            doubt = doubt if doubt is Doubt.NEGATED else Doubt.UNREADABLE
            yield Span("", span.start, span.end, doubt)
        else:
            yield span.doubted(doubt or wording.doubt(text, span.start, span.end, words))


def _first(spans: Sequence[Span]) -> Iterator[Span]:
    """The places that are judged; of further ones only that there are some."""
    yield from spans[:MOST_PLACES]
    if len(spans) > MOST_PLACES and len({span.value for span in spans}) > 1:
        yield Span("", spans[MOST_PLACES].start, spans[MOST_PLACES].end, Doubt.UNCLEAR)
