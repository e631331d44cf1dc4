"""Numbers that were dictated: digits in words, of Chinese (`幺三八…`) and English (`one three eight`, `double oh`).

Rule: seven digits in a row are somebody's number; fewer only beside the word for a code, a password or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data import labels
from cs_agent.vision.personal_data.kinds import DataKind, Span

HAN_DIGITS = dict(
    zip("零〇一二三四五六七八九幺么两壹贰叁肆伍陆柒捌玖洞拐勾", "00123456789112123456789079", strict=True)
)
SPOKEN_DIGITS = "".join(HAN_DIGITS) + "0-9"
_PAUSE = r"(?:[ ,、，。.\-…]|\s?(?:杠|横杠|横|空格|点)\s?)"
_HAN_RUN = re.compile(
    rf"(?<![0-9{SPOKEN_DIGITS}])[{SPOKEN_DIGITS}](?:{_PAUSE}{{0,2}}[{SPOKEN_DIGITS}]){{3,23}}(?![0-9个十百千万元块年月日天号点分秒次件位折倍])"
)
_HAN_SPOKEN = re.compile("[" + "".join(HAN_DIGITS) + "]")
_DIGIT = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|niner)"
_TENS = (
    r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|thousand)"
)
_ENGLISH_RUN = re.compile(
    rf"\b(?:(?:double|triple)[ -])?(?:{_DIGIT}|\d)\b(?:(?:[ ,.-]|, | - |\.\.\. )(?:(?:double|triple|dash|hyphen"
    rf"|plus|and)[ -])?(?:{_DIGIT}|{_TENS}|\d)\b){{3,30}}",
    re.IGNORECASE,
)
_MULTIPLE = {"double": 1, "triple": 2}
_CODE = re.compile(r"验证码|校验码|动态码|确认码|短信码|\b(?:code|otp|passcode)\b", re.IGNORECASE)
_PASSWORD = re.compile(r"密码|口令|\b(?:pin|password)\b", re.IGNORECASE)
_VOUCHER = re.compile(
    r"[取提][件货餐]码|券码|兑换码|核销码|\b(?:voucher|coupon|pick-?up|cvv|security code)\b", re.IGNORECASE
)
_CARD = re.compile(r"卡号?|账号?|\b(?:card|account|iban)\b", re.IGNORECASE)
_ID = re.compile(r"身份证|证件|\b(?:ssn|social security|id number|identity|passport)\b", re.IGNORECASE)
_COUNTED = "01234567890"  # one two three: somebody counts
_REACH = 26  # characters before a number in which the word for it stands
_SURE = 7  # digits


def dictated(text: str) -> Iterator[Span]:
    for match in _HAN_RUN.finditer(text):
        count = len(re.findall(f"[{SPOKEN_DIGITS}]", match.group()))
        digits = "".join(HAN_DIGITS.get(char, char) for char in match.group() if char.isalnum())
        if digits in _COUNTED or len(_HAN_SPOKEN.findall(match.group())) * 2 < count:
            continue
        if kind := _kind(text, match.start(), count):
            yield Span(kind, *match.span(), digits)
    for match in _ENGLISH_RUN.finditer(text):
        words = re.findall(r"[a-z]+|\d", match.group().lower())
        count = sum(_MULTIPLE.get(word, 1) for word in words)
        if sum(not word.isdigit() for word in words) > 2 and (kind := _kind(text, match.start(), count)):
            yield Span(kind, *match.span(), match.group())


def _kind(text: str, start: int, count: int) -> DataKind | None:
    before = text[max(0, start - _REACH) : start]
    if labels.names_an_order(before):
        return None
    for named, kind in (
        (_VOUCHER, DataKind.VOUCHER),
        (_CODE, DataKind.CODE),
        (_PASSWORD, DataKind.PASSWORD),
        (_ID, DataKind.ID_CARD),
        (_CARD, DataKind.BANK_CARD),
    ):
        if named.search(before):
            return kind
    if count >= _SURE:
        return DataKind.MOBILE if count == 11 else DataKind.PHONE if count < 14 else DataKind.BANK_CARD
    return None
