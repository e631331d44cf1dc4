"""What the words beside a number say that it is.

Rule: a word of an order excuses the number that it directly names, and no other: nothing may stand between them but
`:`, `是` and spaces, and no word of a person, a telephone or an account may be part of the name.
"""

from __future__ import annotations

import re
from functools import cached_property

CONTEXT = 24  # characters before a number in which its label stands
_LINK = r"(?:[\s::=]|是|为|\bis\b|#)*"  # between a name and what it names

_BUSINESS = (
    r"订单|运单|快递|物流|包裹|面单|流水|交易|工单|申请|受理|退款|退货|换货|售后|发票|合同|批次|序列|商品|产品|货品|单据|业务"
    r"|案件|服务单|维修|任务|参考|库存|规格|型号|活动|商户|门店|店铺|系统|请求|事务|出库|入库|采购|报价|预约单?|票据|支付单?|凭证"
)
_ORDER_NAME = re.compile(
    rf"(?:(?:{_BUSINESS})[\u4e00-\u9fff]{{0,4}}?(?:号码?|编号|单号|编码|流水号?|ID)|单号|编号|条码号|货号"
    r"|(?:order|tracking|waybill|parcel|package|shipment|ticket|invoice|transaction|reference|ref|case|request|refund"
    r"|return|product|item|serial|batch|contract|booking|sku)\.?\s*(?:no\b\.?|number|nr\b\.?|id\b|code|#)"
    r"|(?:[伝传]票|注文|商品|受付|お?問い?合わせ|追跡|管理|型)番[号號]|(?:주문|송장|운송장|상품|접수|문의|송품)\s?번호"
    r"|\b(?:auftrags|bestell|sendungs|artikel|rechnungs|paket|vorgangs)(?:nummer|nr\.?)|\bn(?:[úu]mero|[°º.])?\s?(?:de|du|d[’']|di)\s?(?:pedido|orden|seguimiento|gu[íi]a|commande|colis|suivi|facture|ordine|spedizione|encomenda|factura)"
    r"|\b(?:номер (?:заказа|накладной|отправления)|заказ|трек-?номер|mã (?:đơn(?: hàng)?|vận đơn)|(?:nr"
    r"|numer) (?:zamówienia|przesyłki)|sipariş no|takip no|no(?:mor)? (?:pesanan|resi))|رقم (?:الطلب|الشحنة|التتبع)"
    r"|เลข(?:ที่)?(?:ออเดอร์|คำสั่งซื้อ|พัสดุ))" + _LINK + r"$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"电话|手机|联系|客服|来电|去电|主叫|被叫|致电|拨打|座机|传真|号主|机主|证件|身份|护照|卡|账|帐|收款|微信|QQ|人"
    r"|phone|mobile|cell|contact|call|account|card|identity|passport",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"\s*[((\[【]?\s*(?:收|寄|联系|本人|客户|用户|来电|电话|手机|tel\b|phone|mobile)", re.IGNORECASE
)

_ID = re.compile(r"身份证|证件号|公民身份|ID\s?(?:card|number|no)|identity", re.IGNORECASE)
_CARD = re.compile(
    r"银行卡|卡号|储蓄卡|收款[人方]|开户|信用卡|借记卡|账户|账号|帐号|帐户|对公|bank\s?card|card\s?(?:number|no)|account|a/c|卡\s*$|\bacct?\b|\bCLABE\b"
    r"|\bIBAN\b",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:\b(?:konto(?:nummer|nr\.?)?|(?:n[úu]mero de )?cuenta|(?:num[ée]ro de )?compte|conto|conta"
    r"|rekening(?:nummer)?|(?:nr )?rachunku|р/с|сч[её]т|hesap(?: no)?|số tài khoản|STK|no\.? rek(?:ening)?)"
    r"|계좌(?:\s?번호)?|口座(?:番号)?|رقم الحساب|เลขบัญชี"
    r"|银行账号|银行帐号|对公账号|收款账号|(?:bank\s)?\baccount(?:\s?(?:no\b\.?|number"
    r"|#))?|a/c\s?no\.?|acct\.?(?:\s?(?:no\b\.?|#))?|routing(?:\s?(?:no\b\.?|number))?|\bBLZ|\bBSB|\bABA"
    r"|(?:转|汇|打|退|提现|存)(?:账|款|钱)?(?:到|至|给|入|进))" + _LINK + r"$",
    re.IGNORECASE,
)
_CARD_ENDS = re.compile(r"余额|金额|时间|日期|登录|登陆|积分|balance|amount|date|time", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:电话号?码?|手机号?码?|手机|座机|固话|联系方式|联系号码|联络|来电号?码?|去电|主叫|被叫|致电|拨打|热线|传真|号码|分机|总机"
    r"|番号|전화(?:번호)?|연락처|휴대폰|핸드폰|тел(?:ефон)?\.?|моб\.?|SĐT|ĐT|điện thoại|โทร(?:ศัพท์)?|هاتف|جوال|טלפון"
    r"|\bHP|\bph\b|\bmob\b|m[óo]vil|celular"
    r"|t[eé]l[eé]fono|t[ée]l[ée]phone|telefon[eo]?|telefoon|\btel(?:ephone)?\b|phone|mobile|\bmobil\b|\bcell\b|\bfax\b"
    r"|\b(?:call|caller|called|calling|text|ring|reach)(?: (?:me|us|him|her|back))?\b"
    r"|whats\s?app|\bringing\b)"
    r"(?:\s*(?:号|number|no\.?|id|at|from|on|to))?[^0-9A-Za-z\u4e00-\u9fff\n]*(?:是|为|is)?\s*[((+]?$",
    re.IGNORECASE,
)
_TO_CALL = re.compile(r"联系[\u4e00-\u9fff]{0,7}\s*[((:]?\s*$")
_ABROAD = re.compile(r"\+[\s(]*$")

_UNLABELLED = re.compile(r"[\d\s\-./()_·•]*")


class Beside:
    """What the text that ends before a number says of it; each question is answered once."""

    def __init__(self, before: str) -> None:
        self.before = "" if _UNLABELLED.fullmatch(before) else before  # a long column of numbers has no labels to find

    @cached_property
    def names_an_order(self) -> bool:
        return names_an_order(self.before)

    @cached_property
    def names_an_identity(self) -> bool:
        return bool(_ID.search(self.before))

    @cached_property
    def names_an_account(self) -> bool:
        """Whether a card or an account is spoken of, and not its balance or the time of something."""
        ends = [found.end() for found in _CARD.finditer(self.before)]
        return self.is_an_account or (bool(ends) and not _CARD_ENDS.search(self.before[ends[-1] :]))

    @cached_property
    def is_an_account(self) -> bool:
        """Whether nothing stands between the words for a bank account's number and the number."""
        return bool(_ACCOUNT.search(self.before))

    @cached_property
    def names_a_phone(self) -> bool:
        call = _TO_CALL.search(self.before)
        return bool(_PHONE.search(self.before)) or (call is not None and not re.search(r"号|码|单", call.group()))

    @cached_property
    def goes_on(self) -> bool:
        """Whether a letter stands directly before the number: it is the rest of a word."""
        last = self.before[-1:]
        return last.isascii() and last.isalpha()

    @cached_property
    def dials_abroad(self) -> bool:
        return bool(_ABROAD.search(self.before))


def names_an_order(before: str) -> bool:
    """Whether the text that ends before a number directly names it as that of a thing, and no person's."""
    found = _ORDER_NAME.search(before)
    return found is not None and not _PERSONAL.search(found.group())


def begins_with_an_order(text: str) -> bool:
    """Whether the text begins with the name of a thing's number."""
    found = _ORDER_NAME.match(re.match(r"[^\d\n]*", text).group().rstrip())  # type: ignore[union-attr]
    return found is not None and not _PERSONAL.search(found.group())


def says_whose(after: str) -> bool:
    """Whether the text behind a number says that it is somebody's: `(收件人电话)`."""
    return bool(_NAMED_AFTER.match(after))
