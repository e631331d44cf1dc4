"""How well a ticket's text fits a flow, and whether a person should rather handle it.

Rule: a keyword speaks for a flow only where the writer wants the thing. One that is refused speaks against it; one that
is asked about, over and done, supposed or reported says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tickets.flows.deeds import is_needed, is_plain, names_a_deed
from tickets.flows.slots import stance
from tickets.flows.slots.text import clause_after, clause_before, even, mark_after, sentence_before
from tickets.said import Said, listed, said

BARE = 4  # characters beside a keyword that say nothing: 实名身份验证
MOST_PLACES = 12  # of one keyword in a text that are judged


class Standing(StrEnum):
    """How the writer stands to the thing a keyword names."""

    WANTED = "wanted"
    POLITE = "polite"  # 可以退款吗: a wish where something else in the text says so, else a question
    ASKED = "asked"
    REFUSED = "refused"
    DONE = "done"
    UNCLEAR = "unclear"  # among words that say something else of it
    SUPPOSED = "supposed"  # under a condition, or reported


_WHY = {  # codes of `tickets.said`
    Standing.REFUSED: "fit.refused",
    Standing.ASKED: "fit.asked",
    Standing.POLITE: "fit.asked",
    Standing.DONE: "fit.done",
    Standing.SUPPOSED: "fit.supposed",
    Standing.UNCLEAR: "fit.unclear",
}
_SPEAKS_AGAINST = {Standing.REFUSED, Standing.DONE}

_REFUSED_BEFORE = re.compile(
    r"(?:没打算|没想要?|没想过|用不着|犯不着|谁说过?(?:我|我们)?要?|不急着?|没有?申请|未申请|不需要|"
    r"不要求|不接受|不同意|不打算|不想要|不想|不要|不用|不必|无需|无须|拒绝|没有?说过?要|"
    r"没有?要|没让|不是(?:我|本人)?要|不是想|而不是|不是|并非|"
    r"(?<!特)(?<!区)(?<!分)(?<!级)(?<!个)别(?!的|人|家)再?|勿|甭|先不|暂缓|缓一?缓|推迟|延后|暂不|暂时不|取消|撤销|"
    r"撤回|放弃|停止|终止)"
    r"(?:你们|他们|再|给|帮|我们?|来|去|把|对|做|搞|走|申请|办理|发起|进行|什么|任何|这个|那个|这次|"
    r"的|了|先|急着|全额|部分|现在|重新|发|重发|发送|寄|改|退|查|导出|修改|更改){0,5}\s*$|"
    r"\b(?:don'?t|do not|didn'?t|did not|dont|not|no need|never|without|refuse|decline|rather than|"
    r"instead of|cancel|stop|withdraw|no longer)"
    r"(?:\s+(?:want|need|ask(?:ing|ed)?|like|for|to|of|a|an|any|the|your|me|my|be|get|issue|process|"
    r"send|give|looking|after|request\w*|full|"
    r"it|this|that|please|yet|do|just|another|new|more|bother|start|go|ahead|with|sending|sms|resending)\b){0,6}\s*$",
    re.I,
)
_REFUSED_AFTER = re.compile(
    r"^(?:的事|这事|的话|这个|的?申请|短信)?(?:我|也|都|就|先|真的|可以|暂时|你们|那就|倒){0,3}"
    r"(?:(?:不用|不必|不需要|无需)(?!担心|等|排)|不要(?:了|啦|吧|$)|先别|别(?:再)?(?:发|退|重|补|赔|"
    r"办|弄|改|处理)|(?<!不)取消|算了|免了|撤销|不(?:退|办|发|改|换|补)了)|"
    r"^ (?:is|was)(?:n't| not) (?:needed|necessary|required|what)|^,? (?:never ?mind|no longer needed)",
    re.I,
)
_TOO_MUCH_AFTER = re.compile(r"^(?:短信|消息|信息)?(?:发得?|也|真|实在|真的)*(?:太|好)(?:多|频繁|烦)")
_PRAISED_AFTER = re.compile(
    r"^(?:到账)?(?:秒到|秒退|秒回)|^(?:服务|速度|都|也|真的?)*(?:很|挺|非常|超级?|特别|蛮)(?:快|给力|不错|好|满意|"
    r"顺利|及时)(?!烦|慢)"
)
_TAKEN_BACK = re.compile(
    r"^[^。!！\n]{0,6}[?？] ?(?:no\b|nope\b|不用|不了|不要|不需要)|"
    r"^[^。!！?？\n]{0,12}(?:撤销|撤回|取消(?!订单|交易|购买|发货)|放一放|缓一缓|先不(?:急|用)|不急)|"
    r"^[^。!！?？\n]{0,12}[,，](?:请|麻烦|求|你们|快)?(?:别|不要|不用)(?:再|给我)*(?:发|退|改|查|导|"
    r"补|重发|弄|处理)(?!货)了?",
    re.I,
)
_DONE_BEFORE = re.compile(
    r"(?<!没)(?<!没有)(?<!未)(?<!不)(?:(?:已经?|刚刚?|终于|后来|昨天)(?:经)?(?:收到|拿到|处理|办好?|"
    r"退|完成|搞定|解决|改好?|申请|给我)(?:了|过|完)?|收到了|拿到了)"
    r"(?:你们的?|我的|这笔|那个|全部)?\s*$|\b(?:already|finally|just|have|has|i|i've|we) (?:got|received|had|"
    r"been|gotten|processed|changed|done) (?:my|the|a|your)?\s*$",
    re.I,
)
_DONE_AFTER = re.compile(
    r"^(?:申请)?(?:已经?|都已)(?:收到|到账|拿到|提交|完成|解决|改好|办好)|^申请了[\d两三四五六七八九十几]|"
    r"^(?:申请)?(?:又|都|已经?)?被(?:驳回|拒|取消|关闭)|^(?:已经?|都|也)*(?:寄出|寄走|寄回|发出)(?:去)?(?:了|"
    r"[\d两三四五六七八九十几])|"
    r"^ (?:request )?(?:was|were|is|got|has been) (?:rejected|denied|refused|declined)|"
    r"^(?:我|都|也|是|的事|款|金额)*(?:已经?|刚刚?|终于|后来|现在)*(?:收到|到账|通过|拿到|退回来|退到|改好|"
    r"办好|搞定|解决|处理好|处理完|完成|发过来|发来|成功)了|^(?:已经?|刚刚?|终于|现在|都)*(?:来|到)了(?!没|吗|吧|么)|"
    r"^(?:申请|的?(?:金额|账户|账号|钱数?|款项?|卡))*(?:退错|打错|不对|有误|错误|错了|少了|不符|多了)|"
    r"^ (?:that |which )?(?:you|they) (?:sent|issued|gave|processed|made|did)\b|"
    r"^ (?:has |have )?(?:already )?(?:arrived|received|come through|been (?:received|processed|solved|sorted|done))",
    re.I,
)
_UNASKED = re.compile(
    r"(?:却|总是?|老是?|经常|突然|莫名|频繁)收到[^,，]{0,6}$|(?<![没未不能有])收到(?:陌生|奇怪|"
    r"不明|别人)[^,，]{0,4}$|\bkeep (?:getting|receiving) [^,.]{0,12}$",
    re.I,
)
_WHO_SERVES = re.compile(r"员|小哥|师傅|公司|费")  # 快递员
_RECEIVED = re.compile(r"(?<![没未不])(?<!没有)收到(?:你们的?|那[个条])?$")
# 谢谢你们的退款; 退款,已收到: what has come.
_THANKED = re.compile(
    r"(?:谢谢|感谢|多谢|thanks? (?:you )?for (?:the|my|your))(?:你们|您们?|贵[司店])?的?(?:全额| )?$", re.I
)
_CAME_NEXT = re.compile(
    r"^[^。!！?？\n]{0,6}[,，] ?(?:我|已经?|都|刚刚?|今天|昨天)*(?:已|刚|都)(?:经)?(?:收到|到账|拿到|"
    r"搞定)(?!.{0,4}[吗?？])"
)
_COMPLAINED = re.compile(
    r"你们|商家|卖家|店家|客服|为什么|为啥|凭什么|怎么|再不|一直|都不|我就|就(?:投诉|举报|差评|起诉)"
)
_NOT_NEEDED = re.compile(r"^ (?:is )?(?:needed|necessary|required|wanted|please|thank)", re.I)
_FORMER = re.compile(
    r"(?:上次|上回|上一次|以前|之前|去年|曾经?|上个月|当时)[^,，。]{0,6}$|\b(?:last time|previously|"
    r"used to)\b[^,.]{0,20}$",
    re.I,
)
# A deed that is under way, or asked about.
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
    r"几次|只能|是多少|为什么要|为啥要|凭什么要|催|跟进|多久|几天|什么时候|何时|几时|多长时间|到哪|进度|到账|"
    r"什么原因|是什么|收费|要钱|费用|免费|多少钱|"
    r"谁(?:出|承担|"
    r"付|负责)|运费|流程|政策|规则|规定|手续费|条件|标准|期限|"
    r"怎么(?!还|没|不|又|就|总|老|这么|回事|都|一直)[一-鿿]{0,4}|如何|哪里|在哪|需要(?:什么|哪些|多|"
    r"提供)|要(?:什么|哪些)|会不会|是否|是不是|支持|能退多少|"
    r"\b(?:how (?:long|do|does|can|much|to)|when (?:will|can|do|does|is)|what (?:is|are|happens)|"
    r"policy|(?:update|news|progress|status|word) (?:of|on|about|for) (?:my|the|this)\b|process for|"
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
    r"帮|给我|为我|麻烦|请|一下|我要|我想|要求|申请|急|尽快|谢谢|拜托|\b(?:please|need|want|kindly|"
    r"asap|help|for me|my)\b",
    re.I,
)
_WOULD_YOU = re.compile(r"\b(?:can|could|would|will) you (?:\w+ ){0,4}$", re.I)  # do you refund …? is a question
_SUPPOSED = re.compile(
    r"[不没][^,，]{1,6}就(?:要|想|申请)?$|如果|要是|假如|倘若|万一|否则|不然|除非|再不|"
    r"还不[^,，]{0,10}(?:我就|就)|\b(?:if|unless|"
    r"otherwise|in case)\b",
    re.I,
)
_REPORTED = re.compile(
    r"(?<![我想跟要])(?:说|讲|听说|看到|看见|据说|让我)[^,，]{0,6}$|\b(?:she|he|they|"
    r"my \w+) (?:wants?|needs?|asked|would like)\b|(?:客服|商家|卖家|店家|你们|平台|朋友|同事|别人|"
    r"网上|[他她]们?).{0,6}(?:说|讲|答应|承诺|表示|"
    r"告诉|建议|让我|回复|保证)|"
    r"\b(?:agent|support|seller|friend|they|colleague|someone|neighbou?r)\b.{0,12}\b(?:said|says|told|"
    r"promised|offered|suggested|got)\b",
    re.I,
)
_WITHDRAWN = re.compile(
    r"(?:问题|事情|这事|这个事)(?:已经?|都|现在|自己)*(?:解决|处理好|搞定|好)了|(?:不用|不必|不需要|"
    r"无需)(?:你们|再|麻烦|继续)*(?:处理|管|跟进|麻烦|回复|理)了?|"
    r"(?:撤销|取消|撤回)(?:这个|本|我的|上次的?)*(?:申请|工单|投诉|请求)|当我没说|[,，。;；!！] ?(?:那就?|"
    r"还是)?算了(?=吧?[。!！~]*\s*$)|没事了|发错了?(?:地方|人)|请?忽略|"
    r"\b(?:never ?mind|no longer (?:need|necessary|an issue)|already (?:solved|resolved|sorted|fixed)|"
    r"please ignore|problem (?:is |was )?(?:solved|resolved|fixed)|disregard)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Fit:
    """`fit` is 0 for no fit and 1.0 for `threshold` points; more decides between flows that all fit. `words` told for
    the flow; `discounted` are those that stand in the text but are not wanted, with the reason; `against`: what is
    wanted and speaks for another flow."""

    fit: float
    words: tuple[str, ...] = ()
    discounted: tuple[tuple[str, Standing], ...] = ()
    against: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[Said]:
        told = [_mentioned(self.words)] if self.words else []
        return told + [_not_wanted(word, standing) for word, standing in self.discounted[:3]]


def fit_of(match: Mapping[str, Any], text: str, *, questions: bool = False) -> Fit:
    """How well a text fits a flow's `match`. `questions`: asking about the thing is wanting it (order status)."""
    smooth, threshold = even(text), float(match.get("threshold", 1))
    lowered = smooth.lower() if len(smooth.lower()) == len(smooth) else smooth
    stands = {
        word: _stand(smooth, lowered, word.lower(), questions, weight >= threshold)
        for word, weight in match["keywords"].items()
    }
    met = {word: standing for word, standing in stands.items() if standing is not None}
    certain = any(s is Standing.WANTED and match["keywords"][w] > 0 for w, s in met.items()) or bool(
        re.search(r"\d{8}", smooth)
    )
    met = {w: _decided(s, certain) for w, s in met.items()}
    points = sum(_points(match["keywords"][word], standing) for word, standing in met.items())
    against = [w for w, s in met.items() if s is Standing.WANTED and match["keywords"][w] < 0]
    telling = [w for w, s in met.items() if s is Standing.WANTED and match["keywords"][w] > 0]
    unwanted = [(w, s) for w, s in met.items() if s is not Standing.WANTED and match["keywords"][w] > 0]
    by_weight = sorted(telling, key=lambda word: -match["keywords"][word])
    return Fit(max(0.0, points / threshold), tuple(by_weight[:5]), tuple(unwanted), tuple(against))


def withdrawn(text: str) -> Said | None:
    """The customer says that nothing is to be done any more."""
    found = _WITHDRAWN.search(even(text))
    if not found or re.search(r"(?:没|未|不)(?:有|能)?$", text[max(0, found.start() - 2) : found.start()]):
        return None
    return said("fit.withdrawn", words=found[0])


def _points(weight: float, standing: Standing) -> float:
    if weight < 0:
        return 0 if standing in _SPEAKS_AGAINST else weight  # a sign of another matter, however it is spoken of
    if standing is Standing.WANTED:
        return weight
    return -weight if standing in _SPEAKS_AGAINST else 0


def _decided(standing: Standing, certain: bool) -> Standing:
    if standing is not Standing.POLITE:
        return standing
    return Standing.WANTED if certain else Standing.ASKED


def _stand(text: str, lowered: str, word: str, questions: bool, strong: bool) -> Standing | None:
    """The best standing of the word's places in the text; a refusal counts before a question or a supposition."""
    found: set[Standing] = set()
    for place in _places(lowered, word):
        found.add(_standing(text, *place, questions, strong))
        if Standing.WANTED in found:
            return Standing.WANTED
    order = (Standing.POLITE, Standing.REFUSED, Standing.DONE, Standing.ASKED, Standing.SUPPOSED, Standing.UNCLEAR)
    return next((standing for standing in order if standing in found), None)


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    if len(word) in {2, 3} and all("一" <= char <= "鿿" for char in word):
        split = re.finditer(f"{word[0]}(?:一?下|个)?{word[1:]}", text)  # 退一下款, 改个地址
        yield from (match.span() for match, _number in zip(split, range(MOST_PLACES), strict=False))
        return
    at, number = text.find(word), 0
    while at >= 0 and number < MOST_PLACES:
        inside = (
            word[0].isascii() and word[0].isalnum() and at > 0 and text[at - 1].isascii() and text[at - 1].isalpha()
        )
        if not inside:
            yield at, at + len(word)
        at, number = text.find(word, at + 1), number + 1


def _standing(text: str, start: int, end: int, questions: bool, strong: bool) -> Standing:
    """How the writer stands to the word at `start:end`: what refuses it is looked for first, then what says that it is
    done, then what leaves it open."""
    spot = _Spot(text, start, end)
    against = _refused(spot, questions) or _done(spot)
    if against:
        return against
    if not questions and _asked(spot):
        return Standing.ASKED
    if _SUPPOSED.search(stance.without_politeness(spot.sentence[-40:])) or _REPORTED.search(spot.before[-24:]):
        return Standing.SUPPOSED
    if _long_ago(spot, strong):
        return Standing.DONE
    return Standing.WANTED if questions else _wanted(spot, strong)


class _Spot:
    """A keyword's place, and the words around it in its clause and sentence."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.word = text[start:end]
        self.before, self.after = clause_before(text, start), clause_after(text, end)
        self.sentence, self.behind = sentence_before(text, start), text[end : end + 40]
        self.deed = names_a_deed(self.word)


def _refused(spot: _Spot, questions: bool) -> Standing | None:
    held = stance.without_idioms(spot.before)
    refused = (
        _REFUSED_BEFORE.search(held)
        or _REFUSED_AFTER.search(spot.after)
        or _flatly_refused(held, spot.after)
        or (_TAKEN_BACK.search(spot.behind) and not questions)
        or _TOO_MUCH_AFTER.search(spot.after)
    )
    return Standing.REFUSED if refused else None


def _done(spot: _Spot) -> Standing | None:
    done = (
        _DONE_BEFORE.search(spot.before)
        or _DONE_AFTER.search(spot.after)
        or _PRAISED_AFTER.search(spot.after)
        or _THANKED.search(spot.before)
        or _CAME_NEXT.search(spot.behind)
        or (_RECEIVED.search(spot.before) and re.search(r"^(?:短信|通知|消息)?了", spot.after))
    )
    return Standing.DONE if done else None


def _asked(spot: _Spot) -> bool:
    """退款?, 退款怎么这么慢, 退款呢: asked about, or under way."""
    alone = not spot.before and re.match(r"(?:申请)? ?[?？]", spot.behind)
    under_way = spot.deed and (_UNDER_WAY_AFTER.search(spot.after) or _ABOUT_BEFORE.search(spot.before[-40:]))
    return bool(alone or under_way or re.search(r"^(?:的?钱|申请)?呢$", spot.after))


def _long_ago(spot: _Spot, strong: bool) -> bool:
    near = spot.before[-16:] if not spot.before[-24:].isascii() else spot.before[-32:]
    just = strong and (re.search(r"(?<!没)(?:已经?|刚刚?|终于)$", spot.before) or _UNASKED.search(spot.before))
    return bool(_FORMER.search(near) or just)


def _wanted(spot: _Spot, strong: bool) -> Standing:
    """WANTED, where what is said of the thing or the deed says so."""
    if _WHO_SERVES.match(spot.after):
        return Standing.UNCLEAR
    alone = len(spot.before + spot.after) <= BARE
    if strong and not spot.deed and not alone and not is_needed(spot.sentence + spot.word + spot.behind):
        return Standing.UNCLEAR
    standing = _questioned(spot.before, spot.after, spot.sentence, mark_after(spot.text, spot.end))
    if standing is Standing.WANTED and spot.deed and not is_plain(spot.text, spot.start, spot.end):
        return Standing.UNCLEAR
    return standing


def _flatly_refused(before: str, after: str) -> bool:
    """不退款, no refund needed; but not 你们不退款 or 为什么还不退款, which want it."""
    chinese = re.search(r"(?:^|我|就|也|先|但|还是)不$", before) and not _COMPLAINED.search(before + after)
    return bool(chinese or (re.search(r"\bno $", before, re.I) and _NOT_NEEDED.search(after)))


def _questioned(before: str, after: str, sentence: str, mark: str) -> Standing:
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


def _mentioned(words: tuple[str, ...]) -> Said:
    return said("fit.mentions", words=listed(words))


def _not_wanted(word: str, standing: Standing) -> Said:
    return said("fit.not_counted", word=word, why=said(_WHY[standing]))
