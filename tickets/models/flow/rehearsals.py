"""Rehearsals of a flow version, their runs and outcomes, and the grants under which a practice phone may submit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.equipment.phones import Phone
from tickets.models.flow.templates import FlowVersion
from tickets.models.runs import Run
from tickets.said import SaidField


class RehearsalMode(models.TextChoices):
    DRY = "dry", _("提交前停止")
    PRACTICE = "practice", _("在练习手机上提交")


class PracticeGrant(models.Model):
    """One person's advance approval for this version, on this practice phone, for a number of runs, until it
    expires."""

    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="grants")
    phone = models.ForeignKey(Phone, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    runs_granted = models.PositiveIntegerField()
    runs_left = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version} {self.phone} {self.runs_left}/{self.runs_granted}"


class Rehearsal(models.Model):
    """A flow version tested with chosen tickets, several times each, without changing the tickets."""

    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="rehearsals")
    mode = models.CharField(max_length=10, choices=RehearsalMode, default=RehearsalMode.DRY)
    grant = models.ForeignKey(PracticeGrant, null=True, blank=True, on_delete=models.PROTECT, related_name="rehearsals")
    person_seconds = models.PositiveIntegerField(_("人工每单秒数"), null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("演练")
        verbose_name_plural = _("演练")

    def __str__(self) -> str:
        return f"{self.version} {self.mode} {self.created_at:%Y-%m-%d %H:%M}"


class RehearsalOutcome(models.TextChoices):
    UNDER_WAY = "", _("进行中")
    COMMIT_REACHED = "commit_reached", _("到达提交,字段一致")
    COMPLETED = "completed", pgettext_lazy("rehearsal", "完成")
    FIELDS_DIFFER = "fields_differ", _("字段与工单不一致")
    NEEDED_PERSON = "needed_person", _("中途需要人工")
    NOT_STARTED = "not_started", _("没有启动")
    FAILED = "failed", _("失败")
    STOPPED = "stopped", _("已停止")


class RehearsalRun(models.Model):
    """One run of a rehearsal. Of a run that could not be started `run` is null and `note` says why."""

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="runs")
    run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="rehearsed")
    ticket_number = models.CharField(max_length=32)
    outcome = models.CharField(max_length=16, choices=RehearsalOutcome, blank=True, default="")
    note = SaidField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket_number} {self.outcome}"
