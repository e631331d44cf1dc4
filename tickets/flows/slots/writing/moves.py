"""Where a sentence itself says that an address follows which is to be the new one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tickets.flows.slots.text import BEGINS, MOST_PLACES, clause_before, sentence_before
from tickets.flows.slots.writing.shape import is_address
from tickets.flows.slots.writing.starts import EDGES

_MOVE = re.compile(
    r"[从由]([^,，。;；!！?？\n]{2,60}?)(?:更?改|换|变更?|修改|更新|调整)(?:成|为|到|至)\s{0,3}[:：]?\s{0,3}|"
    r"\bfrom ([^;；!！?？\n]{2,80}?) to (?=[A-Z\d])",
    re.I,
)
# 地址选错了,改成…: of what stands before it in the sentence.
_INTO = re.compile(
    rf"{BEGINS}(?:(?<!地址)(?<!应)(?:更?改|换|变更|修改|更新)(?:成|为|到|至)\s{{0,3}}[:：]?\s{{0,3}}|"
    r"\b(?:change|update|switch|correct) (?:it|that|this) to (?=[A-Z\d]))",
    re.I,
)
_SENT_TO = re.compile(
    r"\b(?:change|update|set|switch|correct|amend) (?:[\w' ]{0,30}? )?address (?!from)(?:[\w' ]{1,30}? )?to "
    r"(?=[A-Z\d])|"
    r"\b(?:have|get) (?:[\w#]+ ){1,6}?(?:delivered|sent|shipped|redirected) to (?=[A-Z\d])",
    re.I,
)
_REDIRECTED = re.compile(r"(?<![不没别])[改转](?:寄|送|派送|配送)(?:到|去|往|至|给)?\s?[:：]?\s?(?=[一-鿿])")
# 收货地址改一下:四川省…, 改地址到重庆市…: the place to go to stands behind.
_ASKED = re.compile(
    r"(?<![不没别])(?:更?改|换|变更|修改|更新|更正)(?:一?下|个)?(?:我的?|订单的?)?(?:收货|送货|收件|配送|寄送|快递)?地址"
    r"(?:到|成|为|至|[:：])\s?(?![旧原老]|以前|之前)(?=[一-鿿])|"
    r"地址(?:需要?|要|请|麻烦|帮忙|帮我)?(?<![不没别])(?:变更|更改|修改|更新|更正|改|换)(?:一?下)?\s?[:：,，]\s?(?=[一-鿿])|"
    r"\b(?i:change|update|correct|amend) (?:[\w' ]{0,30}? )?address ?: ?(?=[A-Z\d])"
)
# 旧:… 新:…, 变更后:…, the new one: …
_LABELLED_NEW = re.compile(
    r"(?<![一-鿿])(?:新|(?:变更|更改|修改|更正|改)后)(?:的|址)?(?:收货|收件)?(?:地址)?\s?(?:[:：]|[是为](?![不否]))\s?(?=[一-鿿])|"
    r"(?:(?:变更|更改|修改|更正|改)后|(?<!不)正确|新家|新公司)的?(?:收货|收件)?地址(?:[:：是为]|\s)?\s?(?=[一-鿿])|"
    r"\b(?:new|correct|right) (?:one|address)(?: is| ?:|: it is)\s?(?-i:(?=[A-Z\d]))",
    re.I,
)
_ARROW = re.compile(r"(?:→|⇒|➡|-{1,3}>|={1,3}>|>>)\s?")
_DELIVER = re.compile(
    r"\bdeliver(?: it| this| them| my (?:order|parcel|package))? to (?=\d)|"
    r"\bsend (?:it|them|this|my (?:order|parcel|package)|the (?:parcel|package|order)) to "
    r"(?=(?:my|our|the) |(?-i:[A-Z\d]))",
    re.I,
)
_BEFORE_NEW = 120  # characters in which what the new one replaces, or that it is an address, is said
_OLD_BEFORE = re.compile(r"(?:[旧原老](?:址|的)?|(?:变更|更改|修改|更正|改)前)\s?[:：]|\bold(?: one)?\s?:", re.I)
_FIELD_LABEL = re.compile(r"^.*?[:：]\s?")
_SUBJECT = re.compile(r"地址|address|(?:送货|收货|收件|寄送|配送)的?(?:地方|地点|位置)", re.I)
# 地址写错了!应该是…
_SHOULD_BE = re.compile(
    r"地址[^,，。!！\n]{0,6}(?:错|不对|有误|[少漏没]写|不完整|[填写选留]成[^,，。!！\n]{1,8}了)[^,，。!！\n]{0,4}[,，。!！\s]{0,3}(?:就是|就|那个|嗯|呃){0,2}"
    r"(?:应该?|正确的?(?:地址)?|完整的?(?:地址)?|其实|实际)(?:是|为)\s?[:：]?\s?|"
    r"\bwrong (?:address|house|street|flat|unit|apartment|room)(?: number| name)?"
    r"[^.!?\n]{0,16}?(?:it |that )?should (?:be|read) "
)


def moves(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each such announcement begins and where the new address begins, for a slot whose words are about one."""
    if not any(re.search("地址|address", word, re.I) for word in words):
        return
    for pattern in (_SHOULD_BE, _SENT_TO, _REDIRECTED, _ASKED, _DELIVER):
        yield from _places(pattern, text)
    for start, at in _places(_INTO, text):
        if _SUBJECT.search(sentence_before(text, start)):
            yield start, at
    for start, at in _places(_LABELLED_NEW, text):
        before = max(0, start - _BEFORE_NEW)
        if _SUBJECT.search(text, before, at) or _OLD_BEFORE.search(text, before, start):
            yield start, at
    yield from _out_of_old(text)


def _places(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in islice(pattern.finditer(text), MOST_PLACES):
        yield match.span()


def _out_of_old(text: str) -> Iterator[tuple[int, int]]:
    """从 A 改成 B and A → B: A is an address, or the clause says that it is about one."""
    for match in islice(_MOVE.finditer(text), MOST_PLACES):
        old, before = match[1] or match[2], clause_before(text, match.start(), 30)
        if is_address(old.strip(EDGES)) or re.search("地址|address", before + match[0][:6], re.I):
            yield match.start(), match.end()
    for match in islice(_ARROW.finditer(text), MOST_PLACES):
        old = sentence_before(text, match.start())
        if is_address(_FIELD_LABEL.sub("", old).strip(EDGES)):
            yield match.span()
