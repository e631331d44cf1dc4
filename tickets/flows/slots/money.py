"""Amounts of money in a ticket's text: 50元, ¥50, 五十元, 一百二十块五, 3千5百元, fifty yuan; and 全额, 半额.

Amounts come out as plain decimals with two digits ("50.00"); 全额 and 半额 as these two words. Rule: an amount is the
whole run of digits, numerals, units and separators around it, by one reading; what is left over makes it a question.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from tickets.flows.slots import stance
from tickets.flows.slots.numerals import ENGLISH, NUMERALS, number, spelled
from tickets.flows.slots.text import (
    CLAUSE_END,
    INVISIBLE,
    MOST_PLACES,
    Doubt,
    Span,
    clause_after,
    clause_before,
    visible,
)

FULL = "全额"
HALF = "半额"
_MAIN, _PART = "元块圆", "角毛分"
_ATOM = rf"0-9²³①-⑳{NUMERALS}"
_COMMA = r",(?=\d{3}(?!\d))|(?<!\d{7}),|(?<!\d{4})，(?=\d{3}(?!\d))"  # one that may stand inside a number
_JOINT = rf"(?:[ {INVISIBLE}]{{0,2}}(?:{_COMMA}|[.'·/、~+*×xX=到至或\-\n]){{0,3}}[ {INVISIBLE}]{{0,2}})"
# A run: numbers joined by whatever may join two numbers. Behind a unit of money only a number that touches it goes on.
_RUN = re.compile(
    rf"[{_ATOM}]++(?:{_JOINT}[{_ATOM}]++)*+"
    rf"(?:[ {INVISIBLE}]?[{_MAIN}{_PART}](?:[ {INVISIBLE}]?[{_ATOM}]+(?:[.,][{_ATOM}]+)*)?)*"
)
_NUMBER_WORD = rf"(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})(?![a-z])"
_WORD_RUN = re.compile(rf"(?<![a-z])(?:an? )?{_NUMBER_WORD}(?:[ -](?:and[ -])?{_NUMBER_WORD})*+", re.I)
_SIGNED = re.compile(r"(?P<own>[¥￥]|(?<![A-Za-z])(?:rmb|cny)|人民币)[ ]?$", re.I)
_FOREIGN_SIGN = re.compile(
    r"(?:[$€£₩₽₹฿]|(?<![A-Za-z])(?:usd|eur|gbp|hkd|jpy|krw|twd|aud|cad|sgd)|美元|美金|欧元|港币|港元|"
    r"日元|英镑)[ ]?$",
    re.I,
)
_OWN_AFTER = re.compile(r"^ ?(?:rmb|cny|yuan|kuai|renminbi|人民币)(?![a-z])", re.I)
_FOREIGN_AFTER = re.compile(
    r"^ ?(?:[$€£]|(?:usd|us dollars?|dollars?|bucks|cents?|eur|euros?|gbp|pounds?|quid|hkd|jpy|yen|krw|won)\b|"
    r"(?!万|亿|多|余|几|来|人民)[一-鿿]{1,2}[元币]|美金|英镑|泰铢|卢布|卢比|[美欧港日]?刀(?![一-鿿]))",
    re.I,
)
_UNCERTAIN_AFTER = re.compile(rf"^ ?(?:[多余来几好]+|[万千百]?多) ?(?:[{_MAIN}]|万|千|百|rmb)", re.I)
_SHARE_AFTER = re.compile(r"^ ?(?:倍|成(?!本|交)|折|%|％|percent\b|per cent\b|个点|分之)", re.I)
_NOT_MONEY_AFTER = re.compile(
    r"^(?:的)?(?:优惠券|代金券|抵用券|抵扣|购物券|礼品|话费|流量|积分|[券卷劵]|红包|购物卡|礼卡|会员)|"
    r"^[ -]?(?:coupon|voucher|credit|points?|gift)",
    re.I,
)
_MEASURE_AFTER = re.compile(
    r"^ ?(?:[件个次台天张部盒包双只条本瓶箱袋套单年月日号时秒点周岁位楼层栋]|"
    r"[米斤克升寸码款份种名人小下刻家支根盏辆把串组项步代期篇页行回遍趟级]|"
    r"(?:items?|pieces?|times?|days?|hours?|minutes?|weeks?|months?|years?|pcs?|units?|orders?|of)\b)",
    re.I,
)
_LOOSE_BEFORE = re.compile(
    r"(?:大概|大约|约|差不多|左右|至少|最少|起码|最多|至多|顶多|不超过|不低于|不少于|不多于|超过|高于|"
    r"低于|少于|不到|将近|接近|近|几|好几|上|数|每[一-鿿]?|各|分别|"
    r"最高|最低|封顶|上限|下限|小于|大于|[~≈<>≤≥]|从|介于)\s?(?:赔|补|退|给|为|是|要|偿|还)?\s?[¥￥]?\s?$"
    r"|\b(?:at least|at most|about|around|up to|no more than|no less than|more than|less than|over|under|nearly|almost|"
    r"approximately|approx\.?|roughly|minimum(?: of)?|maximum(?: of)?|between|from|some|each|every|"
    r"per \w+|another)\s+(?:rmb|cny|[¥￥])?\s?$",
    re.I,
)
_LOOSE_AFTER = re.compile(
    r"^(?:钱)?(?:左右|上下|以上|以下|以内|之内|之间|起步?(?!码)|不等|出头|封顶|或|"
    r"[到至](?= ?[¥￥\d一二三四五六七八九十百千万])|还是|/|~|-|每|"
    r"一(?:天|个月|件|人|次|年)|多(?!谢))"
    r"|^ ?(?:or (?:so|more|less)|at (?:least|most)|each\b|per\b|a (?:day|piece|month|week)\b|to\b|plus\b|or\b|-|\+)",
    re.I,
)
_RANGE_BEFORE = re.compile(rf"[{_MAIN}\d]\s?(?:-|~|到|至|或者?|to|or)\s?[¥￥]?$", re.I)
_PARTS = re.compile(
    rf"(?P<main>[^{_MAIN}{_PART}]+)[{_MAIN}](?:[零〇0]?(?P<jiao>[^{_MAIN}{_PART}])[角毛])?(?:[零〇0]?(?P<fen>[^{_MAIN}{_PART}]{{1,2}})分)?(?P<tail>[^{_MAIN}{_PART}]{{1,2}})?"
)
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
    r"^[ \"”」)）]*(?:$|[,，。;；!！?？\n~.]|吧|就(?:行|好|可以|够)|即可|给|行(?!李)|以|可以|好了|"
    r"算了|了事|作为|当作|OK|补偿|赔偿|退款|并|另|to\b|for\b|please\b|and\b|thanks?\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount's place; `marked`: it bears a unit or sign of money. The span's doubt says what keeps it from being
    one certain amount in yuan."""

    span: Span
    marked: bool = True


def amounts(text: str) -> list[Span]:
    """Every amount that bears a sign or unit of money, in order; with a doubt where it is not one certain amount."""
    return [each.span for each in _all(text) if each.marked]


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
    free = [match for match in _runs(text) if _WANTED.search(text, max(0, match.start() - 16), match.start())]
    own = [
        m for m in free if _ADDED.search(text[m.start() - 4 : m.start()]) or not known.within(text, _clause(text, m))
    ]
    found = [money.span for match in own[:MOST_PLACES] if (money := _of_run(text, match)) and money.marked]
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
        found = _all(tried)
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


def speaks_of_a_number(text: str) -> bool:
    return bool(re.search(rf"[{_ATOM}]", text)) or bool(_WORD_RUN.search(text))


def plain(value: str) -> str:
    """An amount as people write it in a sentence: 50.00 → 50, 99.90 → 99.9."""
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def _all(text: str) -> list[Money]:
    return _with_ranges(text, [money for match in _runs(text) if (money := _of_run(text, match))])


@lru_cache(maxsize=1)  # the slots of one flow ask for the same text one after the other
def _runs(text: str) -> list[re.Match[str]]:
    """Every place that may be an amount, in order, not yet read."""
    return sorted([*_RUN.finditer(text), *_WORD_RUN.finditer(text)], key=lambda match: match.start())


def _of_run(text: str, match: re.Match[str]) -> Money | None:
    return _spoken(text, match) if match.re is _WORD_RUN else _read(text, match)


def _with_ranges(text: str, found: list[Money]) -> list[Money]:
    """50元到60元: two amounts with a "to" between them are the ends of one."""
    ranged: set[int] = set()
    for first, second in pairwise(found):
        between = text[first.span.end : second.span.start]
        to = len(between) < 12 and re.fullmatch(r"钱? ?(?:-|~|到|至|或者?是?|还是|to|or|and) ?[¥￥]?", between, re.I)
        if to and not (between.strip() == "and" and first.marked):
            ranged |= {first.span.start, second.span.start}
    return [
        Money(each.span.doubted(Doubt.RANGE) if each.span.start in ranged else each.span, each.marked) for each in found
    ]


def _read(text: str, match: re.Match[str]) -> Money | None:
    """One run as an amount; None where nothing says that it is money and nothing could."""
    start, end, run = match.start(), match.end(), match[0]
    before, after = text[max(0, start - 16) : start], text[end : end + 16]
    after = after.split("\n")[0]
    in_units = any(char in run for char in _MAIN)
    signed, foreign = _SIGNED.search(before), _FOREIGN_SIGN.search(before) or _FOREIGN_AFTER.search(after)
    own_after = _OWN_AFTER.search(after)
    loose_unit = _UNCERTAIN_AFTER.search(after)
    marked = bool(in_units or signed or own_after or foreign or loose_unit)
    value, cut = _value(run, after) if not loose_unit else (None, len(run))
    end = start + cut
    after = text[end : end + 16].split("\n")[0]
    doubt = _doubt(before, after, run, value, bool(foreign))
    value = None if before[-1:] in set("几数") else value
    if own_after and cut == len(run):
        end += own_after.end()
    begin = start - len(signed[0]) if signed else start
    shown = f"{value:.2f}" if value and doubt not in {Doubt.CURRENCY, Doubt.UNREADABLE} else ""
    return Money(Span(shown, begin, end, doubt), marked)


def _value(run: str, after: str) -> tuple[Decimal | None, int]:
    """The run's value and how much of the run it takes; None where the whole run is not one amount."""
    whole = visible(run)
    if whole != run or re.search(r"[ \n]", run):
        bare = re.sub(rf"[ {INVISIBLE}](?=[{_MAIN}])", "", run)  # a space before the unit splits nothing
        if bare == run or whole != run or re.search(r"[ \n]", bare):
            return None, len(run)
        whole = bare
    if not any(char in whole for char in _MAIN + _PART):
        return number(whole), len(run)
    parts = _PARTS.fullmatch(whole)
    if not parts:
        return None, len(run)
    if parts["tail"]:
        return _with_tail(parts, run, after)
    main = number(parts["main"])
    jiao, fen = (number(parts[name]) if parts[name] else Decimal(0) for name in ("jiao", "fen"))
    if (
        main is None
        or jiao is None
        or fen is None
        or (main != int(main) and (jiao or fen))
        or jiao >= 10
        or fen >= (10 if parts["jiao"] else 100)
    ):
        return None, len(run)
    return main + jiao / 10 + fen / 100, len(run)


def _with_tail(parts: re.Match[str], run: str, after: str) -> tuple[Decimal | None, int]:
    """99块9 is 99.90; but 50元3天内 is 50 and then something else."""
    tail, main = parts["tail"], number(parts["main"])
    cut = len(run) - len(tail)
    if _MEASURE_AFTER.search(after) or (tail in "一" and after[:1] not in {"", "毛", "角"}):
        return (main, cut) if "块" not in run else (None, len(run))
    digit = number(tail)
    colloquial = "块" in run and len(tail) == 1 and digit and not parts["jiao"] and not parts["fen"]
    if main is None or main != int(main) or not colloquial or digit is None:
        return None, len(run)
    return main + digit / 10, len(run)


def _doubt(before: str, after: str, run: str, value: Decimal | None, foreign: bool) -> Doubt | None:
    if foreign:
        return Doubt.CURRENCY
    touched = re.search(
        rf"[0-9A-Za-z²³①-⑳%‰]$|[²³①-⑳] $|[.·'{INVISIBLE}]$|(?<![-])-$|[+×*/=]$", before
    ) and not _SIGNED.search(before)
    went_on = re.search(rf"^(?:[kKwWmM²³①-⑳%‰*×+=/]|[A-Za-z](?!MB|NY|uan|mb|ny)|[{INVISIBLE}]|\.\d|[廿卅半几])", after)
    if (
        before[-1:] in set("几数")
        or value is None
        or not value
        or touched
        or went_on
        or re.search(r"[+\-−]\s?[¥￥]\s?$", before)
    ):
        return Doubt.UNREADABLE
    if _LOOSE_BEFORE.search(before) or _LOOSE_AFTER.search(after) or _RANGE_BEFORE.search(before):
        return Doubt.RANGE
    if _NOT_MONEY_AFTER.search(after):
        return Doubt.UNCLEAR
    if run[-1:] == "块" and value < 10 and not after.startswith("钱"):
        return Doubt.UNCLEAR  # 两块电池
    return Doubt.UNCLEAR if run[-1:] == "元" and re.search("^[旦件素宵气老]", after) else None


def _spoken(text: str, match: re.Match[str]) -> Money | None:
    """fifty yuan; a number in English words that bears no unit of money is none."""
    after = text[match.end() : match.end() + 20]
    own, foreign = _OWN_AFTER.search(after), _FOREIGN_AFTER.search(after)
    if not own and not foreign:
        return None
    before = text[max(0, match.start() - 24) : match.start()]
    value = spelled(re.split(r"[ -]", match[0].strip()))
    if foreign:
        return Money(Span("", *match.span(), Doubt.CURRENCY))
    rest = text[match.end() + own.end() :][:16] if own else ""
    ranged = _LOOSE_BEFORE.search(before) or _LOOSE_AFTER.search(rest)
    joined = re.search(rf"(?:\d|\b(?:{'|'.join(ENGLISH)}|half|few|several|dozen))[ -](?:and |a )?$", before, re.I)
    doubt = Doubt.UNREADABLE if value is None or joined else Doubt.RANGE if ranged else None
    end = match.end() + (own.end() if own else 0)
    return Money(Span(f"{value:.2f}" if value else "", match.start(), end, doubt))


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
    for match in _runs(text):
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
        found = _with_ranges(text, [money for match in runs if (money := _of_run(text, match))])
        yield from _in_clause(text, near, found)


def _inside_number(text: str, at: int) -> bool:
    return text[at] in ",，" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _in_clause(text: str, words: list[_Word], found: list[Money]) -> Iterator[Span]:
    suffixed = bool(found) and found[0].span.start < words[0].start and found[-1].span.end <= words[-1].start
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
        if _MEASURE_AFTER.search(after) or not (
            _BARE_END.search(after) or re.search(r"\d{2}", text[span.start : span.end])
        ):
            return (
                None
                if _MEASURE_AFTER.search(after) or not re.search(r"\d", text[span.start : span.end])
                else span.doubted(Doubt.UNCLEAR)
            )
        if single or not _BARE_END.search(after):
            return span.doubted(Doubt.UNCLEAR)
    far = len(gap) > (26 if gap.isascii() else 6) if ahead else not _PLAIN_SUFFIX.search(gap)
    lead = clause_before(text, min(word.start, span.start), 24)
    far = far or (not ahead and bool(_EXPENSE.search(lead)))
    if ahead and _BESIDES.search(gap):
        return None
    ranged = _LOOSE_BEFORE.search(lead + " " if lead.isascii() else lead) or _ROUGHLY.search(lead[-8:])
    loose = Doubt.RANGE if ranged else None
    shared = shared or bool(_TOTAL.search(gap) or _FEE_AFTER.search(after))
    doubt = (
        stance.doubt_about_wish(text, min(word.start, span.start), max(word.end, span.end))
        or loose
        or stance.done(text[max(0, span.start - 4) : span.start])
        or (Doubt.UNCLEAR if far or _EXPENSE.search(gap) or _NEGATED_GAP.search(gap) or shared else None)
    )
    excluding = doubt if doubt and doubt.excludes else None
    return Span(span.value, span.start, span.end, excluding or span.doubt or doubt)


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
