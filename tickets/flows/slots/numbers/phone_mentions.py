"""Telephones that a text speaks of without their number.

Rule: a text that speaks of a telephone whose number cannot be read for certain is a question, so that the customer's
record is a fall-back only where the text speaks of none.
"""

from __future__ import annotations

import re
from itertools import islice

from tickets.flows.slots import stance
from tickets.flows.slots.text import BEGINS, MOST_PLACES, Doubt, Span, clause_after, clause_before

_NOUN = (
    r"手机号码?|手机|电话号?码?|号码|(?:新|旧|老|原|小|换个?|这个|那个|别的|另一个|其他|的|"
    r"本)号(?![楼码线])|[主副]卡(?![号片])|座机|固话|尾[号数]|末尾|后[四4]位|新卡|电话卡|手机卡|双卡|两张卡|"
    r"两个(?:手机)?号|(?:当地|国外|境外|"
    r"海外|外地|港澳|香港|澳门|台湾)的?(?:手机)?号|"
    r"邮箱|邮件|(?:发到?|到|用)微信|号(?=变|换|停|丢)|(?<![A-Za-z])(?<!house )(?<!order )"
    r"(?<!door )(?<!street )(?<!room )(?:phone|number|mobile|"
    r"cell(?:phone)?|landline|sim(?: card)?|e-?mail)(?![A-Za-z])"
)
# A noun of telephones that speaks of the one on the record, or of the set that receives nothing.
_OWN_BEFORE = re.compile(
    r"(?:登记|预留|绑定|注册|留|填|输|输入|账号|账户|系统|资料|档案|下单|本人)(?:的|时|上|里|下|那个|这个|"
    r"用的?)*$|(?:^|[,，。 ]|在|是|给|到|往|用)(?:我|本人|自己)的?$|(?:重启|关|开|检查)(?:机)?(?:了|过)?$|"
    r"\b(?:my|the|registered|this)(?: registered| own| mobile| phone| cell)?\s$",
    re.I,
)
_SET_AFTER = re.compile(
    r"^(?:上|里|端|卡|这边|那边|一直|都|就|也|完全|现在|根本|信号|短信|网络|状态)*(?:收不到|没有?收到|"
    r"没收|接收不到|不来|没来|没反应|正常|良好|满格|没问题|没停机|没欠费|"
    r"没(?:有)?(?:短信|验证码)|能(?:打|收|用)|可以(?:打|收)|是好的|有信号|登录|登不|验证|注册|就是我|"
    r"是对的|没变|没换|没错)|^(?:号码?)?(?:就是|是)?(?:我|下单时?|当时|一直)?(?:留|登记|注册|绑定|预留|填|用)(?:的|时)|"
    r"^ (?:is|was)? ?(?:on|working|fine|ok|not receiving|has signal|on file|on record|registered|"
    r"doesn'?t (?:get|receive)|never (?:got|received))",
    re.I,
)
_WRONG_AFTER = re.compile(
    r"^[^,.]{0,16}\b(?:wrong|incorrect|outdated|out of date|not mine)\b|^.{0,6}(?:是错|错了|"
    r"不对|有误)",
    re.I,
)
_OTHER_BEFORE = re.compile(
    r"(?:新|换|别的|另|其他|旧|老|备用|不是|移动|联通|电信|广电|虚拟|工作|私人|公司|单位|[主副]卡?|"
    r"卡[12一二])[^,，]{0,3}$|\b(?:not|new|old|another|different|other|"
    r"changed|lost|switched)\b[^,.]{0,12}$",
    re.I,
)
_CHANGED = re.compile(
    r"^.{0,3}(?:换|变|改|停|丢|被[偷盗抢]|注销|不用|欠费|坏|没了|\bchanged|\bis (?:new|dead|lost|gone)|"
    r"has changed)",
    re.I,
)
_ELSEWHERE = re.compile(
    rf"{BEGINS}(?:(?:发|寄|转|改发|重发|补发|发送)(?:到|给|去|往|至)(?!我|本人|登记|预留|绑定|注册|手机|一下|原|"
    rf"这|了|您|你|系统|[^,，。\d]{{0,10}}(?:[省市区县镇路街村]|公司|家里|小区|学校|驿站))|(?:发|给)(?:我的?|我们)?(?:{stance.PERSON_WORDS})|改发|别处|(?<!地址)(?<!名字)(?<!门牌)(?<!姓名)(?:填|输|写|留)错(?![^,，。]{{0,6}}(?:地址|[校小]区|门牌|楼|单元|名|收件|[路街市]))|"
    rf"发错人|(?<!地址)[少多](?:填|输|写)|"
    rf"(?:{stance.PERSON_WORDS}|我(?:先生|太太|夫人))的?(?:手机|电话|号)|换(?:了?个?)?(?:号|手机号|卡)|(?<!10\d)"
    rf"(?<!10\d\d)[开打]头的|"
    rf"\b(?:{stance.ENGLISH_PERSON_WORDS})\b|\b(?:ending (?:in|with)|"
    r"(?:phone|number|mobile|code|sms|text|cell)\b[^.!?\n]{0,60}\binstead|"
    r"instead\b[^.!?\n]{0,30}\b(?:phone|number|mobile|cell)|"
    r"elsewhere|(?:different|other) one|(?<!send )(?<!send me )(?<!get )(?<!get me )(?<!resend )another one|"
    r"(?<!send a )(?<!send me a )(?<!get a )(?<!request a )new one|(?:new|different|another|other) (?:sim|phone|number)"
    r")\b|"
    r"\b(?:send|text|resend|forward) (?:it |the code |code |them )?to (?!me\b|my (?:registered|phone|number|mobile)|"
    r"(?:my |our |the )?(?:new |home |other |correct )?(?:address|office|work|home|house|"
    r"flat|place|room|unit|suite|apartment|building|block|tower|hotel|school)\b|"
    r"\d{1,5}[A-Za-z]? (?-i:[A-Z][a-z])))",
    re.I,
)
_PHONE_NOUN = re.compile(f"{BEGINS}(?:{_NOUN})", re.I)
# account number, policy number: no telephone's.
_OF_ELSE = re.compile(
    r"\b(?!(?:my|your|our|his|her|their|the|this|that|a|an|another|other|different|same|right|wrong|correct|own|new|old|"
    r"phone|mobile|cell|telephone|tel|contact|registered|current|former|previous|first|second|main|whatsapp|sms|of|on|"
    r"in|to|from|is|was|and|or|for|with|which|what|real|local|foreign|work|home|office|business|personal|backup|listed)\b)"
    r"[a-z]{3,} numbers?$",
    re.I,
)
_ANOTHERS = re.compile(
    rf"(?:[他她]|别人|人家|{stance.PERSON_WORDS})们?(?:的|那个|那部|那台|这个|自己|用的?)*$|(?<!本)人的?$|"
    rf"\b(?:his|her|their|{stance.ENGLISH_PERSON_WORDS})(?:['’]s)?(?: own| mobile| cell)?\s$",
    re.I,
)
_NUMBER_AFTER = re.compile(r"^的?(?:号|卡|尾|末|后)|^ ?[:：是为]|^[^,，。\n]{0,6}\d{3}")  # not of the set itself
_MASKED = re.compile(r"1[3-9]\d?[\dxX*•·?？]{0,12}[xX*•?？]{2}|\b(?:ends|ending) (?:in|with) \d{2,6}\b", re.I)
_IN_SIGNS = re.compile(
    r"(?:[\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289][ -]?){7,}"
)  # ①③⑧…: which digits they are meant for is not certain
_IN_WORDS = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b[ ,.-]*){7,}", re.I
)
_SPLIT = re.compile(r"(?<!\d)1[3-9]\d[^\dA-Za-z一-鿿]{1,2}\d{4}[^\dA-Za-z一-鿿]{1,2}\d{4}(?!\d)")


def mentions(text: str) -> list[Span]:
    """Places that speak of a telephone which may not be the record's, without giving its number."""
    judged = list(islice(_PHONE_NOUN.finditer(text), MOST_PLACES + 1))
    nouns = [
        m
        for m in judged[:MOST_PLACES]
        if not (_is_own(text, *m.span()) or _OF_ELSE.search(text, max(0, m.end() - 40), m.end()))
    ]
    others = (next(pattern.finditer(text), None) for pattern in (_ELSEWHERE, _MASKED, _SPLIT, _IN_SIGNS, _IN_WORDS))
    every = [*nouns, *judged[MOST_PLACES:], *filter(None, others)]
    return [Span("", *match.span(), Doubt.UNREADABLE) for match in every]


def _is_own(text: str, start: int, end: int) -> bool:
    """The customer's telephone on the record: 我登记的手机, 手机收不到."""
    before, after = clause_before(text, start, 24), clause_after(text, end, 20)
    if re.search(r"[新旧老原小换别另其]|邮|微信|e-?mail", text[start:end], re.I) or _OTHER_BEFORE.search(before):
        return False
    if text[start:end] == "电话" and re.search(r"[打接回通来](?:我|个|了|过|的)*$", before):
        return True  # 打电话: the action
    if _WRONG_AFTER.search(after) or _ANOTHERS.search(before):
        return False
    if _SET_AFTER.search(after):
        return True
    is_set = text[start:end] == "手机" and not _NUMBER_AFTER.search(after)
    return not _CHANGED.search(after) and bool(is_set or _OWN_BEFORE.search(before))
