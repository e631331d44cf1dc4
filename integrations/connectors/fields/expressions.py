"""Expressions (JMESPath) that an administrator types to say where something stands in a body.

Rule: one that cannot work is refused when it is typed; one that finds nothing, or a value of another type, gives
nothing and never an error. Besides JMESPath's own there are the functions of `_Functions`.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from integrations.connectors.fields import documents, plain
from tickets.said import gettext_said as _

LONGEST = 500  # characters of an expression
_MOST = 2000  # characters one expression may give


class _Functions(functions.Functions):  # type: ignore[misc]
    """What bodies need that are packed once more: JSON or Base64 in a text, HTML, several words in one text."""

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_parse_json(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_from_base64(self, text: str) -> str:
        return decoded(text).decode("utf-8", "replace")

    @functions.signature({"types": ["string", "array", "object"]})  # type: ignore[untyped-decorator]
    def _func_plain(self, text: Any) -> str:
        return plain.from_html(text) if isinstance(text, str) else documents.text_of(text)

    @functions.signature({"types": ["string"]}, {"types": ["array"]})  # type: ignore[untyped-decorator]
    def _func_join(self, between: str, parts: list[Any]) -> str:
        """As JMESPath's, but what is missing or empty is left out: one name of two must not cost the other."""
        return between.join(filter(None, map(_as_text, parts)))

    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_split(self, text: str, at: str) -> list[str]:
        return [part.strip() for part in text.split(at)] if at else [text]

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_lower(self, text: str) -> str:
        return text.lower()


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def checked(expression: str) -> str:
    """The valid expression; ValueError says where it is invalid."""
    try:
        tree = jmespath.compile(expression).parsed
    except JMESPathError as error:
        why = " ".join(str(error).split())[:160]
        text = _("表达式“%(path)s”无法理解:%(why)s") % {"path": expression, "why": why}
        quotes = _('名称里有字母、数字和 _ 以外的字,或以数字开头时,要写在双引号里,如 "工单"."标题"。')
        raise ValueError(text if '"' in expression else f"{text} {quotes}") from error
    unknown = next((name for name in _called(tree) if name not in _Functions.FUNCTION_TABLE), "")
    if unknown:
        known = ", ".join(sorted(_Functions.FUNCTION_TABLE))
        raise ValueError(_("没有函数“%(name)s”。可以用:%(known)s") % {"name": unknown, "known": known})
    return expression


def search(expression: str, data: Any) -> Any:
    """None also where a function of the expression got a value of another type."""
    try:
        return jmespath.search(expression, data, options=_OPTIONS) if expression else None
    except (JMESPathError, TypeError, ValueError):
        return None


def found(expression: str, data: Any, most: int = _MOST) -> str:
    """The expression's result as text of at most `most` characters; "" for nothing."""
    return _as_text(search(expression, data))[:most]


def words(expression: str, data: Any, most: int = _MOST) -> str:
    """As `found`, for what people read: of a rich text that is kept as a tree its words."""
    value = search(expression, data)
    told = documents.text_of(value) if isinstance(value, (list, dict)) else ""
    return (told or _as_text(value))[:most]


def is_so(expression: str, data: Any) -> bool:
    """Whether what it finds means yes: systems write a no as text too."""
    return found(expression, data).strip().casefold() not in _NOT_SO


def id_text(value: Any) -> str:
    """A number or name that tells things apart, alike however it is written; "" for what is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return _as_text(value)[:_MOST].strip()


def decoded(text: str) -> bytes:
    """Base64 of either alphabet, also as a `data:` address; b"" for what is none."""
    head, comma, rest = text.partition(",")
    packed = "".join((rest if comma and head.startswith("data:") else text).split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_" if {"-", "_"} & set(packed) else None)
    except (binascii.Error, ValueError):
        return b""


_NOT_SO = frozenset({"", "0", "0.0", "false", "no", "off", "n", "f", "null", "none", "否"})


def _called(tree: Any) -> Iterator[str]:
    if tree["type"] == "function_expression":
        yield tree["value"]
    for child in tree.get("children", []):
        if isinstance(child, dict):
            yield from _called(child)


def _as_text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, list):
        return _("、").join(filter(None, map(_as_text, value)))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # some systems write every number so: 13800138000.0
    return str(value)
