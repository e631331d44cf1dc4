"""One of a flow's own values, told by phrases: a reason for a refund, a period of a report.

Rule: a phrase counts where it is said of the thing here and now. One that is denied (质量没问题), feared, supposed,
asked about or told of something else does not; one that begins or ends with a number is no part of a longer number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tickets.flows.slots import periods, stance
from tickets.flows.slots.near import BESIDE, FAR
from tickets.flows.slots.numerals import NUMERALS
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, mark_after, sentence_before

if TYPE_CHECKING:
    from tickets.flows.slots.spec import Option

_LINKING = (
    r"(?:是|有|算|属于|存在|出现|发现|什么|任何|太|很|怎么|到|过|因为|由于|the|a|any|be|it'?s?|is|was|at all|因|啥)"
)
_DENIED = re.compile(
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
# Another length of time beside a period's: 近半年,最好一年; 近三个月(3月-5月).
_TIME = re.compile(
    rf"[{NUMERALS}半仨俩\d]+ ?(?:个|多|几|来)*(?:半)?(?:月|年|季度|周|星期|礼拜|天|日)(?!内|之内|以内|前给|无理由)|"
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|\w+ (?:days|weeks|"
    r"months|years|quarters))\b",
    re.I,
)


_INTO = re.compile(
    r"(?:[升换改转调降变选订](?:舱|档|级|座|个)?(?:到|成|为|至)|(?<![不没别])[升换改转调降])$|"
    r"\b(?:upgrade|switch|change|move|downgrade|convert)(?: (?:me|it|my|the|us)(?: \w+){0,2})? (?:to|"
    r"into)(?: the| a)? $",
    re.I,
)
_WOULD_YOU = re.compile(
    r"\b(?:can|could|would|will) (?:you|someone|somebody|anyone)\b|(?:能不能|能否|可否|可以|能)帮", re.I
)
_GOES_BEFORE = re.compile(rf"[{NUMERALS}半上下前后大小第几数.每\d]")  # goes on with a number, or makes another


def options(text: str, choices: Sequence[Option], ignored: Sequence[str] = ()) -> list[Span]:
    """The options whose phrases are in the text, in the order of `choices`; denied ones are left out.

    Where phrases overlap, the longer hides the shorter, and of equals the first (压坏 the 坏了 of 压坏了); one of
    `ignored` hides without meaning anything (气坏了).
    """
    meaning = {phrase.lower(): option.value for option in reversed(choices) for phrase in reversed(option.phrases)}
    meaning |= {phrase.lower(): "" for phrase in ignored}
    if not meaning:
        return []
    lowered = text.lower() if len(text.lower()) == len(text) else text
    seen = [Span(meaning[each], *place) for each in meaning for place in _places(lowered, each)]
    seen += _of_like_length(lowered, choices) if _are_periods(choices) else ()
    longest_first = sorted(seen, key=lambda span: (span.start - span.end, span.start))
    taken = sorted((span for span in _without_overlaps(longest_first) if span.value), key=lambda span: span.start)
    judged = [span.doubted(_doubt(text, span)) for span in taken[:MOST_PLACES] if not _denied(text, span)]
    judged += [span.doubted(Doubt.UNCLEAR) for span in taken[MOST_PLACES : 2 * MOST_PLACES]]
    if _are_periods(choices) and judged and _names_another_time(text, taken):
        judged = [span.doubted(Doubt.UNCLEAR) for span in judged]
    order = [option.value for option in choices]
    judged = _aimed_at(text, judged)
    return sorted(judged, key=lambda span: (order.index(span.value), span.start))


def _of_like_length(text: str, choices: Sequence[Option]) -> Iterator[Span]:
    """Periods that are as long as an option is, in other words: 半年内的 is 近半年."""
    known = {
        length: each.value for each in choices for phrase in each.phrases for *_, length in periods.lengths(phrase)
    }
    for start, end, length in periods.lengths(text):
        if length in known:
            yield Span(known[length], start, end)


def _aimed_at(text: str, spans: list[Span]) -> list[Span]:
    """从经济舱升到商务舱: of two options the one that a change leads to; the other is what is now."""
    sure = [span for span in spans if span.doubt is None]
    aimed = {span.value for span in sure if _INTO.search(clause_before(text, span.start, 16))}
    if len(aimed) != 1 or len({span.value for span in sure}) < 2:
        return spans
    return [span if span.value in aimed else span.doubted(Doubt.OTHER_TIME) for span in spans]


def _are_periods(choices: Sequence[Option]) -> bool:
    """Whether each option is a length of time."""
    return all(any(_TIME.search(phrase) or "半年" in phrase for phrase in option.phrases) for option in choices)


def _names_another_time(text: str, taken: Sequence[Span]) -> bool:
    """Whether near one of the places another length of time stands that is none of the options."""
    for span in taken[:MOST_PLACES]:
        for match in _TIME.finditer(text, max(0, span.start - BESIDE), span.end + BESIDE):
            inside = any(each.start < match.end() and match.start() < each.end for each in taken)
            if not inside and not _DENIED.search(clause_before(text, match.start())):
                return True
    return False


def _places(lowered: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Where the phrase stands by itself: not within a word of letters, nor within a number."""
    for match in _spaced(phrase).finditer(lowered):
        at, end = match.span()
        inside = _lettered(phrase[0], lowered[at - 1 : at]) or _lettered(phrase[-1], lowered[end : end + 1])
        if not inside and _whole(lowered, phrase, at):
            yield at, end


@cache
def _spaced(phrase: str) -> re.Pattern[str]:
    """The phrase with or without the blanks that people put around digits and Chinese (近 3 个月); or softened."""
    softened = "(?:太|怎么|是很|是太|是特别|大|很|再|那么)?" if phrase[0] == "不" and len(phrase) > 2 else ""
    joints = ["" if first.isascii() and second.isascii() else " ?" for first, second in pairwise(phrase)]
    joints = [*joints, ""]
    joints[0] += softened
    return re.compile("".join(re.escape(char) + joint for char, joint in zip(phrase, joints, strict=True)))


def _lettered(edge: str, beside: str) -> bool:
    return edge.isascii() and edge.isalnum() and beside.isascii() and beside.isalnum()


def _whole(text: str, phrase: str, start: int) -> bool:
    """近三个月 is no part of 近十三个月, and 半年 none of 上半年."""
    if phrase[0] not in NUMERALS + "半0123456789":
        return True
    return not (start and _GOES_BEFORE.match(text, start - 1))


def _without_overlaps(spans: list[Span]) -> list[Span]:
    """The spans that overlap no earlier one of the list."""
    kept: list[Span] = []
    covered: set[int] = set()
    for span in spans:
        if not covered.intersection(range(span.start, span.end)):
            covered.update(range(span.start, span.end))
            kept.append(span)
    return kept


def _denied(text: str, span: Span) -> bool:
    before = stance.without_idioms(clause_before(text, span.start))
    after = clause_after(text, span.end)
    said = text[span.start : span.end]
    return bool(
        _DENIED.search(before)
        or stance.REFUSED.search(before)
        or (_FINE_AFTER.search(after) and not re.search("[不没]", said))
        or _DENIED_AFTER.search(after)
    )


def _doubt(text: str, span: Span) -> Doubt | None:
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
    if _ELSEWHERE.search(before):
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
