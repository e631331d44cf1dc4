"""Short numbers that somebody is going to call, which are no amounts."""

from __future__ import annotations

import re

_CALLED = re.compile(
    r"(?:(?:投诉|举报|反映|告)(?:你们)?(?:到|给|去)|致电|呼叫|[打拨]|\b(?:call|dial|phone|ring))\s?$", re.I
)
_SHORT_CODE = re.compile(r"1[12]\d|12\d{3}|9[56]\d{3}|10\d{3}")
_OF_A_HOTLINE = re.compile(r"^(?:投诉|举报|热线|电话|平台|见|说|调解|[那了]边)")


def is_hotline(before: str, run: str, after: str) -> bool:
    """不退就打12315: a short number that somebody is going to call."""
    short = re.fullmatch(r"\d{3,6}", run) and not re.match("[到进给回入我]", after)  # 打100到我卡上
    return bool(short and (_CALLED.search(before) or (_SHORT_CODE.fullmatch(run) and _OF_A_HOTLINE.search(after))))
