"""Reads many audit events as raw database values, oldest first, for readers of the whole trail.

Rule: nothing is converted or decrypted here. Django's conversion of a row takes longer than all later processing, and
would fail on a corrupted row instead of reporting it.

Rows are read in pages by keyset queries: no cursor stays open, so that a slow reader blocks neither SQLite's checkpoint
nor PostgreSQL's vacuum, and PostgreSQL need not materialise the whole result.
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
    """A time or date as UTC text, formatted by the database because Python takes much longer."""

    output_field = TextField()
    template = "CAST(%(expressions)s AS text)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        utc = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self.as_sql(compiler, connection, **context, template=utc if self.extra["moment"] else self.template)


class Beside(Func):
    """Columns joined to one text by SEPARATOR, "" for NULL: fetching one value is faster than fetching many."""

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
    """Yield the current events in pages of `size` rows, ordered by `by`: its value, then the columns; times as text
    (see `audit_chain.iso_utc`) and details as JSON text.

    `by`: "seq", or "id" to read all events in storage order; both are assigned under the same lock. `first` is called
    with each page before it is yielded: PostgreSQL prepares the next page while this one is processed, and other
    queries on the connection would wait for that.
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
    """Look-ups for the range of sequence numbers within the wanted times. They are implied by the times, but let a
    database that scans by number know where to begin and stop."""
    times = {name: value for name, value in wanted.items() if name in ("at__gte", "at__lt")}
    if not times:
        return {}
    number = F("seq") + 0  # or else PostgreSQL goes through the numbers from both ends until it meets the time
    ends = AuditEvent.objects.filter(**times).aggregate(first=Min(number), last=Max(number))
    return {"seq__gte": ends["first"] or 0, "seq__lte": ends["last"] or 0}


def by_ways(events: QuerySet[AuditEvent], ways: Sequence[Way]) -> QuerySet[AuditEvent]:
    """The events for which one of the `ways` holds, for reading all of them in order. Columns are compared as
    expressions, since a database that combined several indexes would sort all rows for every page."""
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
