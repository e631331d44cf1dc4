"""Questions that a look-up answers: where an order stands, where its goods are, when they come.

Rule: a text that names an order, by a number or by the noun, and asks of its state, its way or its time wants it looked
up, however the goods are called: a predicate of the trade beside a word that asks, or a verb of looking beside what is
looked at. Money is no goods, so what asks of money is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter

_STOP = r"[^,，。;；!！?？\n]"
_END = r"(?=$|[ ,，。;；!！?？~～…\n呀啊呢哦喔嘛]|麻烦|谢)"
_DIGITS = "零〇一二三四五六七八九幺"
_ORDER = re.compile(
    rf"(?<![A-Za-z\d])(?!1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}(?!\d))(?:[A-Za-z]{{1,8}}[- ]?)?\d(?:[- ]?\d){{5,}}|"
    rf"[{_DIGITS}]{{7,}}|"
    r"订单|定单|单[号子]|我(?:们?的|买|订|下|拍|付)|[这那]一?单|\b(?:order|parcel|package|shipment|tracking)\b",
    re.I,
)
# What an order or its goods do, what asks before it, and what asks behind it.
_DOES = (
    r"(?:发(?![票现给])(?:货|出来?|走)?|出[库货来]|[到送派运走寄](?!账)(?:到|达|来|出|过来)?|签收|处理|安排|打包|"
    r"备货|配(?:[上好]?货)?(?![件偶置套])|付了?款|在(?:路上|途)|支付|下单|审核|收到|成功|动(?!态))"
)
_WHEN = (
    r"(?:[什啥]么?(?:时候|辰光)|何时|几[时天点号]|哪[天日]|多久|有[没无]有?|是不是|是否|到底|[今明后](?:天|晚|朝|早)|"
    r"[周月]末?[一二三四五六日底]?(?=能|会)|能不能|会不会|(?:怎么?|咋|为[什啥]么?|为何)(?:个|又|都|一直|到现在|现在)*还?[没不未])"
)
_WHAT = (
    rf"(?:哪|[什啥]么?(?:地|状|情|样|位|阶|环|时)|何[处种方]|几|咋样|怎么?样|吗|么{_END}|没得|"
    rf"伐|了?没有?{_END}|不{_END}|还是[没未不])"
)
_STANDS = r"(?:状态|状况|情况|进度|进展|动态|下落|阶段|环节|哪一?步|去向|status)"
_LOOKS = r"(?:check|查|看(?!不)|瞅|瞧|问|核实|确认|跟踪|追踪|告知|告诉|晓得|知道|了解|催)"
_CHINESE = re.compile(
    rf"{_WHEN}{_STOP}{{0,6}}?{_DOES}|{_DOES}了?{_STOP}{{0,2}}?{_WHAT}|[在去]{_STOP}{{0,4}}?(?:哪[儿里个]?|谁那){_END}|"
    rf"(?:[什啥哪]么?|何|咋|怎)[种个样]?(?:一?个)?(?:的)?{_STANDS}|{_STANDS}{_STOP}{{0,4}}?(?:如何|怎么?样|咋样|呢)|"
    rf"{_LOOKS}(?:(?!退|钱){_STOP}){{0,24}}?(?P<stands>{_STANDS})|[到在]那[里儿]?了?(?=[?？])|"
    rf"(?P<does>[发到送出寄派走付])没(?P=does)|{_LOOKS}[^。;；!！?？\n]{{0,30}}?还是"
)
_ENGLISH = re.compile(
    r"\beta\b|\bon (?:the|its) way\b|\bout for delivery\b|\bwhere(?:abouts)?(?:['’]?s| is| are|"
    r" (?:[\w#'-]+ ){1,4}?(?:is|are|went|has))\b|"
    r"\b(?:status|progress|updates?|news|word|whereabouts) (?:on|of|for|about|with)\b|\b(?:track|chase|locate)\b|"
    r"\b(?:check|look (?:up|into|at|for)|find)(?: on| up| out)? (?:(?:my|the|this|if|whether|where|when|order) ?)+|"
    r"(?:(?:^|[.,;:!?\n] ?|\b(?:and|so|but|hi|hello|hey) )(?:has|have|is|are|did|was|will|does|do|when)|\b(?:whether|"
    r"when|if)(?! (?:i|we|you)\b))\b"
    r"(?:(?!n['’]?t\b)[^.,;!?\n]){1,40}?"
    r"\b(?:ship\w*|dispatch\w*|sent|send|arriv\w*|deliver(?:ed)?|leav\w+|left|pack\w*|process\w*|paid|confirm\w*|"
    r"here|due|"
    r"com(?:e|ing)|moving|mov(?:e|ed)|gone out)\b",
    re.I,
)


def orders_asked_of(text: str) -> Iterator[tuple[int, int]]:
    """Where a text that names an order asks of it."""
    if not _ORDER.search(text):
        return iter(())
    found = (pattern.finditer(text) for pattern in (_CHINESE, _ENGLISH))
    return merge(*((_span(match) for match in each) for each in found), key=itemgetter(0))


def _span(match: re.Match[str]) -> tuple[int, int]:
    """Of what is looked at where something is, without the verb: its lead may say who asks."""
    return match.span("stands" if match.groupdict().get("stands") else 0)
