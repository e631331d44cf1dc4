"""Reads and writes issues of a Redmine as one of its accounts.

Rule: Redmine leaves out silently what an account may not do, so a status is read back, and a private note is written
only where the account's role may make notes private: else it would be public.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import quote

from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, NotAllowed, remedy_of
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Finding,
    Incoming,
    Level,
    Message,
    Person,
    RemoteFile,
    RemoteTicket,
    State,
)
from integrations.connectors.redmine.shapes import (
    Account,
    File,
    Issue,
    Issues,
    Journal,
    Named,
    OneAccount,
    OneIssue,
    OneRole,
    Status,
    Statuses,
)
from integrations.connectors.wire import signatures
from integrations.connectors.wire.paging import ids_of, named, number, place
from integrations.connectors.wire.shapes import whole_name, words
from integrations.connectors.wire.web import PolledSettings, WebConnector, took
from tickets.said import gettext_said as _

_PAGE = 100
_PRIVATE = "set_notes_private"
_NEEDED = {
    "view_private_notes": gettext_noop("查看私有注释"),
    _PRIVATE: gettext_noop("设置注释为私有"),
    "add_issue_notes": gettext_noop("添加注释"),
    "edit_issues": gettext_noop("编辑问题"),
}


class RedmineSettings(PolledSettings):
    private: bool = Field(
        default=True,
        title=gettext_noop("备注设为私有"),
        description=gettext_noop("不勾选时,能看到这个问题的人(也许包括客户)都能看到备注。"),
    )


class RedmineConnector(WebConnector):
    kind = "redmine"
    can = frozenset(Capability) - {Capability.TAGS}
    remedy = gettext_lazy("核对地址和 API 访问键;Redmine 里要启用 REST 接口。")

    def verify(self, incoming: Incoming) -> Delivery:
        key = self._secret("signing")
        made = signatures.hex_of(key, incoming.body, "sha256")
        signatures.check(incoming, "x-redmine-signature-256", f"sha256={made}", key)
        body = incoming.document()
        data = body.get("data")
        issue = data.get("issue") if isinstance(data, dict) else None
        ids = named(issue.get("id")) if isinstance(issue, dict) else ()
        return Delivery(signatures.digest_of(incoming), ids, str(body.get("type", ""))[:80])

    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket:
        with self._sight():
            issue = self._issue(external_id)
        author = issue.author.id if issue.author else None
        fields = {each.name: text for each in issue.custom_fields if each.name and (text := words(each.value))}
        return RemoteTicket(
            external_id=external_id,
            subject=issue.subject or "",
            text=issue.description or "",
            requester=self._requester(issue.author),
            queue=issue.project.name or "",
            status=issue.status.name or "",
            state=self._state(issue.status.id),
            priority=(issue.priority.name or "") if issue.priority else "",
            url=self.deep_link(external_id),
            created_at=issue.created_on,
            updated_at=issue.updated_on,
            messages=tuple(self._message(each, author) for each in issue.journals if each.notes),
            files=tuple(self._file(file) for file in issue.attachments),
            fields=fields,
        )

    def changed_since(self, cursor: str) -> Changes:
        at = place(cursor, self._settings.days_back)
        params = {"updated_on": f">={at.since:%Y-%m-%dT%H:%M:%SZ}", "sort": "updated_on", "status_id": "*"}
        params |= {"limit": str(_PAGE), "offset": str(at.offset(_PAGE))}
        issues = self._http.get("issues.json", params=params).read(Issues).issues
        return at.after(ids_of(issues), more=len(issues) >= _PAGE)

    def note(self, external_id: str, text: str, *, marker: str, internal: bool = True) -> str:
        private = internal and self._settings.private
        if private and not self._may(self._issue(external_id).project.id, _PRIVATE):
            text_of = _("账号在这个项目里没有“%s”的权限:备注会变成公开的,没有写。")
            raise NotAllowed(text_of % _(_NEEDED[_PRIVATE]), here=True)
        self._change(external_id, {"notes": text, "private_notes": private})
        found = self.find_note(external_id, marker)
        if found is None:
            raise BadAnswer(_("备注没有写上,稍后再试。"))
        return found

    def set_status(self, external_id: str, status: str) -> None:
        wanted = next((each for each in self._statuses if each.name.lower() == status.lower()), None)
        if wanted is None:
            raise BadAnswer(_("没有这个状态:%s") % f"{status} ({', '.join(each.name for each in self._statuses)})")
        if self._issue(external_id).status.id != wanted.id:
            self._change(external_id, {"status_id": wanted.id})
            took(self._issue(external_id).status.name or "", status)

    def add_tags(self, external_id: str, tags: Sequence[str]) -> None:
        raise BadAnswer(_("Redmine 没有标签。"))

    def deep_link(self, external_id: str) -> str:
        return f"{self._settings.url.rstrip('/')}/issues/{number(external_id)}"

    def identity(self, account: str) -> Person:
        found = self._http.get(f"users/{number(account)}.json").read(OneAccount).user
        return Person(whole_name(found.firstname, found.lastname), found.mail or "", external_id=str(found.id))

    def test(self) -> Sequence[Finding]:
        findings = list(super().test())
        if not any(each.level is Level.PROBLEM for each in findings):
            try:
                findings += self._lacking()
            except ConnectorError as error:
                findings.append(Finding(Level.PROBLEM, error.text, remedy_of(error, self.remedy)))
        return findings

    def _lacking(self) -> Iterator[Finding]:
        missing = [] if self._me.admin else [_(name) for right, name in _NEEDED.items() if not self._anywhere(right)]
        if missing:
            text = _("账号的角色缺少权限:%s。") % ", ".join(missing)
            yield Finding(Level.WARNING, text, _("在“管理 → 角色和权限”里授予,否则相应的回写会失败。"))

    def _credentials(self) -> dict[str, str]:
        return {"X-Redmine-API-Key": self._secret("key")}

    def _own_name(self) -> str:
        return self._account().login or str(self._me.id)

    def _messages(self, external_id: str) -> Sequence[Message]:
        issue = self._issue(external_id)
        author = issue.author.id if issue.author else None
        return [self._message(each, author) for each in issue.journals if each.notes]

    def _account(self) -> Account:
        return self._http.get("users/current.json", params={"include": "memberships"}).read(OneAccount).user

    @cached_property
    def _me(self) -> Account:
        return self._account()

    @cached_property
    def _statuses(self) -> list[Status]:
        return self._http.get("issue_statuses.json").read(Statuses).issue_statuses

    @cached_property
    def _rights(self) -> dict[int, set[str]]:
        """What the account's roles allow, by project."""
        known: dict[int, list[str]] = {}
        rights: dict[int, set[str]] = {}
        for membership in self._me.memberships:
            for role in membership.roles:
                if role.id not in known:
                    known[role.id] = self._http.get(f"roles/{role.id}.json").read(OneRole).role.permissions
                rights.setdefault(membership.project.id, set()).update(known[role.id])
        return rights

    def _may(self, project: int, right: str) -> bool:
        return self._me.admin or right in self._rights.get(project, set())

    def _anywhere(self, right: str) -> bool:
        return any(right in each for each in self._rights.values())

    def _requester(self, author: Named | None) -> Person:
        """With his address, where it is ours to see."""
        if author is None:
            return Person()
        try:
            known = self.identity(str(author.id))
        except (Gone, NotAllowed, BadAnswer):
            known = Person()
        return Person(author.name or "", known.email, external_id=str(author.id))

    def _state(self, status: int) -> State | None:
        """By what the site's own statuses say; a set-up may explain them word by word."""
        found = next((each for each in self._statuses if each.id == status), None)
        return None if found is None else State.CLOSED if found.is_closed else State.OPEN

    def _issue(self, external_id: str) -> Issue:
        path = f"issues/{number(external_id)}.json"
        return self._http.get(path, params={"include": "journals,attachments"}).read(OneIssue).issue

    def _change(self, external_id: str, values: dict[str, object]) -> None:
        self._http.request("PUT", f"issues/{number(external_id)}.json", json={"issue": values})

    def _message(self, journal: Journal, author: int | None) -> Message:
        by = journal.user.id if journal.user else None
        other = Author.CUSTOMER if by is not None and by == author else Author.COLLEAGUE
        return Message(
            str(journal.id),
            journal.notes or "",
            Author.OURS if by == self._me.id else other,
            at=journal.created_on,
            internal=bool(journal.private_notes),
            person=Person(journal.user.name or "") if journal.user else Person(),
        )

    def _file(self, file: File) -> RemoteFile:
        def load() -> Iterator[bytes]:
            return self._http.load(f"attachments/download/{file.id}/{quote(file.filename or 'file', safe='')}")

        return RemoteFile(str(file.id), file.filename or "", load, file.content_type or "", file.filesize)
