"""The ticket in a body, by the expressions of the settings. What is not found is empty."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from integrations.connectors.errors import BadAnswer, Gone
from integrations.connectors.fields.expressions import decoded, found, id_text, is_so, search, words
from integrations.connectors.fields.plain import is_html
from integrations.connectors.generic.settings import OF_TICKET, GenericSettings
from integrations.connectors.protocol import Author, Message, Person, RemoteFile, RemoteTicket
from integrations.connectors.wire.http import Http
from integrations.connectors.wire.moments import moment
from tickets.said import gettext_said as _

_MOST_TEXT = 100_000
_MOST_FILES = 50


def read(its: GenericSettings, body: Any, http: Http, external_id: str = "") -> RemoteTicket:
    """Gone for a body that says that the ticket was deleted or went into another."""
    merged_into = found(its.merged_into, body)
    if merged_into or is_so(its.deleted, body):
        raise Gone(_("对方说这个工单已删除或合并。"), merged_into=merged_into, at=time_of(its, body))
    text = words(its.text, body, most=_MOST_TEXT)
    return RemoteTicket(
        external_id=external_id or id_of(its, body),
        subject=found(its.subject, body),
        text=text,
        html=its.html or is_html(text),
        requester=Person(found(its.name, body), found(its.email, body), found(its.mobile, body)),
        queue=found(its.queue, body),
        tags=_tags(its.tags, body),
        status=found(its.status, body),
        priority=found(its.priority, body),
        url=found(its.link, body),
        updated_at=time_of(its, body),
        messages=messages_of(its, body),
        files=tuple(_files(its, body, http)),
        fields=body if isinstance(body, dict) else {},
    )


def unfound(its: GenericSettings, body: Any) -> tuple[tuple[str, str], ...]:
    """Title and expression of what is set up for the ticket itself and finds nothing in this body."""
    fields = type(its).model_fields
    typed = ((name, getattr(its, name)) for name in OF_TICKET)
    return tuple((gettext(fields[name].title or name), path) for name, path in typed if path and _is_none(path, body))


def _is_none(path: str, body: Any) -> bool:
    return search(path, body) is None


def id_of(its: GenericSettings, body: Any) -> str:
    """ "" also for what is a list or an object."""
    return id_text(search(its.id, body))


def time_of(its: GenericSettings, body: Any) -> datetime | None:
    zone = ZoneInfo(its.time_zone) if its.time_zone else None
    return moment(found(its.updated_at, body), zone, its.time_form)


def ids_of(expression: str, body: Any) -> list[str]:
    value = search(expression, body)
    return [number for each in (value if isinstance(value, list) else [value]) if (number := id_text(each))]


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
    text = words(its.message_text, row, most=_MOST_TEXT)
    number = found(its.message_id, row)[:100] or _hash(text)
    html = its.html or is_html(text)
    return Message(number, text, author, html=html, internal=is_so(its.message_internal, row))


def _tags(expression: str, body: Any) -> tuple[str, ...]:
    """A list of words or of objects with a name, or the words in one text."""
    value = search(expression, body)
    if isinstance(value, str):
        return tuple(tag for each in re.split(r"[,;，；、]", value) if (tag := each.strip()))
    items = value if isinstance(value, list) else [value]
    named = [_named(item) if isinstance(item, dict) else item for item in items]
    return tuple(str(tag) for tag in named if isinstance(tag, (str, int)) and not isinstance(tag, bool) and tag != "")


def _named(item: dict[str, Any]) -> Any:
    return next((item[key] for key in ("name", "title", "label") if item.get(key)), None)


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


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
