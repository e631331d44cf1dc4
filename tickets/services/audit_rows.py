"""Many audit events as the database driver gives them, oldest first, for those who read the whole trail.

Rule: nothing is converted and nothing is unsealed here. Django's own conversion of a row takes longer than everything
that is done with it afterwards, and would stumble over a row that somebody has spoiled instead of reporting it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Func, QuerySet, TextField

from tickets.models import AuditEvent

Rows = list[tuple[Any, ...]]


class _Text(Func):
    """A time or a day as text, UTC: made by the database in a fraction of the time that Python takes for it."""

    output_field = TextField()
    template = "CAST(%(expressions)s AS text)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        utc = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self.as_sql(compiler, connection, **context, template=utc if self.extra["moment"] else self.template)


_TEXTS = {"at": _Text(F("at"), moment=True), "retention_until": _Text(F("retention_until"), moment=False)}


def batches(events: QuerySet[AuditEvent], names: Sequence[str], size: int) -> Iterator[Rows]:
    """The named columns of the events, times as text (see `audit_chain.iso_utc`) and details as JSON text."""
    texts = {f"{name}_text": text for name, text in _TEXTS.items()}
    wanted = [f"{name}_text" if name in _TEXTS else name for name in names]
    sql, params = events.order_by("seq").annotate(**texts).values_list(*wanted).query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(size):
            yield rows
