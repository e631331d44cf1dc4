"""Whether what is wished with a value is wished simply, here and now: every look put together."""

from __future__ import annotations

import re

from tickets.flows.slots.near import BESIDE, NEAR
from tickets.flows.slots.stance.denial import called_off, refused, retracted, unclear_denial
from tickets.flows.slots.stance.moods import asked, conditional, hedged, put_up_with
from tickets.flows.slots.stance.sources import somebody_else
from tickets.flows.slots.text import Doubt, clause_after, clause_before, mark_after, sentence_before

_AMOUNT_ENDS = re.compile(r"[\d元块角毛]钱?$")
_UNTICKED = re.compile(r"(?:[□☐○◯◻]|\[ ?\]|\( ?\)) ?$")
_TICKED = re.compile(r"[☑✓✔√●◉■☒]|\[[xX√]\]|\([xX√]\)")
_PAST = re.compile(
    r"上次|上回|上一次|上一单|之前|以前|前两?次|前几?[次天]|去年|前年|早先|原来|原先|曾经?|当初|当时|"
    r"历史|上个?月|上周|昨天|前天|刚才|本来|原本|一开始|起初|"
    r"已经?|\b(?:last|previously|before|earlier|used to|once|already|was|were|been|have|has|had|got|"
    r"received|wanted|yesterday)\b",
    re.I,
)
_FORMER = re.compile(r"上次|上回|上一次|之前|以前|去年|前年|\b(?:last time|previously|earlier)\b", re.I)
_DONE = re.compile(r"[了过](?:我|给我)?\s*$")
_DONE_BEFORE = re.compile(
    r"(?:申请|办理|提交|处理|同意)(?:了|过)(?:的|一笔|个)?$|(?:收到|到账|答应)[了过的]?(?:一笔|个)?$|[少多错才仅只]$|"
    r"(?:查一?下?|查询|问一?下?|了解|催一?下?|跟进)(?:那?笔|我的)?$"
)
_TURNED_AFTER = re.compile(
    r"^(?:的?(?:进度|状态|原因|情况|记录|明细|凭证)|券?(?:换成|改成|改为|变成|折成|抵)|.{0,2}也(?:行|可以|好|OK)|呢$|"
    r" (?:was|is|were) (?:promised|offered|denied|refused|rejected))",
    re.I,
)
_DONE_AFTER = re.compile(
    r"^的?(?:我们?|都|早就?|也){0,3}(?:已经?|到账(?!后|再)|收到|退了|给了|到了|打过来|处理)|"
    r"^[^,.]{0,16}\balready\b",
    re.I,
)
_FIELD = re.compile(r"[ \t|】;；][^\s:：=,，]{2,8}[:：=]")  # the label of a form's field, after another field
# What comes next changes the sum or offers something else.
_OTHERWISE_AFTER = re.compile(
    r"^[,，;；]? ?(?:或者?(?!许)|要么|要不(?!然)|\bor (?!else)|"
    r"(?:再|要|先|并|但)?(?:扣除|扣掉|扣减|减去|减掉|抵扣|minus\b|less\b))",
    re.I,
)
_UNPAID_AFTER = re.compile(
    r"^[^,，。;；!！?？\n]{0,14}(?:都|还|也|一直|至今)?[没未](?:有)?(?:收到|到账|打|给我|付|退|处理|兑现|下来)|"
    r"^[^。;；!！?？\n]*?(?:实际|只|才|却|至今|仍然?|一直)[^,，。]{0,3}(?:到账|收到|退了?\d|退了|没|未)"
)
_DIFFERENCE_AFTER = re.compile(
    r"^[^。!！\n]{0,16}[差少剩](?:的|了|在)*(?:哪|呢|怎么|为什么|去)"
)  # 应该退230,这30差在哪了
_CAME_AFTER = re.compile(r"^[^。;；!！?？\n,，]{0,2}[,，] ?(?:我|都|今天|昨天)?(?:已经?|刚)(?:收到|到账|拿到|打来|退)")


def doubt_about_wish(text: str, start: int, end: int) -> Doubt | None:
    """Whether what stands at `start:end` (a wish's word and its value) is wished here and now by the writer."""
    labelled = _FIELD.match(text, max(0, start - 1), end)  # 原因:屏幕不亮 退款金额:599
    before = "" if labelled else clause_before(text, start)
    sentence = "" if labelled else sentence_before(text, start)
    after, behind = clause_after(text, end), text[end : end + BESIDE]
    return (
        _as_ticked(before, sentence + after)
        or refused(before, after, amount=bool(_AMOUNT_ENDS.search(text[max(start, end - 4) : end])))
        or called_off(text, end, text[start : end + 3])
        or put_up_with(before, after)
        or somebody_else(before, sentence)
        or (Doubt.OTHER_TIME if _PAST.search(NEAR.of(before)) or _DONE_AFTER.search(after) else None)
        or (Doubt.UNCLEAR if _DONE_BEFORE.search(before) or _TURNED_AFTER.search(after) else None)
        or retracted(text, end)
        or (Doubt.OTHER_TIME if _CAME_AFTER.search(behind) else None)
        or (Doubt.UNCLEAR if _UNPAID_AFTER.search(behind) else None)
        or (Doubt.QUESTION if _DIFFERENCE_AFTER.search(behind) else None)
        or (Doubt.CONDITION if _OTHERWISE_AFTER.search(behind) else None)
        or conditional(sentence, after)
        or asked(before + text[start:end], after, mark_after(text, end))
        or hedged(before, after.removeprefix("吧"))
        or unclear_denial(before, after)
    )


def _as_ticked(before: str, around: str) -> Doubt | None:
    """A box that is left empty beside ticked ones is not wished; where none is ticked nobody has chosen yet."""
    if not _UNTICKED.search(before[-3:]):
        return None
    return Doubt.NEGATED if _TICKED.search(around) else Doubt.UNCLEAR


def doubt_about_fact(text: str, start: int, end: int) -> Doubt | None:
    """Whether what stands at `start:end` is so: of a fact it says nothing that it is past, or what led to it."""
    before, sentence, after = clause_before(text, start), sentence_before(text, start), clause_after(text, end)
    return (
        refused(before, after)
        or somebody_else(before, sentence)
        or (Doubt.OTHER_TIME if _FORMER.search(NEAR.of(before)) else None)
        or retracted(text, end)
        or conditional(sentence, after)
        or asked(before + text[start:end], after, mark_after(text, end))
        or hedged(before, after)
        or unclear_denial(before, after)
    )


def done(before_value: str) -> Doubt | None:
    """补偿了50元, 退过100元: what is past is no wish."""
    return Doubt.OTHER_TIME if _DONE.search(before_value) else None
