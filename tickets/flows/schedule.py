"""When a batch comes due and when it may start runs: cron times in a zone, working hours, and what was missed.

Pure: the time comes in as an argument. Rule: however long nobody was there to act, what is made up for is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from django.utils.translation import gettext as _

from tickets.errors import Invalid
from tickets.models import CatchUp

ON_TIME = timedelta(minutes=2)  # a time that is acted on so late was not missed
MOST_LOOKED_BACK = 100  # of missed times that are counted
SHORTEST = timedelta(minutes=5)  # between two times; more often is a mistake, or wants a webhook
_EXAMPLE = "0 9 * * 1-5"


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` up to `closes`, which may lie behind midnight; both None: the whole day. `days`: ISO weekdays on
    which such a span begins."""

    opens: time | None = None
    closes: time | None = None
    days: frozenset[int] = frozenset(range(1, 8))

    def include(self, local: datetime) -> bool:
        """`local`: in the zone that the hours are meant in."""
        if self.opens is None or self.closes is None:
            return local.isoweekday() in self.days
        now = local.timetz().replace(tzinfo=None)
        if self.opens < self.closes:
            return local.isoweekday() in self.days and self.opens <= now < self.closes
        if now >= self.opens:
            return local.isoweekday() in self.days
        return now < self.closes and (local - timedelta(days=1)).isoweekday() in self.days


def zone(name: str) -> ZoneInfo:
    """Invalid in words for a name that is no zone's."""
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(_("没有“%s”这个时区,例如 Asia/Shanghai、UTC。") % name[:60], code="bad_zone") from error


def check(cron: str, in_zone: ZoneInfo, now: datetime) -> None:
    """Invalid in words for what is no cron expression of five fields, never comes, or comes too often."""
    times = list(upcoming(cron, in_zone, now, 2))
    if not times:
        raise Invalid(_("“%s”这个时间永远不会到来。") % cron, code="bad_cron")
    if len(times) == 2 and times[1] - times[0] < SHORTEST:
        raise Invalid(_("两次之间至少 %d 分钟。") % (SHORTEST // timedelta(minutes=1)), code="bad_cron")


def upcoming(cron: str, in_zone: ZoneInfo, after: datetime, count: int) -> Iterator[datetime]:
    """The next times after that moment, in UTC; fewer, or none, where there are no more."""
    return (moment.astimezone(UTC) for moment in islice(_times(cron, after.astimezone(in_zone)), count))


def missed(cron: str, in_zone: ZoneInfo, since: datetime, now: datetime) -> list[datetime]:
    """Every time from `since` up to now, both included, the newest first; at most MOST_LOOKED_BACK."""
    found: list[datetime] = []
    start = (now + timedelta(seconds=1)).astimezone(in_zone)
    for moment in islice(_times(cron, start, reverse=True), MOST_LOOKED_BACK):
        if moment < since:
            break
        found.append(moment.astimezone(UTC))
    return found


def to_make_up(due: Sequence[datetime], now: datetime, policy: CatchUp, most: int, in_line: int) -> list[datetime]:
    """Which of the times in `due` (newest first) become rounds, oldest first. `in_line`: rounds that are not over.

    A time that is on time counts under every policy, but only while no earlier round is under way; `CatchUp.ALL` lets
    `most` rounds stand in line.
    """
    room = max(0, (most if policy is CatchUp.ALL else 1) - in_line)
    fresh = [moment for moment in due[:1] if now - moment <= ON_TIME]
    wanted = {CatchUp.SKIP: fresh, CatchUp.ONCE: list(due[:1]), CatchUp.ALL: list(due)}[policy]
    return sorted(wanted[:room])


def _times(cron: str, start: datetime, *, reverse: bool = False) -> Iterator[datetime]:
    if len(cron.split()) != 5:
        words = _("定时要写五段:分 时 日 月 星期,例如 %s 是工作日九点。") % _EXAMPLE
        raise Invalid(words, code="bad_cron")
    try:
        return CronSim(cron, start, reverse=reverse)
    except CronSimError as error:
        raise Invalid(_fault(str(error), cron), code="bad_cron") from error


def _fault(told: str, cron: str) -> str:
    """The library says in English which field is wrong."""
    minute, hour, day, month, weekday = cron.split()
    fields = {
        "Bad minute": (_("分"), minute, "0-59"),
        "Bad hour": (_("时"), hour, "0-23"),
        "Bad day-of-month": (_("日"), day, "1-31, L"),
        "Bad month": (_("月"), month, "1-12, JAN-DEC"),
        "Bad day-of-week": (_("星期"), weekday, "0-7, SUN-SAT"),
    }
    name, value, allowed = fields.get(told, (_("定时"), cron, _EXAMPLE))
    return _("定时的“%(field)s”写作“%(value)s”,无法理解;可以写:%(allowed)s。") % {
        "field": name,
        "value": value[:40],
        "allowed": allowed,
    }
