"""The scheduled compliance export: one signed CSV for each day that is over, in a folder of its own.

Rule: missed days are exported later; an existing file is not written again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tickets.models import AuditEvent
from tickets.services.evidence.exports import audit_export

_MOST_DAYS = 31  # exported at once; a longer gap is exported by hand


def write_missing(now: datetime | None = None) -> list[Path]:
    """Export every past day without a file; returns the new files."""
    today = timezone.localdate(now)
    return [write_day(day) for day in _days(today) if not path_of(day).exists()]


def write_day(day: date) -> Path:
    """One day's export, under the day's name."""
    filters = {"at__gte": _midnight(day), "at__lt": _midnight(day + timedelta(days=1))}
    return audit_export.write(folder(), user=None, filters=filters, name=path_of(day).name)


def path_of(day: date) -> Path:
    return folder() / f"audit-{day.isoformat()}.csv"


def folder() -> Path:
    return Path(settings.EXPORT_DIR)


def _days(today: date) -> Iterator[date]:
    """The last days before today, from the first event's on."""
    first = AuditEvent.objects.order_by("seq").values_list("at", flat=True).first()
    begins = max(timezone.localdate(first), today - timedelta(days=_MOST_DAYS)) if first else today
    return (begins + timedelta(days=number) for number in range((today - begins).days))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
