"""Text made plain for matching, one character for one, so that places stay those of the original."""

from __future__ import annotations

import unicodedata

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"  # may stand inside a number without being seen
_SIGNS = {"：": ":", "﹕": ":", "∶": ":", "︰": ":"}
# The traditional characters of the words that name personal data: 電話, 收貨人, 驗證碼, 護照.
_TRADITIONAL = dict(
    zip(
        "電話機號碼聯絡繫貨寄郵驗證密帳戶護照車簽訊櫃單名聲駕騎師員開卡銀門鎖區縣鎮鄉樓棟號路層華龍無線隊專線傳總儲",
        "电话机号码联络系货寄邮验证密账户护照车签讯柜单名声驾骑师员开卡银门锁区县镇乡楼栋号路层华龙无线队专线传总储",
        strict=True,
    )
)
_PLAIN = str.maketrans(_SIGNS | _TRADITIONAL)


def same_length_plain(text: str) -> str:
    """Full-width letters, digits and signs as their ordinary forms (NFKC where that is one character), and the
    traditional characters of labels as simplified ones."""
    if text.isascii():
        return text
    plain = (unicodedata.normalize("NFKC", char) for char in text.translate(_PLAIN))
    return "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True))
