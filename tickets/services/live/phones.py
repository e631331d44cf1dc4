"""What the pages say of phones besides their rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from tickets.models import Run


def runs_today(phone_ids: Iterable[int]) -> dict[int, int]:
    """How many runs each phone has begun since midnight."""
    wanted = list(phone_ids)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    begun = Run.objects.filter(phone__in=wanted, started_at__gte=midnight)
    counts = dict(begun.values_list("phone").annotate(n=Count("pk")))
    return {phone_id: counts.get(phone_id, 0) for phone_id in wanted}
