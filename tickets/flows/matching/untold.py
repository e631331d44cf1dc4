"""Wishes that name no action: what does not come is wanted (验证码收不到, nobody got my parcel), an order's state
is to be looked up (啥时候给发), and who has a thing sent elsewhere wants its address changed.

Rule: the thing and what is said of it stand in one sentence, near each other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import itemgetter

from tickets.flows.matching.lookups import orders_asked_of
from tickets.flows.matching.past import FIXED
from tickets.flows.slots.text import clause_after, clause_before

MOST = 8  # of a kind in a text that are looked at
LACK, STATE = "lack", "state"
Stretch = tuple[int, int]  # start and end

_CODE = (
    r"(?<=^)码(?=[过没收不都也还])|(?<=[,，。;；!！?？\n ])码(?=[过没收不都也还])|验[证正]?[码吗马]|校验码|"
    r"动态码|短信码|(?:登[录陆]|验证|注册|认证|动态|安全|校验)(?:用?的)?"
    r"(?:短信|信息|口令|密码|码)|"
    r"短信(?!平台|费|太|广告)|"
    r"\b(?:verification|verify|log-?in|sign-?in|security|confirmation|auth\w*|one[- ]time|access|sms|activation) "
    r"(?:sms|text|message|code|pin|passcode|password|number)s?\b|\b(?:otp|passcode|codes?|sms)\b"
)
_PARCEL = (
    r"(?<=[把个的])件(?=[放送丢投派到没一走在卡呢])|快递(?![费员柜])|包裹|物流|(?<![发到退换补交提])货物?(?!款|"
    r"币)|东西|商品|快件|派[件送]员|驿站|"
    r"\b(?:parcel|package|shipment|delivery(?! (?:addr|fee|cost))|goods|stuff|items?|box|orders?|tracking)\b"
)
_NOT = (
    r"(?:\b(?:nothing|none|not|never|nobody|no one|hasn|haven|hadn|didn|doesn|don|isn|won|can|cannot|couldn)\b"
    r"(?:['’]?t)?|"
    r"n['’]?t\b) (?:[a-z]+ ){0,3}?"
)
_LACKING = (
    r"(?:收不|没(?:有)?[收接拿等见]|未[收接]|(?:压根|根本)[没未](?:有)?收)[到倒着]|没(?:有)?(?:来|"
    r"[发传推送]过?来|发给我|到(?!账)|影儿?|"
    r"动静)|[一半][条个封](?:短信)?[都也]?没(?:有)?|(?<!来)不来(?!了)|迟迟不|没人(?:送|派)|"
    rf"{_NOT}(?:receiv\w+|arriv\w+|got(?:ten)?|get(?:ting)?|com(?:e|ing)|came|show\w*|shown|turn\w* up|reach\w*)\b"
)
_SPOILT = r"呢(?=[?？,，。!！]|$)|(?:已|都|又|就)?(?:经)?(?:失效|过期)|\bexpired\b"
_NO_CODE = (
    rf"没有?(?:任何|新的?)?(?:{_CODE})(?:进来|过来|发来|来)|"
    r"\bwhere(?:['’]s| is| are) (?:my |the )?(?:\w+ )?(?:code|otp|sms|text|passcode)s?\b|"
    r"\b(?:still|got|get|getting|received?|see) no (?:\w+ ){0,2}?(?:code|text|sms|otp|passcode|pin|message)s?\b|"
    r"\bno (?:\w+ )?(?:code|text|sms|otp|passcode|pin|message)s? (?:\w+ ){0,2}?(?:com(?:e|es|ing)|came|arriv\w+|"
    r"received|show\w*|through)\b"
)
_GONE = (
    r"到没到|到了没(?!账)|到没有|找不[到着]|放(?:在|到)?哪|(?:放|送|投|派)错|追(?:一?下|踪|查)|丢了|丢件|弄丢|"
    r"不见了|(?:走|送|运|跑)?到(?:了)?哪|"
    r"(?:在|去)哪(?!里?(?:可以|能|看|查|改|填|申请|下))|没动|不动|没更新|"
    r"不更新|卡在|停在|呢[?？]|(?:几号|哪天|什么时候|啥时候|何时|几时|多久)(?:能|可以|才|会|给)*(?:送|到(?!账))|"
    r"\b(?:lost|missing|stuck|vanished|disappeared|late|delayed)\b|"
    r"\bwhere (?:my |the |this )?(?:order|parcel|package|shipment) (?:[#\w-]+ )?(?:is|went|has gone|"
    r"has got(?:ten)? to|ended up)\b|"
    r"\bshould(?:['’]ve| have) (?:been here|arrived|come)\b|\bwhere(?: is|['’]s) it\b|"
    r"(?:\b(?:not|never|hasn|isn)(?:['’]?t)?|n['’]?t) (?:[a-z]+ ){0,2}?(?:mov\w+|updat\w+|delivered|left)\b"
)
_PROOF = (
    r"\bpod\b|(?:查一?[下查]|查询|追踪|跟踪)(?:我的|那个|这个|个|这单|的){0,2}(?:快递|包裹|物流)|"
    r"\b(?:marked|says?|shows?|shown) (?:[\w# ]{1,30} )?(?:as )?delivered\b[^.!?\n]{0,20}\bbut\b|"
    r"(?:几号|哪天|什么时候|啥时候|何时|几时|多久|几天)(?:能|可以|才|会|给我)*(?:送到|送达|到货|派送)|"
    r"(?:物流|快递|签收|发货|运输|派送|投递)的?(?:凭证|证明|截图|底单|单据|轨迹|记录)|"
    r"\b(?:delivery|logistics|shipping|freight|courier) (?:voucher|slip|note)s?\b|"
    r"\b(?:signature|signed|courier|delivery|shipping) (?:proof|receipt|slip|evidence)\b|"
    r"\bwhere (?:my |the |this )?(?:order|parcel|package|shipment) (?:[#\w-]+ )?(?:is|went|has gone|"
    r"has got(?:ten)? to|ended up)\b|"
    r"\b(?:proof|evidence|confirmation|screenshot|record|document\w*|paperwork) "
    r"(?:[\w#-]+ ){0,5}?(?:delivery|delivered|shipping|shipped)\b|"
    r"\bwhen (?:will|is|does|should) (?:it|(?:my|the|this) (?:\w+ )?(?:order|parcel|package|delivery)) (?:be )?"
    r"(?:\w+ )?"
    r"(?:arriv\w+|delivered|com(?:e|ing)|get here|due)\b"
)
_WHEN = r"(?:啥时候?|什么时候|何时|几时|几号|哪天|多久|到底|怎么|咋|为什么|为啥|能不能|给不给|是不是|有没有|还)"
_SHIP = r"(?:发(?:货|出[来去]?|走)?|出[库货])"
_STATE = (
    rf"{_WHEN}[^,，。;；!！?？\n别]{{0,5}}?(?:给我?)?{_SHIP}(?=[呀啊呢吗嘛了,，。!！?？ ]|$)|"
    r"(?:支?付|下单?)了?[没不](?:支?付|下)?成功|(?:走|进行|处理|办|排)?到哪(?:个|一)?(?:环节|步|阶段)|"
    r"(?:下单|下的单|付款|付钱|订单)(?:[^,，。;；!！?？\n\d]|\d++){0,10}?没(?:有)?(?:个)?(?:动静|反应|下文|消息|"
    r"音信|信儿)|"
    r"\b(?:tell me|let me know|check|see|know) (?:if|whether) (?:my |the |this )?order\b|"
    r"\b(?:look up|look into|look at|check(?: on)?) (?:my |the |this )?(?:orders?\b|#?\d{8,})|"
    rf"给不给发|{_SHIP}了?(?:没有?|吗)(?=[呀啊呢,，。!！?？ ]|$)|"
    r"\bwhat(?:['’]s| is) (?:happening|going on|up) with (?:my |the |this )?(?:orders?\b|#?\d{8,})|"
    rf"[不没]给?我?(?:发货|发出)|(?:看不[到见]|[不没]见)发货|(?:打算|准备|"
    rf"计划)?{_WHEN}[^,，。;；!！?？\n别]{{0,5}}?(?:给我)?寄(?:出[来去]?|走)(?!的)|"
    r"(?:还|一直|仍然?|依然|总)(?:是|在|显示|停在|停留在)*(?:备货|待发|处理|审核|配货|拣货|打包|待出库|待支付|待付)|"
    r"(?:订单|单子|[这那]单|\d{8})[^,，。;；!！?？\n]{0,6}?(?:啥|什么|怎么个?|咋个?)(?:情况|样了|状态|状况|进展|进度)|"
    r"(?:订单|下单|付款|支付|付|单子)[^,，。;；!！?？\n]{0,4}?成功了?(?:没有?|吗|么)|"
    r"\b(?:(?:whether|if) (?:my |the |this )?(?:order |it )?(?:#?\d{6,} )?|(?:did|has|have|is|was) (?:my |the |this )?"
    r"(?:order (?:#?\d{6,} )?|it |#?\d{6,} ))"
    r"(?:been |gone |go |actually )?"
    r"(?:shipp?(?:ed|ing|s)?\b|dispatch\w*|sent out|through|confirmed|accepted|paid)\b|"
    r"\b(?:whether|if|did) (?:my|the|this|order)[\w# ]{0,30}? (?:went|go|gone) through\b|"
    r"\b(?:status|progress|update|news|word)s? (?:on|of|for|about|with) (?:my |the |this )?(?:orders?\b|#?\d{8,})|"
    r"\b(?:has|have|did) (?:my |the |this )?(?:order |it |parcel |package )?(?:#?\d{6,} )?(?:left|leave) (?:your|the) "
    r"(?:warehouse|depot|store|shop)\b|"
    r"\bwhen (?:will|do|are|is) [\w# ]{1,24}? (?:ship|ships|shipping|dispatch\w*|sent|send it)\b"
)


class _Together:
    """A thing and what is said of it, behind it or (`either`) in front: between them no mark that ends a sentence, and
    not that it has come. Both are looked for once in the whole text, then joined: time grows with the text."""

    _GAP = re.compile(
        r"(?:(?!(?<![没未不有])(?:收到|拿到|来|到)了)[^。;；!！?？\n\d]|\d++){0,10}"
    )  # a number is one character
    _ENGLISH = re.compile(r"[ -~]{0,40}(?<![.!?] )")
    _ENGLISH_AHEAD = re.compile(r"[ \w'’#/-]{0,40}")
    _REACH = 60

    def __init__(self, thing: str, said: str, *, either: bool) -> None:
        self._thing, self._said, self._either = re.compile(thing, re.I), re.compile(said, re.I), either

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """In the order of the text; several may begin at one place."""
        said = [match.span() for match in self._said.finditer(text)]
        things = [match.span() for match in self._thing.finditer(text)] if said else []
        if not things:
            return iter(())
        ahead = self._pairs(text, said, things, self._ENGLISH_AHEAD) if self._either else iter(())
        return merge(self._pairs(text, things, said, self._ENGLISH), ahead, key=itemgetter(0))

    def _pairs(
        self, text: str, first: Sequence[Stretch], second: Sequence[Stretch], english: re.Pattern[str]
    ) -> Iterator[Stretch]:
        starts = [start for start, _end in second]
        for start, end in first:
            for at in range(bisect_left(starts, end), len(starts)):
                if starts[at] - end > self._REACH:
                    break
                if self._GAP.fullmatch(text, end, starts[at]) or english.fullmatch(text, end, starts[at]):
                    yield start, second[at][1]
                    break


_ADDRESS_AMISS = (
    r"[选写填下]成[^,，。;；!！?？\n]{0,8}地址|地址[^,，。;；!！?？\n]{0,4}[选写填下]成[^,，。;；!！?？\n]{1,12}了|"
    r"\btypo in (?:my|the) (?:\w+ )?address\b|\bchange where (?:my |the |this )?(?:order|parcel|package|delivery|"
    r"it)\b[\w# ]{0,20}?"
    r"\b(?:going|go|goes|sent|delivered|shipped)\b|"
    r"\bwrong (?:house|street|flat|unit|apartment|door|room)(?: (?:number|name))?\b|"
    r"地址[^,，。;；!！?？\n]{0,6}?(?:(?:少|漏|缺)(?:写|填)?了?|没(?:写|填)(?:全|对|完)|不完整|有误|写反)|"
    r"\baddress (?:is|was|has) (?:\w+ )?(?:wrong|incorrect|incomplete|missing|outdated|old)\b"
)
_ELSEWHERE = (
    r"(?:收[件货]人|姓名|电话|手机号?)也?(?:改|换|变更)[成为到][^。;；!！?？\n]{1,40}?[,， ]"
    r"(?:收货|送货|收件|新)?地址[也就]?"
    r"(?:是|为|[:：]|[改换])|"
    r"[改转](?:寄|送|发|派送|配送)[到去往给]?(?:公司|单位|学校)(?!了)|"
    r"(?:以后|今后)(?:的|东西|货|快递|包裹|都|全)*(?:寄|送|"
    r"发)[到去往](?=[^,，。;；!！?？\n]{2,24}(?:[省市区县镇路街道巷弄村楼室栋座]|\d号))|"
    r"[改转](?:寄|送|发|派送|配送)[到去往给]?"
    r"(?=[^,，。;；!！?？\n]{2,30}(?:[省市区县镇路街道巷弄村楼室栋座]|\d号))|"
    r"(?:请|麻烦|帮我?|想|要|改|换|直接|都|应该?|(?:能|可以)(?:给我|你们|把|直接|重新|改|换))(?:给我|你们|"
    r"把\w{1,6}|直接|重新|改|换){0,3}(?:寄|送|发|派送|配送)[到去往]"
    r"(?!哪|了|货|付)(?=[^,，。;；!！?？\n]{0,30}(?:[省市区县镇路街道巷弄村楼室栋座]|\d号|公司|单位|学校|家|店))|"
    r"\b(?:should|must|needs? to|has to|ought to) (?:go|be (?:sent|delivered|shipped)) to\b(?! (?:me|us)\b)"
    r"(?=[^.!?\n]{0,20}(?:\baddress\b|\d))|"
    r"\b(?:have|get) (?:[\w#]+ ){1,6}?(?:delivered|sent|shipped|redirected|rerouted|brought) to\b(?! (?:me|us)\b)|"
    r"(?:^|[,，。;；!！?？\n ])[寄送发][到往去给](?![^,，。;；!！?？\n]{2,40}的[那这]?[个件单]?"
    r"(?:包裹|快递|货|东西|件|订单|单子))"
    r"(?=[^,，。;；!！?？\n]{2,24}(?:[省市区县镇路街道巷弄村楼室栋座]|\d号))|"
    r"\b(?:can|could|would|will) you (?:please )?(?:deliver|ship|send) to (?=[^.!?\n]{0,20}\d)|"
    r"\b(?:could|can|may|should|please have|want|let|make) (?:my |the |this |all )?(?:deliver(?:ies|y)|orders?|"
    r"parcels?|"
    r"packages?|it|everything) (?:please )?(?:go|be (?:sent|delivered|shipped)) to\b(?! (?:me|"
    r"us)\b)(?=[^.!?\n]{0,20}\d)|"
    r"\b(?:deliver|ship|redirect|reroute|forward|send) (?:it|them|(?:the|my|this|that) (?:order|parcel|package|goods|"
    r"shipment|box|stuff)|order [\w-]+) (?:over )?to\b(?! (?:me|us)\b)"
    r"(?![^.!?\n]{0,30}\b(?:number|phone|mobile|cell|e-?mail|inbox|sms)\b)"
)
_RECORDS = (
    r"(?:投诉|客诉)(?:记录|明细|数据|信息|情况|台账)[^。;；,，!！?？\n]{0,4}(?:整理|汇总|导|调出|拉出)|"
    r"(?:投诉|客诉)[^。;；!！?？\n你客商快]{0,14}?(?:[拉列做导出理成](?:一|个|份|张|成)*表)|"
    r"\bcomplaints? (?:spreadsheet|data|list|report|log|excel|csv|file|sheet)\b|"
    r"\bcomplaints?\b[\w ,]{0,60}?\b(?:in|into|as|to) (?:an? |one )?(?:spreadsheet|excel|csv|list|table|report)\b|"
    r"投诉[^。;；!！?？\n你客商快]{0,14}(?:清单|列表|表格|汇总|台账|报表|excel)|"
    r"(?:清单|列表|表格|汇总|台账|报表|excel)[^。;；,，!！?？\n]{0,10}投诉|"
    r"\b(?:excel|csv|spreadsheet|list|report|log|history)(?: file| sheet)? (?:of|with|for) [\w ]{0,30}?complaints\b"
)
# Before each pattern: every sentence of the kind has one of these in it, so that other texts cost a glance.
_KINDS = (
    ("export", "records", ("投诉", "客诉", "complaint"), re.compile(_RECORDS, re.I)),
    (
        LACK,
        "code",
        (*"码吗马信令", "sms", "text", "message", "code", "pin", "pass", "number", "otp"),
        re.compile(_NO_CODE, re.I),
        _Together(_CODE, _LACKING, either=True),
        _Together(_CODE, _SPOILT, either=False),
    ),
    (
        LACK,
        "parcel",
        (
            *"件递裹流货西品送站签运投到收派谁",
            *("parcel", "package", "ship", "deliver", "goods", "stuff", "item", "box", "order", "track", "sign"),
            *("courier", "arriv", "com", "here", "due", "where", "pod"),
        ),
        re.compile(_PROOF, re.I),
        _Together(_PARCEL, _LACKING, either=True),
        _Together(_PARCEL, _GONE, either=False),
    ),
    (
        STATE,
        "order",
        (
            *"发出寄付下单到备待处审配拣打况样状进展",
            *("order", "look", "check", "status", "progress", "update", "ship", "dispatch", "sent", "send"),
            *("process", "being", "through", "confirm", "accept", "paid", "left", "leave"),
        ),
        re.compile(_STATE, re.I),
    ),
    (
        "change",
        "address",
        (*"址寄送发配", "change where", "wrong", "address", " to "),
        re.compile(f"{_ADDRESS_AMISS}|{_ELSEWHERE}", re.I),
    ),
)
_OF_MONEY = re.compile(r"(?<!付)(?<!付完)(?<!付了)款|钱|发票|\b(?:refund|money|invoice)\b", re.I)
_NO_GOODS = re.compile(r"码|短信|证|地址|投诉|\b(?:code|sms|address|complaints?)\b", re.I)
_AGAINST = re.compile("甭|勿|别(?!的|人|处)|不用|不要|不必|无需|先不")  # 投诉记录甭给我导了
_WHO_PAYS = re.compile(r"谁|怎么赔|赔")


@dataclass(frozen=True, slots=True)
class Untold:
    verb: str
    thing: str
    start: int
    end: int


def untold(text: str) -> Iterator[Untold]:
    """In the words of a ticket."""
    yield from named(text)
    for start, end in islice(_apart(orders_asked_of(text)), MOST):
        other = _NO_GOODS.search(clause_before(text, start, 20) + text[start:end])
        if not other and not _of_something_else(text, start, end):
            yield Untold(STATE, "order", start, end)


def named(text: str) -> Iterator[Untold]:
    """Those whose thing is named, as a flow's keywords do as well."""
    folded = text.lower()
    for verb, thing, signs, pattern, *together in _KINDS:
        if not any(sign in folded for sign in signs):
            continue
        plain = (match.span() for match in pattern.finditer(text))
        for start, end in islice(
            _apart(merge(*(each.spans(text) for each in together), plain, key=itemgetter(0))), MOST
        ):
            refused = verb not in {LACK, STATE} and _AGAINST.search(text, start, end)
            if not refused and not _of_something_else(text, start, end):
                yield Untold(verb, thing, start, end)


def _apart(spans: Iterable[Stretch]) -> Iterator[Stretch]:
    """Those that do not overlap an earlier one."""
    past = 0
    for start, end in spans:
        if start >= past:
            past = end
            yield start, end


def _of_something_else(text: str, start: int, end: int) -> bool:
    """东西丢了谁赔, 退款什么时候到, 地址写错了,已经改好了."""
    money = _OF_MONEY.search(clause_before(text, start, 20) + text[start:end])
    return bool(money or _WHO_PAYS.match(clause_after(text, end, 8)) or FIXED.match(text, end))
