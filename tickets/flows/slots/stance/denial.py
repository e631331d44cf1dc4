"""Whether the writer refuses a value, calls it off, takes it back or corrects it.

Rule: negations that are part of another word (不好意思, 能不能) are none.
"""

from __future__ import annotations

import re

from tickets.flows.slots.near import BESIDE, NEAR
from tickets.flows.slots.text import Doubt, clause_after

# Words that hold a negation but deny nothing.
_IDIOMS = re.compile(
    r"不好意思|对不起|不然|(?<!只)要不是|要不然|(?<!只)要不|不如|不仅|不但|不只|不光|不止|不管|不论|不过|不得不|"
    r"差不多|没办法|没关系|"
    r"(.)不\1|是否|能否|可否|有没有|未来|别人|别的|别家|特别|区别|分别|不小心|不慎|不料|不久|不得了|"
    r"不知|级别|个别|性别|无线|非常|不要紧|不一会|莫名|无论|不投诉|不追究|不再追究|不计较|不过分|不亏"
)
REFUSED = re.compile(
    r"(?:不需要|不要求|不接受|不同意|不打算|不想要|不想|不要|不用|不必|无需|无须|拒绝|没有?说过?要|"
    r"没有?要|没让|不是要|不是想|而不是|不是|并非|"
    r"并非要|别再?|勿|甭)(?:你们?|您|贵司|商家|店家|卖家|平台|客服|他们|再|给|帮|我们?|来|去|把|对|做|搞|申请|办理|什么|任何|"
    r"这个|那个|这点|那点|[这那点]|所谓|说好|答应|[说提出]|的|了){0,5}\s*$"
    r"|(?:\b(?:don'?t|do not|didn'?t|did not|not|no need|never|without|refuse|decline|rather than|instead of)\b)"
    r"(?:\s+(?:want|need|ask(?:ing|ed)?|like|for|to|of|a|an|any|the|your|me|my|be|get)\b){0,5}\s*$",
    re.I,
)
_NEGATION = re.compile(
    r"[不没别勿无未非莫甭]|与其|宁可|宁愿|省得|谁(?:要|稀罕|在乎)|\b(?:not|no|never|without|none|" r"nor)\b|n't\b", re.I
)
_REFUSED_AFTER = re.compile(
    r"^(?:的事|这事|元?券|的?钱|补偿|赔偿|退款)?(?:我|也|都|就|先|真的|可以|暂时|你们)*"
    r"(?:(?:不用|不要|不必|不需要|不接受|算|免|取消)(?:了|啦|吧|的|$))"
)
# 赔15块就算了: that will do. 赔偿就算了: none is wanted.
_SETTLED = re.compile(r"^钱?[也我]?就(?:算了|完事|拉倒)(?!吧|不)")
_DENIED_AFTER = re.compile(
    r"^.{0,6}(?:[不没别未]|够(?:干|什么|谁|个|啥)|(?:有|顶)(?:什么|啥|个)|能干|打发|失败|被拒|被.{1,6}(?:拒|驳|取消|否决)|"
    r"驳回)"
)
_OTHER_DENIED = re.compile(
    r"(?:其[他它]|别)的?(?:东西|什么|我|就|都|也){0,4}[不没](?:要|用|说|需要)?|"
    r"^而?不[是要] ?[¥￥]?[\d一二三四五六七八九十百千两]|(?:不|别|拒绝)(?:接受|要|用|需要|想要?)?(?:换货?|维修|修|"
    r"补偿|赔偿|优惠券|代金券|部分|其他|任何|你们|退货)|"
    r"不(?:包括|包含|含|算|计)(?:运费|邮费|快递费|税)"
)
_RETRACTED = re.compile(
    r"^[,，]? ?(?:但是?|不过|现在|后来|还是|最后|哦|啊|呃)*(?:我|也|都|就)*(?:(?:不要|不用|算|"
    r"不需要)(?:了|吧|$)|不对|不是|(?:客服|你们|商家|系统)改成|说错|写错|打错|更正|"
    r"错了|纠正|应该是|sorry|i mean|correction|no wait|actually)",
    re.I,
)
# At the beginning of a later clause: nothing is to be done any more.
_CALLED_OFF = re.compile(
    r"(?:^|[,，。;；!！?？\n:：] ?)(?:那|还是|就|哎|唉|我|也|都|现在|但是?|不过|先|你们|算了){0,3}"
    r"(?:算了(?!吧?[^,，。;；!！?？\n])|(?:不用|不必|不需要|别|甭)再?(?:退|办|弄|处理|麻烦|申请|改|赔|补)(?!货|换)"
    r"[^,，。;；!！?？\n]{0,3}(?:$|[,，。;；!！\n])|"
    r"不(?:退|改|办|申请|赔|补)了|(?:取消|撤销|撤回)(?:吧|了|退款|申请|处理|修改|这次)|"
    r"(?:actually,? |ok,? )?(?:never ?mind|forget (?:it|about it)|scrap that|ignore (?:this|that|my)|cancel (?:that|"
    r"this|my request)|"
    r"no longer (?:need|want) (?:it|a refund|this)))",
    re.I,
)
_BACK, _MADE_GOOD = re.compile("退|钱"), re.compile("[赔补]")
_CALLED_OFF_REACH = 400  # characters behind a wish
_CORRECTED = re.compile(
    r"^[,，。.]? ?(?:哦|啊|呃|等等)*(?:不对|说错|写错|打错|发错|输错|更正|错了|纠正|记不清|不确定|"
    r"不太记得|刚才.{0,3}错|(?:好像|应该|可能|大概)(?:就?是|没错)?(?:这个号?)?吧?$|"
    r"(?:i think|i guess|i believe|not (?:too |quite )?sure|if i (?:remember|recall)\b.*)$|"
    r"sorry|i mean|correction|no,? wait|wait|actually)",
    re.I,
)


def without_idioms(text: str) -> str:
    """The text without words that hold a negation but deny nothing."""
    return _IDIOMS.sub("", text)


def refused(before: str, after: str, *, amount: bool = False) -> Doubt | None:
    """`amount`: what stands between ends with an amount."""
    held = _IDIOMS.sub("", before)
    after = _SETTLED.sub("", after) if amount else after
    return Doubt.NEGATED if REFUSED.search(held) or _REFUSED_AFTER.search(after) else None


def called_off(text: str, end: int, wish: str = "") -> Doubt | None:
    """A later clause says that nothing is to be done: 算了,不退了; but not 退款50元,不用赔偿: another action."""
    found = _CALLED_OFF.search(text, end, end + _CALLED_OFF_REACH)
    while found and _of_another_action(wish, found[0]):
        found = _CALLED_OFF.search(text, found.end(), end + _CALLED_OFF_REACH)
    return Doubt.UNCLEAR if found else None


def _of_another_action(wish: str, called_off: str) -> bool:
    """退款50元,不用赔偿; 赔我300元就行,不用退款."""
    kinds = (_BACK, _MADE_GOOD)
    wished, dropped = ([bool(kind.search(words)) for kind in kinds] for words in (wish, called_off))
    return sorted(wished) == sorted(dropped) == [False, True] and wished != dropped


def retracted(text: str, end: int) -> Doubt | None:
    """What comes next takes it back: 不对, 说错了, 还是算了."""
    return Doubt.UNCLEAR if _RETRACTED.search(_next_clause(text, end)) else None


def corrected(text: str, end: int) -> Doubt | None:
    """What comes next says that it was wrong."""
    told = _CORRECTED.search(clause_after(text, end)) or _CORRECTED.search(_next_clause(text, end))
    return Doubt.UNCLEAR if told else None


def _next_clause(text: str, end: int) -> str:
    """What begins where this clause ends, its mark before it."""
    start = end + len(clause_after(text, end))
    return text[start : start + BESIDE]


def _own_phrase(before: str) -> str:
    """Behind the last blank that stands in place of a comma: 不要券 退款; what is refused there has its own object."""
    head, blank, rest = before.rpartition(" ")
    chinese = blank and "一" <= head[-1:] <= "鿿" and (not rest or "一" <= rest[0] <= "鿿")
    return rest if chinese and not REFUSED.search(_IDIOMS.sub("", head)) else before


def unclear_denial(before: str, after: str) -> Doubt | None:
    near = _IDIOMS.sub("", NEAR.of(_own_phrase(before)))
    behind = _IDIOMS.sub("", _OTHER_DENIED.sub("", after))
    denied = _NEGATION.search(near) or _DENIED_AFTER.search(behind)
    return Doubt.UNCLEAR if denied else None
