"""A batch's results: its figures, and its items as rows of a CSV that is safe in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tickets.models import Batch, BatchItem, BatchRound, ItemState, RunStatus
from tickets.services.batches import making
from tickets.services.evidence import audit
from tickets.services.evidence.exports import csv_cells
from tickets.services.people import access
from tickets.services.runs.transitions import ACTIVE, WAITING

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """Items of a round, or of a batch. `asking`: of those under way, the ones that wait for a person."""

    all: int
    waiting: int
    under_way: int
    asking: int
    succeeded: int
    failed: int
    refused: int
    stopped: int

    @property
    def over(self) -> int:
        return self.all - self.waiting - self.under_way


def figures(items: QuerySet[BatchItem]) -> Figures:
    def of(**which: Any) -> Count:
        return Count("pk", filter=Q(**which))

    counted = items.aggregate(
        all=Count("pk"),
        waiting=of(state=ItemState.WAITING),
        under_way=of(run__status__in=ACTIVE),
        asking=of(run__status__in=WAITING),
        succeeded=of(run__status=RunStatus.SUCCEEDED),
        failed=of(run__status__in=(RunStatus.FAILED, RunStatus.HANDED_OFF)),
        refused=of(state=ItemState.REFUSED),
        stopped=Count("pk", filter=Q(state=ItemState.STOPPED) | Q(run__status=RunStatus.CANCELLED)),
    )
    return Figures(**counted)


def of_batch(batch: Batch) -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(round__batch=batch)


def seen(user: Any, items: QuerySet[BatchItem]) -> QuerySet[BatchItem]:
    """The items whose tickets the user may see, with the related rows that a table shows."""
    rows = items.filter(ticket__in=access.visible_tickets(user))
    return rows.select_related("ticket", "run", "round").order_by("round__number", "pk")


def told(item: BatchItem) -> str:
    """The state of an item in words: its run's if it has one."""
    return str(item.run.get_status_display() if item.run else item.get_state_display())


def csv_lines(user: Any, batch: Batch, round_: BatchRound | None = None) -> Iterator[str]:
    """The items the user may see as CSV lines, the header first. The export is audited."""
    making.get(user, batch.pk)
    items = seen(user, of_batch(batch) if round_ is None else round_.items.all())
    details = {"flow": batch.template.slug, "rows": items.count(), "round": round_.number if round_ else None}
    audit.record("batch.exported", user=user, obj=batch, result="success", details=details)
    return _lines(items, ZoneInfo(batch.time_zone))


def _lines(items: QuerySet[BatchItem], zone: ZoneInfo) -> Iterator[str]:
    head = (_("轮次"), _("工单号"), _("主题"), _("状态"), _("结果"), _("启动时间"), _("结束时间"), _("处理编号"))
    yield "\ufeff" + ",".join(map(csv_cells.cell, head)) + "\r\n"  # the mark by which spreadsheets know UTF-8
    for item in items.iterator(chunk_size=_CHUNK):
        run = item.run
        cells = (
            str(item.round.number),
            item.ticket.number,
            item.ticket.subject,
            told(item),
            run.result if run else item.note,
            _moment(run.created_at, zone) if run else "",
            _moment(run.ended_at, zone) if run and run.ended_at else "",
            str(run.pk) if run else "",
        )
        yield ",".join(map(csv_cells.cell, cells)) + "\r\n"


def _moment(when: datetime, zone: ZoneInfo) -> str:
    """By the clock that the batch's own times go by."""
    return when.astimezone(zone).isoformat(timespec="seconds")
