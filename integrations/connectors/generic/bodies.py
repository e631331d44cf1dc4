"""What the body of a call says, in the forms that systems send: JSON, XML, a form with or without JSON in its fields;
compressed, in another character set, several events at once.

Rule: Refused tells what it is not. Nothing is unpacked beyond MOST_BYTES.
"""

from __future__ import annotations

import json
import re
import zlib
from email import message_from_bytes, policy
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from integrations.connectors.errors import Refused
from integrations.connectors.fields.expressions import search
from integrations.connectors.protocol import Incoming, value_of
from integrations.connectors.wire import xml
from tickets.said import gettext_said as _

MOST_BYTES = 8 * 1024 * 1024
MOST_EVENTS = 500
_MOST_FIELDS = 1000
_LOOKED_AT = 200  # characters at the beginning of a body
_DEEPEST = 8  # brackets in the name of a field
_LIKE_A_FORM = re.compile(rb"[\w.%\[\]+-]+=[^\s]*$")
_BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_BESIDE_SEALED, _SHORTEST_SEALED = 2, 24
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")  # how gzip and zlib begin


def events(incoming: Incoming, expression: str = "") -> list[dict[str, Any]]:
    """The events of a call: its one object, the objects of its list, or those that the expression finds."""
    value = _value(incoming)
    if _sealed(value) is not None:
        raise Refused(
            _(
                "内容是整个加密的。请在“对方怎样证明调用是它发的”里选飞书,或钉钉、企业微信应用,并填写密钥;"
                "或在对方关闭加密。要预览时,请粘贴解密后的内容。"
            )
        )
    if expression:
        value = search(expression, value)
    rows = value if isinstance(value, list) else [value]
    found = [row for row in rows if isinstance(row, dict)]
    if rows and not found:
        raise Refused(_("内容里没有 JSON 对象。"))
    if len(found) > MOST_EVENTS:
        raise Refused(_("一次调用里有 %(n)d 个事件,最多 %(most)d 个。") % {"n": len(found), "most": MOST_EVENTS})
    return found


def sealed_part(incoming: Incoming) -> str | None:
    """What a call that is encrypted as a whole holds; None for any other."""
    return _sealed(_value(incoming))


def _sealed(value: Any) -> str | None:
    """By its one long field: 飞书 and 钉钉 send nothing beside it, WeCom only for whom it is."""
    if isinstance(value, dict) and isinstance(value.get("xml"), dict):
        value = value["xml"]
    if not isinstance(value, dict) or len(value) > _BESIDE_SEALED + 1:
        return None
    found = value.get("encrypt", value.get("Encrypt"))
    return found if isinstance(found, str) and len(found) >= _SHORTEST_SEALED else None


def unpacked(incoming: Incoming) -> bytes:
    """The body without its compression."""
    raw = incoming.body
    if not raw.startswith(_PACKED):
        return raw
    reader = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = reader.decompress(raw, MOST_BYTES)
    except zlib.error as error:
        raise Refused(_("压缩的内容无法解开:%s") % error) from error
    if reader.unconsumed_tail:
        raise Refused(_("解压后超过 %d MB。") % (MOST_BYTES // 1024 // 1024))
    if not reader.eof:
        raise Refused(_("压缩的内容不完整。"))
    return plain


def _value(incoming: Incoming) -> Any:
    raw = unpacked(incoming)
    kind = _content_type(incoming.headers.get("content-type", ""))
    if kind.get_content_type() == "multipart/form-data":
        return _of_fields(_parts(incoming.headers["content-type"], raw))
    text = _text(raw, kind)
    if kind.get_content_type() == "application/x-www-form-urlencoded":
        return _form(text)
    if _is_xml(text, kind):
        return xml.value_of(text)
    try:
        return value_of(text)
    except (ValueError, RecursionError) as error:
        if "content-type" not in incoming.headers and _LIKE_A_FORM.match(raw):  # pasted by a person
            return _form(text)
        where = _("内容不是 JSON(content-type:%(type)s):%(why)s")
        raise Refused(where % {"type": kind.get_content_type(), "why": str(error)[:120]}) from error


def _is_xml(text: bytes | str, kind: Message) -> bool:
    """By how it begins: some call it JSON or nothing."""
    begins = text[:_LOOKED_AT]
    written = begins.decode("latin-1") if isinstance(begins, bytes) else begins
    return kind.get_content_subtype().endswith("xml") or written.lstrip().startswith("<")


def _content_type(header: str) -> Message:
    found = Message()
    found["content-type"] = header or "application/json"
    return found


def _text(raw: bytes, kind: Message) -> bytes | str:
    """As bytes where JSON's own rules tell the character set."""
    charset = kind.get_param("charset")
    if not isinstance(charset, str) or charset.lower().replace("_", "-") in ("utf-8", "utf8"):
        return raw
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw  # the header is wrong


def _form(text: bytes | str) -> dict[str, Any]:
    written = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    try:
        pairs = parse_qsl(written, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Refused(_("表单的字段超过 %d 个。") % _MOST_FIELDS) from error
    return _of_fields(pairs)


def _parts(header: str, raw: bytes) -> list[tuple[str, str]]:
    """The fields of a form that could carry files; files are passed over."""
    whole = message_from_bytes(b"Content-Type: " + header.encode() + b"\r\n\r\n" + raw, policy=policy.HTTP)
    fields = []
    for part in list(whole.iter_parts())[:_MOST_FIELDS]:
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and part.get_filename() is None:
            content = part.get_payload(decode=True)
            fields.append((name, content.decode("utf-8", "replace") if isinstance(content, bytes) else ""))
    return fields


def _of_fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """A field that comes several times is a list; one that holds JSON is what it holds; `a[b][0]` is nested, and
    stands under its whole name as well."""
    found: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for name, text in pairs:
        value = _perhaps_json(text)
        if name in found:
            kept = found[name]
            found[name] = [*(kept if isinstance(kept, list) else [kept]), value]
        else:
            found[name] = value
        if steps := _steps(name):
            _put(nested, steps, value)
    return {name: _with_lists(value) for name, value in nested.items()} | found


def _steps(name: str) -> list[str]:
    """`a[b][]` as a, b and ""; nothing for a name without brackets."""
    parts = _BRACKETS.fullmatch(name)
    steps = [parts[1], *_BRACKET.findall(parts[2])] if parts else []
    return steps if len(steps) <= _DEEPEST else []


def _put(place: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = place.setdefault(step or str(len(place)), {})
        if not isinstance(inner, dict):
            return
        place = inner
    place.setdefault(steps[-1] or str(len(place)), value)


def _with_lists(value: Any) -> Any:
    """What has only numbers for names is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(each) for name, each in value.items()}
    if inner and all(name.isascii() and name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=lambda name: (len(name), name))]
    return inner


def _perhaps_json(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return value_of(text)
    except (ValueError, RecursionError):
        return text


def kept(event: dict[str, Any]) -> bytes:
    """As `fetch` gets it back."""
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
