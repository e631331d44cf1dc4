"""What holds a wish back though it is worded as one: it is only possible, put off, quoted, or not yet decided.

Rule: the last word counts. Who refuses, after a wish, what he wished, or says that he has to think, wants a person.
"""

from __future__ import annotations

import re

from tickets.flows.matching.spot import Spot, Standing
from tickets.flows.slots.stance import without_politeness
from tickets.flows.slots.text import even
from tickets.said import Said, said

_POSSIBLY = re.compile(
    r"(?<!尽)可能(?!的话)[^,，]{0,6}$|(?:也许|或许|说不定|没准|搞不好)[^,，]{0,8}$|"
    r"\b(?:maybe|perhaps|possibly|might|may(?! (?:i|we)\b)|tempted to|thinking (?:about|of)|"
    r"considering)\b[^,.;]{0,30}$",
    re.I,
)
_LATER = re.compile(
    r"等(?!了|得|着|半天|到现在)[^,，。;；!！?？]{1,12}(?:再|才|之后|以后)[^,，]{0,4}$|"
    r"(?:到时候?|以后|回头|改天|过[几两]天|下次)(?:再|才|要|会|可以)[^,，]{0,4}$|"
    r"\b(?:once|after|when) (?:i|it|they|the \w+) (?:\w+ )?(?:arrives?|comes?|gets?|receive|tested|"
    r"checked)\b[^.;]{0,30}$",
    re.I,
)
# Should the replacement fail too, refund me.
_INVERTED = re.compile(r"^ ?(?:should|had|were) (?:the|it|this|that|my|they|you|anything|any)\b[^?]*,", re.I)
_IF_BEHIND = re.compile(r"^[^ ]{2,10}的话|^的话(?=帮|请|麻烦|就)")  # 快递还没发的话帮我改
_OPENING, _CLOSING = "\"“‘'「『《【", "\"”’'」』》】"
_IN_A_FIELD = re.compile(r"[:：={\[(]\s*$")  # {"type": "退款"}
_WANTED_IN_QUOTES = re.compile(r"(?:要求?|申请|请|希望|办理?|want|need|request)(?:你们|给我|一[次下个]|an?)? ?$", re.I)

_UNDECIDED = re.compile(
    r"(?<![让叫说])(?<!你们)(?:再|得|要|先|让我|容我)(?:再)?(?:想一?想|考虑|琢磨|商量|合计|斟酌)(?!了)|"
    r"(?:先|再|得|要)(?:去)?问一?问(?:我|下|一下)*(?:们)?(?:{PERSON_WORDS}|爸|妈|家里)|没(?:有)?(?:想好|决定|拿定|考虑好)|纠结|犹豫|拿不[定准]|"
    r"(?:以后|回头|到时候?|改天|过[几两]天)再(?:说(?!话)|定|看看?|决定|联系)|等[^,，。;；!！?？\n]{1,12}再(?:说(?!话)|定|看|告诉|联系|决定|"
    r"通知|找你)|(?:等等|等一下|等会儿?|慢着|且慢)[,， ]?(?:你们)?先?(?:别|不)|"
    r"先(?:别|不要|不用|不)(?:急着|忙着|给我?|帮我?|着急)?(?:退|改|换货|办|弄|处理|动(?![静])|导|查|补|赔|操作|提交)|"
    r"先(?:放一?放|放着|搁着?|缓一?缓|这样吧)|"
    r"\b(?:hold off|hold on|on second thoughts?|let me think|(?:have|has)n'?t decided|not sure (?:yet|whether i|if i)|"
    r"still (?:deciding|thinking)|undecided|scratch that|don'?t do (?:it|that|anything)|"
    r"not (?:just )?yet(?=[.!,]|$)|until i (?:call|say|confirm|decide|tell|know|get back|hear))\b",
    re.I,
)
# The last clause of all takes it back: 哦不用了; 诶 来了来了; oh wait, forget it.
_TAKEN_BACK = re.compile(
    r"(?:^|[,，。;；!！?？\n ])(?:那|就|先|现在|还是|直接|帮我|给我|请|麻烦|好|能|可以|需要)*取消(?:掉|了)?"
    r"(?:吧|[可就]?以?[吗么]|行吗|可以吗)?(?=$|[,，。;；!！?？\n ])|"
    r"(?:^|[,，。;；!！?？\n ])(?:哦|哎|诶|欸|啊|那|呃|嗯|嗨|现在|刚才|已经?|都|又)*(?:(?:不用|不必|算|免)了|"
    r"(?:来|收到|到|有|好|可以|行|搞定|解决)了(?:来了|到了|好了)?)[吧哈啊呀~]*(?:$|[,，。!！\n])|"
    r"\b(?:just|finally|now|already) (?:got|received) (?:it|one|the (?:code|text))(?=[.!]|$)|"
    r"(?:自己|自个儿?)(?:会|来|去|能)?(?:弄|处理|解决|搞定?|办)(?!不)|"
    r"\bforget (?:it|that|this|about (?:it|that|this))\b|(?:^|[.!?,] ?)(?:oh,? )?(?:no,? )?wait,? |"
    r"\bcan(?:'?t| ?not) (?:quite |really |honestly )?(?:decide|make up my mind)\b|"
    r"\bwhat (?:do|would) you (?:think|suggest|recommend|advise)\b|[你您]们?(?:觉得|说|看)(?:呢|怎么样|该不该)",
    re.I,
)
# What was begun is to be undone, and the goods stay: the writer's own will, whatever words lead up to it.
_UNDONE = re.compile(
    r"(?<![被动遭址])(?:终止|停止|中止|叫停|作废|停一停|停下来|还原)(?!了|服务|运营|营业|更新)|"
    r"(?<![别勿要错])(?:按|照|寄|送|用)回?到?(?:旧|老|原来?)的?(?:地址|地方)(?!了)|"
    r"(?:恢复|改回)(?:一下)?(?:订单|正常|原|成?之前)|关闭?(?:掉|了)?(?:工单|这个单|申请)|"
    r"改(?:了)?主意|变卦|反悔|就当|[没别](?:有)?那个?意思|不办(?:为好|了)|"
    r"误点|(?:点|按|申请|发|选)错了?(?=退|售后|验证|申请)|误操作|"
    r"(?:留|放)(?:着|下)?(?:自(?:己)?用|自己?(?:吃|穿))|(?:自己|你们)留着|将就(?!不)|凑合(?!不)|"
    r"\b(?:undo|revert|reinstate)\b|\b(?:leave|keep) (?:it|them|my \w+|the \w+|everything) as (?:it|they)\b|"
    r"(?<!can't )(?<!cannot )(?<!not )\b(?:keep|keeping) (?:it|them|the (?!money)\w+|my (?!money)\w+)(?! in| from|"
    r" up)\b|"
    r"\bclose (?:the|this|my) (?:refund |return )?(?:ticket|case|request|claim)\b|\bon reflection\b|"
    r"\bafter all(?=[,.!]|$)|"
    r"\bi (?:\w+ )?(?:pressed|clicked|opened|requested|filed|submitted|tapped|hit)\b[^.!?]{0,40}\b(?:by mistake|"
    r"accidentally)\b",
    re.I,
)
_DEED_STEM = "退改换导查补办赔发"  # the verb of a deed, by its first character
_CALLED_OFF = re.compile(
    rf"(?=[别甭不无先,，。;；!！?？ 还我就那算哦])(?:(?:别|甭|不用|不要|不必|无需|先不)(?:再|给我|帮我|急着|去)?"
    rf"([{_DEED_STEM}])(?![货票到])|"
    rf"不([{_DEED_STEM}])了|"
    rf"(?:^|[,，。;；!！?？ ])(?:还是|我|就|那|算了|哦){{0,3}}"
    rf"不([{_DEED_STEM}])(?=[,，。!！ ]|$))"
)
_OTHERS = re.compile(r"(?:你们|商家|卖家|店家|客服|对方|平台|[他她]们?)[^,，。;；!！?？]{0,4}$")
_ONLY_ASKING = re.compile(
    r"(?:^|[.?!。？！;；,，] ?)(?:i'?m |i am )?(?:just|only|merely) (?:asking|curious|wondering|checking)(?=[.!?,;]|$)|"
    r"(?:只是|就是|就|只|随便)(?:想)?(?:问问|了解|打听|好奇|咨询)(?:一下)?(?:而已|吧|哈|啊)?[。.!！~]*(?:$|\n)",
    re.I,
)


def held_back(spot: Spot, *, questions: bool) -> Standing | None:
    """A standing other than wanted, for a word that would else count as wanted."""
    if not questions and spot.deed and (_POSSIBLY.search(spot.before) or _LATER.search(spot.sentence[-40:])):
        return Standing.SUPPOSED
    if _INVERTED.search(spot.sentence) or _IF_BEHIND.search(without_politeness(spot.after)):
        return Standing.SUPPOSED
    return Standing.UNCLEAR if _quoted(spot) else None


def _quoted(spot: Spot) -> bool:
    """In marks of its own: somebody's word for it."""
    before, after = spot.text[: spot.start][-24:], spot.text[spot.end : spot.end + 1]
    if not before or not after or before[-1] not in _OPENING or after not in _CLOSING:
        return False
    lead = before[:-1]
    return bool(lead.strip()) and not _IN_A_FIELD.search(lead) and not _WANTED_IN_QUOTES.search(lead)


def called_off(text: str, wanted: str, after: int) -> Said | None:
    """The last word, behind `after`, refuses what was `wanted`: 我想退货 … 别退. A seller's refusal is none."""
    for match in _CALLED_OFF.finditer(text, after):
        if (match[1] or match[2] or match[3]) in wanted and not _OTHERS.search(text[: match.start()][-12:]):
            return said("person.because", why=said("person.undecided"), words=match[0])
    return None


# Before each pattern: whatever it finds has one of these in it, so that other texts cost a glance.
_OPEN = (
    (
        (
            *(
                "想",
                "考虑",
                "琢磨",
                "商量",
                "合计",
                "斟酌",
                "问",
                "决定",
                "拿",
                "纠结",
                "犹豫",
                "再",
                "先",
                "等",
                "慢着",
                "且慢",
            ),
            *(
                "hold o",
                "on second",
                "let me",
                "decided",
                "not sure",
                "still ",
                "undecided",
                "scratch",
                "do it",
                "do that",
            ),
            *("do anything", "yet", "until i"),
        ),
        _UNDECIDED,
    ),
    (("just ", "only ", "merely ", "只", "就", "随便"), _ONLY_ASKING),
    (
        (
            *(
                "不用了",
                "不必了",
                "算了",
                "免了",
                "来了",
                "收到了",
                "到了",
                "有了",
                "好了",
                "可以了",
                "行了",
                "搞定了",
                "解决了",
            ),
            *(
                "got ",
                "received ",
                "自己",
                "自个",
                "forget",
                "wait,",
                "can't",
                "cannot",
                "can not",
                "cant ",
                "do you",
                "would you",
            ),
            *("觉得", "说", "看", "取消"),
        ),
        _TAKEN_BACK,
    ),
    (
        (
            *(
                "止",
                "叫停",
                "作废",
                "停一停",
                "停下来",
                "还原",
                "地址",
                "地方",
                "恢复",
                "改回",
                "关",
                "主意",
                "变卦",
                "反悔",
            ),
            *("就当", "意思", "不办", "误", "点错", "按错", "申请错", "发错", "选错", "留", "放", "将就", "凑合"),
            *(
                "undo",
                "revert",
                "reinstate",
                "leave",
                "keep",
                "close",
                "on reflection",
                "after all",
                "mistake",
                "accidentally",
            ),
        ),
        _UNDONE,
    ),
)


def undecided(text: str) -> Said | None:
    """The customer puts it off, has to think about it, or says that he only asks."""
    smooth = even(text)
    lowered = smooth.lower()
    tried = (each.search(smooth) for signs, each in _OPEN if any(sign in lowered for sign in signs))
    found = next(filter(None, tried), None)
    return (
        said("person.because", why=said("person.undecided"), words=found[0].strip(" ,，。.?？!！")) if found else None
    )
