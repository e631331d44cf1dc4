"""How the writer stands to an order's number: means it, denies it, gives it as an example, or speaks of another's."""

from __future__ import annotations

import re

from tickets.flows.slots import stance
from tickets.flows.slots.numbers.codes import (
    Code,
    before_noun,
)
from tickets.flows.slots.numbers.order_nouns import OWN
from tickets.flows.slots.text import Doubt, clause_after, clause_before, sentence_before

_EXAMPLE = re.compile(
    r"(?:例[:：]|例如|比如|譬如|类似|格式|示例|样例|像|e\.g\.|for example|such as|format|like)\s*(?:是|为|:|"
    r"：)?[^,，。]{0,6}$",
    re.I,
)
# Whether it is the number (…吗), not what became of the order (…发货了吗).
_ASKED_ABOUT = re.compile(
    r"(?:是不是|是否)[^#]{0,6}#|#[\"”』」)） ]*(?:这个|的|是)?(?:吗|么$|对吗|对不对|对么|是吗|(?:是不是|是否)(?=对|"
    r"正确|$|[,，。?？]))"
)
_BARE_QUESTION = re.compile(r"[\"”』」)） ]*[?？]")  # 订单号302410558872?
# The order before it, the other one of that day.
_ANOTHER_AFTER = re.compile(
    r"[”\"）)]*(?:的|之|以|那天的?|后面|前面|旁边){1,2}(?:[前后上下另]|其他)(?:面|边|"
    r"下)*的?[一那个下]?"
)
_OR_ANOTHER = re.compile(r"[\"”』」)） ,，]*(?:还是|或者?是?|抑或|or) ?(?:[^\d,，。\n]{0,6}?)[A-Za-z]{0,6}\d{4}", re.I)
_UNSURE_AFTER = re.compile(r"[^。\n]{0,12}(?:看不清|模糊|不确定|记不清|记不得|对不对|是不是对|不敢确定)")
_FORMER = re.compile(
    r"上次|上回|上一[单个次]|前一[单个次]|以前那|之前那|旧订?单|原来[的那]|那次|另一[单个]|别的|"
    r"previous|old (?:one|order)|last time",
    re.I,
)


_REFUSED_BEFORE = re.compile(r"(?:不要|不用|别|勿|不必|先别)再?(?:处理|退|查|动|发|取消|管|看|改)[^,，。]{0,4}$")
_REFUSED_AFTER = re.compile(
    r"^[^,，。(（]{0,2}(?:不是|不对|错了)|^(?:这单|那单|的)?(?:不用|不要|别|先别)再?(?:查|处理|管|退|看)"
)
_NOT_THAT = re.compile(
    r"(?:(?<!是)不是|并非|而非)[^,，。是]{0,8}$|\bnot (?:the )?(?:\w+ ){1,3}$", re.I
)  # 不是最新的2024…
_EXCEPT = re.compile(r"(?:除了?|除去|排除|\bexcept(?: for)?)(?:订单号?)?[是:： ]*$", re.I)
_BECOMES = re.compile(r"(?:合并|拆|变)成$")
_SOMEBODY_S = re.compile(
    r"\b(?!(?:it|that|here|what|there|today|yesterday)['’])\w+['’]s (?:\w+ )?(?:orders?)?"
    r"[\s#:]*(?:is|no\.?|number)?[\s:]*$",
    re.I,
)
_NOUN_ENDS = re.compile(r"号$|号码$|编号$|number$|no\.?$", re.I)


def doubt_about_order(text: str, code: Code) -> Doubt | None:
    before, after = clause_before(text, code.start), clause_after(text, code.end)
    outer = re.sub(rf"(?:{OWN})[是为:：\s]*$", "", before, flags=re.I)
    return (
        _denied(before, outer, after)
        or _of_another_time(text, code, before)
        or _unclear(text, code, before)
        or _of_others(text, code, before, outer, after)
        or _asked(text, code, before, outer, after)
    )


def _denied(before: str, outer: str, after: str) -> Doubt | None:
    refused = stance.refused(outer, "") or stance.refused(before, "")
    others = _REFUSED_AFTER.search(after) or _REFUSED_BEFORE.search(outer) or _EXCEPT.search(before)
    others = others or _NOT_THAT.search(stance.without_idioms(outer))
    return Doubt.NEGATED if refused or others else None


def _of_another_time(text: str, code: Code, before: str) -> Doubt | None:
    former = _FORMER.search(before) or _FORMER.search(before_noun(text, code.start))
    return Doubt.OTHER_TIME if former else None


def _unclear(text: str, code: Code, before: str) -> Doubt | None:
    found = (
        _EXAMPLE.search(before)
        or _UNSURE_AFTER.match(text, code.end)
        or _ANOTHER_AFTER.match(text, code.end)
        or _BECOMES.search(before_noun(text, code.start))
    )
    return Doubt.UNCLEAR if found else None


def _of_others(text: str, code: Code, before: str, outer: str, after: str) -> Doubt | None:
    """Another person's, or in somebody else's words."""
    sentence = sentence_before(text, code.start)
    return (
        (Doubt.OTHER_PERSON if _SOMEBODY_S.search(before) else None)
        or stance.hedged(before, after)
        or stance.other_person(outer)
        or stance.hearsay(outer.rstrip("\"“「『‘'"), sentence.rstrip("\"“「『‘'"))
    )


def _asked(text: str, code: Code, before: str, outer: str, after: str) -> Doubt | None:
    alone = not outer and _NOUN_ENDS.search(before_noun(text, code.start)) and _BARE_QUESTION.match(text, code.end)
    asked = alone or _OR_ANOTHER.match(text, code.end) or _ASKED_ABOUT.search(before + "#" + after[:6])
    return (
        (Doubt.QUESTION if alone else None) or stance.corrected(text, code.end) or (Doubt.QUESTION if asked else None)
    )
