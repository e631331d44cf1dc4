"""How the writer stands to a value: wishes it, doubts it, refuses it, reports it, or speaks of another person or time.

Rule: only what nothing around it speaks against is taken. Every look is into a bounded piece of the same sentence;
negations that are part of another word (不好意思, 能不能) are none.
"""

from __future__ import annotations

import re

from tickets.flows.slots.text import Doubt, clause_after, clause_before, mark_after, sentence_before

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
    r"并非要|别再?|勿|甭)(?:你们|他们|再|给|帮|我们?|来|去|把|对|做|搞|申请|办理|什么|任何|这个|那个|的|了){0,4}\s*$"
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
_DENIED_AFTER = re.compile(r"^.{0,6}(?:[不没别未]|失败|被拒|被.{1,6}(?:拒|驳|取消|否决)|驳回)")
_OTHER_DENIED = re.compile(
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
_CONDITION = re.compile(
    r"只要[^,，]{0,12}就|如果|要是|假如|假若|倘若|若是|若(?!干)|如(?=[不无未没有能可需])(?!何)|万一|除非|否则|不然|(?<!退款)(?<!补偿)(?<!赔偿)的话|"
    r"一旦|要么|或者|"
    r"(?:不行|不能|不可以|不同意|不发货|不处理|不给|不换|不修|再不|还不).{0,8}就|"
    r"\b(?:if|unless|otherwise|in case|provided|either|or else|whether)\b",
    re.I,
)
# What the writer would put up with, or finds too little, is not what he asks for.
_PUT_UP_WITH = re.compile(
    r"\b(?:would|could|might|can|will|'d) (?:also |still |even )?(?:accept|do|suffice|be (?:fine|ok|okay|nice|"
    r"enough|good|acceptable))\b",
    re.I,
)
_TOO_LITTLE = re.compile(
    r"^[^,.;!?\n]{0,24}\b(?:isn'?t|is not|aren'?t|wasn'?t|won'?t|will not|is far from|is hardly|is too) (?:\w+ )?"
    r"(?:enough|fair|acceptable|ok|okay|do|sufficient|cover|little|low|right)\b|^[^,，。;；!！?？\n]{0,4}(?:太少|"
    r"不够|不行|不合理|不公平|打发|不满意|不同意)",
    re.I,
)
_UNTICKED = re.compile(r"(?:[□☐○◯◻]|\[ ?\]|\( ?\)) ?$")
_TICKED = re.compile(r"[☑✓✔√●◉■☒]|\[[xX√]\]|\([xX√]\)")
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
_CALLED_OFF_REACH = 400  # characters behind a wish

_POLITE = re.compile(
    r"(?:如果|要是)?(?:您|你们?)?(?:可以|方便|可能|行|能行)的话|如果(?:可以|方便|可能)|"
    r"\bif (?:it'?s |it is |at all )?(?:possible|ok|okay|you can(?!'?t|not)|you could(?!n)|that works|"
    r"you don'?t mind)\b",
    re.I,
)
_CORRECTED = re.compile(
    r"^[,，。.]? ?(?:哦|啊|呃|等等)*(?:不对|说错|写错|打错|发错|输错|更正|错了|纠正|记不清|不确定|"
    r"不太记得|刚才.{0,3}错|"
    r"sorry|i mean|correction|no,? wait|wait|actually)",
    re.I,
)
_QUESTION = re.compile(
    r"能不能|可不可以|是不是|会不会|有没有|要不要|行不行|好不好|是否|能否|可否|难道|莫非|多少|怎么|"
    r"怎样|为什么|为啥|凭什么|"
    r"如何|什么时候|多久|几天|几时|还是|哪|吗|\b(?:can|could|may|would|will|shall|do|does|did|is|are|"
    r"was|should|how|what(?! (?:i|we) (?:want|need|expect|ask|am|would))|when|why) "
    r"(?:i|you|we|it|they|there|my|the|much|this|that)\b",
    re.I,
)
_HEDGE = re.compile(
    r"好像|似乎|以为|听说|据说|怀疑|疑似|感觉像|看着像|可能|也许|或许|大概(?!率)|应该是|估计|不确定|"
    r"不太确定|记不清|记得|忘了|不知道(?!为什么|怎么|为啥)|随便|"
    r"\b(?:maybe|perhaps|probably|possibly|"
    r"i think|i guess|not sure|i believe|might|seems?)\b",
    re.I,
)
PERSON_WORDS = (
    r"朋友|同事|同学|邻居|室友|舍友|老公|老婆|丈夫|妻子|爱人|媳妇|妈妈?|母亲|爸爸?|父亲|女儿|儿子|"
    r"孩子|姐姐?|妹妹?|哥哥?|弟弟?|家人|"
    r"亲戚|男友|女友|对象|闺蜜|领导|老板|表[哥弟姐妹]|堂[哥弟姐妹]|婆婆|公公|岳[父母]|爷爷|奶奶|外公|"
    r"外婆|叔叔|阿姨|同伴"
)
ENGLISH_PERSON_WORDS = (
    "friend|colleague|husband|wife|mother|mom|father|dad|son|daughter|sister|brother|neighbou?r|roommate|boss|aunt|uncle|"
    "cousin|partner|boyfriend|girlfriend|ex"
)
PERSON = re.compile(
    rf"(?:我们?的?|(?!老板))(?:{PERSON_WORDS})|我(?:先生|太太|夫人)|别人|别家|人家|其他(?:人|客户|买家|顾客)|有人|"
    rf"隔壁|网友|(?<!其)[他她]们?|"
    rf"\b(?:my|his|her|their) (?:\w+ )?(?:{ENGLISH_PERSON_WORDS})\b|\b(?:someone|somebody) else|"
    r"\b(?:another|other) (?:customer|person|people|buyer)s?|\b(?:his|her|he|she|they)\b",
    re.I,
)
_SPEAKER = (
    rf"客服|商家|卖家|店家|店主|店铺|店里|你们|您们|贵司|贵店|对方|平台|快递|骑手|老板|经理|主管|官方|"
    rf"(?<!其)[他她]们?|人家|网上|页面|"
    rf"说明|机器人|小二|售后|仓库|师傅|{PERSON_WORDS}"
)
_HEARSAY = re.compile(
    r"(?:说好|讲好|约定|承诺|答应)过?的?[^,，]{0,4}$|(?:系统|页面|界面|后台|短信|app).{0,6}(?:显示|提示|通知|弹|写)|(?<!我)写(?:着|的是)[^,，]{0,4}$|"
    rf"(?:{_SPEAKER}).{{0,10}}(?:说|讲|称|答应|承诺|表示|告诉|回复|提出|提议|只能|只肯|只给|只愿|愿意|只$|"
    rf"同意|只[退赔补]|建议|让我|许诺|保证|让|判|裁定|给了我|给过我|写着|声称)|"
    r"\b(?:agent|support|seller|service|rep\w*|they|you|he|she|shop|store|merchant|friend|someone|manager|colleague|"
    r"courier|husband|wife)\b.{0,24}\b(?:said|says|wrote|told|promised|offered|agreed|suggest\w*|claim\w*|only|"
    r"willing)\b",
    re.I,
)
REPORTED = re.compile(r"(?:说|称|表示|承诺|答应|回复|告诉我|写着|said|says|told me)[:：]?$", re.I)
_PAST = re.compile(
    r"上次|上回|上一次|上一单|之前|以前|前两?次|前几?[次天]|去年|前年|早先|原来|原先|曾经?|当初|当时|"
    r"历史|上个?月|上周|昨天|前天|刚才|本来|原本|一开始|起初|"
    r"已经?|\b(?:last|previously|before|earlier|used to|once|already|was|were|been|have|has|had|got|"
    r"received|wanted|yesterday)\b",
    re.I,
)
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
_CAME_AFTER = re.compile(r"^[^。;；!！?？\n,，]{0,2}[,，] ?(?:我|都|今天|昨天)?(?:已经?|刚)(?:收到|到账|拿到|打来|退)")
_OPEN_QUOTE = re.compile(r"[“「『\"‘]([^”」』\"’]*)$")
# A blank in place of a comma: 客服让我等三天 现在三天过了 请退款.
_AFRESH = re.compile(r"(?<=[一-鿿])(?<![说称道讲诺应]) (?=请|麻烦|我|现在|要求|希望|申请|退|补|赔)")
_JSON_KEY = re.compile(r"\{[^{}]*\"(?:[\w -]{1,30}\" ?: ?\"?)?$")  # {"refund": "50元"}

NEAR, FAR = 10, 18  # characters before a value within which a word about it stands


def doubt_about_wish(text: str, start: int, end: int) -> Doubt | None:
    """Whether what stands at `start:end` (a wish's word and its value) is wished here and now by the writer."""
    labelled = _FIELD.match(text, max(0, start - 1), end)  # 原因:屏幕不亮 退款金额:599
    before = "" if labelled else clause_before(text, start)
    sentence = "" if labelled else sentence_before(text, start)
    after = clause_after(text, end)
    return (
        (Doubt.NEGATED if _UNTICKED.search(before[-3:]) and _TICKED.search(sentence + after) else None)
        or refused(before, after)
        or called_off(text, end)
        or _put_up_with(before, after)
        or _somebody_else(before, sentence)
        or (Doubt.OTHER_TIME if _PAST.search(_last(before, NEAR, 24)) or _DONE_AFTER.search(after) else None)
        or (Doubt.UNCLEAR if _DONE_BEFORE.search(before) or _TURNED_AFTER.search(after) else None)
        or retracted(text, end)
        or (Doubt.OTHER_TIME if _CAME_AFTER.search(text[end : end + 16]) else None)
        or (Doubt.UNCLEAR if _UNPAID_AFTER.search(text[end : end + 24]) else None)
        or (Doubt.CONDITION if _OTHERWISE_AFTER.search(text[end : end + 12]) else None)
        or conditional(sentence, after)
        or asked(before + text[start:end], after, mark_after(text, end))
        or hedged(before, after.removeprefix("吧"))
        or unclear_denial(before, after)
    )


def without_idioms(text: str) -> str:
    """The text without words that hold a negation but deny nothing."""
    return _IDIOMS.sub("", text)


def without_politeness(text: str) -> str:
    """The text without conditions that are only polite: 可以的话, if possible."""
    return _POLITE.sub("", text)


def refused(before: str, after: str) -> Doubt | None:
    held = _IDIOMS.sub("", before)
    return Doubt.NEGATED if REFUSED.search(held) or _REFUSED_AFTER.search(after) else None


def called_off(text: str, end: int) -> Doubt | None:
    """A later clause says that nothing is to be done: 算了,不退了."""
    return Doubt.UNCLEAR if _CALLED_OFF.search(text, end, end + _CALLED_OFF_REACH) else None


def _put_up_with(before: str, after: str) -> Doubt | None:
    if _PUT_UP_WITH.search(before) or _PUT_UP_WITH.search(after):
        return Doubt.CONDITION
    return Doubt.UNCLEAR if _TOO_LITTLE.search(after) else None


def retracted(text: str, end: int) -> Doubt | None:
    """What comes next takes it back: 不对, 说错了, 还是算了."""
    after = clause_after(text, end, 24)
    following = text[end + len(after) : end + len(after) + 16]
    return Doubt.UNCLEAR if _RETRACTED.search(following) else None


def corrected(text: str, end: int) -> Doubt | None:
    """What comes next says that it was wrong."""
    after = clause_after(text, end, 24)
    behind = text[end + len(after) : end + len(after) + 16]
    return Doubt.UNCLEAR if _CORRECTED.search(after[:16]) or _CORRECTED.search(behind) else None


def unclear_denial(before: str, after: str) -> Doubt | None:
    near = _IDIOMS.sub("", _last(before, NEAR, 24))
    behind = _OTHER_DENIED.sub("", _IDIOMS.sub("", after[:16]))
    denied = _NEGATION.search(near) or _DENIED_AFTER.search(behind)
    return Doubt.UNCLEAR if denied else None


def conditional(sentence: str, after: str) -> Doubt | None:
    told = _POLITE.sub("", sentence[-40:])
    only = "只要" in told[-8:] and "就" in after[:8]
    return Doubt.CONDITION if only or _CONDITION.search(told) or _CONDITION.search(_POLITE.sub("", after)) else None


def asked(clause: str, after: str, mark: str) -> Doubt | None:
    question = mark in {"?", "？"} or _QUESTION.search(clause) or _QUESTION.search(after)
    return Doubt.QUESTION if question else None


def hedged(before: str, after: str) -> Doubt | None:
    near = _HEDGE.search(_last(before, NEAR, 24)) or re.search(r"^.{0,4}(?:吧|不太?确定|记不清|左右)", after)
    return Doubt.HEDGED if near else None


def other_person(before: str) -> Doubt | None:
    return Doubt.OTHER_PERSON if PERSON.search(_last(before, FAR, 40)) else None


def hearsay(before: str, sentence: str) -> Doubt | None:
    before = _AFRESH.split(before)[-1]
    quoted = _OPEN_QUOTE.search(sentence) and not _JSON_KEY.search(sentence)
    reported = _HEARSAY.search(_last(before, 24, 60)) or quoted
    earlier = sentence[: len(sentence) - len(before)].rstrip(",，")
    return Doubt.HEARSAY if reported or REPORTED.search(earlier) else None


def done(before_value: str) -> Doubt | None:
    """补偿了50元, 退过100元: what is past is no wish."""
    return Doubt.OTHER_TIME if _DONE.search(before_value) else None


def _somebody_else(before: str, sentence: str) -> Doubt | None:
    return hearsay(before, sentence) or other_person(before)


def _last(text: str, chinese: int, english: int) -> str:
    """The last characters that are near by: English needs more letters to say the same."""
    reach = english if text[-english:].isascii() else chinese
    return text[-reach:]
