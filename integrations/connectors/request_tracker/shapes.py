"""What Request Tracker's REST2 answers look like, as far as they are used, and a file's bytes out of its JSON.

Rule: identities come as numbers or texts and become texts; a time that was never set comes as 1970 and becomes None.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from integrations.connectors.errors import BadAnswer
from integrations.connectors.wire.shapes import known
from tickets.said import gettext_said as _
from tickets.web.given import whole_number

_CONTENT = re.compile(rb'"Content"\s*:\s*(null|")')
_LONGEST_KEY = 64  # bytes kept while the key is looked for: it may lie across two pieces
_QUOTE = b'"'


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else []


def _known(value: Any) -> datetime | None:
    """The moment in UTC; None for 1970, which stands for never, and for what is no moment."""
    moment = known(value.isoformat() if isinstance(value, datetime) else value)
    return moment.astimezone(UTC) if moment is not None and moment.year > 1970 else None


def _file_name(value: Any) -> str:
    """As mail programs write it where it is not ASCII."""
    text = _text(value)
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, HeaderParseError):
        return text


Name = Annotated[str, BeforeValidator(_text)]
FileName = Annotated[str, BeforeValidator(_file_name)]
Moment = Annotated[datetime | None, BeforeValidator(_known)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class User(Shape):
    """Known by its log-in name: in lists that is the `id`, in its own record, which has no id for everybody, `Name`."""

    id: Name = ""
    name: Name = Field(default="", alias="Name")
    real_name: Name = Field(default="", alias="RealName")
    email: Name = Field(default="", alias="EmailAddress")
    mobile: Name = Field(default="", alias="MobilePhone")
    work_phone: Name = Field(default="", alias="WorkPhone")
    home_phone: Name = Field(default="", alias="HomePhone")
    timezone: Name = Field(default="", alias="Timezone")
    language: Name = Field(default="", alias="Lang")

    @property
    def login(self) -> str:
        return self.name or self.id

    @property
    def phone(self) -> str:
        return self.mobile or self.work_phone or self.home_phone


class Queue(Shape):
    id: Name
    name: Name = Field(default="", alias="Name")


class CustomField(Shape):
    id: Name
    name: Name = ""
    values: Annotated[list[Any], BeforeValidator(_list)] = []

    @property
    def texts(self) -> list[str]:
        """Its values; of pictures and files their names."""
        return [_text(value.get("filename") if isinstance(value, dict) else value) for value in self.values]


class Link(Shape):
    ref: Name = ""
    to: Name = ""


class Ticket(Shape):
    id: Name
    subject: Name = Field(default="", alias="Subject")
    status: Name = Field(default="", alias="Status")
    priority: Name = Field(default="", alias="Priority")
    queue: Queue = Field(alias="Queue")
    requesters: Annotated[list[User], BeforeValidator(_list)] = Field(default=[], alias="Requestor")
    created: Moment = Field(default=None, alias="Created")
    updated: Moment = Field(default=None, alias="LastUpdated")
    fields: Annotated[list[CustomField], BeforeValidator(_list)] = Field(default=[], alias="CustomFields")
    links: Annotated[list[Link], BeforeValidator(_list)] = Field(default=[], alias="_hyperlinks")

    def allows(self, what: str) -> bool:
        """Whether the account may do this (`comment`, `correspond`); it is offered such links only."""
        return any(link.ref == what for link in self.links)

    def field(self, name: str) -> CustomField | None:
        return next((found for found in self.fields if found.name.casefold() == name.casefold()), None)


class Row(Shape):
    """A ticket in a search."""

    id: Name
    updated: Moment = Field(default=None, alias="LastUpdated")


class Transaction(Shape):
    id: Name
    type: Name = Field(default="", alias="Type")
    created: Moment = Field(default=None, alias="Created")
    creator: User = Field(alias="Creator")


class Attachment(Shape):
    """A file, or a part of a message. `size` in bytes."""

    id: Name
    name: FileName = Field(default="", alias="Filename")
    type: Name = Field(default="", alias="ContentType")
    size: Name = Field(default="", alias="ContentLength")
    transaction: Name = Field(default="", alias="TransactionId")

    @property
    def bytes(self) -> int | None:
        return whole_number(self.size)

    @property
    def is_text(self) -> bool:
        """Part of what was written, no file of its own."""
        return not self.name and self.type.lower() in {"text/plain", "text/html"}

    @property
    def is_file(self) -> bool:
        return bool(self.name) or not self.type.lower().startswith(("text/", "multipart/", "message/"))


class Page(Shape):
    """One page of a list. `next`: whether it says itself that there are more; it does not always know."""

    items: list[dict[str, Any]]
    next: Name = Field(default="", alias="next_page")


def content(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of the attachment whose JSON comes in pieces, never all of it at once; BadAnswer when it is cut."""
    held = b""
    rest = iter(pieces)
    for piece in rest:
        held += piece
        found = _CONTENT.search(held)
        if found is None:
            held = held[-_LONGEST_KEY:]
            continue
        if found[1] == _QUOTE:
            yield from _decoded(held[found.end() :], rest)
        return
    raise BadAnswer(_("附件的回答里没有内容。"))


def _decoded(held: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Base64 up to the quote that ends the JSON text; its line ends are written as escapes, which may be cut in two."""
    while True:
        text, ended, _after = held.partition(_QUOTE)
        whole = text if ended or not text.endswith(b"\\") else text[:-1]
        clean = whole.replace(b"\\n", b"").replace(b"\\r", b"").replace(b"\\/", b"/")
        usable = len(clean) if ended else len(clean) // 4 * 4
        try:
            yield base64.b64decode(clean[:usable], validate=True)
        except binascii.Error as error:
            raise BadAnswer(_("附件的内容不是 base64。")) from error
        if ended:
            return
        held = clean[usable:] + text[len(whole) :]
        piece = next(rest, None)
        if piece is None:
            raise BadAnswer(_("附件的回答中途断了。"))
        held += piece
