"""Whether a thing or an action is only asked about, or asked for in the form of a question."""

from __future__ import annotations

import re

from tickets.flows.matching.spot import Spot, Standing

# An action that is under way, or asked about.
_UNDER_WAY_AFTER = re.compile(
    r"^(?:的?(?:事情?|钱|款|申请|金额|速度|处理|进度))*(?:(?:怎么|咋|为什么|为啥|为何)(?:还|没|不|又|总|老|这么|"
    r"那么|回事|都|一直)|"
    r"(?:太|真|好|实在|也太|这么|那么)慢|慢死|拖了|等了|处理中|审核中|进行中|卡在|卡住|被卡)",
)
_ABOUT_BEFORE = re.compile(
    r"\b(?:problems?|issues?|trouble|questions?|errors?|cases?|when|how|why|whether|info\w*|details|know|news|"
    r"waiting|wait|chase|chasing)\b"
    r"(?:(?!\b(?:want|need|please|like|get|request)\b)[^,.;!?]){0,30}$",
    re.I,
)
_JUST_ASKING = re.compile(
    r"只想问|quick question|"
    r"只是想?问|就想?问|就是问|想问|问一?下|问问|问你们|咨询|想?了解|想知道|打听|随便问|好奇|请教|"
    r"\b(?:just|only) (?:want(?:ed)? to |wanna )?(?:ask\w*|know|wondering|checking)|"
    r"\b(?:wonder(?:ing)?|curious|enquir\w+|inquir\w+|would like to know|question about)\b",
    re.I,
)
_HOW = re.compile(
    r"(?<!第)几次|哪[个种样]|有什么区别|区别|是多少|为什么要|为啥要|凭什么要|催|跟进|多久|几天|什么时候|何时|"
    r"几时|多长时间|到哪|进度|到账|"
    r"(?:能不能|可不可以|可以|能|会)(?:退|打|转|返)(?:到|回|至)|什么原因|是什么|收费|要钱|费用|免费|多少钱|"
    r"谁(?:出|承担|"
    r"付|负责)|运费|流程|政策|规则|规定|手续费|条件|标准|期限|"
    r"怎么(?!还|没|不|又|就|总|老|这么|回事|都|一直)[一-鿿]{0,4}|如何|哪里|在哪|需要(?:什么|哪些|多|"
    r"提供)|要(?:什么|哪些)|会不会|是否|是不是|支持|能退多少|"
    r"\b(?:how (?:long|do|does|can|much|to)|when (?:will|can|do|does|is)|what (?:is|are|happens)|"
    r"policy|why (?:do|must|should) (?:you|i)|"
    r"(?:update|news|progress|status|word) (?:of|on|about|for) (?:my|the|this)\b|process for|"
    r"do you (?:\w+ )?(?:offer|support|have|accept|"
    r"charge|allow|refund|resend|take))\b",
    re.I,
)
_MAY = re.compile(
    r"(?:能不能|可不可以|能否|可否|可以|能)[^,，。]{0,12}$|\b(?:can|could|may|is it possible|"
    r"am i able|do i|are you able)\b[^,.]{0,30}$",
    re.I,
)
_PLEASE = re.compile(
    r"帮|给我|为我|查|看|麻烦|请|一下|我要|我想|要求|申请|急|尽快|谢谢|拜托|\b(?:please|need|want|kindly|"
    r"asap|help|for me|my|our)\b",
    re.I,
)
_WOULD_YOU = re.compile(
    r"\b(?:can|could|would|will) (?:you|someone|somebody|anyone|anybody|the team) (?:\w+ ){0,4}$", re.I
)  # do you refund …? is a question
_GOES_THROUGH, _GONE_THROUGH = re.compile("(?:走|启动|发起|进入|办)$"), re.compile("^(?:的?流程|手续(?!费))")
_NEXT_PHRASE = re.compile(r"(?<=[一-鿿]) (?=[一-鿿])|^ (?=[一-鿿]+ )")  # a blank in place of a comma
# 退款了没, 有没有申请过退款
_DONE_YET_AFTER = re.compile("(?:了|好|完|过|成|到)没有?$")
_DONE_YET_BEFORE = re.compile("有没有[^,，]{0,6}$")
_QUESTION = re.compile(r"[吗哪没]|什么|\b(?:where|when|has|how)\b", re.I)


def asked(spot: Spot) -> bool:
    """退款?, 退款怎么这么慢, 退款呢: asked about, or under way."""
    alone = not spot.before and not is_question(spot.word) and re.match(r"(?:申请)? ?[?？]", spot.behind)
    under_way = spot.action and (_UNDER_WAY_AFTER.search(spot.after) or _ABOUT_BEFORE.search(spot.before[-40:]))
    gone = re.match("怎么?(?:没了|不见)|没了|不见了", spot.after) and not spot.carried
    done_yet = spot.action and (_DONE_YET_AFTER.search(spot.after) or _DONE_YET_BEFORE.search(spot.before))
    which = re.search(r"(?:什么|哪[个家种些]?|啥)(?:样的?)?$", spot.before)
    return bool(which or alone or under_way or gone or done_yet or re.search(r"^(?:的?钱|申请)?呢$", spot.after))


def _directly(after: str) -> str:
    """The phrase behind a blank in place of a comma, where it asks of the word itself: 退款 多久到账; but not 退货
    照片拍好了 怎么传."""
    return after if after[:30].isascii() else " ".join(after.split(" ")[:2])


def is_question(word: str) -> bool:
    """Whether the keyword is a question in itself: 发货了吗, where is my parcel."""
    return bool(_QUESTION.search(word))


def questioned(before: str, after: str, sentence: str, mark: str) -> Standing:
    after = _NEXT_PHRASE.split(after, maxsplit=1)[0] if not after.startswith(" ") else _directly(after)
    after = _GONE_THROUGH.sub("", after) if _GOES_THROUGH.search(before) else after
    please = _PLEASE.search(before[-12:] + " " + after[:10]) or _WOULD_YOU.search(before)
    if _HOW.search(after[:14] if not after[:30].isascii() else after[:30]) or _HOW.search(
        before[-10:] if not before.isascii() else before[-30:]
    ):
        return Standing.ASKED
    if _JUST_ASKING.search(sentence[-40:]):
        return Standing.ASKED
    asking = mark in {"?", "？"} or re.search(r"吗|么$|不可以|行不行|可以不", after)
    if _MAY.search(before) and (asking or re.search(r"能不能|可不可以|能否|可否", before)):
        return Standing.WANTED if please else Standing.POLITE
    return Standing.POLITE if asking and not please and re.search("吗|么$", after) else Standing.WANTED
