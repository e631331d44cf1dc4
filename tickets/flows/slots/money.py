"""Which amounts of a ticket's text are wished, and under which of a flow's words; and 全额, 半额.

Rule: an amount is wished under the word it belongs to, and only where nothing around it speaks against that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tickets.flows.slots import stance
from tickets.flows.slots.numbers.amounts import (
    LOOSE_BEFORE,
    MEASURE_AFTER,
    Money,
    amount_at,
    money_in,
    places_in,
    with_ranges,
)
from tickets.flows.slots.text import CLAUSE_END, MOST_PLACES, Doubt, Span, clause_after, clause_before

FULL = "全额"
HALF = "半额"
_SHARE_AFTER = re.compile(r"^ ?(?:倍|成(?!本|交)|折|%|％|percent\b|per cent\b|个点|分之)", re.I)
_FULL = re.compile(
    r"全额|全款|全部退款?|全退|退全部|全数退|退全款|全部的?(?:钱|款)|\b(?:full|complete|"
    r"entire) (?:refund|amount)|refund(?:ed)? (?:it |me )?(?:in full|fully|everything)"
    r"|\b(?:fully|completely) refund(?:ed)?|refund (?:the )?(?:full|entire|whole) (?:amount|price|sum)",
    re.I,
)
_HALF = re.compile(r"半额|一半|退半|half refund|half of|refund half", re.I)
_EXPENSE = re.compile(
    r"花|买|付|价|运费|邮费|快递费|定金|押金|订金|手续费|原价|售价|标价|卖|收|扣|充|套餐|满|减|优惠|差|税|成本|工资|"
    r"\b(?:paid|pay|price|priced|cost|costs|shipping|postage|fee|deposit|bought|spent|charged?|worth|tax)\b",
    re.I,
)
_WANTED = re.compile(
    r"给我?|要|赔|补|还我|求|希望|想|再|另外|\b(?:want|need|give|pay me|expect|ask|would like|deserve)\b", re.I
)
_BARE_END = re.compile(
    r"^[ \"”」)）]*(?:$|[,，。;；!！?？\n~.]|吧|就(?:行|好|可以|够)|即可|给|[赔补退订]|行(?!李)|以|可以|好了|"
    r"算了|了事|作为|当作|OK|补偿|赔偿|退款|并|另|to\b|for\b|please\b|and\b|thanks?\b)",
    re.I,
)


def shares(text: str) -> list[Span]:
    """全额 and 半额, however they are said."""
    full = [Span(FULL, *match.span()) for match in _FULL.finditer(text)]
    return full + [Span(HALF, *match.span()) for match in _HALF.finditer(text)]


def wished(text: str, own: Sequence[str], rivals: Sequence[str], *, full: bool, half: bool) -> list[Span]:
    """What the writer wishes under one of the slot's `own` words, not nearer to another slot's (`rivals`).

    What is asked about, refused, reported or not certain comes with its doubt.
    """
    words = _Words(own, rivals)
    found = [*_by_clause(text, words), *_shares(text, words, full=full, half=half)]
    return sorted(found, key=lambda span: span.start)


def unclaimed(text: str, words: Sequence[str]) -> list[Span]:
    """Amounts somebody wants for which no slot has a word: 另外再给50元."""
    known = _Words(words, ())
    free = [match for match in places_in(text) if _WANTED.search(text, max(0, match.start() - 16), match.start())]
    own = [
        m for m in free if _ADDED.search(text[m.start() - 4 : m.start()]) or not known.within(text, _clause(text, m))
    ]
    found = [money.span for match in own[:MOST_PLACES] if (money := amount_at(text, match)) and money.marked]
    return [span.doubted(Doubt.UNCLEAR) for span in found if _is_wanted(text, span)]


def _clause(text: str, match: re.Match[str]) -> tuple[int, int]:
    """The clause a place stands in, as start and end; a comma inside a number ends none."""
    ends = _clause_ends(text)
    number = bisect_right(ends, match.start())
    return ends[number - 1] + 1 if number else 0, ends[number] if number < len(ends) else len(text)


@lru_cache(maxsize=1)
def _clause_ends(text: str) -> list[int]:
    return [match.start() for match in CLAUSE_END.finditer(text) if not _inside_number(text, match.start())]


def _is_wanted(text: str, span: Span) -> bool:
    before, after = clause_before(text, span.start, 16), clause_after(text, span.end)
    spent = _EXPENSE.search(before) or _EXPENSE.search(after[:6])
    return bool(_WANTED.search(before)) and not spent and not stance.refused(before, after)


def read_one(text: str) -> str | None:
    """The amount that the whole text is: "50", "¥50", "五十元", "全额"; None if it is none or not certain."""
    whole = text.strip()
    for share in shares(whole):
        if len(whole) <= share.end - share.start + 2:
            return share.value
    for tried in (whole, whole + "元"):
        found = money_in(tried)
        covers = len(found) == 1 and tried[: found[0].span.start].strip(" ¥￥RMBrmbCNYcny人民币") == ""
        rest = tried[found[0].span.end :].strip().lower() if covers else ""
        if (
            covers
            and not found[0].span.doubt
            and found[0].marked
            and rest in {"", "rmb", "cny", "yuan", "钱", "元", "整"}
        ):
            return found[0].span.value
    return None


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a slot (`own`) or of another one."""

    start: int
    end: int
    own: bool
    name: str


class _Words:
    """The words of a slot and of its rivals, found in any stretch of a text."""

    def __init__(self, own: Iterable[str], rivals: Iterable[str]) -> None:
        self._own = {word.lower(): False for word in rivals} | {word.lower(): True for word in own}
        every = sorted(self._own, key=len, reverse=True)
        parts = (re.escape(word) + (r"[a-z]{0,3}\b" if word.isascii() else "") for word in every)
        self._pattern = re.compile("|".join(parts) or r"(?!)", re.I)

    def within(self, text: str, stretch: tuple[int, int]) -> list[_Word]:
        found = self._pattern.finditer(text, *stretch)
        return [_Word(*match.span(), self._owned(match[0].lower()), match[0].lower()) for match in found]

    def _owned(self, found: str) -> bool:
        """Whether the word is the slot's own; an English one may bear an ending."""
        if found in self._own:
            return self._own[found]
        return self._own[max((word for word in self._own if found.startswith(word)), key=len)]


def _by_clause(text: str, words: _Words) -> Iterator[Span]:
    """The amounts of each clause that belong to an own word, with whatever doubts there are."""
    runs_of: dict[tuple[int, int], list[re.Match[str]]] = {}
    for match in places_in(text):
        runs_of.setdefault(_clause(text, match), []).append(match)
    judged = 0
    for clause, runs in runs_of.items():
        near = words.within(text, clause)
        if not any(word.own for word in near):
            continue
        judged += 1
        if judged > MOST_PLACES or len(runs) > MOST_PLACES:
            yield Span("", runs[0].start(), runs[0].end(), Doubt.UNCLEAR)
            return
        found = with_ranges(text, [money for match in runs if (money := amount_at(text, match))])
        yield from _in_clause(text, near, found)


def _inside_number(text: str, at: int) -> bool:
    return text[at] in ",，" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _in_clause(text: str, words: list[_Word], found: list[Money]) -> Iterator[Span]:
    found = _without_spent(text, words, found)
    marked = [money.span for money in found if money.marked]
    suffixed = bool(marked) and marked[0].start < words[0].start and marked[-1].end <= words[-1].start
    for money in found:
        before = [word for word in words if word.end <= money.span.start]
        after = [word for word in words if word.start >= money.span.end]
        joined = bool(before) and bool(_CONJUNCTION.search(text[before[-1].end : money.span.start]))
        first, other = (after[:1], before[-1:]) if (suffixed or joined) and after else (before[-1:], after[:1])
        word = next(iter(first or other), None)
        if word is None:
            continue
        shared = _is_shared(text, word, words, found)
        if (word.own or shared) and (span := _claimed(text, word, money, shared)):
            yield span


def _without_spent(text: str, words: list[_Word], found: list[Money]) -> list[Money]:
    """The amounts without those that were paid before the first word, where that word has an amount of its own behind
    it: I paid 299 yuan and want a refund of 199 yuan."""
    spent = [money for money in found if money.span.end <= words[0].start]
    own = [money for money in found if 0 <= money.span.start - words[0].end <= 8]
    paid = all(_EXPENSE.search(clause_before(text, money.span.start, 16)) for money in spent)
    return found[len(spent) :] if spent and own and paid else found


def _is_shared(text: str, word: _Word, words: list[_Word], found: list[Money]) -> bool:
    """退款和补偿一共120元: another slot's word stands directly before this one, and no value of its own between."""
    before = [each for each in words if each.end <= word.start]
    if not before or before[-1].own == word.own:
        return False
    gap = text[before[-1].end : word.start]
    valued = any(before[-1].start <= money.span.start < word.start for money in found)
    near_share = bool(
        _FULL.search(text, max(0, before[-1].start - 6), word.start)
        or _HALF.search(text, max(0, before[-1].start - 6), word.start)
    )
    return not valued and not near_share and bool(re.fullmatch(r"款|和|加|与|及|、|跟|同| and |/|\+|", gap))


def _claimed(text: str, word: _Word, money: Money, shared: bool) -> Span | None:
    """The amount as this word's, with a doubt where it stands far off, past another noun, or is not simply wished."""
    span = money.span
    ahead = word.end <= span.start
    gap = text[word.end : span.start] if ahead else text[span.end : word.start]
    if len(gap) > (40 if gap.isascii() else 14) or (not ahead and len(gap) > (20 if gap.isascii() else 8)):
        return None
    after = text[span.end : span.end + 16]
    if not money.marked:
        long = len(re.sub(r"\D", "", text[span.start : span.end])) > 6
        if not ahead or len(gap.strip()) > 5 or long or re.search(r"\d", gap):
            return None
        if _SHARE_AFTER.search(after):
            return Span("", word.start, span.end, Doubt.UNREADABLE)
        single = len(span.value and text[span.start : span.end]) < 2
        if MEASURE_AFTER.search(after) or not (
            _BARE_END.search(after) or re.search(r"\d{2}", text[span.start : span.end])
        ):
            return (
                None
                if MEASURE_AFTER.search(after) or not re.search(r"\d", text[span.start : span.end])
                else span.doubted(Doubt.UNCLEAR)
            )
        if single or not _BARE_END.search(after):
            return span.doubted(Doubt.UNCLEAR)
    far = len(gap) > (26 if gap.isascii() else 6) if ahead else not _PLAIN_SUFFIX.search(gap)
    lead = clause_before(text, min(word.start, span.start), 24)
    far = far or (not ahead and bool(_EXPENSE.search(lead)))
    if ahead and _BESIDES.search(gap):
        return None
    ranged = LOOSE_BEFORE.search(lead + " " if lead.isascii() else lead) or _ROUGHLY.search(lead[-8:])
    loose = Doubt.RANGE if ranged else None
    past = _PAST_FORM.search(text[word.start : word.end]) and not _PASSIVE.search(lead)  # the seller refunded 50 yuan
    shared = shared or bool(_TOTAL.search(gap) or _FEE_AFTER.search(after))
    doubt = (
        stance.doubt_about_wish(text, min(word.start, span.start), max(word.end, span.end))
        or loose
        or (Doubt.OTHER_TIME if ahead and past else None)
        or stance.done(text[max(0, span.start - 4) : span.start])
        or (Doubt.UNCLEAR if far or _EXPENSE.search(gap) or _NEGATED_GAP.search(gap) or shared else None)
    )
    excluding = doubt if doubt and doubt.excludes else None
    return Span(span.value, span.start, span.end, excluding or span.doubt or doubt)


_PAST_FORM = re.compile(r"[a-z]ed$", re.I)
_PASSIVE = re.compile(r"\b(?:be|get|getting|being|want|like|see|have|is|are|it|me|money)\b(?: \w+){0,3} $", re.I)
_ADDED = re.compile(r"(?:再|另|外|还)(?:加|付|给|补)$|加$")
_BESIDES = re.compile(r"^.{0,2}(?:再|另|外|还|额外)(?:加|付|给|补)|^(?:再|另|外)?加")
_TOTAL = re.compile(r"一共|共计|总共|合计|加起来|总计|总数|分之|\b(?:total|altogether|in all|combined)\b", re.I)
_FEE_AFTER = re.compile(r"^的?(?:运费|邮费|快递费|路费|车费|话费|税)")
_ROUGHLY = re.compile(r"至少|最少|起码|最多|至多|顶多|不超过|大概|大约|差不多|不低于|不少于")
_CONJUNCTION = re.compile(r"[和并且及跟与加&]|\b(?:and|plus|with)\b", re.I)
_PLAIN_SUFFIX = re.compile(r"^(?:钱|的|作为|当作?|做|以作|作|经济|现金|in|of|as|worth of|worth|a|the| )*$")
_NEGATED_GAP = re.compile(r"[不没别非]|\bnot\b", re.I)


def _shares(text: str, words: _Words, *, full: bool, half: bool) -> Iterator[Span]:
    """全额 and 半额, where the flow can carry them out; else they are something that must be asked."""
    wanted = {FULL: full, HALF: half}
    for span in _first(shares(text)):
        here = clause_before(text, span.start, 20) + text[span.start : span.end] + clause_after(text, span.end, 20)
        near = words.within(text, (max(0, span.start - 40), min(len(text), span.end + 40)))
        own = [word for word in near if word.own and word.name in here.lower()]
        rival = [word for word in near if not word.own and abs(word.start - span.end) < 3]
        if not wanted[span.value] and not own:
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
            yield span.doubted(doubt)


def _first(spans: list[Span]) -> Iterator[Span]:
    """The places that are judged; of further ones only that there are some."""
    yield from spans[:MOST_PLACES]
    if len(spans) > MOST_PLACES and len({span.value for span in spans}) > 1:
        yield Span("", spans[MOST_PLACES].start, spans[MOST_PLACES].end, Doubt.UNCLEAR)
