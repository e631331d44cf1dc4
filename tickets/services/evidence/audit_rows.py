"""Many audit events as the database driver gives them, oldest first, for those who read the whole trail.

Rule: nothing is converted and nothing is unsealed here. Django's own conversion of a row takes longer than everything
that is done with it afterwards, and would stumble over a row that somebody has spoiled instead of reporting it.

Rows come page by page, each page a query of its own that begins where the last one ended: no cursor stays open, so that
a slow reader holds up neither SQLite's log nor PostgreSQL's clean-up, and PostgreSQL need not put the whole result
aside first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, Max, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from tickets.models import AuditEvent

Way = Mapping[str, Any]  # look-ups on AuditEvent by `ticket_no`, `user_name` or `type`
EVERY: tuple[Way, ...] = ({},)
Rows = list[tuple[Any, ...]]
Sql = tuple[str, tuple[Any, ...]]
SEPARATOR = "\x1f"  # parts the values of columns that are read as one text


class _Text(Func):
    """A time or a day as text, UTC: made by the database in a fraction of the time that Python takes for it."""

    output_field = TextField()
    template = "CAST(%(expressions)s AS text)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        utc = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self.as_sql(compiler, connection, **context, template=utc if self.extra["moment"] else self.template)


class Beside(Func):
    """Columns as one text, parted by SEPARATOR, "" for NULL: one value is fetched in the time of a few."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        places = SEPARATOR.join(["%%%%s"] * len(self.source_expressions))
        return self.as_sql(compiler, connection, **context, template=f"printf('{places}', %(expressions)s)")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        joiner = f", chr({ord(SEPARATOR)}), "
        return self.as_sql(compiler, connection, **context, function="concat", arg_joiner=joiner)


_TEXTS = {"at": _Text(F("at"), moment=True), "retention_until": _Text(F("retention_until"), moment=False)}


def pages(
    events: QuerySet[AuditEvent],
    columns: Sequence[str | Func],
    size: int,
    by: str = "seq",
    first: Callable[[Rows], None] | None = None,
) -> Iterator[Rows]:
    """The events that are there now, in the order of `by`, so many at a time: its value, then the columns, times
    as text (see `audit_chain.iso_utc`) and details as JSON text.

    `by`: "seq", or "id" to read all events as they lie on the disk. Both are given out under the same lock.
    `first` gets each page before it is given out: PostgreSQL, a process of its own, makes the next page ready while
    this one is worked on, and other queries would wait for that.
    """
    newest = AuditEvent.objects.aggregate(newest=Max(by))["newest"] or 0
    expressions = [_TEXTS.get(column, F(column)) if isinstance(column, str) else column for column in columns]
    named = {f"column_{number}": expression for number, expression in enumerate([F(by), *expressions])}
    ordered = events.filter(**{f"{by}__lte": newest}).order_by(by).annotate(**named).values_list(*named)
    ahead = connection.vendor == "postgresql"
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        rows = _fetched(cursor, _sql(ordered[:size]))
        while rows:
            if first is not None:
                first(rows)
            sql = _sql(ordered.filter(**{f"{by}__gt": rows[-1][0]})[:size]) if len(rows) == size else None
            coming = pool.submit(_fetched, cursor, sql) if ahead else None
            yield rows
            rows = coming.result() if coming is not None else _fetched(cursor, sql)


def between(wanted: Mapping[str, Any]) -> dict[str, int]:
    """Between which sequence numbers the events of the wanted time lie, as look-ups. They follow from the times, but a
    database that goes through events by number would not know where to begin and where to stop."""
    times = {name: value for name, value in wanted.items() if name in ("at__gte", "at__lt")}
    if not times:
        return {}
    number = F("seq") + 0  # or else PostgreSQL goes through the numbers from both ends until it meets the time
    ends = AuditEvent.objects.filter(**times).aggregate(first=Min(number), last=Max(number))
    return {"seq__gte": ends["first"] or 0, "seq__lte": ends["last"] or 0}


def by_ways(events: QuerySet[AuditEvent], ways: Sequence[Way]) -> QuerySet[AuditEvent]:
    """The events for which one of the ways holds, for whoever reads all of them in their order. Columns are compared as
    expressions: a database that gathered them by several indexes would sort all of them for every page."""
    if not ways:
        return events.none()
    if not all(ways):
        return events
    said = {f"said_{name}": Coalesce(name, Value("")) for name in ("ticket_no", "user_name", "type")}
    wanted = (Q(**{f"said_{name}": value for name, value in way.items()}) for way in ways)
    return events.alias(**said).filter(reduce(or_, wanted))


def _sql(events: QuerySet[AuditEvent, Any]) -> Sql | None:
    try:
        return events.query.sql_with_params()
    except EmptyResultSet:  # looked for among none: a customer without tickets, a person without departments
        return None


def _fetched(cursor: Any, sql: Sql | None) -> Rows:
    if sql is None:
        return []
    cursor.execute(*sql)
    return list(cursor.fetchall())
