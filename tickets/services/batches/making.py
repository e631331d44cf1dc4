"""Creates, pauses, resumes and stops batches on behalf of people.

Rule: a batch's runs are started in its owner's name and with the owner's current permissions. Whoever may pause all
automation may pause or stop anybody's batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Forbidden, Invalid, NoFlow, NotFound
from tickets.flows import schedule
from tickets.models import (
    Batch,
    BatchEntry,
    BatchItem,
    BatchState,
    CatchUp,
    FlowTemplate,
    FlowVersion,
    ItemState,
    Phone,
    PhoneState,
    RunStatus,
)
from tickets.permissions import Permission, has, require
from tickets.said import said
from tickets.services.batches import lists, rounds, views
from tickets.services.evidence import audit
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.runs import lifecycle as runs

MOST_SHARE = 50
MOST_ROUNDS = 24
MOST_AT_WORK = 100  # batches of one person that are not over
_OPEN = (BatchState.ACTIVE, BatchState.PAUSED)


@dataclass(frozen=True, slots=True)
class Terms:
    """When a batch works. `cron` "": once, from now on. `days`: ISO weekdays as digits."""

    time_zone: str
    cron: str = ""
    opens: time | None = None
    closes: time | None = None
    days: str = "1234567"
    catch_up: CatchUp = CatchUp.ONCE
    most_rounds: int = 1


@dataclass(frozen=True, slots=True)
class View:
    """A saved filter of the queue, by its name."""

    name: str
    query: str


def make(
    user: Any,
    template: FlowTemplate,
    what: Sequence[lists.Entry] | View,
    terms: Terms,
    *,
    name: str,
    share: int = 1,
    lang: str = "zh",
) -> Batch:
    """Create an active batch. Invalid or NoFlow say what is wrong; then nothing was created."""
    require(user, Permission.RUN_BATCHES)
    require(user, Permission.START_RUNS)
    name = " ".join(name.split())
    _check(user, template, what, terms, name, share)
    by_view = isinstance(what, View)
    batch = Batch(
        name=name,
        template=template,
        owner=user,
        lang=lang,
        share=share,
        view_name=what.name if isinstance(what, View) else "",
        view_query=what.query if isinstance(what, View) else "",
        cron=" ".join(terms.cron.split()),
        time_zone=terms.time_zone.strip(),
        opens=terms.opens,
        closes=terms.closes,
        days=terms.days,
        catch_up=terms.catch_up,
        most_rounds=terms.most_rounds,
    )
    with transaction.atomic():
        batch.next_at = rounds.next_time(batch, timezone.now())
        batch.save()
        if not isinstance(what, View):
            BatchEntry.objects.bulk_create(
                [BatchEntry(batch=batch, ticket=entry.ticket, answers=dict(entry.answers)) for entry in what]
            )
        details = {
            "flow": template.slug,
            "tickets": None if by_view else len(what),  # type: ignore[arg-type]
            "view": batch.view_name,
            "share": share,
            "cron": batch.cron,
            "time_zone": batch.time_zone,
            "catch_up": batch.catch_up,
        }
        audit.record("batch.made", user=user, obj=batch, details=details)
    if not batch.cron:
        rounds.begin(batch, timezone.now())
    return batch


def visible(user: Any) -> QuerySet[Batch]:
    """The user's own batches and those of people in the user's departments, for an administrator all; newest first."""
    require(user, Permission.RUN_BATCHES)
    rows = Batch.objects.select_related("template", "owner").order_by("-pk")
    if user.is_superuser:
        return rows
    theirs = access.departments(user).values("members")
    return rows.filter(owner__in=theirs) | rows.filter(owner=user)


def get(user: Any, batch_id: int) -> Batch:
    batch = visible(user).filter(pk=batch_id).first() if batch_id < 2**62 else None
    if batch is None:
        raise NotFound(_("没有这个批量处理。"))
    return batch


def may_manage(user: Any, batch: Batch) -> bool:
    return has(user, Permission.RUN_BATCHES) and (batch.owner_id == user.pk or has(user, Permission.PAUSE_ALL))


def pause(batch: Batch, user: Any) -> Batch:
    """Start nothing more; runs under way continue."""
    return _move(batch, user, (BatchState.ACTIVE,), BatchState.PAUSED, "batch.paused")


def resume(batch: Batch, user: Any) -> Batch:
    return _move(batch, user, (BatchState.PAUSED,), BatchState.ACTIVE, "batch.resumed")


def stop(batch: Batch, user: Any) -> Batch:
    """Start nothing more and cancel queued runs; runs on a phone continue."""
    with transaction.atomic():
        batch = _move(batch, user, _OPEN, BatchState.STOPPED, "batch.stopped")
        Batch.objects.filter(pk=batch.pk).update(ended_at=timezone.now(), next_at=None)
        waiting = BatchItem.objects.filter(round__batch=batch, state=ItemState.WAITING)
        waiting.update(state=ItemState.STOPPED)
    for item in BatchItem.objects.filter(round__batch=batch, run__status=RunStatus.QUEUED).select_related("run"):
        _take_back(item, user)
    rounds.close(batch)
    return batch


def _take_back(item: BatchItem, user: Any) -> None:
    with transaction.atomic():
        run = runs.locked(item.run) if item.run else None
        if run is None or run.status != RunStatus.QUEUED or Phone.objects.filter(lease_run=run.pk).exists():
            return
        with runs.in_run_language(run):
            result = said("run.batch_stopped")
        runs.end(run, RunStatus.CANCELLED, result=result, user=user)


def _move(batch: Batch, user: Any, before: tuple[BatchState, ...], to: BatchState, event: str) -> Batch:
    require(user, Permission.RUN_BATCHES)
    if not may_manage(user, batch):
        raise Forbidden(_("只有建立批量处理的人和主管可以暂停、继续或停止它。"))
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state__in=before).update(state=to, fault=""):
            raise Conflict(_("批量处理的状态已经变了,请重新载入。"), code="batch_state")
        batch.refresh_from_db()
        audit.record(event, user=user, obj=batch, details={"flow": batch.template.slug})
    return batch


def _check(
    user: Any, template: FlowTemplate, what: Sequence[lists.Entry] | View, terms: Terms, name: str, share: int
) -> None:
    if not name or len(name) > 80:
        raise Invalid(_("请用不超过 80 个字写明名称。"), code="bad_name")
    if released_version(template) is None:
        raise NoFlow(_("“%s”没有发布中的版本,不能批量处理。") % template.name)
    if not 1 <= share <= MOST_SHARE:
        raise Invalid(_("同时处理的个数应为 1 到 %d。") % MOST_SHARE, code="bad_share")
    phones = Phone.objects.exclude(state=PhoneState.RETIRED).count()
    if share > phones:
        words = {"share": share, "phones": phones}
        raise Invalid(_("只有 %(phones)d 台手机,不能同时处理 %(share)d 个。") % words, code="bad_share")
    if isinstance(what, View):
        views.tickets_of(user, what.query, 1)
    elif not what:
        raise Invalid(_("请至少选择一个工单。"), code="no_tickets")
    elif len(what) > lists.MOST:
        raise Invalid(_("一次最多 %d 个工单。") % lists.MOST, code="too_many")
    _check_terms(terms)
    if Batch.objects.filter(owner=user, state__in=_OPEN).count() >= MOST_AT_WORK:
        raise Conflict(_("最多同时有 %d 个批量处理,请先停止不用的。") % MOST_AT_WORK, code="too_many_batches")


def _check_terms(terms: Terms) -> None:
    in_zone = schedule.zone(terms.time_zone)
    if (terms.opens is None) != (terms.closes is None):
        raise Invalid(_("工作时间要写明开始和结束,或都不写。"), code="bad_hours")
    if terms.opens is not None and terms.opens == terms.closes:
        raise Invalid(_("工作时间的开始和结束不能相同。"), code="bad_hours")
    if not terms.days or set(terms.days) - set("1234567"):
        raise Invalid(_("请至少选择一个工作日。"), code="bad_hours")
    if not 1 <= terms.most_rounds <= MOST_ROUNDS:
        raise Invalid(_("排队的轮数应为 1 到 %d。") % MOST_ROUNDS, code="bad_rounds")
    if terms.cron.strip():
        if len(terms.cron) > 100:
            raise Invalid(_("定时的写法太长。"), code="bad_cron")
        schedule.check(terms.cron, in_zone, timezone.now())


def released_version(template: FlowTemplate) -> FlowVersion | None:
    """The newest released version of the template, whatever its share or department."""
    if not template.active:
        return None
    row = releases.at_work().filter(template=template, shadow=False).select_related("version").order_by("-pk").first()
    return row.version if row else None
