"""Whether the writer refuses a thing or an action, or takes it back."""

from __future__ import annotations

import re

from tickets.flows.matching.spot import Spot
from tickets.flows.slots import stance

_REFUSED_BEFORE = re.compile(
    r"(?:没打算|没想要?|没想过|用不着|犯不着|谁说过?(?:我|我们)?要?|不急着?|没有?申请|未申请|不需要|"
    r"不要求|不接受|不同意|不打算|不想要|不想|不要|不用|不必|无需|无须|拒绝|没有?说过?要|"
    r"没有?要|没让|不是(?:我|本人)?要|不是想|而不是|不是|并非|"
    r"(?<!特)(?<!区)(?<!分)(?<!级)(?<!个)别(?!的|人|家)再?|勿|甭|先不|暂缓|缓一?缓|推迟|延后|暂不|暂时不|取消|撤销|"
    r"撤回|放弃|停止|终止)"
    r"(?:你们|他们|再|给|帮|我们?|来|去|把|对|做|搞|走|申请|办理|发起|进行|什么|任何|这个|那个|这次|"
    r"的|了|过|先|急着|全额|部分|短信|现在|重新|发|重发|发送|寄|改|退|查|导出|修改|更改){0,5}\s*$|"
    r"\b(?:don'?t|do not|didn'?t|did not|dont|not|no need|never|without|refuse|decline|rather than|"
    r"instead of|cancel|stop|withdraw|no longer)"
    r"(?:\s+(?:want|need|ask(?:ing|ed)?|like|for|to|of|a|an|any|the|your|me|my|be|get|issue|process|"
    r"send|give|looking|after|request\w*|full|"
    r"it|this|that|please|yet|do|just|another|new|more|bother|start|go|ahead|with|sending|sms|resending)\b){0,6}\s*$",
    re.I,
)
_NO_MORE = re.compile(r"(?:别|不要|不用|不必|甭|勿)再[一-鿿]{0,5}$")  # 别再推验证短信
_REFUSED_AFTER = re.compile(
    r"^(?:的事|这事|的话|这个|的?申请|短信)?(?:我|也|都|就|先|真的|可以|暂时|你们|那就|倒){0,3}"
    r"(?:(?:不用|不必|不需要|无需)(?!担心|等|排)|不要(?:了|啦|吧|$)|先别|别(?:再|老|总|一直)?(?:给我|给|帮我|"
    r"往我这)?(?:发|退|重|补|赔|"
    r"办|弄|改|处理)|(?<!不)取消|算了|免了|撤销|不(?:退|办|发|改|换|补)了|[一-鿿]{0,3}?再(?:说|议|谈|定)(?![一次遍]))|"
    r"^ (?:is|was)(?:n't| not) (?:needed|necessary|required|what)|^,? (?:never ?mind|no longer needed)",
    re.I,
)
_TOO_MUCH_AFTER = re.compile(r"^(?:短信|消息|信息)?(?:发得?|也|真|实在|真的)*(?:太|好)(?:多|频繁|烦)")
_TAKEN_BACK = re.compile(
    r"^[^。!！\n]{0,6}[?？] ?(?:no\b|nope\b|不用|不了|不要|不需要)|"
    r"^[^。!！?？\n]{0,12}(?:撤销|撤回|取消(?!订单|交易|购买|发货)|放一放|缓一缓|先不(?:急|用)|不急)|"
    r"^[^。!！?？\n]{0,8}[,，](?:我|现在|又|后来|还是|但|也|就){0,3}不(?:退|改|换|查|导|补)了|"
    r"^[^。!！?？\n]{0,6}[,，]我?(?:要|想|得|会)?(?:拒绝|驳回|不同意)|"
    r"^[^。!！?？\n]{0,12}[,，](?:请|麻烦|求|你们|快)?(?:别|不要|不用)(?:再|给我)*(?:发|退|改|查|导|"
    r"补|重发|弄|处理)(?!货)了?|"
    r"^[^。!！?？\n]{0,12}[。!！?？] ?(?:请|麻烦|求)?(?:你们)?(?:别|不要)再(?:给我)?"
    r"(?:发|退|改|查|导|补|重发|弄)(?!货)了?",
    re.I,
)
# They never sent the code: a complaint.
# Not wanted, not needed, not now: in the clause of the thing, whatever verbs stand between.
_AGAINST = (
    r"(?:不(?:用|必|麻烦|会(?!是|有|用)|需要?|想要?|要(?!紧)|打算|愿意?|接受|同意|考虑|稀罕|想)|[无毋勿][需须]|"
    r"甭|勿|别|没(?:有)?(?:必要|打算|想要?)|"
    r"先(?:不|别|放|搁|缓)|暂(?:不|时不|缓|停)|免了|算了|作罢|拉倒|拒绝|放弃|谢绝)"
)
_BUT = "要|请|麻烦|帮|赶紧|快|但|而|就|直接|只|得|了"  # what is said after it is wanted
_DECLINED_BEFORE = re.compile(rf"(?<!能)(?<!要){_AGAINST}(?:(?!{_BUT})[一-鿿]){{0,8}}$")
_DECLINED_AFTER = re.compile(
    rf"^(?:(?![没未不])[一-鿿]){{0,6}}?{_AGAINST}|"
    r"^(?:我|本人)[一-鿿]{0,5}?没(?:有)?(?!收|等|看|见|接|拿|弄|成|输|填)[一-鿿]{1,3}过"  # 验证码我压根没点过
)
_ACTION_BETWEEN = re.compile("[退赔补换导修撤]|投诉")
_DROPPED_BEFORE = re.compile(
    r"\b(?:forget|skip|scrap|drop|leave|ditch|disregard|ignore|avoid|postpone|call off|hold off|put off|"
    r"decided against|"
    r"(?:i'?d|would) rather not|rather not|no point|not worth)(?: about| on| in| with)?"
    r"(?: (?:the|my|that|this|any|all|your|whole|entire|earlier|changing|getting|doing|it)){0,3}\s*$",
    re.I,
)
_NEVER_DID = re.compile(
    r"\b(?:you|they|it|seller|shop)(?: have|'ve)? never (?:\w+ )?$", re.I
)  # they never sent the code
_NEXT_PHRASE = re.compile("了 ")  # 我不要了 你们来取走: a blank in place of a comma
_COMPLAINED = re.compile(
    r"你们|商家|卖家|店家|客服|为什么|为啥|凭什么|怎么|再不|一直|都不|我就|就(?:投诉|举报|差评|起诉)"
)
_COMES = re.compile(r"(?:receiv|g[eo]t|arriv|com[ei]|show)", re.I)
_NOT_NEEDED = re.compile(r"^ (?:is )?(?:needed|necessary|required|wanted|please|thank)", re.I)


def refused(spot: Spot, *, questions: bool) -> bool:
    if _COMES.match(spot.word):
        return False  # I did not receive the code: what is lacking
    held = _NEVER_DID.sub("", stance.without_idioms(_NEXT_PHRASE.split(spot.before)[-1]))
    refused = (
        _REFUSED_BEFORE.search(held)
        or _NO_MORE.search(held)
        or _REFUSED_AFTER.search(spot.after)
        or _flatly_refused(held, spot.after)
        or (_TAKEN_BACK.search(spot.behind) and not questions)
        or _TOO_MUCH_AFTER.search(spot.after)
        or _DROPPED_BEFORE.search(held)
        or _declined(held, stance.without_idioms(spot.after), action=spot.action)
    )
    return bool(refused)


def _declined(before: str, after: str, *, action: bool) -> bool:
    """无需补发验证码, 身份核验先不做了; but not 你们不想退款, or 不用换货退款就行, where it is another action."""
    led = _DECLINED_BEFORE.search(before)
    if led and not _COMPLAINED.search(before[: led.start()]) and not (action and _ACTION_BETWEEN.search(led[0])):
        return True
    found = _DECLINED_AFTER.search(after)
    return bool(found and not _COMPLAINED.search(after[: found.end()]))


def _flatly_refused(before: str, after: str) -> bool:
    """不退款, no refund needed; but not 你们不退款 or 为什么还不退款, which want it."""
    chinese = re.search(r"(?:^|我|就|也|先|但|还是)不$", before) and not _COMPLAINED.search(before + after)
    return bool(chinese or (re.search(r"\bno $", before, re.I) and _NOT_NEEDED.search(after)))
