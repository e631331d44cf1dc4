"""The base of connectors over HTTP: set-up, connection test, handling of hidden tickets.

Rule: a kind holds only what is specific to its helpdesk; common behaviour is here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from integrations.connectors import kinds
from integrations.connectors.errors import BadAnswer, ConnectorError, Gone, NotAllowed, Text, remedy_of
from integrations.connectors.kinds import Setup, WebSettings
from integrations.connectors.protocol import (
    Author,
    Capability,
    Changes,
    Delivery,
    Finding,
    Level,
    Message,
    RemoteTicket,
)
from integrations.connectors.wire import front
from integrations.connectors.wire.http import Http
from tickets.said import gettext_said as _

# Where the log-in worked, the credentials are right.
_NO_RIGHT = gettext_lazy("账号能登录,但不能读工单:请对方的管理员给它看这些队列或群组的权限。")


class PolledSettings(WebSettings):
    """Of a helpdesk that is asked what changed."""

    days_back: int = Field(default=1, ge=0, le=365, title=gettext_noop("第一次向前查看几天"))


class WebConnector(ABC):
    """A connector over HTTP. `can`: what the kind can do. `remedy`: what to look at when the log-in fails."""

    kind: str
    can: ClassVar[frozenset[Capability]]
    remedy: ClassVar[Text]

    def __init__(self, setup: Setup) -> None:
        self._settings: Any = setup.settings
        self._key = setup.key
        self._secret = setup.secret
        self._http = Http(setup.settings.url, headers=self._credentials(), networks=setup.settings.networks)

    @abstractmethod
    def _credentials(self) -> Mapping[str, str]:
        """The headers that go with each call."""

    @abstractmethod
    def _own_name(self) -> str:
        """The account we act as, in its own words; NotAllowed when it may not log in."""

    @abstractmethod
    def _messages(self, external_id: str) -> Sequence[Message]:
        """What was said on the ticket, in order, or at least the newest of it."""

    @abstractmethod
    def changed_since(self, cursor: str) -> Changes: ...

    @abstractmethod
    def fetch(self, external_id: str, content: bytes = b"") -> RemoteTicket: ...

    def capabilities(self) -> frozenset[Capability]:
        return self.can

    def parse(self, delivery: Delivery) -> Sequence[str]:
        return delivery.external_ids

    def find_note(self, external_id: str, marker: str) -> str | None:
        """A customer's message never counts as ours, even if it quotes our answer."""
        newest = reversed(self._messages(external_id))
        ours = (each for each in newest if each.author is not Author.CUSTOMER and marker in each.text)
        return next((each.external_id for each in ours), None)

    def test(self) -> Sequence[Finding]:
        findings: list[Finding] = []
        try:
            findings.append(Finding(Level.GOOD, _("以 %s 的身份登录成功。") % self._own_name()))
            findings += self._seen()
        except ConnectorError as error:
            refused = _NO_RIGHT if findings else self.remedy
            logged_in = bool(findings)
            findings.append(Finding(Level.PROBLEM, error.text, remedy_of(error, refused)))
            if not logged_in:
                findings += front.findings(error, self._settings.url, self._settings.networks, self._title())
        return findings

    def _title(self) -> Text:
        kind = kinds.of(self.kind)
        return kind.title if kind is not None else self.kind

    def _seen(self) -> Iterator[Finding]:
        """Findings: whether tickets are found, and whether one can be read completely."""
        ids = self.changed_since("").external_ids
        if not ids:
            yield Finding(
                Level.WARNING, _("没有读到任何工单。"), _("如果最近有过工单,核对账号的权限和它加入的队列、群组。")
            )
            return
        try:
            self.fetch(ids[-1])
            yield Finding(Level.GOOD, _("能读取工单。"))
        except Gone as error:
            yield Finding(Level.WARNING, error.text, _("如果最近有过工单,核对账号的权限和它加入的队列、群组。"))

    @contextmanager
    def _sight(self) -> Iterator[None]:
        """Raise Gone (hidden) if a ticket is refused while the account itself can log in."""
        try:
            yield
        except NotAllowed as error:
            self._own_name()
            raise Gone(_("账号看不到这个工单:它被移走了,或账号没有权限。"), hidden=True) from error


def took(now: str, wanted: str) -> None:
    """BadAnswer unless a status is what was asked for."""
    if now.lower() != wanted.lower():
        raise BadAnswer(_("状态没有变成“%(wanted)s”,仍是“%(now)s”。") % {"wanted": wanted, "now": now})
