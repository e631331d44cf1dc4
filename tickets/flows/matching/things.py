"""The things of the trade that something may be wanted for: a code, a parcel, an address."""

from __future__ import annotations

import re

_THINGS = {
    "identity": r"实名|身份|证件|\bidentity\b|\bid card\b|\bwho i am\b|(?<=\bmy )id\b",
    "code": r"验[证正]?[码吗马]|校验码|动态(?:码|口令|密码)|短信(?:码|口令)|(?:登[录陆]|验证|注册)的?短信|"
    r"(?:登[录陆]|验证|注册)(?:时?[要用]|需要)?的?[那这]?[个条几串组]?(?:[46八8四六]位)?(?:数字?|口令)|"
    r"[46四六]位数?[字码]?|"
    r"\b(?:verification|login|log-in|sms|security) (?:texts?|sms|messages?)\b|(?<=[个条次遍新])码|"
    r"(?<![一-鿿])码(?=[没收不都也还过])|"
    r"\bcodes?\b|"
    r"\botp\b|\bpasscodes?\b",
    "phone": r"手机号码?|电话号?码?|联系方式|手机|号码|\b(?:phone|mobile|contact|cell)(?: number)?\b",
    "address": r"地址|(?:送货|收货|收件|寄送|配送)的?(?:地方|地点|位置)|\badd?ress?\b|\baddrs?\b|\bship to\b",
    "recipient": r"收货人|收件人|姓名|名字|\brecipient\b|\bname\b",
    "password": r"密码|\bpassword\b",
    "account": r"账号|账户|帐号|\baccount\b",
    "time": r"时间|日期|\b(?:time|date|slot)\b",
    "variant": r"尺码|颜色|规格|型号|款式|大一号|小一号|数量|\b(?:size|colou?r|quantity|model)\b",
    "amount": r"金额|数额|\bamount\b",
    "ground": r"(?<!无)理由|原因|方式",
    "payment": r"支付方式|付款方式|银行卡|\bpayment method\b|\bcard\b",
    "invoice": r"发票|抬头|\binvoice\b",
    "plan": r"套餐|会员|\b(?:plan|membership|subscription)\b",
    "pickup": r"取件|上门|\bpick-?up\b",
    "review": r"评价|差评|评论|\breview\b",
    "records": r"记录|明细|数据|(?:投诉|客诉)的?(?:工?单子?|表)|"
    r"(?:投诉|客诉)(?=了?些|[都也全给导]|$|[,，。])|\brecords?\b|\bcomplaints\b",
    "parcel": r"快递|包裹|物流|\b(?:parcel|package|delivery(?! (?:addr\w*|time|date))|shipment)\b",
    "order": r"订单|定单|单子|\borders?\b",
    "goods": r"货(?!币|地址|人|时间|款|品?质)|"
    r"商品|东西|配件|零件|赠品|\b(?:items?|goods|product|charger|parts?|gift)\b",
}


def any_of(patterns: dict[str, str], before: str = "") -> re.Pattern[str]:
    """One pattern of several with a name each; what stands first wins where two overlap."""
    return re.compile(f"{before}(?:{'|'.join(f'(?P<{name}>{each})' for name, each in patterns.items())})", re.I)


THING = any_of(_THINGS)
_KIND = re.compile(
    r"收货|收件|送货|配送|寄送|短信|登录|\b(?:delivery|shipping|verification|sms|my|the) (?=\w)", re.I
)  # what kind of thing


def thing_named(word: str) -> str:
    """The thing, if the word is nothing but one: 收货地址, but not 新地址. Else empty."""
    found = THING.fullmatch(_KIND.sub("", word.strip()))
    return (found.lastgroup or "") if found else ""
