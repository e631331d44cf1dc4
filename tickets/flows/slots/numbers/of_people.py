"""Mobile numbers and ID cards in a ticket's text (already made even).

Rule: a text that speaks of a telephone whose number cannot be read for certain is a question, so that the customer's
record is a fall-back only where the text speaks of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from tickets.flows.slots import stance
from tickets.flows.slots.numbers import phone_words
from tickets.flows.slots.numbers.codes import (
    THING,
    Code,
    before_noun,
    capped,
    chains,
    codes,
    is_date,
    spoken_digits,
    stands_alone,
    touched,
)
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, distinct

_MOBILE = re.compile(r"1[3-9]\d{9}")
_WRITTEN = re.compile(r"(?:\+?86[- ]?|0086[- ]?)?(1[3-9]\d(?:([- ]?)\d{4})(?:\2\d{4}))")
_ID_CARD = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_OWN_NOUN = re.compile(
    r"(?:手机|电话|座机|固话|联系方式|联系|新|旧|老|原来?|以前|我的|这个|那个|小|本人)(?:的)?(?:号码?|号)?$|^号码?$|"
    r"(?<![A-Za-z])(?:tel|phone|mobile|cell|call|contact|whatsapp|my)(?: phone| mobile)?(?:\s*(?:no|number))?\.?$",
    re.I,
)
_THING = "|".join(
    each for each in THING.split("|") if each not in {"电话", "手机", "号码", "座机", "固话", "热线", "传真"}
)
_OTHER = re.compile(
    rf"(?:{_THING})(?:的)?(?:单?号码?|编号|号码|单|ID|No\\.?)?$|(?:订单|定单|订购|单)(?:号码?|编号|"
    rf"号)?$|(?<![A-Za-z])orders?\s*(?:no|"
    rf"number|num|id|code)?\.?\s*#?$|"
    r"(?:QQ|微信|支付宝)号?$|(?<![A-Za-z])(?:IMEI|SN|SKU|ISBN|invoice|tracking|waybill|card|account|"
    r"serial|transaction|ticket|case)\s*(?:no|number|id|code)?\.?\s*#?$",
    re.I,
)
_OTHERS_PHONE = re.compile(
    r"收件人?|收货人?|快递员?|骑手|司机|商家|卖家|店家|客服|门店|仓库|驿站|推销|骗子|recipient|"
    r"courier|seller|store|shop|driver|receiver",
    re.I,
)
# 紧急联系人, 推荐人: another's, but for those who may be the writer himself.
_OTHERS_NOUN = re.compile(
    r"(?:(?<!本)(?<!联系)(?<!申请)(?<!投诉)(?<!来电)(?<!下单)(?<!订购)(?<!购买)(?<!注册)(?<!登录)(?<!使用)(?<!反映)"
    r"(?<!报修)(?<!当事)(?<!持卡)人|紧急联系人)的?(?:手机|电话|联系方式|号码?)*[:： ]*$"
)
_FORMER = re.compile(
    r"旧|上[次回]|那次|原来|原先|原号|老号|以前|之前|曾经|换掉|注销|停用|不用了|停机|"
    r"\b(?:old|former|previous|used to|no longer)\b",
    re.I,
)
_FORMER_AFTER = re.compile(
    r"^.{0,4}(?:是|这)?.{0,4}(?:不用了|停用|停机|注销|换掉|丢了|旧号|老号|换成|改成|换了|打不通|空号|"
    r"收不到了|\bis (?:my )?old|no longer|stopped)",
    re.I,
)
_OTHERS_AFTER = re.compile(
    rf"^[ （(]*(?:这?是|的是?)?(?:我的?)?(?:{stance.PERSON_WORDS}|收件|收货|快递|商家|客服|(?<!其)[他她]的)", re.I
)
# 13811112222,那不是我的号: what the next words say of the number.
_OF_ANOTHER = re.compile(
    rf"[”\"）)]*[,，。 (（]{{0,2}}(?:这|那|它)(?:个?号码?|个?手机|个)?(?:不是我|是(?:我的?|"
    rf"我们)?(?:{stance.PERSON_WORDS}|别人|公司|前))"
    rf"|[,，]? (?:it|that|this|which) (?:is|isn'?t|is not|belongs)(?: to)? (?:my (?:{stance.ENGLISH_PERSON_WORDS})|"
    rf"mine|not mine|someone)",
    re.I,
)
_BOUND = re.compile(r"(?:改绑|换绑|绑定|绑|更换|变更)(?:到|成|为|至)[新手机号码:： ]*$")
_NOT_BOUND = re.compile(r"(?:还没|没有?|未|尚未)(?:绑定|绑|登记|注册)")
_SENT = re.compile(
    r"(?:发到|发给|发往|发去|发送到)了[^,，]{0,3}$|"
    r"\b(?:goes|went|going|delivered|(?:is|was|are|were|keeps?|being|been|gets?) (?:sent|sending|going|delivered))"
    r" to [^,.]{0,12}$",
    re.I,
)
_NOT_THERE = re.compile(
    r"\b(?:don'?t|do not|never|stop) (?:\w+ )?(?:send|sending|text|texting|use|using|call|forward|resend)\b"
    r"[^,.]{0,24}$",
    re.I,
)
_TO = re.compile(r"(?:换成|换到|改成|改为|发到|发给|发往|发至|寄到|新号是?|新的是?|to|use)\s*[:：]?\s*$", re.I)
_NOUN = (
    r"手机号码?|手机|电话号?码?|号码|(?:新|旧|老|原|小|换个?|这个|那个|别的|另一个|其他|的|"
    r"本)号(?![楼码线])|[主副]卡(?![号片])|座机|固话|尾[号数]|末尾|后[四4]位|新卡|电话卡|手机卡|双卡|两张卡|"
    r"两个(?:手机)?号|(?:当地|国外|境外|"
    r"海外|外地|港澳|香港|澳门|台湾)的?(?:手机)?号|"
    r"邮箱|邮件|(?:发到?|到|用)微信|号(?=变|换|停|丢)|(?<![A-Za-z])(?:phone|number|mobile|"
    r"cell(?:phone)?|landline|sim(?: card)?|e-?mail)(?![A-Za-z])"
)
# A noun of telephones that speaks of the one on the record, or of the set that receives nothing.
_OWN_BEFORE = re.compile(
    r"(?:登记|预留|绑定|注册|留|填|账号|账户|系统|资料|档案|下单|本人)(?:的|时|上|里|下|那个|这个|"
    r"用的?)*$|(?:^|[,，。 ]|在|是|给|到|往|用)(?:我|本人|自己)的?$|(?:重启|关|开|检查)(?:机)?(?:了|过)?$|"
    r"\b(?:my|the|registered|this)(?: registered| own| mobile| phone| cell)?\s$",
    re.I,
)
_SET_AFTER = re.compile(
    r"^(?:上|里|端|卡|这边|那边|一直|都|就|也|完全|现在|根本|信号|短信|网络|状态)*(?:收不到|没有?收到|"
    r"没收|接收不到|不来|没来|没反应|正常|良好|满格|没问题|没停机|没欠费|"
    r"没(?:有)?(?:短信|验证码)|能(?:打|收|用)|可以(?:打|收)|是好的|有信号|登录|登不|验证|注册|就是我|"
    r"是对的|没变|没换|没错)|^(?:号码?)?(?:就是|是)?我(?:留|登记|注册|绑定|填)|"
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
    r"^.{0,3}(?:换|变|改|停|丢|注销|不用|欠费|坏|没了|\bchanged|\bis (?:new|dead|lost|gone)|" r"has changed)", re.I
)
_ELSEWHERE = re.compile(
    rf"(?:发|寄|转|改发|重发|补发|发送)(?:到|给|去|往|至)(?!我|本人|登记|预留|绑定|注册|手机|一下|原|"
    rf"这|了|您|你|系统)|(?:发|给)(?:我的?|我们)?(?:{stance.PERSON_WORDS})|改发|别处|(?:填|输|写|留)错|"
    rf"发错人|[少多](?:填|输|写)|"
    rf"(?:{stance.PERSON_WORDS}|我(?:先生|太太|夫人))的?(?:手机|电话|号)|换(?:了?个?)?(?:号|手机号|卡)|(?<!10\d)"
    rf"(?<!10\d\d)[开打]头的|"
    rf"\b(?:{stance.ENGLISH_PERSON_WORDS})\b|\b(?:ending (?:in|with)|instead|elsewhere|(?:new|"
    rf"different|another|other) (?:one|sim|phone|number))\b|"
    r"\b(?:send|text|resend|forward) (?:it |the code |code |them )?to (?!me\b|my (?:registered|phone|number|mobile))",
    re.I,
)
_PHONE_NOUN = re.compile(_NOUN, re.I)
_MASKED = re.compile(r"1[3-9]\d?[\dxX*•·?？]{0,12}[xX*•?？]{2}|\b(?:ends|ending) (?:in|with) \d{2,6}\b", re.I)
_SPLIT = re.compile(r"(?<!\d)1[3-9]\d[^\dA-Za-z一-鿿]{1,2}\d{4}[^\dA-Za-z一-鿿]{1,2}\d{4}(?!\d)")


def is_mobile(text: str) -> bool:
    """A mainland mobile number, nothing around it."""
    return bool(_MOBILE.fullmatch(text))


def mobiles(text: str) -> list[Span]:
    """The mainland mobile numbers that stand whole in the text, with or without +86, blanks and dashes."""
    return distinct([span for span in phones(text) if span.value and span.doubt is None])


def phones(text: str) -> list[Span]:
    """Every mention of a telephone: mobile numbers, and with a doubt whatever could not be read as one."""
    found = capped(text, chains(text, codes(text)), lambda chain: _in_chain(text, chain))
    heard = [span for span in spoken_digits(text) if not _other_noun(before_noun(text, span.start))]
    spoken = [replace(span, value=span.value if is_mobile(span.value) else "") for span in heard]
    return sorted([*found, *spoken], key=lambda span: span.start)


def mentions(text: str) -> list[Span]:
    """Places that speak of a telephone which may not be the record's, without giving its number."""
    judged = list(islice(_PHONE_NOUN.finditer(text), MOST_PLACES + 1))
    nouns = [match for match in judged[:MOST_PLACES] if not _is_own(text, *match.span())]
    others = (next(pattern.finditer(text), None) for pattern in (_ELSEWHERE, _MASKED, _SPLIT))
    every = [*nouns, *judged[MOST_PLACES:], *filter(None, others)]
    return [Span("", *match.span(), Doubt.UNREADABLE) for match in every]


def _is_own(text: str, start: int, end: int) -> bool:
    """The customer's telephone on the record: 我登记的手机, 手机收不到."""
    before, after = clause_before(text, start, 24), clause_after(text, end, 20)
    if re.search(r"[新旧老原小换别另其]|邮|微信|e-?mail", text[start:end], re.I) or _OTHER_BEFORE.search(before):
        return False
    if text[start:end] == "电话" and re.search(r"[打接回通来](?:我|个|了|过|的)*$", before):
        return True  # 打电话: the deed
    if _WRONG_AFTER.search(after):
        return False
    if _SET_AFTER.search(after):
        return True
    return not _CHANGED.search(after) and bool(_OWN_BEFORE.search(before))


def id_cards(text: str) -> list[Span]:
    """18-digit identity numbers whose birth date and check digit are right; a wrong one behind its noun is doubtful."""
    found = []
    for code in codes(text)[: 4 * MOST_PLACES]:
        named = re.search(r"(?:身份证|证件|ID)(?:号码?|no\.?|number)?$", before_noun(text, code.start), re.I)
        whole = code.text.upper()
        if is_id_card(whole) and not touched(text, code):
            found.append(Span(whole, code.start, code.end, _about_person(text, code)))
        elif named and len(code.digits) >= 6:
            found.append(Span("", code.start, code.end, Doubt.UNREADABLE))
    return distinct(found)


def is_id_card(number: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[17]


def _in_chain(text: str, chain: list[Code]) -> Iterator[Span]:
    """One number written in groups, or each code of the chain by itself."""
    start, end = chain[0].start, chain[-1].end
    if start and text[start - 1] == "+":
        start -= 1
    written = _WRITTEN.fullmatch(text, start, end)
    if written and len(chain) > 1:
        yield _mobile(text, Code(re.sub(r"\D", "", written[1]), chain[0].start, end), start)
        return
    if (
        written is None
        and len(chain) > 1
        and len(re.sub(r"\D", "", text[start:end])) in range(7, 16)
        and not any(is_mobile(code.text) or len(code.digits) > 11 for code in chain)
    ):
        whole = Code("".join(code.text for code in chain), chain[0].start, end)
        if not _is_other(text, whole):
            yield Span(_guess(whole), start, end, Doubt.UNREADABLE)
        return
    for number, code in enumerate(chain):
        begin = code.start - 1 if text[max(0, code.start - 1) : code.start] == "+" else code.start
        alone = _WRITTEN.fullmatch(text, begin, code.end)
        if (alone and not code.broken and not touched(text, code) and len(chain) - number == 1) or (
            alone and number + 1 < len(chain) and len(chain[number + 1].digits) >= 4
        ):
            yield _mobile(text, Code(re.sub(r"\D", "", alone[1]), code.start, code.end), begin)
        elif len(code.digits) >= 7 and not _is_other(text, code) and not stands_alone(text, code):
            yield Span(_guess(code), begin, code.end, Doubt.UNREADABLE)


def _other_noun(lead: str) -> bool:
    """Whether what stands before a number names something that is no telephone."""
    return bool(_OTHER.search(lead)) and not _OWN_NOUN.search(lead)


def _guess(code: Code) -> str:
    """The mobile number that was probably meant, to be offered."""
    digits = re.sub(r"\D", "", code.unmistyped if code.mistyped else code.text)
    return digits if is_mobile(digits) else ""


def _is_other(text: str, code: Code) -> bool:
    """Whether the digits bear the noun of something that is no telephone, or are a date, or touch letters of a code."""
    lead, after = before_noun(text, code.start), text[code.end : code.end + 12]
    if _OWN_NOUN.search(lead):
        return False
    letters = len(re.findall(r"[A-Za-z]", code.clean)) > 2 and not code.mistyped
    named_after = re.match(
        r"[ ”\"）)]*(?:这个|这笔|这张|的|那个|是)*(?:订单|定单|快递|物流|运单|包裹|order\b)", after, re.I
    )
    too_long = len(code.digits) >= 12 and not re.match(r"1|0|86", code.digits)
    if text[max(0, code.start - 1) : code.start] == "+":
        return False
    if re.match(r"106\d{4}|95\d{3}$", code.digits):
        return True  # what companies send from
    return bool(_other_noun(lead) or is_date(code.text) or letters or named_after or too_long)


def _mobile(text: str, code: Code, start: int) -> Span:
    lead = before_noun(text, start)
    apart = lead.endswith("验证码") and text[start - 1] in " ,，:：\n是"  # a code has not eleven digits
    if _other_noun(lead) and not apart:
        return Span(code.text, start, code.end, Doubt.UNCLEAR)
    return Span(code.text, start, code.end, _about_phone(text, start, code.end))


def _about_phone(text: str, start: int, end: int) -> Doubt | None:
    before, after = clause_before(text, start), clause_after(text, end)
    near = before[-14:] if not before[-30:].isascii() else before[-30:]
    if (
        stance.refused(before, after)
        or re.search(r"^(?:这个|那个|的)?(?:都|是)?(?:能|可以)(?:正常)?收到", after)
        or re.search(r"^[^,，]{0,3}(?:不是我|不是本人|\bis not mine|isn't mine)", after)
        or _NOT_THERE.search(before)
        or re.search(r"[别不勿][^,，]{0,3}(?:发到|发给|发往|发|打|用)[^,，]{0,4}$", before)
    ):
        return Doubt.NEGATED
    if _OF_ANOTHER.match(text, end):
        return Doubt.OTHER_PERSON
    if _BOUND.search(before) or _SENT.search(before) or _NOT_BOUND.search(text[end : end + 14]):
        return Doubt.UNCLEAR  # the telephone is to be changed, or a code went there
    if re.search(r"(?:来电|主叫|备用)(?:号码?|电话|手机号?码?|显示)?[:： (（]*$", near):
        return Doubt.UNCLEAR
    if (
        _OTHERS_NOUN.search(near)
        or _OTHERS_PHONE.search(near)
        or stance.PERSON.search(near)
        or _OTHERS_AFTER.search(after)
    ):
        return Doubt.OTHER_PERSON
    if (_FORMER.search(near) and not _TO.search(before)) or _FORMER_AFTER.search(after):
        return Doubt.OTHER_TIME
    told = re.search(r"(?:发[到给往至]?|用|换成?|改成?|转)$", before)  # 发给13900001111吧
    return (
        stance.hedged(before, after.removeprefix("吧") if told else after)
        or stance.corrected(text, end)
        or _in_question(before, after, text[end : end + 3])
        or (None if phone_words.understood(before) else Doubt.UNCLEAR)
    )


def _in_question(before: str, after: str, behind: str) -> Doubt | None:
    alone = re.fullmatch(r".{0,4}(?:手机|电话|号|号码|number|phone|mobile)[是为:： ]*", before, re.I)
    asked = (
        (alone and re.match(r" ?[?？]", behind))
        or re.search(r"\b(?:did|have|has|are|is|were|was) (?:you|it|they|the code)\b[^,.]{0,30}$", before, re.I)
        or re.search(r"是不是|是否", before[-8:])
        or re.search(r"^.{0,4}(?:吗|对吗|对不对|么$)", after)
    )
    return Doubt.QUESTION if asked else None


def _about_person(text: str, code: Code) -> Doubt | None:
    before = clause_before(text, code.start)
    return (
        stance.other_person(before)
        or stance.hedged(before, clause_after(text, code.end))
        or stance.corrected(text, code.end)
    )
