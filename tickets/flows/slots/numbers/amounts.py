"""Amounts of money as they are written: 50元, ¥50, 五十元, 一百二十块五, 3千5百元, fifty yuan.

They come out as plain decimals with two digits ("50.00"). Rule: an amount is the whole run of digits, numerals, units
and separators around it, by one reading; what is left over makes it a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from tickets.flows.slots.numbers.hotlines import is_hotline
from tickets.flows.slots.numerals import ENGLISH, NUMERALS, number, spelled
from tickets.flows.slots.text import INVISIBLE, Doubt, Span, visible

_MAIN, _PART = "元块圆", "角毛分"
_ATOM = rf"0-9²³①-⑳{NUMERALS}"
_COMMA = r",(?=\d{3}(?!\d))|(?<!\d{7}),|(?<!\d{4})，(?=\d{3}(?!\d))"  # one that may stand inside a number
_JOINT = rf"(?:[ {INVISIBLE}]{{0,2}}(?:{_COMMA}|[.'·/、~+*×xX=到至或点\-\n]){{0,3}}[ {INVISIBLE}]{{0,2}})"
# A run: numbers joined by whatever may join two numbers. Behind a unit of money only a number that touches it goes on.
_RUN = re.compile(
    rf"[{_ATOM}]++(?:{_JOINT}[{_ATOM}]++)*+"
    rf"(?:[ {INVISIBLE}]?[{_MAIN}{_PART}](?:[ {INVISIBLE}]?[{_ATOM}]+(?:[.,](?!\d{{6}})[{_ATOM}]+)*)?)*"
)
_NUMBER_WORD = rf"(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})(?![a-z])"
_WORD_RUN = re.compile(rf"(?=[a-z])(?<![a-z])(?:an? )?{_NUMBER_WORD}(?:[ -](?:and[ -])?{_NUMBER_WORD})*+", re.I)
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
_NOT_MONEY_AFTER = re.compile(
    r"^(?:的)?(?:优惠券|代金券|抵用券|抵扣|购物券|礼品|话费|流量|积分|[券卷劵]|红包|购物卡|礼卡|会员)|"
    r"^的?(?:(?![不别没未到打转退至给])[一-鿿A-Z]){0,6}(?:[券卷劵]|红包|积分|礼包|礼品|话费|流量|会员(?![账卡号])|"
    r"[一-鿿E]卡(?![里上内号中]))|"
    r"^[ -]?(?:coupon|voucher|credit|points?|gift)",
    re.I,
)
MEASURE_AFTER = re.compile(
    r"^ ?(?:[件个次台天张部盒包双只条本瓶箱袋套单年月日号时秒点周岁位楼层栋]|"
    r"[米斤克升寸码款份种名人小下刻家支根盏辆把串组项步代期篇页行回遍趟级]|"
    r"(?:items?|pieces?|times?|days?|hours?|minutes?|weeks?|months?|years?|pcs?|units?|orders?|of)\b)",
    re.I,
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_ITEM = re.compile(rf"(?<=[{_MAIN}{_PART}])(?: ?[{_CIRCLED}]| \d)$")
# 退款1，299元: the commas of Chinese keyboards, where a word of the amount stands directly before it.
_WIDE_COMMAS = re.compile(rf"\d{{1,3}}(?:，\d{{3}})+(?:\.\d{{1,2}})?[{_MAIN}]?")
_NAMED_BEFORE = re.compile(r"(?:[款偿赔退还额为是付][:：]?|[¥￥]|人民币) ?$")
_WISH = r" ?(?:全额)?(?:[赔补退]|compens|refund)"
_WISHES_ADDED = rf"{_WISH}[^+]*(?:\+{_WISH}[^+]*)*$"  # 退1999元+赔100元: each by itself
LOOSE_BEFORE = re.compile(
    r"(?:大概|大约|约|差不多|左右|至少|最少|起码|最多|至多|顶多|不超过|不低于|不少于|不多于|超过|高于|"
    r"低于|少于|不到|将近|接近|近|几|好几|上|数|每[一-鿿]?|各|分别|"
    r"最高|最低|封顶|上限|下限|小于|大于|[~≈<>≤≥]|从|介于)\s?(?:赔|补|退|给|为|是|要|偿|还)?\s?[¥￥]?\s?$"
    r"|\b(?:at least|at most|about|around|above|below|beyond|exceeding|upwards? of|anything from|up to|"
    r"no more than|no less than|more than|less than|over|under|nearly|almost|"
    r"approximately|approx\.?|roughly|minimum(?: of)?|maximum(?: of)?|between|from|some|each|every|"
    r"per \w+|another|(?:\d ?/ ?\d|half|third|quarter|fifth|thirds|quarters|fifths|percent|per cent|%) of(?: (?:the|my|"
    r"that|those|these|all))?)\s+(?:rmb|cny|[¥￥])?\s?$",
    re.I,
)
_LOOSE_AFTER = re.compile(
    r"^(?:钱)?(?:左右|上下|以上|以下|以内|之内|之间|起步?(?!码)|不等|出头|封顶|或|"
    r"[到至](?= ?[¥￥\d一二三四五六七八九十百千万])(?! ?\d{7})|还是|/|~(?= ?[¥￥\d一二三四五六七八九十百千万])|-|每|"
    r"一(?:天|个月|件|人|次|年)|多(?!谢))"
    r"|^ ?(?:or (?:so|more|less)|at (?:least|most)|each\b|per\b|a (?:day|piece|month|week)\b|"
    rf"to (?=[¥￥$\d]|rmb|cny|(?:{'|'.join(ENGLISH)})\b)|plus\b|or\b|-|\+(?!{_WISHES_ADDED}))",
    re.I,
)
_RANGE_BEFORE = re.compile(rf"[{_MAIN}\d]\s?(?:-|~|到|至|或者?|to|or)\s?[¥￥]?$", re.I)
_PARTS = re.compile(
    rf"(?P<main>[^{_MAIN}{_PART}]+)[{_MAIN}](?:[零〇0]?(?P<jiao>[^{_MAIN}{_PART}])[角毛])?"
    rf"(?:[零〇0]?(?P<fen>[^{_MAIN}{_PART}]{{1,2}})分)?(?P<tail>[^{_MAIN}{_PART}]{{1,2}})?"
)


# A space before a unit splits nothing, nor does one between 元 and 角: 89 元 9 角.
_UNSPLIT = re.compile(
    rf"[ {INVISIBLE}](?=[{_MAIN}])| (?=[万千百]|[角毛](?![巾毯线笔衣]))|(?<=[{_MAIN}]) (?=[{_ATOM}] ?[角毛])|"
    rf"(?<=[角毛]) (?=[{_ATOM}]分)"
)
_SMALL_CHANGE = re.compile(rf"(?P<jiao>[^{_MAIN}{_PART}])[角毛]")  # 5毛


@dataclass(frozen=True, slots=True)
class Money:
    """An amount's place; `marked`: it bears a unit or sign of money. The span's doubt says what keeps it from being
    one certain amount in yuan."""

    span: Span
    marked: bool = True


def amounts(text: str) -> list[Span]:
    """Every amount that bears a sign or unit of money, in order; with a doubt where it is not one certain amount."""
    return [each.span for each in money_in(text) if each.marked]


def speaks_of_a_number(text: str) -> bool:
    return bool(re.search(rf"[{_ATOM}]", text)) or bool(_WORD_RUN.search(text))


def plain(value: str) -> str:
    """An amount as people write it in a sentence: 50.00 → 50, 99.90 → 99.9."""
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def money_in(text: str) -> list[Money]:
    return with_ranges(text, [money for match in places_in(text) if (money := amount_at(text, match))])


@lru_cache(maxsize=2)  # the slots of one flow ask for the same two texts one after the other
def places_in(text: str) -> list[re.Match[str]]:
    """Every place that may be an amount, in order, not yet read."""
    return sorted([*_RUN.finditer(text), *_WORD_RUN.finditer(text)], key=lambda match: match.start())


def amount_at(text: str, match: re.Match[str]) -> Money | None:
    return _spoken(text, match) if match.re is _WORD_RUN else _read(text, match)


_LONGEST_SUM = 7  # digits of an amount without a unit
_TO = re.compile(r"钱? ?(?:-|~|到|至|或者?是?|还是|to|or) ?[¥￥]?", re.I)
_AND = re.compile(rf"{_TO.pattern}| ?and ?", re.I)


def with_ranges(text: str, found: list[Money]) -> list[Money]:
    """50元到60元: two amounts with a "to" between them are the ends of one."""
    ranged: set[int] = set()
    for first, second in pairwise(found):
        account = not second.marked and second.span.end - second.span.start > _LONGEST_SUM  # 退款50元到6217…
        between = _AND if not first.marked else _TO  # 50 yuan and 60 yuan are two
        if not account and between.fullmatch(text, first.span.end, second.span.start):
            ranged |= {first.span.start, second.span.start}
    return [
        Money(each.span.doubted(Doubt.RANGE) if each.span.start in ranged else each.span, each.marked) for each in found
    ]


def _read(text: str, match: re.Match[str]) -> Money | None:
    """One run as an amount; None where nothing says that it is money and nothing could."""
    start, run = match.start(), _without_item(match[0], text[match.end() : match.end() + 2])
    end = start + len(run)
    before, after = text[max(0, start - 16) : start], text[end : end + 16]
    after = after.split("\n")[0]
    if _WIDE_COMMAS.fullmatch(run) and (_NAMED_BEFORE.search(before) or "，000" in run):
        run = run.replace("，", ",")
    in_units = any(char in run for char in _MAIN) or bool(
        _SMALL_CHANGE.fullmatch(run) and after[:1] not in set("星形落")
    )
    signed, foreign = _SIGNED.search(before), _FOREIGN_SIGN.search(before) or _FOREIGN_AFTER.search(after)
    own_after = _OWN_AFTER.search(after)
    loose_unit = _UNCERTAIN_AFTER.search(after)
    marked = bool(in_units or signed or own_after or foreign or loose_unit)
    if not marked and is_hotline(before, run, after):
        return None
    value, cut = _value(run, after) if not loose_unit else (None, len(run))
    end = start + cut
    after = text[end : end + 16].split("\n")[0]
    doubt = _doubt(before, after, run, value, bool(foreign))
    if own_after and not doubt:
        doubt = _behind(after[own_after.end() :])
    value = None if before[-1:] in set("几数") else value
    if own_after and cut == len(run):
        end += own_after.end()
    begin = start - len(signed[0]) if signed else start
    shown = f"{value:.2f}" if value and doubt not in {Doubt.CURRENCY, Doubt.UNREADABLE} else ""
    return Money(Span(shown, begin, end, doubt), marked)


def _without_item(run: str, after: str) -> str:
    """The run without the number of a list's next item: 1.退款128元 2.赔偿50元, ①退款128元②补偿30元."""
    item = _ITEM.search(run)
    marked = item and (item[0].strip()[0] in _CIRCLED or re.match(r"[.、)）](?!\d)", after))
    return run[: item.start()] if item and marked else run


def _value(run: str, after: str) -> tuple[Decimal | None, int]:
    """The run's value and how much of the run it takes; None where the whole run is not one amount."""
    whole = visible(run)
    if whole != run or re.search(r"[ \n]", run):
        bare = _UNSPLIT.sub("", run)
        if bare == run or whole != run or re.search(r"[ \n]", bare):
            return None, len(run)
        whole = bare
    if not any(char in whole for char in _MAIN + _PART):
        return number(whole), len(run)
    parts = _PARTS.fullmatch(whole)
    if not parts:
        small = _SMALL_CHANGE.fullmatch(whole)
        jiao = number(small["jiao"]) if small else None
        return jiao / 10 if jiao and jiao < 10 else None, len(run)
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
    """99块9 is 99.90 and 99块9毛5 is 99.95; but 50元3天内 is 50 and then something else."""
    tail, main = parts["tail"], number(parts["main"])
    cut = len(run) - len(tail)
    if MEASURE_AFTER.search(after) or (tail == "一" and after):
        return (_value(run[:cut], "")[0], cut) if "块" not in run else (None, len(run))
    digit, jiao = number(tail), number(parts["jiao"]) if parts["jiao"] else Decimal(0)
    colloquial = "块" in run and len(tail) == 1 and digit and not parts["fen"]
    if main is None or main != int(main) or not colloquial or digit is None or jiao is None or jiao >= 10:
        return None, len(run)
    return main + (jiao / 10 + digit / 100 if parts["jiao"] else digit / 10), len(run)


def _doubt(before: str, after: str, run: str, value: Decimal | None, foreign: bool) -> Doubt | None:
    if foreign:
        return Doubt.CURRENCY
    touched = re.search(
        rf"[0-9A-Za-z²³①-⑳%‰]$|[²³①-⑳] $|[.·'{INVISIBLE}]$|(?<![-])-$|[+×*/]$|(?<=[\d)）元块]) ?=$", before
    ) and not _SIGNED.search(before)
    went_on = re.search(
        rf"^(?:[kKwWmM²³%‰*×=]|/(?! ?(?:[退补赔]|订单|原因|备注))|[。．]\d|\+(?!{_WISHES_ADDED})|[A-Za-z](?!MB|NY|"
        rf"uan|mb|ny)|[{INVISIBLE}]|\.\d|[廿卅半几]|[①-⑳](?![一-鿿]))",
        after,
    )
    if (
        before[-1:] in set("几数")
        or value is None
        or not value
        or touched
        or went_on
        or re.search(r"[+\-−]\s?[¥￥]\s?$", before)
    ):
        return Doubt.UNREADABLE
    if LOOSE_BEFORE.search(before) or _RANGE_BEFORE.search(before):
        return Doubt.RANGE
    if behind := _behind(after):
        return behind
    if run[-1:] == "块" and value < 10 and not after.startswith("钱"):
        return Doubt.UNCLEAR  # 两块电池
    other = _OTHER_WORD.get(run[-1:])  # 元旦, 100元5分好评
    return Doubt.UNCLEAR if other and after[:1] in other else None


_OTHER_WORD = {"元": set("旦件素宵气老"), "分": set("好满差评制之期析钟数")}  # by a run's last character
_SHARE_BEHIND = re.compile(
    r"^钱?(?:里|中)?的?(?:百分之|[\d一二两三四五六七八九十几半]+ ?(?:成(?![一-鿿])|折|分之|%)|一半|零头)"
)  # 200元的七成
_TIMES_BEHIND = re.compile(r"^ ?[\d一二两三四五六七八九十]+ ?(?:[次遍笔期份张套人]|个月)(?![内前后里])")  # 30元6次


def _behind(after: str) -> Doubt | None:
    """What the words behind an amount and its unit leave open: or more; a coupon."""
    if _LOOSE_AFTER.search(after) or _SHARE_BEHIND.match(after):
        return Doubt.RANGE
    return Doubt.UNCLEAR if _NOT_MONEY_AFTER.search(after) or _TIMES_BEHIND.match(after) else None


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
    ranged = LOOSE_BEFORE.search(before)
    joined = re.search(rf"(?:\d|\b(?:{'|'.join(ENGLISH)}|half|few|several|dozen))[ -](?:and |a )?$", before, re.I)
    doubt = Doubt.UNREADABLE if value is None or joined else Doubt.RANGE if ranged else _behind(rest)
    end = match.end() + (own.end() if own else 0)
    return Money(Span(f"{value:.2f}" if value else "", match.start(), end, doubt))
