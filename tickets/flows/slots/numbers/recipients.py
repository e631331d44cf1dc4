"""Whether a telephone number stands in the line of a parcel's recipient: 王芳 13800138000 广东省深圳市科技园南路18号.

Rule: a name and an address stand beside it in its line, and no word before it, such as 电话 or 我的, says whose it is.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:收|先生|女士|小姐)?|[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}")
_NO_NAME = re.compile(r"[手电].?[机话]|号|我|本人|地址|收货|改|换|寄|退|查|订单|客服|谢")
_ADDRESS = re.compile(
    r"[省市区县镇乡].*[路街道巷弄村苑园区楼号]|[路街道巷弄村]\d+|\d+[号栋幢弄]|"
    r"\b\d+ .*\b(?:Road|Rd|Street|St|Avenue|Ave|Lane)\b",
    re.I,
)
_OWN = re.compile(r"手机|电话|号码|联系|我|本人|\b(?:mobile|phone|number|my|me)\b", re.I)
_SEPARATORS = " ,，;；、|\t"
_ENDS = "。!！?？"  # of a sentence, which may go on behind the recipient
_BETWEEN = re.compile(rf"[,，;；、|\t{_ENDS}]\s*| (?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) ")


def is_of_a_recipient(text: str, start: int, end: int) -> bool:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    behind = text[end:].partition("\n")[0]
    if (before and before[-1] not in _SEPARATORS) or (behind and behind[0] not in _SEPARATORS + _ENDS):
        return False
    left, right = _parts(before), _parts(behind)
    if left and _OWN.search(left[-1]):
        return False
    beside = left[-4:] + right[:4]
    return any(map(_is_name, beside)) and any(_ADDRESS.search(part) for part in beside)


def _parts(text: str) -> list[str]:
    """Without what leads to them: `ship to: Dana Lee`."""
    parts = [re.split("[:：]", part)[-1].strip() for part in _BETWEEN.split(text)]
    return [part for part in parts if part]


def _is_name(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and not _NO_NAME.search(part)
