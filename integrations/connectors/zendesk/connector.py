"""Reads and writes tickets of a Zendesk as one agent of it.

Rule: a webhook only names the ticket; every change of a ticket is made under the version that was read (`safe_update`),
and a status is read back.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, gettext_lazy, gettext_noop
from pydantic import Field, field_validator

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone
from integrations.connectors.fields import templates
from integrations.connectors.fields.templates import Address, Body, Expression, usual
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Incoming,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
)
from integrations.connectors.wire import signatures
from integrations.connectors.wire.paging import ids_in, ids_of, number
from integrations.connectors.wire.shapes import words
from integrations.connectors.wire.web import PolledSettings, WebConnector, took
from integrations.connectors.zendesk.entry import is_public_key
from integrations.connectors.zendesk.shapes import (
    Attachment,
    Comment,
    Comments,
    Export,
    OneGroup,
    OneTicket,
    OneUser,
    Ticket,
    User,
)
from tickets.said import gettext_said as _

_NOTE = '{"ticket": {"comment": {"body": "{text}", "public": "{public}"}}}'
_MOST_PAGES = 20  # of one ticket's comments
_CUSTOMER = "end-user"
_CLOCK = timedelta(minutes=2)  # its export must not be asked about the last minute


class ZendeskSettings(PolledSettings):
    email: str = Field(
        title=gettext_noop("账号的邮箱"), description=gettext_noop("API 令牌所属的客服账号。"), max_length=200
    )
    id: Expression = usual(
        gettext_noop("Webhook 内容里的工单编号"),
        # events of users and organizations have a `detail` too
        "ticket_id || ticket.id || ((!type || contains(to_string(type), 'ticket')) && detail.id)",
        gettext_noop("JMESPath 表达式,从收到的内容里取值。"),
    )
    delivery_header: str = usual(
        gettext_noop("调用编号的请求头"),
        "X-Zendesk-Webhook-Invocation-Id",
        gettext_noop("重发时保持不变的请求头,用来识别重复;没有时按内容识别。"),
        pattern=r"^[A-Za-z0-9-]{1,60}$",
    )
    signed_s: int = usual(
        gettext_noop("签名的时间最多差多少秒"),
        300,
        gettext_noop("Unix 秒、毫秒或 ISO 8601 的时间都认得。"),
        ge=60,
        le=3600,
    )
    merged_tag: str = usual(gettext_noop("已合并的工单的标签"), "closed_by_merge", max_length=80)
    app_key: str = Field(
        default="",
        title=gettext_noop("侧边栏应用的公钥"),
        description=gettext_noop("只在侧边栏里打开面板时填写:/api/v2/apps/<应用编号>/public_key.pem 的内容。"),
        max_length=4000,
        json_schema_extra={"rows": 4},
    )
    app_audience: str = Field(
        default="",
        title=gettext_noop("侧边栏应用的受众"),
        description=gettext_noop("如 https://公司.zendesk.com/api/v2/apps/installations/<安装编号>.json"),
        max_length=300,
    )
    change_path: Address = usual(gettext_noop("修改工单的接口"), "api/v2/tickets/{id}.json")
    note_body: Body = usual(gettext_noop("备注和回复的内容"), _NOTE, rows=3)
    status_body: Body = usual(gettext_noop("状态的内容"), '{"ticket": {"status": "{status}"}}', rows=2)
    tags_body: Body = usual(gettext_noop("标签的内容"), '{"ticket": {"additional_tags": "{tags}"}}', rows=2)
    safe: bool = usual(
        gettext_noop("只改读到的版本"),
        True,
        gettext_noop("写入时带 safe_update 和 updated_stamp;对方不接受时取消。"),
    )

    @field_validator("app_key")
    @classmethod
    def _is_key(cls, value: str) -> str:
        if value and not is_public_key(value):
            raise ValueError(gettext("这不是 PEM 格式的 RSA 公钥,要从 -----BEGIN PUBLIC KEY----- 开始。"))
        return value


class ZendeskConnector(WebConnector):
    kind = "zendesk"
    can = frozenset(Capability)
    remedy = gettext_lazy("核对地址、邮箱和 API 令牌;管理中心里要允许令牌访问。")

    def verify(self, incoming: Incoming) -> Delivery:
        key, at = self._secret("signing"), incoming.headers.get("x-zendesk-webhook-signature-timestamp", "")
        made = signatures.base64_of(key, at.encode() + incoming.body, "sha256")
        signatures.check(incoming, "x-zendesk-webhook-signature", made, key)
        signatures.check_time(at, incoming.received_at, timedelta(seconds=self._settings.signed_s))
        body = incoming.document()
        name = incoming.headers.get(self._settings.delivery_header.lower(), "") or signatures.digest_of(incoming)
        return Delivery(name, ids_in(body, self._settings.id), str(body.get("type", ""))[:80])

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        with self._sight():
            ticket = self._ticket(external_id)
            comments = self._comments(external_id)
        first = comments[0] if comments else None
        requester = self._person(ticket.requester_id)
        return RemoteTicket(
            external_id=external_id,
            subject=ticket.subject or "",
            text=(first.html_body or first.body or "") if first else ticket.description or "",
            html=bool(first and first.html_body),
            requester=requester if requester.mobile else replace(requester, mobile=ticket.caller),
            queue=self._group(ticket.group_id),
            tags=tuple(ticket.tags),
            status=ticket.status,
            priority=ticket.priority or "",
            url=self.deep_link(external_id),
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            messages=tuple(self._message(each, ticket.requester_id) for each in comments[1:]),
            files=tuple(self._files(comments, ticket.requester_id)),
            fields={words(each.get("id")): text for each in ticket.custom_fields if (text := words(each.get("value")))},
        )

    def changed_since(self, cursor: str) -> Changes:
        """Its incremental export: `start:<unix seconds>` begins one, then it hands out cursors of its own."""
        params: dict[str, Any] = {"cursor": cursor}
        if not cursor or cursor.startswith("start:") or not (cursor.isascii() and cursor.isprintable()):
            begin = datetime.now(UTC) - timedelta(days=self._settings.days_back) - _CLOCK
            start = cursor.removeprefix("start:")
            params = {"start_time": int(start) if start.isdecimal() else int(begin.timestamp())}
        path = "api/v2/incremental/tickets/cursor.json"
        reply = self._http.request("GET", path, params=params, allow={400, 422} if "cursor" in params else ())
        if reply.status >= 400:
            return Changes((), "", more=True)  # a cursor that it does not know (any more): begin anew
        page = reply.read(Export)
        ids = ids_of(page.tickets)
        return Changes(ids, page.after_cursor or cursor, more=not page.end_of_stream)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        self._change(external_id, templates.written(self._settings.note_body, text=text, public=not internal))
        found = self.find_note(external_id, marker)
        if found is None:
            raise BadAnswer(_("备注没有写上,稍后再试。"))
        return found

    def set_status(self, external_id: str, status: str) -> None:
        if self._ticket(external_id).status.lower() != status.lower():
            self._change(external_id, templates.written(self._settings.status_body, status=status.lower()))
            took(self._ticket(external_id).status, status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        one_word = [tag.replace(" ", "_") for tag in tags]
        self._change(external_id, templates.written(self._settings.tags_body, tags=one_word))

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/agent/tickets/{number(external_id)}"

    def identity(self, account: str) -> Person:
        return self._http.get(f"api/v2/users/{number(account)}.json").read(OneUser).user.person

    def _credentials(self) -> dict[str, str]:
        pair = f"{self._settings.email}/token:{self._secret('token')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def _own_name(self) -> str:
        me = self._account
        if me.id is None or me.role == _CUSTOMER:  # a wrong token is answered as nobody, not refused
            raise BadAnswer(_("没有以客服的身份登录:邮箱或令牌不对,或账号不是客服。"))
        return me.email or str(me.id)

    def _messages(self, external_id: str) -> Sequence[Message]:
        requester = self._ticket(external_id).requester_id
        return [self._message(each, requester) for each in self._comments(external_id)]

    @property
    def _account(self) -> User:
        return self._http.get("api/v2/users/me.json").read(OneUser).user

    @cached_property
    def _me(self) -> int | None:
        return self._account.id

    def _ticket(self, external_id: str) -> Ticket:
        ticket = self._http.get(f"api/v2/tickets/{number(external_id)}.json").read(OneTicket).ticket
        if ticket.status == "deleted":
            raise Gone(_("对方没有这个内容(%d)。") % 404)
        if self._settings.merged_tag in ticket.tags:
            raise Gone(_("工单已合并到另一个工单。"), self._merged_into(external_id))
        return ticket

    def _merged_into(self, external_id: str) -> str:
        sources = [each.via.source for each in self._comments(external_id)]
        into = [each.from_.ticket_id for each in sources if each.rel == "merge" and each.from_ is not None]
        named_there = [each for each in into if each is not None and str(each) != external_id]
        return str(named_there[-1]) if named_there else ""

    def _comments(self, external_id: str) -> list[Comment]:
        path = f"api/v2/tickets/{number(external_id)}/comments.json"
        params = {"page[size]": "100", "include_inline_images": "true"}
        comments: list[Comment] = []
        for _turn in range(_MOST_PAGES):
            page = self._http.get(path, params=params).read(Comments)
            comments += page.comments
            if not (page.meta.has_more and page.meta.after_cursor):
                break
            params["page[after]"] = page.meta.after_cursor
        return comments

    def _change(self, external_id: str, body: Any) -> None:
        """Conflicted when the ticket changed since it was read."""
        stamp = self._ticket(external_id).updated_at
        if self._settings.safe and stamp and isinstance(body, dict) and isinstance(body.get("ticket"), dict):
            body["ticket"] |= {"safe_update": True, "updated_stamp": f"{stamp:%Y-%m-%dT%H:%M:%SZ}"}
        self._http.request("PUT", templates.at(self._settings.change_path, id=number(external_id)), json=body)

    def _author(self, comment: Comment, requester: int | None) -> Author:
        if comment.author_id == self._me:
            return Author.OURS
        if comment.author_id is None or comment.author_id < 0:  # -1: Zendesk itself
            return Author.SYSTEM
        customer = comment.author_id == requester or self._user(comment.author_id).role == _CUSTOMER
        return Author.CUSTOMER if customer else Author.COLLEAGUE

    def _message(self, comment: Comment, requester: int | None) -> Message:
        author = self._author(comment, requester)
        named = author in (Author.CUSTOMER, Author.COLLEAGUE) and comment.author_id != requester
        return Message(
            str(comment.id),
            comment.html_body or comment.body or "",
            author,
            at=comment.created_at,
            html=bool(comment.html_body),
            internal=not comment.public,
            person=self._person(comment.author_id) if named else Person(),
        )

    def _person(self, user: int | None) -> Person:
        return self._user(user).person if user is not None else Person()

    def _user(self, user: int) -> User:
        """Without a name, where the account is gone."""
        if user not in self._users:
            try:
                self._users[user] = self._http.get(f"api/v2/users/{user}.json").read(OneUser).user
            except Gone:
                self._users[user] = User()
        return self._users[user]

    @cached_property
    def _users(self) -> dict[int, User]:
        return {}

    def _group(self, group: int | None) -> str:
        """Its name where our account may read it, else its number."""
        if group is None:
            return ""
        try:
            return self._http.get(f"api/v2/groups/{group}.json").read(OneGroup).group.name or str(group)
        except ConnectorError:
            return str(group)

    def _files(self, comments: Sequence[Comment], requester: int | None) -> Iterator[RemoteFile]:
        """Of pictures within a text only the customer's: a colleague's are mostly logos."""
        for comment in comments:
            for file in comment.attachments:
                logo = file.inline and self._author(comment, requester) is not Author.CUSTOMER
                if not (file.deleted or logo):
                    yield self._file(file)

    def _file(self, file: Attachment) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(file.content_url)

        return RemoteFile(str(file.id), file.file_name or "", load, file.content_type or "", file.size)
