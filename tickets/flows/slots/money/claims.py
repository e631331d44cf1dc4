"""Which amount of a clause belongs to which word, and whether it is wished.

Rule: an amount belongs to the word before it, or behind it where the clause is built so (50元补偿); over words that are
not known to join the two it is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from tickets.flows.slots import stance
from tickets.flows.slots.money import wording
from tickets.flows.slots.money.shares import is_share
from tickets.flows.slots.money.words import Word, Words, clause_of
from tickets.flows.slots.near import NEAR, Reach
from tickets.flows.slots.numbers.amounts import (
    LOOSE_BEFORE,
    MEASURE_AFTER,
    Money,
    amount_at,
    places_in,
    with_ranges,
)
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_before

EXPENSE = re.compile(
    r"花|买|付|价|运费|邮费|快递费|定金|押金|订金|手续费|原价|售价|标价|卖|收|扣|充|套餐|满|减|优惠|差|税|成本|工资|"
    r"\b(?:paid|pay|price|priced|cost|costs|shipping|postage|fee|deposit|bought|spent|charged?|worth|tax)\b",
    re.I,
)
TOTAL = re.compile(r"一共|共计|总共|合计|加起来|总计|总数|分之|\b(?:total|altogether|in all|combined)\b", re.I)
_SHARE_AFTER = re.compile(r"^ ?(?:倍|成(?!本|交)|折|%|％|percent\b|per cent\b|个点|分之)", re.I)
_BARE_END = re.compile(
    r"^[ \"”」)）】\]]*(?:$|(?<=[】\])）])元|[(（]\d[)）]|/ ?(?:[退补赔]|订单|原因|备注)| [一-鿿]{2,6}[:：]|"
    r"[,，。;；!！?？\n~.|"
    r"→【\[+、]|[吧呗啊呀嘛哦哈啦了我]|就(?:行|好|成|中|可以|够)|即可|给|"
    r"[赔补退订]|行(?!李)|以|"
    r"可以|好了|算了|得了|拉倒|完事|了事|不过分|听|不[要是]|作为|当作|OK|补偿|赔偿|退款|并|另|to\b|for\b|please\b|"
    r"and\b|thanks?\b)",
    re.I,
)
_NO_WISH = re.compile("权限|额度|上限|限额")  # 坐席有10元补偿权限
_BACK_TO_ME = re.compile(r"退(?:给我|我|回来?|还给?我?|一下|了(?!没|吗|么|多))")  # 一百二退给我
_IN_UNITS = re.compile(r"[(（/](?:单位[:：])?(?:元|人民币|RMB|CNY)[)）]?[:：\s|]*$", re.I)  # 金额(元):
_PAST_FORM = re.compile(r"[a-z]ed$", re.I)
_PASSIVE = re.compile(r"\b(?:be|get|getting|being|want|like|see|have|is|are|it|me|money)\b(?: \w+){0,3} $", re.I)
_BESIDES = re.compile(r"^.{0,2}(?:再|另|外|还|额外)(?:加|付|给|补)|^(?:再|另|外)?加")
_FEE_AFTER = re.compile(r"的?(?:运费|邮费|快递费|路费|车费|话费|税)")
_FEE_BEFORE = re.compile(
    r"[(（,，](?:其中|不|含|包括|包含|另外?|外加|商品|货款|加上?)*(?:运费|邮费|快递费|手续费)[是为:：]?$"
)
_PARTS_AFTER = re.compile(r" ?[(（][^)）\n]{0,40}\+")
_OTHER_CURRENCY = re.compile(
    r"[\"' |,，;；]{0,4}(?:币种|货币|currency)[\"' :：=|]{1,6}(?!人民币|cny|rmb|yuan)[A-Za-z一-鿿$€£]", re.I
)
_ROUGHLY = re.compile(r"至少|最少|起码|最多|至多|顶多|撑死|不超过|大概|大约|差不多|不低于|不少于")
_CONJUNCTION = re.compile(r"[和并且及跟与加&+]|\b(?:and|plus|with)\b", re.I)
_PLAIN_SUFFIX = re.compile(r"^(?:钱|的|作为|当作?|做|以作|作|经济|现金|给我|都|in|of|as|worth of|worth|be|a|the| )*$")
_NEGATED_GAP = re.compile(r"[不没别非]|\bnot\b", re.I)


def by_clause(text: str, words: Words) -> Iterator[Span]:
    """The amounts of each clause that belong to an own word, with whatever doubts there are."""
    if not words.own_in(text):
        return
    judged = 0
    for clause, places in groupby(places_in(text), key=lambda match: clause_of(text, match.start())):
        near, runs = words.within(text, clause), list(places)
        if not any(word.own for word in near):
            continue
        judged += 1
        if judged > MOST_PLACES or len(runs) > MOST_PLACES:
            yield Span("", runs[0].start(), runs[0].end(), Doubt.UNCLEAR)
            return
        found = with_ranges(text, [money for match in runs if (money := amount_at(text, match))])
        yield from _Clause(text, near, words, found).claims()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A word and an amount that may be its own; `ahead`: the word comes first."""

    word: Word
    money: Money
    ahead: bool
    shared: bool  # with another slot's word

    @property
    def start(self) -> int:
        return min(self.word.start, self.money.span.start)

    @property
    def end(self) -> int:
        return max(self.word.end, self.money.span.end)


class _Clause:
    """A clause's slot words and its amounts."""

    def __init__(self, text: str, near: list[Word], words: Words, found: list[Money]) -> None:
        self._text, self._near, self._words = text, near, words
        self._found = self._without_fees(self._without_spent(found))

    def claims(self) -> Iterator[Span]:
        marked = [money.span for money in self._found if money.marked]
        first, last = self._near[0], self._near[-1]
        suffixed = bool(marked) and marked[0].start < first.start and marked[-1].end <= last.start
        for money in self._found:
            word = self._word_of(money, suffixed=suffixed)
            if word is None:
                continue
            shared = self._is_shared(word)
            pair = _Pair(word, money, word.end <= money.span.start, shared)
            if not (word.own or shared):
                continue
            if span := self._claimed(pair):
                yield span
            elif money.marked and self._adds_to_another(pair):
                yield money.span.doubted(Doubt.UNCLEAR)

    def _word_of(self, money: Money, *, suffixed: bool) -> Word | None:
        before = [word for word in self._near if word.end <= money.span.start]
        after = [word for word in self._near if word.start >= money.span.end]
        joined = bool(before) and bool(_CONJUNCTION.search(self._text[before[-1].end : money.span.start]))
        first, other = (after[:1], before[-1:]) if (suffixed or joined) and after else (before[-1:], after[:1])
        return next(iter(first or other), None)

    def _without_spent(self, found: list[Money]) -> list[Money]:
        """The amounts without those that were paid before the first word, where that word has an amount of its own
        behind it: I paid 299 yuan and want a refund of 199 yuan."""
        first = self._near[0]
        spent = [money for money in found if money.span.end <= first.start]
        own = [money for money in found if 0 <= money.span.start - first.end <= 8]
        paid = all(EXPENSE.search(clause_before(self._text, money.span.start, 16)) for money in spent)
        return found[len(spent) :] if spent and own and paid else found

    def _without_fees(self, found: list[Money]) -> list[Money]:
        """66元(含运费10元): the fee behind an amount is a part of it."""
        return [
            money
            for number, money in enumerate(found)
            if not (number and _FEE_BEFORE.search(self._text[max(0, money.span.start - 10) : money.span.start]))
        ]

    def _is_shared(self, word: Word) -> bool:
        """退款和补偿一共120元: another slot's word stands directly before this one, and no value of its own between."""
        before = [each for each in self._near if each.end <= word.start]
        if not before or before[-1].own == word.own:
            return False
        gap = self._text[before[-1].end : word.start]
        valued = any(before[-1].start <= money.span.start < word.start for money in self._found)
        near_share = is_share(self._text, max(0, before[-1].start - 6), word.start)
        return not valued and not near_share and bool(re.fullmatch(r"款|和|加|与|及|、|跟|同| and |/|\+|", gap))

    def _adds_to_another(self, pair: _Pair) -> bool:
        """refund ¥45 for the cup and ¥30 for the plate: a further amount for the same word."""
        between = [each.span for each in self._found if pair.word.end <= each.span.start < pair.money.span.start]
        joint = self._text[between[-1].end : pair.money.span.start] if pair.ahead and between else ""
        return bool(_CONJUNCTION.search(joint)) and not EXPENSE.search(joint)

    def _reads_both_ways(self, pair: _Pair) -> bool:
        """20补偿50退款: the amounts may as well stand before their words."""
        word, span = pair.word, pair.money.span
        led = any(each.span.end == word.start and each.span.end - each.span.start > 1 for each in self._found)
        followed = any(0 <= other.start - span.end <= 1 for other in self._near if other.own != word.own)
        return pair.ahead and led and followed

    def _claimed(self, pair: _Pair) -> Span | None:
        """The amount as the word's, with a doubt where the two stand apart or it is not simply wished."""
        span, word = pair.money.span, pair.word
        gap = self._text[word.end : span.start] if pair.ahead else self._text[span.end : word.start]
        if (
            _NO_WISH.match(self._text, word.end)
            or _beyond(gap, ahead=pair.ahead)
            or (pair.ahead and _BESIDES.search(gap))
        ):
            return None
        if not pair.money.marked and not _IN_UNITS.search(gap):
            bare = _bare(self._text, pair, gap)
            if bare is None:
                return None
            span = bare if bare.doubt else span
        doubt = self._doubt(pair, gap)
        excluding = doubt if doubt and doubt.excludes else None
        return Span(span.value, span.start, span.end, excluding or span.doubt or doubt)

    def _doubt(self, pair: _Pair, gap: str) -> Doubt | None:
        text, span, word = self._text, pair.money.span, pair.word
        lead, right_before = clause_before(text, pair.start), clause_before(text, span.start)
        ranged = LOOSE_BEFORE.search(lead + " " if lead.isascii() else lead) or _ROUGHLY.search(NEAR.of(lead))
        past = _PAST_FORM.search(text[word.start : word.end]) and not _PASSIVE.search(lead)  # the seller refunded 50
        apart = not wording.joins(gap) if pair.ahead else not _PLAIN_SUFFIX.search(gap) or EXPENSE.search(lead)
        parts = _PARTS_AFTER.match(text, span.end)
        mixed = parts is not None and any(not each.own for each in self._words.within(text, parts.span()))
        shared = (
            mixed or pair.shared or self._reads_both_ways(pair) or TOTAL.search(gap) or _FEE_AFTER.match(text, span.end)
        )
        if _OTHER_CURRENCY.match(text, span.end):
            return Doubt.CURRENCY
        if self._words.facts:
            loose = Doubt.RANGE if ranged else Doubt.UNCLEAR if apart or shared else None
            return stance.doubt_about_fact(text, pair.start, pair.end) or loose
        return (
            stance.doubt_about_wish(text, pair.start, pair.end)
            or (Doubt.RANGE if ranged else None)
            or (Doubt.OTHER_TIME if pair.ahead and past else None)
            or (Doubt.NEGATED if re.search(r"(?:不是|不要|\bnot) ?$", right_before) else None)
            or stance.done(right_before)
            or (Doubt.UNCLEAR if apart or _NEGATED_GAP.search(gap) or shared else None)
            or wording.doubt(text, pair.start, pair.end, self._words)
        )


_TO_AMOUNT, _TO_WORD = Reach(14, 40), Reach(8, 20)


def _beyond(gap: str, *, ahead: bool) -> bool:
    """Whether word and amount stand too far from each other to have to do with each other."""
    return not (_TO_AMOUNT if ahead else _TO_WORD).spans(gap)


def _bare(text: str, pair: _Pair, gap: str) -> Span | None:
    """An amount without a unit: 退一百二, 退款128; None where it is rather something else."""
    span, after = pair.money.span, text[pair.money.span.end : pair.money.span.end + 16]
    written = text[span.start : span.end]
    if MEASURE_AFTER.search(after) or re.search(r"\d", gap):
        return None
    if not pair.ahead:
        back = gap in {"", " ", "给我", "都"} and _BACK_TO_ME.match(text, pair.word.start)
        return span if back and span.value and 1 < len(written) < 7 else None
    if len(re.sub(r"\D", "", written)) > 6:
        return Span("", *_place(pair), Doubt.UNREADABLE) if "," in written and wording.joins(gap) else None
    if not wording.joins(gap) and len(gap.strip()) > 5:
        return None
    if _SHARE_AFTER.search(after):
        return Span("", *_place(pair), Doubt.UNREADABLE)
    if _BARE_END.search(after):
        return span if len(written) > 1 and span.value else span.doubted(Doubt.UNCLEAR)
    return span.doubted(Doubt.UNCLEAR) if re.search(r"\d|..", written) else None


def _place(pair: _Pair) -> tuple[int, int]:
    return pair.word.start, pair.money.span.end
