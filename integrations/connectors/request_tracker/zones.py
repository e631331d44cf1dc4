"""In which zone an account's searches are read. Request Tracker takes times only as the account's own wall clock."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.connectors.errors import NotAllowed
from integrations.connectors.request_tracker.shapes import User
from tickets.said import gettext_said as _


def zone_of(me: User, at: datetime) -> tzinfo:
    """The zone to write this moment in; NotAllowed when the account has none, as the server's own cannot be asked."""
    if not me.timezone:
        raise NotAllowed(
            _("账号 %s 没有设置时区,按时间查询会出错。请在 Request Tracker 里把它的时区设为 UTC。") % me.login
        )
    try:
        zone = ZoneInfo(me.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NotAllowed(_("不认识账号的时区“%s”。请在 Request Tracker 里把它设为 UTC。") % me.timezone[:40]) from error
    return _of_repeated_hour(zone, at) or zone


def _of_repeated_hour(zone: ZoneInfo, at: datetime) -> tzinfo | None:
    """In the hour that the clock goes through twice: the offset by which neither reading lies after the moment."""
    local = at.astimezone(zone)
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return None
    return timezone(min(first, second))
