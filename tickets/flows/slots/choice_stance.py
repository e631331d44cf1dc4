"""How the writer stands to an option that he names: denies it, fears it, reports it, has it now, or wants it."""

from __future__ import annotations

import re

from tickets.flows.slots import stance
from tickets.flows.slots.near import FAR
from tickets.flows.slots.numerals import NUMERALS
from tickets.flows.slots.text import Doubt, Span, clause_after, clause_before, mark_after, sentence_before

_LINKING = (
    r"(?:是|有|算|属于|存在|出现|发现|什么|任何|太|很|怎么|到|过|因为|由于|the|a|any|be|it'?s?|is|was|at all|因|啥)"
)
DENIED = re.compile(
    rf"(?:不是|并非|没有?|不算|不存在|不属于|不|未|无|非|绝非|not|no|never|isn'?t|wasn'?t|aren'?t|"
    rf"doesn'?t|didn'?t|hasn'?t|haven'?t|hadn'?t|without)\s*(?:{_LINKING}\s*){{0,3}}$",
    re.I,
)
_FINE_AFTER = re.compile(
    r"^(?:上|方面|都|也|是|还|真|倒|本身|完全|绝对|肯定|什么|并|其实)*(?:没有?(?:什么|任何|啥|"
    r"大)?(?:问题|毛病|瑕疵|话说|得说|的说)|不错|不差|不赖|"
    r"(?:很|挺|非常|蛮|还|相当|特别)?(?:好(?!差|烂|坏)|可以|OK|过关|过硬|满意|合格|正常|靠谱)|(?:还)?行(?!不)|"
    r" ?(?:is|are|was|were|seems?|looks?) (?:\w+ )?(?:fine|good|great|ok|okay|perfect|excellent|alright))",
    re.I,
)
_DENIED_AFTER = re.compile(
    r"^的?(?:投诉|数据|记录|明细|我|也|都|就|可|千万|时间?段?)*(?:(?:不要|不用|别|不必)(?:导|查|算|了|[^,，不没]{0,2}$)|不(?:行|方便|在家?|可以)(?:$|[了的]))|^(?:的情况|的问题|问题|的|这种|这个|"
    r"原因)?(?:也|都|倒|并|可|是)?(?:没有?|不是|不存在|未|"
    r"无)(?!法|人|论|用|保障|保证|反应|声音?|电)"
)
_FEARED = re.compile(
    r"除了|除去|排除|不含|不包括|怕|担心|以防|防止|避免|以免|免得|(?<!不)小心|当心|别|会不会|假如|"
    r"如果|要是|万一|是不是|是否|有没有|"
    r"难道|\b(?:if|in case|worried|afraid|whether|unless)\b|\b(?:might|may|could)\b(?! (?:you|"
    r"someone|anyone|somebody|i|we)\b)",
    re.I,
)
_INVERTED = re.compile(r"\b(?:is|was|are|were|does|did|could|might) (?:it|this|that|the \w+|they)\b[^,.]*$", re.I)
_ELSEWHERE = re.compile(
    r"上次|上回|上一[次件个]|以前那|之前那|去年|前一[次件个]|原来那|别的|另一|另外那|评论|评价|网上|"
    r"\b(?:last time|previous|the other|reviews?|(?:my|the) (?:last|first|old) (?:one|order|pair|unit|time))\b|"
    r"(?:朋友|同事|邻居|别人|人家|其他人|室友|同学)(?:的|买|那|家|说|也)",
    re.I,
)
_SAID = re.compile(
    r"(?:客服|商家|卖家|店家|你们|对方|平台|老板|[他她]们?).{0,8}(?:说|讲|称|认为|觉得|怀疑|非说|硬说|"
    r"以为|回复)|\b(?:agent|support|seller|they|shop) (?:said|says|claims?|thinks?)\b",
    re.I,
)
# What is said of people, of how they serve and of the writer's screen is not said of the thing.
_OF_SERVICE = re.compile(
    r"(?:(?:的|颗)心|周末|周[一二三四五六日]|节假日|态度|客服|脾气|心情|名声|口碑|运气|胃口|肚子|眼睛|人品|印象|"
    r"体验|service|attitude|mood)"
    r"(?:真的?|太|都|是|也|很|实在|is|was| ){0,3}$",
    re.I,
)
_OF_SCREEN = re.compile(r"(?:网页|网站|页面|小程序|链接|系统|APP)(?:真的?|太|都|是|也|很|实在| ){0,3}$", re.I)
_COMPARED = re.compile(r"不符|不一|描述|described|match|differ", re.I)  # with the page, which is no fault of the page
_OWN_FAULT_AFTER = re.compile(r"^[,，]?(?:但|不过)?(?:这|那)?是(?:我|自己|被我|孩子|我家)")
_OWN_FAULT = re.compile(
    r"被我|我自己|自己(?:弄|摔|不小心)|不小心(?:被|把)?|失手|\b(?:i|we) (?:accidentally |have |must have )?(?:\w+ )?$",
    re.I,
)
_CAUSED = re.compile(
    r"快递|物流|运输|运送|路上|途中|搬运|派送|配送|\b(?:courier|carrier|shipping|transit|delivery)\b", re.I
)
_BARELY_BROKEN = re.compile("坏[了的]?|broken|damaged", re.I)  # by whom is another matter
_OF_SERVICE_AFTER = re.compile(
    r"^(?:你们|这个|那个|这种|这样|这位|那位|他们|的|了| |your|the|this|that){0,3}"
    r"(?:客服|服务|态度|快递员|商家|店家|店铺|平台|包装|网页|网站|链接|小程序|"
    r"地址|发票|视频|文档|图片?|截图|照片|消息|信息|文件|群|邮件|短信|页面|说法|处理|方案|agent|staff|service|"
    r"support|app\b)",
    re.I,
)
_UNIT = "年月天日周季度小时分钟岁个半"
_LONGER = re.compile(
    r"^[(（](?:不|除|只|从|到|截)|^(?:个)?(?:半|多|来|余|几|零|又|加|左右|以前|之前|前|以后|之后|后|以上|以下|"
    r"[到至~-])|^ ?(?:ago|before|"
    r"earlier|old|and a half|or)",
    re.I,
)
_EXCEPTED = re.compile(
    r"\b(?:except|excluding|other than|not counting|older than|before|prior to|apart from|"
    r"besides)\b[^.;]{0,20}$",
    re.I,
)
_LISTED = re.compile(
    r" ?/ ?\S| ?(?:[□☐○◯☑✓✔√☒]|\[[ xX√]?\]|\([ xX√]?\))"
)  # one of a form's options, ticked behind or not at all
_BOX_BEFORE = re.compile(r"(?P<no>[□☐○◯◻]|\[ ?\])\s?$|(?P<yes>[☑✓✔√■☒]|\[[xX√]\])\s?$")
_NOT_INTO = re.compile(
    r"(?:不要|别|不用|不想|不必|勿|没有?|未)(?:再|先)?(?:给|帮|替|把|让)?我?(?:们)?的?(?:再|乱|私自|自动)*"
    r"(?:升|换|改|转|办|订|开|选|降|调|加|续|变)(?:级|订|购|理|更)?(?:成|到|为|至)?了?$|"
    r"\b(?:don'?t|do not|never|not) (?:\w+ ){0,3}(?:upgrade|switch|change|move|downgrade|book|choose|put|"
    r"interested)\b[^,.]{0,16}$",
    re.I,
)
_NOW_IS = re.compile(
    r"(?:现在|目前|当前|原来|原先|之前|本来|一直)(?:的|我)?(?:[^,，]{0,4})?(?:用|办|订|住|开|选)?(?:的)?(?:是|为)$|"
    r"\b(?:currently|now) (?:on|have|in)(?: the| a)? $|\b(?:i am|i'm) (?:currently )?on (?:the |a )?$",
    re.I,
)
_CHANGES = re.compile(r"[升换改转调降变]|太贵|\b(?:upgrade|switch|change|move|downgrade|convert)\b", re.I)
_WOULD_YOU = re.compile(
    r"\b(?:can|could|would|will) (?:you|someone|somebody|anyone)\b|(?:能不能|能否|可否|可以|能)帮", re.I
)


def denied(text: str, span: Span) -> bool:
    before = stance.without_idioms(clause_before(text, span.start))
    after = clause_after(text, span.end)
    said = text[span.start : span.end]
    return bool(
        DENIED.search(before)
        or _NOT_INTO.search(before)
        or stance.REFUSED.search(before)
        or (_FINE_AFTER.search(after) and not re.search("[不没]", said))
        or _DENIED_AFTER.search(after)
    )


def doubt_about(text: str, span: Span) -> Doubt | None:
    before, after = clause_before(text, span.start), clause_after(text, span.end)
    said = text[span.start : span.end]
    if (
        said[-1] in _UNIT + "s"
        and re.search(rf"[{NUMERALS}半\d]|\b(?:month|year|week|day|quarter)", said, re.I)
        and _LONGER.search(after)
    ):
        return Doubt.UNREADABLE
    box = _BOX_BEFORE.search(before)
    if box and box["no"] and re.search(r"[☑✓✔√■☒]|\[[xX√]\]", text):
        return Doubt.NEGATED
    if _LISTED.match(text, span.end) or (re.search(r"/ ?$", before) and not box):
        return Doubt.UNCLEAR
    if _EXCEPTED.search(before):
        return Doubt.CONDITION
    near = FAR.of(before)
    sentence = sentence_before(text, span.start)
    if (
        re.search(
            r"^的?(?:还是|或者?|或是|要么)",
            after,
        )
        or re.search(r"还是[^,，]{0,8}$", before)
        or re.search(r"要么|不是[^,，]{0,8}就是$", sentence)
    ):
        return Doubt.QUESTION
    inverted = mark_after(text, span.end) in {"?", "？"} and _INVERTED.search(before)
    if (
        inverted
        or _FEARED.search(near)
        or re.search(r"^[^,，]{0,6}(?:吗|么$)|^.{0,4}的话", after)
        or (not after and mark_after(text, span.end) in {"?", "？"} and not _WOULD_YOU.search(sentence))
        or re.search(r"如果|要是|万一|\bif\b", sentence, re.I)
    ):
        return Doubt.CONDITION
    if (
        re.search(r"(?<![我想跟])(?:说|称|写着|写的?是)[^,，]{0,4}$", before)
        or _SAID.search(before)
        or stance.chosen_for(before)
        or stance.REPORTED.search(sentence[: len(sentence) - len(before)].rstrip(",，"))
    ):
        return Doubt.HEARSAY
    if _ELSEWHERE.search(before) or (_NOW_IS.search(before) and _CHANGES.search(text, span.end)):
        return Doubt.OTHER_TIME
    if said[-1] in _UNIT and before.endswith("了"):
        return Doubt.UNCLEAR  # 投诉了近一个月: how long it took
    own_fault = re.search(r"[坏碎破扁形]|broken|damaged|crushed", said, re.I) and (
        _OWN_FAULT.search(before) or _OWN_FAULT_AFTER.search(after)
    )
    own_fault = own_fault or (_BARELY_BROKEN.fullmatch(said) and _CAUSED.search(before))
    of_screen = _OF_SCREEN.search(before) and not _COMPARED.search(said)
    if own_fault or of_screen or _OF_SERVICE.search(before) or _OF_SERVICE_AFTER.search(after):
        return Doubt.UNCLEAR
    loose = re.search(r"[不没未无][^,，]{0,2}$", stance.without_idioms(before)) or stance.corrected(text, span.end)
    return stance.hedged(before, after.removeprefix("吧")) or (Doubt.UNCLEAR if loose else None)
