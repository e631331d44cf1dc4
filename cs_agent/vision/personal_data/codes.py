"""Passwords, one-time codes, and codes with which somebody collects, redeems or pays.

Rule: a code is known by the word beside it, in front or behind; a date, an amount and a length of time are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names.sentences import is_a_thing

_PASSWORD = re.compile(
    r"(?:密码|口令|password|passwd|passcode|passphrase|wi-?fi\s(?:key|code)|pwd|\bPIN|passwor[td]|kennwort|contraseña"
    r"|mot de passe|heslo|hasło|senha|wachtwoord|parola|şifre|mật khẩu|lösenord|пароль|비밀번호|パスワード)(?:码)?"
    r"(?:\s*(?:是|为|:|=|\bis\b)\s*|\s+(?=[!-~]*[0-9]))(?P<value>[!-~]{4,64})(?<![,.;:)\]}\"'])",
    re.IGNORECASE,
)
_SAID_OF_IT = re.compile(  # "password is wrong"
    r"(?:required|wrong|incorrect|invalid|empty|too|not|never|typed|needed|optional|set|changed|expired"
    r"|missing|weak|strong|only"
    r"|always|the|an?|your|stored|kept|hidden|looked|used|correct|shown|encrypted|hashed|asked|entered|sent"
    r"|about)\b(?![!-/:-@\d])",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\b(?:Bearer|Basic)\s+(?:token\s+)?(?P<bearer>[A-Za-z0-9._~+/=-]{8,4096})"
    r"|(?:令牌|密钥|秘钥|(?:access|refresh|api|auth|session|private|secret|id)[ _-]?(?:token|key)|\btoken|\bsecret"
    r"|session[ _]?id)"
    r"(?:码|串|值)?\s*(?:是|为|[:=]|\bis\b)\s*[\"'“]?(?P<named>(?=[!-~]*\d)[A-Za-z0-9._~+/=%-]{8,4096})"
    r"|(?:令牌|密钥|秘钥)\s+(?P<spaced>(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9._~+/=-]{12,4096})"
    r"|(?<![A-Za-z0-9_])(?P<formed>(?:sk|pk|rk)[-_](?:[a-z]{2,8}[-_])?[A-Za-z0-9_-]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}"
    r"|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,}|AKID[0-9A-Za-z]{12,}|AIza[\w-]{30,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)"
    r"|://[^\s:/@]{1,64}:(?P<login>[^\s/@]{3,64})@"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?P<key>[A-Za-z0-9+/=\s]{16,8192})"
)
_CODE_WORD = (
    r"(?:验证码|校验码|动态码|动态密码|动态口令|确认码|激活码|短信码|随机码|授权码|登录码|识别码"
    r"|(?:verification|security|confirmation|one-time|login|sign-?in|access|SMS|auth(?:entication"
    r"|orization)?)\s(?:pass)?code"
    r"|\bOTP\b|\b[2M]FA\b|\bTOTP\b|\bpasscode\b)"
)
_ANY_CODE = (
    rf"(?:{_CODE_WORD}|(?<!zip )(?<!post )(?<!postal )(?<!sort )(?<!area )(?<!country )(?<!error )(?<!status )"
    r"(?<!source )"
    r"(?<!bar )(?<!qr )(?<!dress )"
    r"(?<!color )(?<!product )(?<!item )(?<!return )(?<!exit )(?<!response )"
    r"(?<!tax )(?<!bank )(?<!branch )(?<!swift )(?<!hs )\bcode\b)"
)
_DATE = r"(?:(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}-\d{1,2}\s\d{1,2}:\d\d)"
_NUMBER = rf"(?<![0-9A-Za-z.¥$*])(?<!\d-)(?!{_DATE})(?P<value>\d(?:[ -]?\d){{3,7}})(?![0-9*]|[./年:-]\d|元|分钟|秒)"
_CODE_AFTER = re.compile(_ANY_CODE + r"[^0-9]{0,16}?" + _NUMBER, re.IGNORECASE)
_CODE_BEFORE = re.compile(_NUMBER + r"[^0-9]{0,12}?" + _CODE_WORD, re.IGNORECASE)
_CODE_IS_YOURS = re.compile(_NUMBER + r"\s*(?:is your|是您?的?|为您?的?)[^0-9\n]{0,32}?" + _ANY_CODE, re.IGNORECASE)
_CODE_TOLD = re.compile(_ANY_CODE + r"[^\n.。]{0,40}(?:\.\d\d)?[^\n.。]{0,20}\bis\b:?\s*" + _NUMBER, re.IGNORECASE)
_CODE_LETTERS = re.compile(
    _ANY_CODE
    + r"\s*(?:是|为|:|=|\bis\b)\s*[\"“「]?(?P<value>(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4,8})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SENT_BY = re.compile(r"\b(?:sms|otp|2fa|text message)\b|短信", re.IGNORECASE)  # sms to … failed code=482913
_ENTERED = re.compile(  # 请输入 305178 完成登录
    r"(?:请?输入|填写|使用|enter|use)\s*[\"“「【\[]?(?P<value>(?<!\d)(?:\d{4,8}|"
    r"\d{2}(?: \d{2}){2}|\d{3,4} \d{3,4})(?!\d))[\"”」】\]]?\s*"
    r"(?:(?:来|以|并|即可)?(?:完成|进行)?(?:登录|登入|验证|注册|绑定|支付|授权)"
    r"|to (?:log|sign|verify|confirm|continue|complete))",
    re.IGNORECASE,
)
_PREFIXED_BY = re.compile(r"(?<![A-Za-z0-9-])(?P<value>G-\d{6})(?![0-9-])")
_OWN_VALUE = re.compile(r"\s*(?:是|为|[:=#]|\bis\b)?\s*[\"“「【\[]?[A-Za-z0-9-]*\d{3}")  # the word's own number follows
_ENDING = re.compile(
    r"(?:尾号|[后末尾]4?四?位(?:数字?|号码)?|ending(?: in| with)?|last (?:4|four)(?: digits)?)[\s:是为(]*\Z",
    re.IGNORECASE,
)
_NOT_A_CODE = re.compile(r"订单|单号|尾号|order|ending|¥|\$|金额", re.IGNORECASE)

_VOUCHER_WORD = (
    r"(?:(?:取件|取货|提货|提取|取餐|自提|寄件|开箱|开门|开柜|券|卡券|兑换|兑奖|核销|核验|消费|团购|电子|优惠券?|抵用券?|礼品卡?"
    r"|充值卡?|付款|收款|支付|扫码付?|会员|入场|检票|入园|凭证|凭|验货|签收|退款|赠送|激活卡?)(?:密|代|序)?(?:码|密)号?"
    r"|[\u4e00-\u9fff]{1,4}(?<![尺号编邮代数电扫起均鞋条形证误态源字乱解转])码|凭证(?:号码?)?|券号"
    r"|卡密|序列密钥|(?:取货|取件|取餐|提货|自提)(?:编?号|单号)|安全码|密令|(?:背面|卡背)的?(?:后|末|最后)?(?:三|3)位(?:数字?)?|CVV2?|CVC2?|CVN2?|CAV2?"
    r"|(?:pick-?\s?up|collection|locker|voucher|coupon|redeem|redemption|gift\s?card|claim|payment|promo|entry)"
    r"\s(?:code|pin|number)|security\s?code|code on the back)"
)
_VOUCHER_VALUE = r"(?P<value>(?=[A-Za-z -]{0,24}\d)[A-Za-z0-9]{1,24}(?:[ -][A-Za-z0-9]{1,12}){0,6}(?<=[0-9A-Za-z]))"
_NOT_AFTER = r"(?![0-9A-Za-z]|[./年:]\d|元|分钟|秒|张|个|天|折)"
_VOUCHER = re.compile(
    _VOUCHER_WORD + r"\s*(?:数字|号码|号)?(?:\((?:CVV|CVC)2?\))?\s*(?:是|为|:|=|\bis\b|#)?\s*[\"“「【\[(]?"
    rf"(?!{_DATE}|\d+(?:\.\d\d)?\s?(?:元|张|个|分钟|秒|天))" + _VOUCHER_VALUE + _NOT_AFTER,
    re.IGNORECASE,
)
_VOUCHER_USED = re.compile(
    r"(?:凭|输入|出示|报)\s*[\"“「【\[]?(?P<value>(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9-]{3,20})[\"”」】\]]?\s*"
    r"(?:到|至|在|去)?[^0-9,。;\n]{0,16}?(?:取件|取货|提货|取餐|自提|兑换|核销|开柜|开箱|领取)"
)
_VOUCHER_BEHIND = re.compile(
    r"(?<![0-9A-Za-z.¥$*-])(?P<value>(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4})\s*[((]\s*"
    + _VOUCHER_WORD,
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\D")


_REMEMBERED = re.compile(  # 密码忘了,好像是qwe123456
    r"(?:密码|口令)[^\n:。;!-~]{0,12}[,，]?[^\n:。;!-~]{0,6}[是为](?P<value>(?=[!-~]*\d)(?=[!-~]*[A-Za-z])[!-~]{6,64})"
)
_IN_HAN = re.compile(r"(?:密码|口令|暗号)(?:是|为|:)\s?(?P<value>[\u4e00-\u9fff]{2,8})(?=[\s,,。!;、]|\Z)")


def passwords(text: str) -> Iterator[Span]:
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "named"
        yield Span(DataKind.PASSWORD, *match.span(group), match.group(group))
    for match in _PASSWORD.finditer(text):
        if _SAID_OF_IT.match(match.group("value")) or not re.search(r"[^*•·_x-]", match.group("value")):
            continue
        yield Span(DataKind.PASSWORD, *match.span("value"), match.group("value"))
    for match in _REMEMBERED.finditer(text):
        yield Span(DataKind.PASSWORD, *match.span("value"), match.group("value"))
    for match in _IN_HAN.finditer(text):
        if is_a_thing(match.group("value")):  # else something is said of it: 密码是错的
            yield Span(DataKind.PASSWORD, *match.span("value"), match.group("value"))


_OF_A_FAULT = re.compile(
    r"错误|失败|异常|崩溃|\b(?:error|failed|failure|exception|exit|status)\b[^\n]{0,12}\Z|(?:错误|失败|异常)[^\n]{0,16}\Z",
    re.I,
)


def codes(text: str) -> Iterator[Span]:
    for match in _PREFIXED_BY.finditer(text):
        yield Span(DataKind.CODE, *match.span("value"), match.group("value"))
    for pattern in (_CODE_AFTER, _CODE_IS_YOURS, _CODE_BEFORE, _CODE_TOLD):
        for match in pattern.finditer(text):
            if pattern is _CODE_BEFORE and _OWN_VALUE.match(text, match.end()):
                continue
            lead = text[max(0, match.start() - 60) : match.start()].rpartition("\n")[2]
            if _OF_A_FAULT.search(lead[-24:]) and not _SENT_BY.search(lead):
                continue
            between = match.group().replace(match.group("value"), "")
            if not _NOT_A_CODE.search(between) and not _ENDING.search(
                text[max(0, match.start("value") - 24) : match.start("value")]
            ):
                yield Span(DataKind.CODE, *match.span("value"), _DIGITS.sub("", match.group("value")))
    for pattern in (_CODE_LETTERS, _ENTERED):
        for match in pattern.finditer(text):
            yield Span(DataKind.CODE, *match.span("value"), match.group("value"))


def is_a_caption_of_codes(text: str) -> bool:
    """Whether the text is nothing but the word for a code."""
    return bool(re.fullmatch(rf"(?:您的|本次|your )?(?:{_VOUCHER_WORD}|{_CODE_WORD})", text, re.IGNORECASE))


def vouchers(text: str) -> Iterator[Span]:
    for pattern in (_VOUCHER, _VOUCHER_USED, _VOUCHER_BEHIND):
        for match in pattern.finditer(text):
            value = match.group("value")
            if len(_DIGITS.sub("", value)) >= 3 or len(value) >= 6 or (len(value) == 4 and not value.isalpha()):
                yield Span(DataKind.VOUCHER, *match.span("value"), value)
