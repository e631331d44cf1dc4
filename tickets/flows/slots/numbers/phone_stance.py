"""How the writer stands to a telephone number: his own of now, another's, a former one, one to be bound."""

from __future__ import annotations

import re

from tickets.flows.slots import stance
from tickets.flows.slots.near import Reach
from tickets.flows.slots.numbers import phone_words
from tickets.flows.slots.numbers.recipients import is_of_a_recipient
from tickets.flows.slots.text import Doubt, clause_after, clause_before

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
    r"收不到了|我?(?:以前|之前|原来|原先|过去|曾经)的?(?:手机|电话)?[号卡]|\bis (?:my )?old|no longer|stopped)",
    re.I,
)
_OTHERS_AFTER = re.compile(
    rf"^[ （(]*(?:这?是|的是?)?(?:我的?)?(?:{stance.PERSON_WORDS}|收件|收货|快递|商家|客服|(?<!其)[他她]的)", re.I
)
# 13811112222是我司机的: of somebody whom no list of relatives names.
_SOMEBODY_AFTER = re.compile(
    r"^(?:这个|那个)?(?:手机|电话)?号?码?是我们?(?!自己|本人|现|目|之|以|原|常|平|日|主|新|旧|老|小|大|注册|登|绑|预|工作|家里|唯一|的|[^,，。]*[用留填办绑开换存接拍买])"
    r"[一-鿿]{1,4}的(?:号码?|手机|电话)?$"
)
# 后三位可能是001: the writer is not sure of some of its digits.
_UNSURE_DIGITS = re.compile(
    r"^[^,，。]{0,3}(?:后面?|前面?|中间|最后|末)[^,，。]{0,3}位?[^,，。]{0,4}(?:可能|好像|似乎|大概|应该|不确定|不记得|记不|忘)"
)
# 13811112222,那不是我的号: what the next words say of the number.
_OF_ANOTHER = re.compile(
    rf"[”\"）)]*[,，。 (（]{{0,2}}(?:这|那|它)(?:个?号码?|个?手机|个)?(?:不是我|是(?:我的?|"
    rf"我们)?(?:{stance.PERSON_WORDS}|别人|公司|前))"
    rf"|[,，]? (?:it|that|this|which) (?:is|isn'?t|is not|belongs)(?: to)? (?:my (?:{stance.ENGLISH_PERSON_WORDS})|"
    rf"mine|not mine|someone)",
    re.I,
)
_BOUND = re.compile(
    r"(?:(?:改绑|换绑|绑定|绑|更换|变更)|(?:电话|手机|号码?|联系方式)(?:号码?)?[也都](?:要|得|请|帮我)?[改换])"
    r"(?:到|成|为|至)[新手机号码:： ]*$"
)
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


# What receives codes is not what they are missed on: 我老公的收不到,我的13812345678可以.
_WORKS = re.compile(
    r"^ ?(?:这个|那个|的)?(?:号码?)?(?:都|是|倒是?|却|就|一直|现在)*(?:可以|没问题|正常|能用|能行|好使|没事)"
    r"(?:收到?|用|使用|接收)?(?:的|了|啊|呀)*$|"
    r"^ (?:works?|gets? (?:it|them|codes?|the codes?)|receives?|is (?:fine|ok|okay|all right|alright|working fine))\b",
    re.I,
)


_WHOSE = Reach(14, 30)  # what says whose telephone it is, and of when


def about_phone(text: str, start: int, end: int) -> Doubt | None:
    before, after = clause_before(text, start), clause_after(text, end)
    near = _WHOSE.of(before)
    if (
        stance.refused(before, after)
        or re.search(r"^(?:这个|那个|的)?(?:都|是)?(?:能|可以)(?:正常)?收到", after)
        or re.search(r"^[^,，]{0,3}(?:不是我|不是本人|\bis not mine|isn't mine)", after)
        or _NOT_THERE.search(before)
        or re.search(r"[别不勿][^,，]{0,3}(?:发到|发给|发往|发|打|用)[^,，]{0,4}$", before)
    ):
        return Doubt.NEGATED
    if _OF_ANOTHER.match(text, end) or is_of_a_recipient(text, start, end):
        return Doubt.OTHER_PERSON
    if _BOUND.search(before) or _SENT.search(before) or _NOT_BOUND.search(text[end : end + 14]):
        return Doubt.UNCLEAR  # the telephone is to be changed, or a code went there
    if _UNSURE_DIGITS.search(after) or _UNSURE_DIGITS.search(clause_after(text, end + len(after) + 1)):
        return Doubt.HEDGED
    if _WORKS.search(after):
        return Doubt.UNCLEAR
    if re.search(r"(?:来电|主叫|备用)(?:号码?|电话|手机号?码?|显示)?[:： (（]*$", near):
        return Doubt.UNCLEAR
    if (
        _OTHERS_NOUN.search(near)
        or _OTHERS_PHONE.search(near)
        or stance.PERSON.search(near)
        or _OTHERS_AFTER.search(after)
        or _SOMEBODY_AFTER.search(after)
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


def may_be_meant(text: str, start: int, end: int) -> bool:
    """Whether another's number may be the one to act on, as the writer asks on that person's behalf: a relative's or a
    friend's, not one of those who only have to do with the order."""
    before = _WHOSE.of(clause_before(text, start))
    roles = _OTHERS_NOUN.search(before) or _OTHERS_PHONE.search(before + clause_after(text, end)[:4])
    return not (roles or is_of_a_recipient(text, start, end))


def _in_question(before: str, after: str, behind: str) -> Doubt | None:
    alone = re.fullmatch(r".{0,4}(?:手机|电话|号|号码|number|phone|mobile)[是为:： ]*", before, re.I)
    asked = (
        (alone and re.match(r" ?[?？]", behind))
        or re.search(r"\b(?:did|have|has|are|is|were|was) (?:you|it|they|the code)\b[^,.]{0,30}$", before, re.I)
        or re.search(r"是不是|是否", before[-8:])
        or re.search(r"^.{0,4}(?:吗|对吗|对不对|么$)|^ ?还是", after)
    )
    return Doubt.QUESTION if asked else None
