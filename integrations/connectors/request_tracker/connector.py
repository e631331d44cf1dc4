"""Request Tracker 5 as a connector: it cannot call us, so it is asked what changed; writing is read back.

Rule: before anything is written the ticket is read: it may have been deleted, merged or moved out of sight, and then
nothing is written at all, though Request Tracker itself would take a comment on a deleted ticket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from integrations.connectors.errors import BadAnswer, Gone, NotAllowed, Refused, Unreachable
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Capability, Changes, Delivery, Finding, Incoming, Person, RemoteTicket
from integrations.connectors.request_tracker import check, polling, reading
from integrations.connectors.request_tracker.rest import PER_PAGE, Rest
from integrations.connectors.request_tracker.settings import TOKEN, RequestTrackerSettings
from integrations.connectors.request_tracker.shapes import Ticket, User
from integrations.connectors.wire.http import Http
from tickets.said import gettext_said as _

_TOKEN = re.compile(r"[0-9]+-([0-9]+)-[0-9a-f]+")  # version, number of the account, secret
_NEWEST = 8  # messages of ours among which an earlier attempt is looked for
ALWAYS = frozenset(
    {
        Capability.POLL,
        Capability.FETCH,
        Capability.NOTE,
        Capability.REPLY,
        Capability.STATUS,
        Capability.DEEP_LINK,
        Capability.IDENTITY,
    }
)


class RequestTracker:
    kind = "request_tracker"

    def __init__(self, setup: Setup, per_page: int = PER_PAGE) -> None:
        self._settings: RequestTrackerSettings = setup.settings
        self._token = setup.secret(TOKEN).strip()
        self._per_page = per_page

    def capabilities(self) -> frozenset[Capability]:
        return ALWAYS | ({Capability.TAGS} if self._settings.tag_field else set())

    def verify(self, incoming: Incoming) -> Delivery:
        raise Refused(_("Request Tracker 不会主动通知,由本系统定时查询。"))

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        ticket, _etag = self._rest.ticket(external_id)
        return reading.whole(
            self._rest, ticket, me=self._me, url=self.deep_link(ticket.id), tag_field=self._settings.tag_field
        )

    def changed_since(self, cursor: str) -> Changes:
        begin = datetime.now(UTC) - timedelta(days=self._settings.days)
        return polling.changes(self._rest, cursor, condition=self._settings.condition, me=self._me, begin=begin)

    def find_note(self, external_id: str, marker: str) -> str | None:
        self._rest.ticket(external_id)
        ours = reading.newest_of(self._rest, external_id, self._me, _NEWEST)
        return next((id for id, text in ours if marker in text), None)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        ticket, _etag = self._rest.ticket(external_id)
        right, what = ("CommentOnTicket", "comment") if internal else ("ReplyToTicket", "correspond")
        if not ticket.allows(what):
            raise NotAllowed(
                _("账号在队列“%(queue)s”里没有 %(right)s 权限,请在 Request Tracker 里授予。")
                % {"queue": ticket.queue.name, "right": right},
                here=True,
            )
        try:
            return self._rest.write(external_id, text, internal=internal)
        except Unreachable:
            # The answer may be lost though the message is there: 5.0.3 breaks off where it would answer in Chinese.
            found = self.find_note(external_id, marker) if marker and marker in text else None
            if found is None:
                raise
            return found

    def set_status(self, external_id: str, status: str) -> None:
        self._change(external_id, {"Status": status}, lambda ticket: ticket.status.casefold() == status.casefold())

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        name = self._settings.tag_field
        ticket, _etag = self._rest.ticket(external_id)
        field = ticket.field(name) if name else None
        if field is None:
            raise BadAnswer(_("队列“%(queue)s”没有自定义字段“%(name)s”。") % {"queue": ticket.queue.name, "name": name})
        wanted = [*field.texts, *(tag for tag in dict.fromkeys(tags) if tag not in field.texts)]
        values = {"CustomFields": {field.name: wanted}}
        self._change(external_id, values, lambda now: set(wanted) <= set(_texts(now, name)))

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/Ticket/Display.html?id={external_id}"

    def identity(self, account: str) -> Person:
        if not account.strip():
            raise Gone(_("没有给出账号。"))
        return reading.person(self._rest.user(account.strip()))

    def test(self) -> Sequence[Finding]:
        return check.findings(lambda: self._rest, lambda: self._me, self._settings)

    @cached_property
    def _rest(self) -> Rest:
        headers = {"Authorization": f"token {self._token}"}
        self._number()  # before anything is sent
        return Rest(Http(self._settings.url, headers=headers, networks=self._settings.networks), self._per_page)

    @cached_property
    def _me(self) -> User:
        return self._rest.user(self._number())

    def _number(self) -> str:
        """The account's own number, which stands in its token."""
        found = _TOKEN.fullmatch(self._token)
        if found is None:
            raise NotAllowed(
                _("这不是 Request Tracker 的令牌(形如 1-23-…)。请在它的 /Prefs/AuthTokens.html 新建一个。")
            )
        return found[1]

    def _change(self, external_id: str, values: dict[str, Any], took: Any) -> None:
        """Change what is not so yet, and see that it took: a refusal looks like success but for a sentence."""
        ticket, etag = self._rest.ticket(external_id)
        if took(ticket):
            return
        said = self._rest.change(external_id, values, etag)
        after, _etag = self._rest.ticket(external_id)
        if took(after):
            return
        if not any(link.ref == "lifecycle" for link in after.links):
            raise NotAllowed(
                _("账号在队列“%(queue)s”里没有 ModifyTicket 权限,请在 Request Tracker 里授予。(%(said)s)")
                % {"queue": after.queue.name, "said": said},
                here=True,
            )
        raise BadAnswer(_("Request Tracker 没有接受修改:%s") % (said or _("没有说明原因")))


def _texts(ticket: Ticket, name: str) -> list[str]:
    field = ticket.field(name)
    return field.texts if field else []
