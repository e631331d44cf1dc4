"""What changed in Request Tracker since the last look.

Rule: no change is missed. Each look goes back OVERLAP before the newest change it has seen, because a change may be
written later than its time says; what was reported already is remembered in the cursor and not reported again. A page
begins at the time the one before ended, so that tickets that change meanwhile move nothing past us. Deleted and merged
tickets are in no search: they are found out when they are read next.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ValidationError

from integrations.connectors.protocol import Changes
from integrations.connectors.request_tracker.rest import Rest, moment
from integrations.connectors.request_tracker.shapes import Row, User
from integrations.connectors.request_tracker.zones import zone_of

OVERLAP = timedelta(minutes=2)
_MOST_REMEMBERED = 200


class Cursor(BaseModel):
    """`since`: where the next page begins. `seen`: when the tickets reported after it had changed, in seconds."""

    since: datetime
    page: int = 1
    seen: dict[str, int] = {}


def changes(rest: Rest, cursor: str, *, condition: str, me: User, begin: datetime) -> Changes:
    """One page; `condition`: further TicketSQL. A cursor that cannot be read begins anew at `begin`."""
    now = _read(cursor) or Cursor(since=begin)
    rows, more = rest.search(query(now.since, condition, me), page=now.page)
    fresh = [row for row in rows if now.seen.get(row.id) != _seconds(row)]
    return Changes(tuple(row.id for row in fresh), _next(now, rows, more).model_dump_json(), more)


def query(since: datetime, condition: str, me: User) -> str:
    text = f"LastUpdated >= '{moment(since, zone_of(me, since))}'"
    return f"{text} AND ({condition})" if condition else text


def _next(now: Cursor, rows: list[Row], more: bool) -> Cursor:
    newest = max((row.updated for row in rows if row.updated), default=now.since)
    seen = {**now.seen, **{row.id: _seconds(row) for row in rows}}
    if not more:
        since = max(now.since, newest - OVERLAP)
        return Cursor(since=since, seen=_kept(seen, since))
    page = 1 if newest > now.since else now.page + 1  # a whole page of one second: the next page of that second
    since = max(now.since, newest)
    return Cursor(since=since, page=page, seen=_kept(seen, since))


def _kept(seen: dict[str, int], since: datetime) -> dict[str, int]:
    near = [(at, id) for id, at in seen.items() if at >= since.timestamp()]
    return {id: at for at, id in sorted(near)[-_MOST_REMEMBERED:]}


def _seconds(row: Row) -> int:
    return int(row.updated.timestamp()) if row.updated else 0


def _read(cursor: str) -> Cursor | None:
    try:
        found = Cursor.model_validate_json(cursor)
    except ValidationError:
        return None
    return found if found.since.tzinfo else found.model_copy(update={"since": found.since.replace(tzinfo=UTC)})
