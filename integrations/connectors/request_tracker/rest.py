"""Request Tracker's REST2 interface, call by call: tickets, their history and files, searches, messages, changes.

Rule: an answer of success is no proof here: a change that was refused comes back as 200 with a sentence, so callers
read back. Lists of what an account may only see in part do not know their length and are read until an empty page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import count
from typing import Any
from urllib.parse import quote

from integrations.connectors.errors import BadAnswer, Gone, NotAllowed
from integrations.connectors.request_tracker import shapes
from integrations.connectors.wire.http import Http, Reply
from tickets.said import gettext_said as _

PER_PAGE = 100  # the most it gives
_MOST_PAGES = 50
_MOST_TEXT = 200_000  # bytes of one message that are read
_NUMBER = re.compile(r"[0-9]{1,18}")
_PLACE = re.compile(r"/transaction/([0-9]+)$")


class Rest:
    """`http`: at the address where Request Tracker is, with the account's token."""

    def __init__(self, http: Http, per_page: int = PER_PAGE) -> None:
        self._http, self._per_page = http, str(per_page)

    def version(self) -> str:
        """BadAnswer when something else answers there."""
        found = self._get("rt").json()
        version = found.get("Version") if isinstance(found, dict) else None
        if not isinstance(version, str):
            raise BadAnswer(_("这个地址不是 Request Tracker 5 的 REST2 接口。"))
        return version

    def ticket(self, external_id: str) -> tuple[shapes.Ticket, str]:
        """The ticket and its ETag. Gone when it was deleted or went into another; NotAllowed when it cannot be seen."""
        if not _NUMBER.fullmatch(external_id):
            raise Gone(_("“%s”不是 Request Tracker 的申请单编号。") % external_id[:40])
        reply = self._get(f"ticket/{external_id}", params={"fields[Queue]": "Name"}, allow=(403,))
        if reply.status == 403:
            raise NotAllowed(
                _("账号看不到申请单 %s:它可能被移到了别的队列。请在那个队列里给账号 ShowTicket 权限。") % external_id
            )
        found = reply.read(shapes.Ticket)
        if found.id != external_id:
            raise Gone(_("申请单 %(old)s 已经并入 %(new)s。") % {"old": external_id, "new": found.id}, found.id)
        if found.status.casefold() == "deleted":
            raise Gone(_("申请单 %s 已经删除。") % external_id)
        return found, reply.headers.get("etag", "")

    def history(
        self, external_id: str, *, newest_first: bool = False, pages: int = _MOST_PAGES
    ) -> list[shapes.Transaction]:
        params = {
            "fields": "Type,Creator,Created",
            "fields[Creator]": "RealName,EmailAddress",
            "orderby": "id",
            "order": "DESC" if newest_first else "ASC",
        }
        return list(self._listed(f"ticket/{external_id}/history", shapes.Transaction, params, pages))

    def attachments(
        self, external_id: str, *, newest_first: bool = False, pages: int = _MOST_PAGES
    ) -> list[shapes.Attachment]:
        params = {
            "fields": "Filename,ContentType,ContentLength,TransactionId",
            "orderby": "id",
            "order": "DESC" if newest_first else "ASC",
        }
        return list(self._listed(f"ticket/{external_id}/attachments", shapes.Attachment, params, pages))

    def load(self, attachment: str) -> Iterator[bytes]:
        return shapes.content(self._http.load(f"REST/2.0/attachment/{quote(attachment, safe='')}"))

    def text(self, attachment: shapes.Attachment) -> str:
        """What was written, up to a length that no person writes."""
        read = b""
        for piece in self.load(attachment.id):
            read += piece
            if len(read) >= _MOST_TEXT:
                break
        return read[:_MOST_TEXT].decode("utf-8", "replace")

    def user(self, account: str) -> shapes.User:
        """By number or name; Gone for nobody."""
        return self._get(f"user/{quote(account, safe='@')}").read(shapes.User)

    def queues(self) -> list[shapes.Queue]:
        """Those the account can see."""
        return list(self._listed("queues/all", shapes.Queue, {"fields": "Name"}))

    def search(self, query: str, *, page: int = 1, newest_first: bool = False) -> tuple[list[shapes.Row], bool]:
        """One page in the order of change, and whether there are more; BadAnswer with its words for a wrong query."""
        order = "DESC" if newest_first else "ASC"
        params: Sequence[tuple[str, str]] = (
            ("query", query),
            ("fields", "LastUpdated"),
            ("orderby", "LastUpdated"),
            ("order", order),
            ("orderby", "id"),
            ("order", order),
            ("per_page", self._per_page),
            ("page", str(page)),
        )
        found = self._get("tickets", params=params).read(shapes.Page)
        return [shapes.Row.model_validate(item) for item in found.items], bool(found.next)

    def write(self, external_id: str, text: str, *, internal: bool) -> str:
        """The id of the message. No file goes along: a name that is not ASCII makes it fail without a word."""
        what = "comment" if internal else "correspond"
        body = {"Content": text, "ContentType": "text/plain"}
        reply = self._http.request("POST", f"REST/2.0/ticket/{external_id}/{what}", json=body)
        place = _PLACE.search(reply.headers.get("location", ""))
        if reply.status != 201 or place is None:
            raise BadAnswer(_("Request Tracker 没有说明消息写到了哪里。"))
        return place[1]

    def change(self, external_id: str, values: Mapping[str, Any], etag: str) -> str:
        """What it says to the change, which may be a refusal; Conflicted when the ticket changed after it was read."""
        headers = {"If-Match": etag} if etag else {}
        said = self._http.request("PUT", f"REST/2.0/ticket/{external_id}", json=values, headers=headers).json()
        return " ".join(map(str, said))[:300] if isinstance(said, list) else ""

    def _get(self, path: str, **options: Any) -> Reply:
        return self._http.get(f"REST/2.0/{path}", **options)

    def _listed(
        self, path: str, shape: type[shapes.Shape], params: Mapping[str, str], pages: int = _MOST_PAGES
    ) -> Iterator[Any]:
        for page in count(1):
            found = self._get(path, params={**params, "per_page": self._per_page, "page": str(page)}).read(shapes.Page)
            yield from (shape.model_validate(item) for item in found.items)
            if not found.items or page >= pages:
                return


def moment(at: datetime, zone: tzinfo) -> str:
    """A time as TicketSQL wants it, in the account's zone. Any other form is not refused but matches everything."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
