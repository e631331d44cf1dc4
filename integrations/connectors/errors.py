"""How a helpdesk can fail, for every kind alike.

ConnectorError            `text` is for an administrator: what is wrong and what to do; it holds no secret
├── Refused               a call to us that is forged, too old or no message of this helpdesk; never tried again
├── Unreachable           no answer, or one that says "not now"; trying again may help
│   ├── RateLimited       too many calls; `retry_after_s` is what the helpdesk asked for
│   └── Conflicted        the ticket changed between reading and writing (409, 412); nothing was written
├── NotAllowed            the account lacks the right or the credentials are wrong; an administrator must act
├── Gone                  no such ticket (any more); `merged_into` names the one it went into, `hidden`: it may be there
│                         still, but out of our account's sight; `at`: when, where the call says so
└── BadAnswer             an answer that this version does not understand
"""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tickets.said import Said, joined

Text = str | Promise


class ConnectorError(Exception):
    """`remedy`: what an administrator is to do about it; None where only the kind of helpdesk knows."""

    remedy: Text | None = None

    def __init__(self, text: Text, *, remedy: Text | None = None) -> None:
        self._text = text
        if remedy is not None:
            self.remedy = remedy
        super().__init__(text)

    @property
    def text(self) -> str:
        return self._text if isinstance(self._text, Said) else str(self._text)

    @property
    def told(self) -> str:
        """To be kept: the text, with the remedy where that can be told later in the reader's language."""
        return joined(" ", [self.text, self.remedy]) if isinstance(self.remedy, Said) else self.text


class Refused(ConnectorError):
    pass


class Unreachable(ConnectorError):
    remedy = gettext_lazy("对方暂时不能回答,与这里的设置无关:过几分钟再试;仍这样就请对方的管理员看它的日志。")


class RateLimited(Unreachable):
    remedy = gettext_lazy("设置没有问题,是调用太多:等对方放行后再试;若常常这样,请对方提高限额。")

    def __init__(self, text: Text, retry_after_s: float | None = None, *, remedy: Text | None = None) -> None:
        super().__init__(text, remedy=remedy)
        self.retry_after_s = retry_after_s


class Conflicted(Unreachable):
    pass


class NotAllowed(ConnectorError):
    """`here`: the account is known, and lacks the right to this one thing; others may well be allowed."""

    def __init__(self, text: Text, *, remedy: Text | None = None, here: bool = False) -> None:
        super().__init__(text, remedy=remedy)
        self.here = here


class Gone(ConnectorError):
    remedy = gettext_lazy("核对地址:是否多了或少了一段路径,对方是否真是所选的系统,它的接口是否已启用。")

    def __init__(self, text: Text, merged_into: str = "", *, hidden: bool = False, at: datetime | None = None) -> None:
        super().__init__(text)
        self.merged_into = merged_into
        self.hidden = hidden
        self.at = at


class BadAnswer(ConnectorError):
    pass


def remedy_of(error: ConnectorError, own: Text) -> Text:
    """`own`: what the kind of helpdesk says where a log-in or a request is refused."""
    return own if error.remedy is None else error.remedy
