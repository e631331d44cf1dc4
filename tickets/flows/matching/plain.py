"""Whether an action that a keyword names (退款, refund, 改地址) is plainly wished.

Rule: what leads to the word and what follows it in its clause must be known. An action that is complained of, argued
about or under way (退款三天了没人管, I'd like to dispute the refund) stands among other words, and says nothing for
a flow.
"""

from __future__ import annotations

import re

from tickets.flows.slots import leads
from tickets.flows.slots.numerals import ENGLISH, NUMERALS
from tickets.flows.slots.text import clause_after, clause_before

_REACH = 40
# Of the words for actions; 验证码 and 物流 are things, for which a flow is wanted because of what is said of them.
_ACTION = re.compile(
    r"[退赔补改换导修撤]|寄回|重发|refund|return|compens|chang|export|cancel|"
    r"\b(?:send|give|ship|hand|take)\b[\w ]*\bback\b",
    re.I,
)
_LEAD = (
    rf"{leads.WISH_LEAD}|老子|在吗|能不能|可不可以|能否|可否|忙|顺便|顺带|客服|您们|商家|卖家|店家|平台|快|还是|"
    rf"[上下进出回过起]?[来去]|[弄搞整做]|坚持|酌情|给予|适当|相应|上门|取走|来取|取件|登记|走|开一?[个张]|"
    rf"重新|再次|投诉|(?:最?近|过去|上|这|本)?[\d一两二三四五六七八九十半几]*(?:个?月|个?季度?|年|周|天)的?|必须|"
    rf"只想|不如|干脆|客诉|数据|记录|明细|整份|结果|于是|的|东西|商品|新|收货|"
    r"(?:[七7]天)?无理由|半额|一半|多退|少退|现金|仅|先行|记得|别忘了|收件|全额|全款|赔偿|补偿|退款|退钱|地址|"
    r"修改|更改|导出|"
    rf"{leads.ENGLISH_WISH_LEAD}|\b(?:{'|'.join(ENGLISH)})\b|"
    r"\b(?:it|them|this|these|that|all|help|go|ahead|either|any|have to|got to|wanna|gonna|really|immediate|prompt|"
    r"item|items|half|email|mail|forward|share|show|"
    r"new|delivery|shipping|address|(?<=i'm )after|(?<=i am )after|trying|try|let|had|about time|hi|hello|hey|thanks|"
    r"return|refund|cancel)\b"
)
_LAST = re.compile(rf"(?:{_LEAD}) ?$", re.I)
_TAIL = re.compile(
    rf"$|[^一-鿿A-Za-z ]|[{NUMERALS}](?![天日周月年次个])|"
    r"把|[上下进出回过起]?[来去]|[吧呗啊呀嘛哦哈啦叭咯喽哟嘞哩呐噻撒哇喔]|(?P<either>[一-鿿])不(?P=either)(?=$|[^一-鿿]|[吧呀啊])|了(?=$|[^一-鿿]|"
    r"[吧呗啊呀哈就个几两一]|谢)|谢|就(?=$|行|好|可以|成|够|完|是|"
    r"这样)|即可|可以|给|到|至|回|并|"
    r"和|及|与|加|外|再(?!说|考虑|想|看)|还(?!没|未|不|在|是)|另|"
    rf"我(?=[{NUMERALS}\d¥￥]|们?的|全|这|那|就|也|还|要|想)|"
    r"[你您]们?(?=给|帮|安排|尽快|处理|看着|赶紧|马上|快|直接|就|要|得|赔|退|发|必须|应该|$|[^一-鿿])|请|麻烦|"
    r"返|尽快|马上|"
    r"赶紧|元|块|金额|款|"
    r"钱|费|运费|押金|定金|差价|全|部分|一下|货|的?订单|这|那|该|此|单(?=$|[^一-鿿])|退(?=款(?:$|[^一-鿿]|"
    r"[吧呗给并和谢加的,，。]|[\d一二两三四五六七八九十]))|退(?!款)|"
    r"原路|处理|赔|补|或|行|好|吗|么|不(?=退|换|修|然|含|包|接受|想换|要换|用|过分|算|$)|"
    r"因|由于|算|成|为|后|(?:手续|流程)(?=$|[,，。!！吧呗啊 ])|的(?=$|[,，。!！?？吧啊呢 ]|申请|手续|要求|诉求|验证码|"
    r"短信)|"
    r"一[次遍条份]|一?个(?:$|[吧呗啊,，。!！给新来过])|地址|收货|新|投诉|信息|资料|近|最近|过去|数据|记录|明细|"
    r"上|本|今|所|导|改|换|修|麻|辛苦|多谢|急|需要|要|想|能|以|来|用|也就是|"
    r"编?号[码是为:： ]*\d|"
    r"[存备留归][档份存底]|走|打|发|但|申请(?:$|[,，。!！吧谢])",
)
# A blank in place of a comma: 给我办个退货 单号…; but not 退款 三天了还没到.
_NEXT_PHRASE = re.compile(rf" (?=[一-鿿])(?![没未不还被又怎为都一直]|[{NUMERALS}](?:[天周年]|个?月|小时|多))")
_ENGLISH_TAIL = re.compile(
    r"(?: |-)*(?:$|[!-@\[-`{-~]|[A-Z]*\d[A-Z\d-]*\b|[A-Z]+[A-Z\d]*\d\b|(?:rmb|cny|please|"
    r"pls|plz|for|of|me|my|the|it|this|these|those|them|order|to|and|plus|"
    r"or|in|now|asap|thanks?|thx|because|since|"
    r"as|on|already|amount|full|with|immediately|today|back|too|as well|"
    r"a|an|at|if|(?:last|past|this) \w+['’]s|instead|via|by|into|from|not|so|but|"
    r"your|i (?:paid|spent|gave)|"
    r"address|money|label|goods|item|items|shoes|process(?:ed)?|would|should|us|all|everything|half|due|delivery|"
    r"shipping|than|pick-?up|collection|"
    r"complaints?|records?|data|label|is (?:fine|ok|okay|enough))\b)",
    re.I,
)


_I_WANT = re.compile(
    r"(?<![和跟给让问])我(?:们|就|只|也|还|今天|现在)?(?:要求|申请|希望|想要?|要)|必须|要求|麻烦|"
    r"请(?!问)|能不能|可不可以|能否|可否|只[想要]|就[想要]|想(?!问|知道|了解|咨询)|帮我|帮忙"
)
# What is said of a thing for which a flow is wanted: it does not come, or it is asked for.
_TROUBLE = re.compile(
    r"收不|没收|未收|没有|不来|没来|不到|没到|未到|没|未|发|补|再|过期|失效|不了|不上|失败|错|不动|停|慢|丢|破|坏|"
    r"不是我|不是本人|冒领|到哪|查|看|出一?下|出具|帮|请|要|急|麻烦|"
    r"需|申请|核验|办|改|换|想|导|给|传|怎么|一下|[两三四五六七八九十几\d]天了|不一致|不符|提示|卡在|"
    r"[一-鿿]不[过去进出开成住通齐掉回清]|\b(?:not|n't|never|no|resend|"
    r"send|again|fail\w*|missing|please|need|"
    r"want|where|when|track\w*|late|lost|"
    r"verify|verification|stuck|still|update|get|export|change|email|forward|give|show)\b|n't",
    re.I,
)

_BORNE = {"address", "phone", "recipient", "time", "account", "variant", "payment"}
_MISTAKEN = re.compile(
    r"改|换|更正|更新|修正|变更|(?<![没不])(?<!没有)错(?!过)|不[对符]|有误|搬[家到去走了]|转(?:到|去|寄)|重新?[填写选]|"
    r"\b(?:chang|updat|correct|switch|modif|edit|mov|wrong|mistake|typo|incorrect|different|instead|redirect|reroute|"
    r"new|not right|amend|outdated|old)",
    re.I,
)


# Between two actions of a clause: change my address and resend the code.
_OTHER_ACTION = re.compile(
    r"\b(?:complain|log|file|register|raise|open|put in|updat|deliver|ship|send|resend|verif|check|correct)", re.I
)  # before a joining word
JOINT = re.compile(r"\b(?:and(?: then| also)?|then|n|plus|also|or)\b ?|& ?|并且?|然后|同时|另外|顺便|还有|再")


_OBJECT = re.compile(r"把[^,，。;；!！?？不没退]{1,14}$")  # 把蛋糕钱全退给我: whatever it is called
_MONEY_OF = re.compile(r"(?:(?!已经?|之前|上次|[不没别退过])[^,，。;；!！?？\n]){1,12}的$")  # 这一箱的钱退给我


def names_an_action(words: str) -> bool:
    return bool(_ACTION.search(words))


def is_plain(text: str, start: int, end: int) -> bool:
    """Whether the words around the action's at `start:end` are those of a wish."""
    lead, tail = clause_before(text, start, _REACH), clause_after(text, end, _REACH)
    wanted = [match.start() for match in _I_WANT.finditer(lead)]
    joined = [match.end() for match in JOINT.finditer(lead) if _joins(lead, match, tail)]
    begin = max([*wanted, *joined], default=0)
    if lead.endswith("把") and re.match("退款|退货|补偿|赔偿", text[start:end]):
        return False  # 把退款退到…: it is there already
    lead = lead[begin:]
    if re.search(r"\b(?:the|it|my)$", text[start:end], re.I):
        return leads.understood(lead, _LAST)  # return the …
    chinese = not re.match(r" *[A-Za-z]", tail) and (_NEXT_PHRASE.match(tail) or _TAIL.match(tail.lstrip(" ")))
    follows = _ENGLISH_TAIL.match(tail) or chinese
    objects = (_OBJECT, _MONEY_OF) if text[start] == "钱" else (_OBJECT,)
    every = [lead, *(each.sub("", lead) for each in objects)]
    return bool(follows) and any(leads.understood(each, _LAST) for each in every)


def _joins(lead: str, joint: re.Match[str], tail: str) -> bool:
    """Whether the word joins two actions: update my address and refund me the shipping."""
    before = lead[: joint.start()]
    told_whom = joint.end() == len(lead) and re.match(r" (?:me|us|my)\b", tail)
    return names_an_action(before) or bool(_OTHER_ACTION.search(before) or told_whom)


def is_needed(thing: str, sentence: str) -> bool:
    """Whether a sentence that names a thing says that something is amiss with it or that it is wanted."""
    return bool((_MISTAKEN if is_borne(thing) else _TROUBLE).search(sentence))


def is_borne(thing: str) -> bool:
    """An order only bears it, so it is named beside other matters as well: 收货地址在乡下,能送到吗."""
    return thing in _BORNE
