"""Free texts and names. Rule: free text ends with its sentence, or where another slot's word or the writer's own talk
begins; a name is all that stands up to the next mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tickets.flows.slots.text import SENTENCE_END, Doubt, Span
from tickets.flows.slots.writing.identifiers import identifier
from tickets.flows.slots.writing.starts import doubt_about, starts, trimmed

_JOINS = re.compile(r" (?:on|in|at|of|for|and|with|from)$", re.I)
_ANNOUNCES = re.compile(r"[:：=]\s*[\"“「]?\s*$|\bis\s*$|[是为叫]\s*$", re.I)
# 尾号3321的卡, Frostmourne, got hacked: a number or a name alone is whole.
_CODE_FIRST = re.compile(
    r"[一-鿿]?(?=[A-Za-z·-]*\d)[A-Za-z0-9·-]+(?=的|[,，] ?[^\dA-Z]| [一-鿿]{2})|[A-Z][a-z]+(?=, [a-z])"
)
_QUOTED_FIRST = re.compile(r"[《“「『\"](?P<inside>[^《》“”「」『』\"]{1,80})[》”」』\"]")  # 《活着》,逾期5天
_SPEAKS = re.compile(
    r"[,，] ?(?=[^,，]*(?:[了过]|的.{1,6}[不没]|已经)(?:$|[,，])|我|您|你|请|麻烦|"
    r"谢|赶紧|赶快|快|帮|拜托|要求|希望|另外|然后|因为|如果|能不能|可以|可不可以|"
    r"赔|补|退|"
    r"i\b|i'|my\b|please\b|thanks?\b|can\b|could\b|and i\b|but\b|so\b)",
    re.I,
)
# 抬头开错了, 备注要改: something is said of it, no value given.
_SAID_OF_IT = re.compile(
    r"[开填写输选弄搞印打]?(?:错|反)|不对|有误|有问题|不变|没变|要改|需要|要换|想改|改一?下|怎么|什么|哪|为什么|呢|吗|没有?(?![一-鿿]{2,}(?:公司|店))|"
    r"忘|是不是|能不能|可不可以|\b(?:is wrong|was wrong|needs?|should|has|isn'?t|wasn'?t)\b",
    re.I,
)
# 个人,订单2024…: the number of something else, which no slot needs to have a word for.
_NUMBER_AHEAD = (
    r"(?:订单|单|手机|电话|身份证)(?:编?号码?)?[:：是为 ]{0,2}[A-Za-z]{0,3}\d{5}|"
    r"(?:order|phone|mobile|tel|id)(?: (?:no\.?|number))?[:# ]{1,2}\d{5}"
)
_NAME = re.compile(r"[一-鿿]{2,4}(?:·[一-鿿]{1,8})?|[A-Z][A-Za-z'.-]+(?: [A-Z][A-Za-z'.-]+){1,3}")
_CALLED = re.compile(r"(?:名?叫(?:做|作)?|姓名[是为]?|名字[是叫为]?)[:： ]?")
_NAME_END = re.compile(
    r"的(?=银行|[卡账手名电户])|[,，。;；!！?？\n(（0-9]|(?<=[一-鿿]{2}) (?=[一-鿿])|(?<=[a-z]{2})\.(?=\s|$)"
)
_NOT_NAME = re.compile(r"[的了吗是不我你他她们这那和没有要在谢]|什么|先生|女士|客服|本人|自己")


def behind(text: str, words: Sequence[str], others: Sequence[str] = ()) -> list[Span]:
    """What stands behind one of the words, up to the end of the sentence or to one of the `others`, which announce
    another slot's value."""
    found = []
    places = list(starts(text, words))
    announced = [place for place in places if _ANNOUNCES.search(text[slice(*place)])]
    for start, at in announced or places:
        end = SENTENCE_END.search(text, at)
        span = trimmed(text, at, end.start() if end else len(text))
        if span.value:
            labelled = re.search(r"[:：=]", text[start:at])
            is_field = labelled and not text[text.rfind("\n", 0, start) + 1 : start].strip()
            span = _up_to(span, others)
            told = identifier(text[start:at], span if is_field else _without_speech(span))
            if not announced and _SAID_OF_IT.match(span.value):  # where one place announces, all that are read do
                told = replace(told, doubt=Doubt.UNCLEAR)
            found.append(replace(told, doubt=doubt_about(text, start, span) or told.doubt))
    return found


def _up_to(span: Span, others: Sequence[str]) -> Span:
    """Up to a comma or blank behind which a word of another slot stands: 角色名叫墨染青衣,区服是…"""
    every = "|".join([*(re.escape(word) for word in others), _NUMBER_AHEAD])
    found = re.search(rf"[,，、;；/| ] ?(?:我的?)?(?:{every})", span.value, re.I)
    value = _JOINS.sub("", span.value[: found.start()]) if found else span.value
    return Span(value, span.start, span.start + len(value))


def _without_speech(span: Span) -> Span:
    """Up to the comma behind which the writer speaks of himself or asks for something: 尾号8812,我人在家. Whether the
    words before it are all, only a code tells."""
    quoted = _QUOTED_FIRST.match(span.value)
    if quoted:
        return Span(quoted["inside"], span.start + quoted.start("inside"), span.start + quoted.end("inside"))
    code = _CODE_FIRST.match(span.value)
    if code:
        return Span(code[0], span.start, span.start + code.end())
    speech = _SPEAKS.search(span.value)
    if not speech:
        return span
    head = span.value[: speech.start()]
    return Span(head, span.start, span.start + len(head), Doubt.UNCLEAR)


def lines_behind(text: str, words: Sequence[str]) -> list[Span]:
    """What stands behind one of the words up to the end of its line, as it is written: a whole reply, say. Where the
    word begins its line nothing is doubted: the line is a form's."""
    found = []
    for start, at in starts(text, words):
        end = text.find("\n", at)
        whole = text[at : end if end >= 0 else len(text)]
        begin = at + len(whole) - len(whole.lstrip())
        span = Span(whole.strip(), begin, begin + len(whole.strip()))
        if span.value:
            is_field = not text[text.rfind("\n", 0, start) + 1 : start].strip()
            found.append(span if is_field else span.doubted(doubt_about(text, start, span)))
    return found


def names(text: str, words: Sequence[str]) -> list[Span]:
    """Names behind one of the words: two to four characters or a capitalised name, nothing else up to the next mark."""
    found = []
    for start, place in starts(text, words):
        called = _CALLED.match(text, place)
        at = called.end() if called else place
        end = _NAME_END.search(text, at, at + 60)
        span = trimmed(text, at, end.start() if end else min(len(text), at + 60))
        if not span.value:
            continue
        whole = is_name(span.value)
        shown = Span(span.value if whole else "", span.start, span.end, None if whole else Doubt.UNREADABLE)
        found.append(shown.doubted(doubt_about(text, start, span)))
    return found


def is_name(value: str) -> bool:
    return bool(_NAME.fullmatch(value)) and not _NOT_NAME.search(value)
