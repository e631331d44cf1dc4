"""What a text says of money beside the amounts that were claimed.

Rule: an amount behind a wish that nothing accounts for (a price, a fee, somebody else's offer) may be what is meant
instead: 退款66元,后来想想还是76元. A wish without an amount is one that must be asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from tickets.flows.slots import stance
from tickets.flows.slots.money.claims import EXPENSE, TOTAL
from tickets.flows.slots.money.words import Word, Words, clause_of
from tickets.flows.slots.numbers.amounts import MEASURE_AFTER, Money, amount_at, places_in
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, sentence_before

_WANTED = re.compile(
    r"给我?|要|赔|补|还我|求|希望|想|再|另外|\b(?:want|need|give|pay me|expect|ask|would like|deserve)\b", re.I
)
# What something is given on top of: 退50补10, 另加20, 红包10, plus 10.
_EXTRA = re.compile(
    r"(?:再|另|外|还)(?:加|付|给|补)$|加$|[补贴返](?:还|给)?我?$|(?:红包|差价|代金券|优惠券|购物券|失费|工费|腿费)(?:给我?)?$|"
    r"送(?:我)?一?张$|\b(?:plus|extra|another|reimburse(?: me)?(?: the)?|add(?: another)?) $",
    re.I,
)
_OTHER_WISH = re.compile(r"补偿|赔|退|refund|compens|reimburs", re.I)  # for which another slot may be there
_ALSO = re.compile(r"[也还再](?:要|得|请|给我)?$|(?:另外|一并|一起|同时)$")
_NOTHING = re.compile(
    r"^[ 的]*(?:金额|诉求|要求|amount)?[】\]|:：= \"]*(?:[(（](?:元|CNY|RMB)[)）])?[】\]|:：= \"]*"
    r"(?:无|没有|没|不|免|零|0|—|-|/|否|none|no\b|nil|null|n/?a\b|false)",
    re.I,
)
_NO_WISH = re.compile(
    r"^(?:礼|罪|笑|本|标准|政策|规则|方案|流程|范围|比例|办法|说明|条款|券|的?事|了|过)|^ (?:policy|rules?|offer)\b",
    re.I,
)


def strays(text: str, found: Sequence[Span], words: Words) -> Iterator[Span]:
    """The amounts behind the last certain wish that nothing accounts for, as questions."""
    sure = [span for span in found if span.doubt is None]
    if not sure:
        return
    past = max(span.end for span in sure)
    known = {span.value for span in sure}
    later = (match for match in places_in(text) if match.start() >= past)
    for match in islice(later, MOST_PLACES):
        money = amount_at(text, match)
        if (
            not money
            or not (money.marked or _is_total(text, money.span))
            or money.span.value in known
            or _accounted(text, money.span, words)
        ):
            continue
        if not (_is_total(text, money.span) and _is_sum(text, money.span)):
            yield money.span.doubted(Doubt.UNCLEAR)


def _accounted(text: str, span: Span, words: Words) -> bool:
    """Whether the text says what else the amount is."""
    if words.within(text, clause_of(text, span.start)):
        return True  # judged there
    before, after = clause_before(text, span.start, 24), clause_after(text, span.end, 12)
    if TOTAL.search(before) or TOTAL.search(after):
        return False
    said = stance.hearsay(before, sentence_before(text, span.start)) or stance.other_person(before)
    wished = _OTHER_WISH.search(before) or _OTHER_WISH.search(after)
    return bool(said or wished or EXPENSE.search(before) or EXPENSE.search(after[:6]) or stance.refused(before, after))


def _is_total(text: str, span: Span) -> bool:
    before = clause_before(text, span.start, 12)
    return bool(TOTAL.search(before)) or before.endswith("共")


def _is_sum(text: str, total: Span) -> bool:
    """退款66元,补偿20元,合计86元"""
    parts = [money.span.value for match in places_in(text)[:MOST_PLACES] if (money := amount_at(text, match))]
    others = [Decimal(value) for value in parts if value and value != total.value]
    return bool(total.value) and len(others) > 1 and sum(others) == Decimal(total.value)


def unclaimed(text: str, words: Sequence[str]) -> list[Span]:
    """Amounts somebody wants for which no slot has a word: 另外再给50元."""
    known = Words(words, ())
    free = (
        match
        for match in places_in(text)
        if _WANTED.search(text, max(0, match.start() - 16), match.start()) or _is_extra(text, match.start())
    )
    own = (
        match
        for match in free
        if _is_extra(text, match.start()) or not known.any_within(text, clause_of(text, match.start()))
    )
    first = islice(own, MOST_PLACES)
    found = [money.span for match in first if (money := amount_at(text, match)) and _is_money(text, money)]
    return [span.doubted(Doubt.UNCLEAR) for span in found if _is_wanted(text, span)]


def _is_money(text: str, money: Money) -> bool:
    return money.marked or (_is_extra(text, money.span.start) and not MEASURE_AFTER.search(text[money.span.end :][:16]))


def _is_extra(text: str, start: int) -> bool:
    return bool(_EXTRA.search(clause_before(text, start, 16)))


def _is_wanted(text: str, span: Span) -> bool:
    before, after = clause_before(text, span.start, 16), clause_after(text, span.end)
    spent = EXPENSE.search(before) or EXPENSE.search(after[: 10 if after.isascii() else 6])
    return bool(_WANTED.search(before) or _EXTRA.search(before)) and not spent and not stance.refused(before, after)


def unnamed(text: str, own: Sequence[str], rivals: Sequence[str]) -> list[Span]:
    """The words under which something is wished, where the text names no amount: 要求退款,赔偿."""
    words = Words(own, rivals)
    near = islice((word for word in words.each(text, (0, len(text))) if word.own), MOST_PLACES)
    return [Span("", word.start, word.end, Doubt.UNCLEAR) for word in near if _is_wished(text, word)][:1]


def _is_wished(text: str, word: Word) -> bool:
    after = text[word.end : word.end + 16]
    if _NOTHING.match(after) or _NO_WISH.match(after):
        return False
    return not stance.doubt_about_wish(text, word.start, word.end)


def added(text: str, found: Sequence[Span], words: Words) -> Iterator[Span]:
    """退全款,押金也退: another thing is wished under an own word, and its amount is not known."""
    sure = [span for span in found if span.doubt is None]
    if not sure:
        return
    past = max(span.end for span in sure)
    for word in words.within(text, (past, min(len(text), past + 60))):
        if word.own and _ALSO.search(clause_before(text, word.start, 4)) and not _valued(text, found, word):
            yield Span("", word.start, word.end, Doubt.UNCLEAR)


def _valued(text: str, found: Sequence[Span], word: Word) -> bool:
    start, end = clause_of(text, word.start)
    return any(start <= span.start < end for span in found)
