"""Batches: one flow over many tickets, once or on a schedule, within its own share of the phones.

A batch has rounds (one, or one for each time it comes due); a round has an item for each ticket. Rule: an item starts
its ticket's run at most once, and the run asks a person for each irreversible act as any other does.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate
from tickets.models.runs import Run
from tickets.models.ticket.tickets import Ticket
from tickets.said import SaidField


class BatchState(models.TextChoices):
    ACTIVE = "active", _("进行中")
    PAUSED = "paused", _("已暂停")
    STOPPED = "stopped", _("已停止")
    FINISHED = "finished", _("已完成")


class CatchUp(models.TextChoices):
    SKIP = "skip", _("不补")
    ONCE = "once", _("补一轮")
    ALL = "all", _("逐轮补,有上限")


class Batch(models.Model):
    """`view_query`: the filter whose tickets each round takes; empty for the list of `entries`.

    `cron` "": once. `opens` and `closes` are wall-clock times in `time_zone` between which runs are started; both null:
    at any time. `days`: ISO weekdays, 1 is Monday. `share`: runs of this batch that may be under way at a time.
    """

    name = models.CharField(_("名称"), max_length=80)
    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="batches")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="batches")
    lang = models.CharField(max_length=8, default="zh")
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.ACTIVE, db_index=True)
    share = models.PositiveSmallIntegerField(default=1)
    view_name = models.CharField(max_length=40, blank=True)
    view_query = models.CharField(max_length=500, blank=True)
    cron = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=64)
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    days = models.CharField(max_length=7, default="1234567")
    catch_up = models.CharField(max_length=6, choices=CatchUp, default=CatchUp.ONCE)
    most_rounds = models.PositiveSmallIntegerField(default=1)  # that may stand in line, with CatchUp.ALL
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    missed = models.PositiveIntegerField(default=0)  # times that came and were not made up for
    fault = SaidField(blank=True)  # why it paused itself
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("批量处理")
        verbose_name_plural = _("批量处理")

    def __str__(self) -> str:
        return self.name


class BatchEntry(models.Model):
    """A ticket of a batch's list, with the values that the list gives for it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="entries")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)  # slot: value

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "ticket"], name="one_entry_per_ticket")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.ticket_id}"


class BatchRound(models.Model):
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_round_per_number")]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.number}"


class ItemState(models.TextChoices):
    WAITING = "waiting", _("等待启动")
    STARTED = "started", _("已启动")
    REFUSED = "refused", _("没有启动")
    STOPPED = "stopped", _("已停止")


class BatchItem(models.Model):
    """A ticket of a round. `note` says why its run was not started."""

    round = models.ForeignKey(BatchRound, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="batch_items")
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="batch_item")
    note = SaidField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["round", "state"])]
        constraints = [models.UniqueConstraint(fields=["round", "ticket"], name="one_item_per_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"
