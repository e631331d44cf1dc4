"""What a message of WeCom says, whichever kind it is; pure.

Rule: text is its text; a file has none. Of any other kind, known or not, the kind is named and every text in it is
told, except those that only programs can use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from tickets.said import gettext_said as _

FILES = ("image", "voice", "video", "file")
_MOST = 2000  # characters told of one message
_KINDS = {
    "location": gettext_noop("位置"),
    "link": gettext_noop("链接"),
    "business_card": gettext_noop("名片"),
    "miniprogram": gettext_noop("小程序"),
    "msgmenu": gettext_noop("菜单"),
    "merged_msg": gettext_noop("聊天记录"),
    "channels": gettext_noop("视频号"),
    "channels_shop_product": gettext_noop("视频号商品"),
    "channels_shop_order": gettext_noop("视频号订单"),
    "note": gettext_noop("笔记"),
    "meeting": gettext_noop("会议"),
    "schedule": gettext_noop("日程"),
}
_FOR_PROGRAMS = re.compile(
    r"(media_?id|menu_?id|app_?id|user_?id|page_?path|msg_?type|type|(pic|image|img|cover)_?url)$"
)


def words(message: Mapping[str, Any]) -> str:
    kind = str(message.get("msgtype", ""))
    part = message.get(kind)
    if kind in FILES:
        return ""
    if kind == "text":
        return str(part.get("content", "")) if isinstance(part, dict) else ""
    name = _(_KINDS[kind]) if kind in _KINDS else kind
    return f"[{name}] {' '.join(_texts(part))}".strip()[:_MOST]


def _texts(value: Any) -> Iterator[str]:
    """Of a value as WeCom nests it: in merged messages JSON stands in texts."""
    if isinstance(value, dict):
        for name, each in value.items():
            if not _FOR_PROGRAMS.search(str(name).lower()):
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and value.strip():
        packed = _packed(value)
        yield from [value.strip()] if packed is None else _texts(packed)


def _packed(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
