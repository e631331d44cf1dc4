"""The deeds that a text wants done, whatever flows there are: a verb of the trade and the thing it is done to.

Rule: flows are compared with wishes by deed and thing, so that "地址也要改" is what the keyword "改地址" names, and a
wish that a flow's keywords do not name is one that the flow does not serve.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from tickets.flows.matching.money_back import PAID_BACK
from tickets.flows.matching.plain import JOINT
from tickets.flows.matching.spot import Standing
from tickets.flows.matching.standing import standing_of
from tickets.flows.matching.things import THING, any_of
from tickets.flows.matching.untold import LACK, STATE, named, untold
from tickets.flows.slots.text import clause_after, clause_before, sentence_before

MOST_DEEDS = 16  # of a text that are judged
_REACH = {True: 30, False: 8}  # characters from a verb to the thing behind it: English, Chinese
_SENTENCES_BEFORE = 80  # characters, of earlier sentences too
_BEFORE = 40  # characters from a thing to the verb behind it; a transcript has no marks

_SOME = r"(?:one|two|three|four|five|some|half|all|\d{1,2})"
# Each deed has its own pattern; what stands first wins where two overlap.
_DEEDS = {
    "cancel": r"取消|撤单|\bcancel(?:l?ing|l?ation)?\b",
    "exchange": r"换货|调换|换新|换(?:一|个|双|件|台|条)+(?:新|好|大|小|别|同款|颜色)|换一?[双件台条]|"
    r"\b(?:exchange|replacement|swap|replace)\b",
    "repair": r"维修|返修|修一下|修理|(?<!维)修好|\brepair(?:ed|ing)?\b",
    "invoice": r"(?:补?开|重开|换开|要)(?:个|张|一张|具|电子|增值税?|专用|专|普|纸质)*(?:发?票)|开票|"
    r"\b(?:an?|the|my) invoice\b",
    "close": r"注销|销户|\b(?:close|delete|deactivate) (?:my|the|this) account\b",
    "lock": r"挂失|解冻|冻结|解封|找回(?:密码|账号)",
    "bind": r"解绑|换绑|解除绑定|\bunbind\b|\bunlink\b",
    "top_up": r"充值|充话费|\btop up\b",
    "withdraw": r"提现|转账|\bwithdraw(?:al)?\b",
    "subscribe": r"开通|续费|办(?:理)?(?:宽带|套餐|会员|卡)|\b(?:upgrade|subscribe|renew)\b",
    "balance": r"查余额|\bcheck my balance\b",
    "price": r"保价|补差价|\bprice match\b",
    "hold": r"延长收货|延迟发货|暂缓发货|\bhold (?:my|the) (?:order|parcel)\b",
    "urge": r"催(?:一?下|个)?发货",
    "complain": r"投诉(?:你们|这个|那个|一下)*的?(?:快递|客服|商家|卖家|店家|骑手|司机|你们|员工)|"
    r"\breport (?:the|this) seller\b",
    "export": r"(?:发|传|导)(?:给)?我[一两]份|导出|导(?:一|个|份)*[下份]|[拉出列](?:一|个|份|张)*(?:表格?|清单|报表)|"
    r"\bexport\b|\bdownload\b|"
    r"\b(?:spreadsheet|excel|csv)\b",
    "refund": r"(?<!退货)退款|退(?:我|还)? ?(?=[¥￥\d一二两三四五六七八九十百千万.]{1,9} ?(?:[元块]|就[行好成]))|"
    r"退[^,，。;；!！?？退不货换了过]{1,8}的钱|"
    r"退(?:还|回|一下)?差[价额](?=[¥￥\d一二两三四五六七八九十百千]|的|$|[,，。])|退(?:全|全部|一半|半)款|"
    r"退还(?:全部|全额|相应|剩余|[所已]付)*(?:货款|款项|费用|金额|货值)|(?<=再)退(?=一次|一下)|退(?:我|还|回|一下|一半|半|"
    r"全){0,3}的?钱|钱(?:都|全|也|请|给我)?退(?!不)|"
    rf"{PAID_BACK}|"
    r"\brefund\b|\b(?:get|be) refunded\b|(?<=yuan )refunded\b|(?<=rmb )refunded\b|"
    r"\b(?:want|like|have|get) (?:it|this|that|them|everything|my money) refunded\b|"
    r"\bmoney back\b|(?:\b(?:yuan|rmb|cny|kuai)|[¥￥][\d.,]+) back\b|\b(?:just|only|"
    r"want) my money\b|\breimburse\w*",
    "give_back": r"退掉|(?:(?<=[想要请烦忙])|(?<=帮我))把[^,，。;；!！?？退]{1,14}退(?:了|一下|回去?)(?![吗没?？])|"
    r"\b(?:give|hand|bring|take) (?:it|them|(?:the|this|these|those) (?:(?!money)\w+ ){0,2}?(?!money)\w+) back\b|"
    r"(?:给|帮)我退[了掉][^,，。;；!！?？没不]{0,12}[吧呗](?=$|[,，。!！ ])|"
    r"(?<=[能以想要我就请])退(?=[了吧吗么不,，。!！?？]|$)|"
    r"(?<=[,，。;；!！ ])退了吧|把(?![^,，。;；!！?？]{0,6}[钱款元块])[^,，。;；!！?？退]{1,24}退回(?:来|"
    r"去)?(?![了吗没?？])",
    "compensate": r"补偿|赔偿|赔(?:我|付|点|钱)|\bcompensat\w+",
    "return": r"(?:你们|派人|上门|请|麻烦|叫人|快递|师傅|小哥)来?(?:取|拿|拉|收)(?:走|回去?)|"
    r"(?:货|东西|商品)(?:我|也|都)?[要想得](?:退|寄)(?:给|还|回)(?!我)|"
    r"退货(?:并|和|加|/|、)?(?:退款)?|寄回|退回去|(?:申请|要求|想要?)退回(?=去|商|货|给|[,，。 ]|$)|"
    r"\b(?:need|want|like|wish|hoping|trying|ready|have) to return (?=(?:an?|some|one|two|both) )|"
    r"\b(?:arrange|organi[sz]e|request|register|book|log|raise|file|open|start|initiate|process|approve|open|"
    r"set up|make|need|want|like)(?:ing)?"
    r"(?: for)? (?:an?|the|my|this) return\b|\breturn (?:of )?(?:the|it|them|this|these|those|my|labels?|order|both|"
    rf"{_SOME} of)\b|"
    rf"\b(?:send|ship|post|give) back (?:the|it|them|this|these|those|my|both|order|{_SOME})\b(?! money)|"
    r"\b(?:send|ship|post) (?:it|them|(?:the|this|these|those|my|that) (?:\w+ ){0,2}?\w+|this|these|those) back\b",
    "resend": r"(?:再|重新?)(?:给我)?[发来](?:一?[个条次])?(?:新的?)?(?:验证)?码|再(?:给我?)?[推传送来弄整搞给](?:我)?一?[次遍条个份](?:新的)?|重发|"
    r"重新发送?|补发|再发(?!货)|\bre-?send\b|"
    r"\bsend (?:\w+ ){0,4}(?:again|agn)\b|"
    r"\bsend (?:me )?(?:another|a new|a fresh)\b",
    "change": r"改(?:一?下)?(?:退款|退货|换货|补偿)的?(?=金额|原因|理由|方式|账[户号]|申请)|"
    r"(?<=[一-鿿])(?:写|填|选|打|输|弄|搞|留)错(?=了|成|啦|[,，。!！ ]|$)|"
    r"更新(?=[成为到])|更改|修改|变更|更换|更正|改(?!天|善|进|日|签|发|寄|送|派)|换(?!货|新|言)|"
    r"\b(?:have|get) (?:my|the) [\w ]{3,24}? (?:changed|updated|corrected|fixed)\b|"
    r"\b(?:change|(?<!any )(?<!an )(?<!some )update(?! on\b| about\b)|modify|correct|edit|switch|reset)\b",
    "verify": r"核验|核实|验证(?![码的要用时])|认证|\bverify\b|\b(?:check|validate|review)(?= (?:my|the) (?:id|identity)\b)|"
    r"\bprove(?= who i am\b)",
    "delete": r"删除|删掉|\bdelete\b|\bremove\b",
}
ACCESS = {"identity", "code", "records", "password", "account"}  # nothing to do with an order and its goods
FACTS = {LACK, STATE}  # told by what is amiss
_STEMS = {
    "change": "改换",
    "refund": "退",
    "return": "退",
    "give_back": "退",
    "compensate": "补赔",
    "resend": "发",
    "export": "导",
}
_NEEDS_THING = {"cancel", "change", "verify", "delete"}  # 取消 or 改 alone says nothing
_SENT = {"code", "goods", "parcel", "invoice"}  # what can be sent again
_FOR_GOODS = {"refund", "return", "give_back", "compensate", "exchange", "cancel", "resend"}
_BOUGHT = {"goods", "order", "parcel"}
_SAYS_ALL = {"refund", "compensate", "return"}
# What a flow for a thing does to it.
_FOR_THINGS = {
    ("resend", "code"),
    (LACK, "code"),
    (LACK, "parcel"),
    ("verify", "identity"),
    ("change", "identity"),
    ("export", "records"),
    ("export", "parcel"),
}
# Who returns goods wants his money for them; 退 alone may be either.
_IMPLIED = {"refund": {"return"}, "give_back": {"refund", "return"}}
# What may stand between a verb and its thing in a plain wish; over other words the verb alone is judged.
_BETWEEN = re.compile(
    r"(?:[的个下我也都要得想再把给请帮忙一过 ]|收货|默认|账号|\b(?:my|the|your|that|this|an?|new|our|other|another|"
    r"delivery|shipping|verification|sms|me)\b)*",
    re.I,
)


_AND = re.compile(
    r" ?(?:,|，|、|&|\band\b|和|跟|与|以?及|还有) ?(?:(?:my|the|your|delivery|收货|收件)(?: |(?<![a-z])))?", re.I
)


_DEED = any_of(_DEEDS, r"(?=[一-鿿]|\b[a-z])")  # blanks and digits are passed over at once


@dataclass(frozen=True, slots=True)
class Deed:
    """`thing` "" where the verb says it all, or no thing of the trade is named."""

    verb: str
    thing: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A deed that stands at `start:end` of the text, and is wanted."""

    deed: Deed
    start: int
    end: int
    words: str
    polite: bool = False  # in the form of a question: 能改地址吗


_CANCELLED = re.compile(r"取消|\bcancel", re.I)  # if it has not shipped, cancel it
_MONEY_BACK = re.compile("退款|退钱|退了?[0-9]")
_OPEN = Deed("give_back", "amount")  # 邻居家退款成功了,我也想退: the goods, or the money


def wishes(text: str) -> list[Wish]:
    """What the writer wants done; what is refused, asked about, done, supposed or reported is left out."""
    found = []
    for wish in _deeds(text):
        standing = standing_of(text, wish.start, wish.end, deed=True)
        if standing in {Standing.WANTED, Standing.POLITE}:
            deed = (
                _OPEN
                if wish.deed.verb == "give_back" and wish.words == "退" and _MONEY_BACK.search(text)
                else wish.deed
            )
            found.append(replace(wish, deed=deed, polite=standing is Standing.POLITE))
    return found + _without_deeds(text, {wish.deed.verb for wish in found})


def _without_deeds(text: str, deeds: Collection[str]) -> list[Wish]:
    """What is wanted in other words; goods that did not come are no wish beside what is wanted for them."""
    every = list(untold(text))
    told = {each.verb for each in every}
    return [
        Wish(Deed(each.verb, each.thing), each.start, each.end, text[each.start : each.end])
        for each in every
        if not (each.verb in FACTS and (_FOR_GOODS if each.thing != "code" else {"resend"}) & set(deeds))
        and not (text.startswith("呢", each.end - 2) and STATE in told)
        and not (each.verb == STATE and _CANCELLED.search(text))
        and standing_of(text, each.start, each.end, questions=True) is Standing.WANTED
    ]


def _deeds(text: str) -> Iterator[Wish]:
    found = list(islice(_DEED.finditer(text), MOST_DEEDS))
    for number, match in enumerate(found):
        past = found[number - 1].end() if number else 0
        following = found[number + 1].start() if number + 1 < len(found) else len(text)
        verb, thing = match.lastgroup or "", _thing_beside(text, match, past, following)
        if thing is None and verb in _NEEDS_THING:
            continue
        if thing and thing.start() > match.start() and _done(text, match, thing):
            continue  # 我换了手机, 换手机号了: it is done
        start, end = match.span()
        if thing and _BETWEEN.fullmatch(text, min(end, thing.end()), max(start, thing.start())):
            start, end = min(start, thing.start()), max(end, thing.end())
        for name in _things(text, thing, joined=verb in _NEEDS_THING):
            yield Wish(Deed(verb, name), start, end, text[start:end])


def _done(text: str, verb: re.Match[str], thing: re.Match[str]) -> bool:
    made = re.match("[好完对]了?的", text[verb.end() :][:3])  # 改好的地址
    return bool(
        made or re.match("了|过(?!个)", text[verb.end() :][:2]) or re.match("了(?!吧)", text[thing.end() :][:2])
    )


def _things(text: str, first: re.Match[str] | None, *, joined: bool) -> Iterator[str]:
    """The thing of a deed and those that are joined to it: my address and phone number."""
    yield (first.lastgroup or "") if first else ""
    while joined and first and (joint := _AND.match(text, first.end())):
        first = THING.match(text, joint.end())
        if first:
            yield first.lastgroup or ""


def _thing_beside(text: str, match: re.Match[str], past: int, following: int) -> re.Match[str] | None:
    """The thing behind the verb, else the one before it, in the verb's clause and not beyond another verb; of what is
    to be sent again, the one that the sentence spoke of last."""
    start, end = match.span()
    english = match[0].isascii()
    if inside := match.lastgroup in {"change", "resend"} and THING.search(text, start, end):
        return inside  # have my address changed
    joint = JOINT.search(text, end, following)
    stop = min(joint.start() if joint else following, end + len(clause_after(text, end, _REACH[english])))
    if match.lastgroup == "change" and (_IT.match(text, end) or _SET_RIGHT.match(text, end)):
        spoken_of = THING.finditer(text, max(0, start - _SENTENCES_BEFORE), start)
        return max((thing for thing in spoken_of if not _GIVEN.match(text, thing.end())), key=re.Match.start, default=None)
    into = match.lastgroup == "change" and text[end : end + 1] in set("成为到至")  # 地址选错了,改成…
    behind = THING.search(text, end, stop)
    if behind and match.lastgroup == "resend" and behind.lastgroup not in _SENT:
        behind = None  # 再来一条 手机…: where it is sent to
    if (behind and not into) or (english and match.lastgroup != "resend"):
        return behind
    look = sentence_before if match.lastgroup in {"resend", "export"} or into else clause_before
    before = len(look(text, start, _BEFORE))
    spoken_of = THING.finditer(text, max(past, start - before), start)
    sent = (thing for thing in spoken_of if match.lastgroup != "resend" or thing.lastgroup in _SENT)
    return max(sent, key=re.Match.start, default=behind) or _spoken_of_last(text, match, past)


_GIVEN = re.compile(r"[号码是: ]*\d")  # 手机133…: whom to call
_SET_RIGHT = re.compile(r"(?:过来|回来|一下|掉|正)(?=$|[^一-鿿]|[吧呗啊呀嘛了])")  # 我地址不是…,给我改过来
_IT = re.compile(r" (?:it|that|this|them)\b(?! to\b)", re.I)  # my address is now …, please update it


def _spoken_of_last(text: str, match: re.Match[str], past: int) -> re.Match[str] | None:
    """Of what is to be sent again, listed or set right, the thing of an earlier sentence: no login text. Nothing. Send again, please."""
    sent = _SENT if match.lastgroup == "resend" else {"records"} if match.lastgroup == "export" else {"address"}
    if match.lastgroup not in {"resend", "export", "change"}:
        return None
    earlier = THING.finditer(text, max(past, match.start() - _SENTENCES_BEFORE), match.start())
    return max((thing for thing in earlier if thing.lastgroup in sent), key=re.Match.start, default=None)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a flow is for, by its keywords: deeds, and things that it is for whatever is to be done to them."""

    deeds: frozenset[Deed]
    things: frozenset[str]

    @property
    def stems(self) -> tuple[str, ...]:
        """How Chinese verbs for its deeds begin, where one may stand without its thing: 不用改了."""
        return tuple(_STEMS.get(own.verb, "") for own in self.deeds)

    def names(self, deed: Deed) -> bool:
        """Whether the flow is certainly for this: by deed and thing, or by a deed that says it all."""
        if (deed.verb, deed.thing) in _FOR_THINGS:
            return self.serves(deed)
        if deed.verb == "give_back":
            return deed.thing in {"", *_BOUGHT} and any(own.verb == "return" for own in self.deeds)
        says_all = deed.verb in _SAYS_ALL
        thing = "" if says_all and deed.thing in _BOUGHT else deed.thing
        return any(own.verb == deed.verb and own.thing == thing for own in self.deeds) and (bool(thing) or says_all)

    def serves(self, deed: Deed) -> bool:
        """Whether a wish for the deed is no other wish than the flow's."""
        if deed.thing in self.things and (deed.verb, deed.thing) in _FOR_THINGS:
            return True
        if deed.verb == "export" and deed.thing in {"", "order"} and "parcel" in self.things:
            return True  # 物流凭证导一份
        verbs = {deed.verb, *_IMPLIED.get(deed.verb, ())}
        return any(own.verb in verbs and _same_thing(own, deed) for own in self.deeds)


def _same_thing(own: Deed, wanted: Deed) -> bool:
    return not wanted.thing or wanted.thing == own.thing or (not own.thing and own.verb in _SAYS_ALL)


NO_PURPOSE = Purpose(frozenset(), frozenset())


@lru_cache(maxsize=256)
def purpose(keywords: tuple[str, ...], strong: tuple[str, ...]) -> Purpose:
    """Of a flow with these keywords, of which the `strong` ones make it fit by themselves."""
    told = (Deed(each.verb, each.thing) for word in keywords for each in named(word))
    deeds = frozenset([*(wish.deed for word in keywords for wish in _deeds(word)), *told])
    bare = (word for word in strong if not _DEED.search(word))
    return Purpose(deeds, frozenset(match.lastgroup or "" for word in bare for match in THING.finditer(word)))
