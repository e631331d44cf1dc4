"""Validation faults in the caller's language: the place of each fault and what was expected.

Rule: every kind of fault that our schemas can cause has its own text; unknown kinds get pydantic's.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 20  # faults of one request that are named
_LONGEST = 300
_TEXT, _WHOLE, _TIME = _("应为文字。"), _("应为整数。"), _("应为带时区的 ISO 8601 时间,如 2026-05-31T08:00:00Z。")
_ONCE = _("只能写一次。")
_OBJECT, _TRUTH = _("应为 JSON 对象。"), _("应为 true 或 false。")
_WORDS: dict[str, str | Promise] = {
    "missing": _("必须填写。"),
    "extra_forbidden": _("接口说明中没有这一项。"),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": _("至少 %(min_length)s 个字符。"),
    "string_too_long": _("最多 %(max_length)s 个字符。"),
    "string_pattern_mismatch": _("格式应为 %(pattern)s。"),
    "literal_error": _("只能是:%(expected)s。"),
    "enum": _("只能是:%(expected)s。"),
    "too_long": _("最多 %(max_length)s 项。"),
    "too_short": _("至少 %(min_length)s 项。"),
    "greater_than_equal": _("不能小于 %(ge)s。"),
    "greater_than": _("必须大于 %(gt)s。"),
    "less_than_equal": _("不能大于 %(le)s。"),
    "less_than": _("必须小于 %(lt)s。"),
    "list_type": _("应为 JSON 数组。"),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _("应为数字。")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _OBJECT),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _TIME),
    **dict.fromkeys(("uuid_type", "uuid_parsing"), _("应为 UUID。")),
}


def told(errors: list[dict[str, Any]]) -> list[dict[str, str]]:
    """`errors` as pydantic lists them."""
    return [{"place": _place(error["loc"]), "message": _message(error)[:_LONGEST]} for error in errors[:MOST]]


def unknown(place: str, names: list[str]) -> list[dict[str, str]]:
    """Parameters nobody asked for."""
    return [{"place": f"{place}.{name[:80]}", "message": str(_WORDS["extra_forbidden"])} for name in names[:MOST]]


def repeated(place: str, names: list[str]) -> list[dict[str, str]]:
    return [{"place": f"{place}.{name[:80]}", "message": str(_ONCE)} for name in names[:MOST]]


def _place(loc: tuple[Any, ...]) -> str:
    """`body.text`, `query.limit`: a body and a file are no parameters with a name of their own."""
    parts = loc[:1] + loc[2:] if loc[0] in ("body", "file") else loc
    return ".".join(str(part) for part in parts)


def _message(error: dict[str, Any]) -> str:
    words = _WORDS.get(error["type"])
    context = {name: str(value).replace(" or ", ", ") for name, value in error.get("ctx", {}).items()}
    try:
        return str(words) % context if words is not None else str(error["msg"])
    except KeyError:
        return str(error["msg"])
