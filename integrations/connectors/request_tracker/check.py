"""The connection test: address, token, time zone, what the account sees and what it may do, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from integrations.connectors.errors import ConnectorError, remedy_of
from integrations.connectors.protocol import Finding, Level
from integrations.connectors.request_tracker import polling
from integrations.connectors.request_tracker.rest import Rest
from integrations.connectors.request_tracker.settings import RequestTrackerSettings
from integrations.connectors.request_tracker.shapes import Ticket, User
from integrations.connectors.wire import front
from tickets.said import gettext_said as _

_RIGHTS = (("comment", "CommentOnTicket"), ("correspond", "ReplyToTicket"), ("lifecycle", "ModifyTicket"))
_LONG_AGO = timedelta(days=3650)


def findings(rest: Callable[[], Rest], me: Callable[[], User], settings: RequestTrackerSettings) -> list[Finding]:
    """In the order in which one needs the other: after the first that fails nothing more is looked at."""
    found: list[Finding] = []
    try:
        for finding in _looked_at(rest(), me, settings):
            found.append(finding)
    except ConnectorError as error:
        found.append(
            Finding(Level.PROBLEM, error.text, remedy_of(error, _("核对地址和令牌;账号在 Request Tracker 里要启用。")))
        )
        if len(found) == 1:
            found += front.findings(error, settings.url, settings.networks, "Request Tracker")
    return found


def _looked_at(rest: Rest, me: Callable[[], User], settings: RequestTrackerSettings) -> Iterator[Finding]:
    yield Finding(Level.GOOD, _("Request Tracker %s 已连接,令牌有效。") % rest.version())
    yield Finding(Level.GOOD, _("账号:%s。") % me().login)
    query = polling.query(datetime.now(UTC) - _LONG_AGO, settings.condition, me())
    yield Finding(Level.GOOD, _("账号的时区:%s。") % me().timezone)
    yield from _speaks(me())
    rows, more = rest.search(query, newest_first=True)
    yield from _sees(rest, len(rows), more)
    if rows:
        yield from _may(rest, rest.ticket(rows[0].id)[0], settings)


def _speaks(me: User) -> Iterator[Finding]:
    """In other languages 5.0.3 writes the message, then dies of its own answer."""
    if me.language and not me.language.startswith("en"):
        text = _("账号的语言是 %s:Request Tracker 5.0.3 写入之后会断开连接,每次都要多查一遍。") % me.language[:20]
        yield Finding(Level.WARNING, text, _("请在 Request Tracker 里把账号的语言设为英语或不设。"))


def _sees(rest: Rest, number: int, more: bool) -> Iterator[Finding]:
    names = sorted(queue.name for queue in rest.queues())
    if not names:
        remedy = _("请在要处理的队列里给账号 SeeQueue 和 ShowTicket 权限。")
        yield Finding(Level.PROBLEM, _("账号看不到任何队列。"), remedy)
        return
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    yield Finding(Level.GOOD, _("账号看得到的队列:%s。") % shown)
    if number:
        text = _("查询得到 %s 个申请单。") % (f"{number}+" if more else number)
        yield Finding(Level.GOOD, text)
        return
    remedy = _("若其中应有申请单:检查 ShowTicket 权限和查询条件。权限要等看得到一个申请单才能检查。")
    yield Finding(Level.WARNING, _("查询没有得到申请单。"), remedy)


def _may(rest: Rest, ticket: Ticket, settings: RequestTrackerSettings) -> Iterator[Finding]:
    """What it may do with the newest ticket: Request Tracker offers no other way to ask."""
    for what, right in _RIGHTS:
        if not ticket.allows(what):
            text = _("账号在队列“%(queue)s”里没有 %(right)s 权限。") % {"queue": ticket.queue.name, "right": right}
            yield Finding(Level.WARNING, text, _("请在 Request Tracker 的队列权限里授予,否则相应的回写会失败。"))
    name = settings.tag_field
    if name and ticket.field(name) is None:
        text = _("队列“%(queue)s”没有自定义字段“%(name)s”。") % {"queue": ticket.queue.name, "name": name}
        yield Finding(Level.PROBLEM, text, _("在 Request Tracker 里建立这个字段,或从设置里去掉它。"))
    elif all(ticket.allows(what) for what, _right in _RIGHTS):
        yield Finding(Level.GOOD, _("账号可以写备注、回复和修改申请单。"))
