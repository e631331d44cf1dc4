"""The ticket in a body, by the expressions of the settings. What is not found is empty."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from integrations.connectors.fields.expressions import decoded, found, is_so, search
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Author, BadAnswer, Gone, Message, Person, RemoteFile, RemoteTicket
from integrations.connectors.wire.http import Http
from integrations.connectors.wire.signatures import moment_of
from tickets.said import gettext_said as _

_MOST_TEXT = 100_000
_MOST_FILES = 50
_HTML = re.compile(
    r"</(p|div|span|a|table|td|body|html|ul|ol|li|b|i|em|strong|h[1-6]|blockquote|font)\s*>|<br\s*/?>|<!doctype html",
    re.IGNORECASE,
)
_DOT_NET = re.compile(r"/Date\((\d{10,13})(?:[+-]\d{4})?\)/")
_WRITTEN = re.compile(r"(\d{4})[/年.](\d{1,2})[/月.](\d{1,2})日?(?:\s+|T)?(\d{1,2}:\d{2}(?::\d{2})?)?(.*)")


def read(its: GenericSettings, body: Any, http: Http, external_id: str = "") -> RemoteTicket:
    """Gone for a body that says that the ticket was deleted or went into another."""
    merged_into = found(its.merged_into, body)
    if merged_into or is_so(its.deleted, body):
        raise Gone(_("对方说这个工单已删除或合并。"), merged_into=merged_into, at=moment(found(its.updated_at, body)))
    text = found(its.text, body, most=_MOST_TEXT)
    return RemoteTicket(
        external_id=external_id or id_of(its, body),
        subject=found(its.subject, body),
        text=text,
        html=its.html or _is_html(text),
        requester=Person(found(its.name, body), found(its.email, body), found(its.mobile, body)),
        queue=found(its.queue, body),
        tags=_tags(its.tags, body),
        status=found(its.status, body),
        priority=found(its.priority, body),
        url=found(its.link, body),
        updated_at=moment(found(its.updated_at, body)),
        messages=messages_of(its, body),
        files=tuple(_files(its, body, http)),
        fields=body if isinstance(body, dict) else {},
    )


def id_of(its: GenericSettings, body: Any) -> str:
    """ "" also for what is a list or an object."""
    value = search(its.id, body)
    return "" if isinstance(value, (list, dict)) else found(its.id, body)


def messages_of(its: GenericSettings, body: Any) -> tuple[Message, ...]:
    """What was said after the ticket came, in the order of the list; what has no words is passed over."""
    rows = search(its.messages, body)
    read_each = (_message(its, row) for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict))
    return tuple(each for each in read_each if each.text.strip())


def list_of(expression: str, body: Any) -> list[Any]:
    value = search(expression, body)
    if isinstance(value, list):
        return [each for each in value if isinstance(each, (str, int))]
    return [value] if isinstance(value, (str, int)) and value != "" else []


def _message(its: GenericSettings, row: dict[str, Any]) -> Message:
    """One without a number goes by its words, so that it comes in once."""
    author = Author.CUSTOMER if is_so(its.message_customer, row) else Author.COLLEAGUE
    text = found(its.message_text, row, most=_MOST_TEXT)
    number = found(its.message_id, row)[:100] or _hash(text)
    html = its.html or _is_html(text)
    return Message(number, text, author, html=html, internal=is_so(its.message_internal, row))


def _tags(expression: str, body: Any) -> tuple[str, ...]:
    """A list of words or of objects with a name, or the words in one text."""
    value = search(expression, body)
    if isinstance(value, str):
        return tuple(tag for each in re.split(r"[,;，；、]", value) if (tag := each.strip()))
    items = value if isinstance(value, list) else [value]
    named = [item.get("name") if isinstance(item, dict) else item for item in items]
    return tuple(str(tag) for tag in named if isinstance(tag, (str, int)) and not isinstance(tag, bool) and tag != "")


def _files(its: GenericSettings, body: Any, http: Http) -> Iterator[RemoteFile]:
    rows = search(its.files, body)
    for row in (rows if isinstance(rows, list) else [rows] if rows else [])[:_MOST_FILES]:
        address = row if isinstance(row, str) else found(its.file_url, row)
        data = "" if isinstance(row, str) else _whole_text(its.file_data, row)
        if not address and not data:
            continue
        path = urlsplit(address).path if address else ""
        name = ("" if isinstance(row, str) else found(its.file_name, row)) or PurePosixPath(unquote(path)).name
        number = ("" if isinstance(row, str) else found(its.file_id, row)) or _hash(f"{name}|{path}|{_hash(data)}")
        whole = urlsplit(address).scheme in ("http", "https") or bool(its.url)
        yield RemoteFile(number[:100], name, _Loaded(http, address if whole else "", data))


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A file from the body itself, else from its address."""

    http: Http
    address: str
    data: str

    def __call__(self) -> Iterator[bytes]:
        if not self.data and not self.address:
            raise BadAnswer(_("附件的地址不完整,也没有填写 REST 地址。"))
        if not self.data:
            return self.http.load(self.address)
        raw = decoded(self.data)
        if not raw:
            raise BadAnswer(_("附件的内容不是 Base64。"))
        return iter((raw,))


def _whole_text(expression: str, row: Any) -> str:
    value = search(expression, row)
    return value if isinstance(value, str) else ""


def moment(text: str) -> datetime | None:
    """ISO 8601, the year first in other signs, the form of mails, or Unix time; None for anything else, and where day
    and month could be mistaken for one another. Without a zone it is the server's."""
    text = text.strip()
    dotted = _DOT_NET.fullmatch(text)
    number = dotted[1] if dotted else text.partition(".")[0] if re.fullmatch(r"\d{10}(\.\d+)?", text) else text
    if number.isascii() and number.isdecimal():
        return moment_of(number[:13]) if len(number) in (10, 13, 16) else None
    try:
        read_as = parse_datetime(_in_iso(text)) or _of_mail(text)
    except ValueError:
        return None
    return make_aware(read_as) if read_as is not None and is_naive(read_as) else read_as


def _in_iso(text: str) -> str:
    parts = _WRITTEN.fullmatch(text)
    if parts is None:
        return text
    year, month, day, clock, zone = parts.groups()
    hours, _colon, rest = (clock or "00:00").partition(":")
    return f"{year}-{int(month):02}-{int(day):02}T{int(hours):02}:{rest}{zone.strip()}"


def _of_mail(text: str) -> datetime | None:
    try:
        return (
            parsedate_to_datetime(text)
            if re.match(r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} ", text)
            else None
        )
    except (ValueError, TypeError):
        return None


def _is_html(text: str) -> bool:
    return bool(_HTML.search(text))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
