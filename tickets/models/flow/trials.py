"""Trials of two versions of a flow (A/B): their terms, the runs that take part, and their end.

Rule: the terms never change once a trial has begun. Changed through `tickets.services.releasing` only.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.runs import Run, Step


class TrialMeasure(models.TextChoices):
    SUCCESS = "success", _("成功率")
    TIME = "time", _("每单用时")


class TrialState(models.TextChoices):
    PLANNED = "planned", _("已计划")
    RUNNING = "running", _("对比中")
    ENDED = "ended", _("样本已满,结束")
    SAFETY = "safety", _("因安全停止")
    STOPPED = "stopped", _("人工停止")


class TrialStop(models.TextChoices):
    """Why a trial ended before its size."""

    NO_YES = "no_yes", _("不可撤销的操作没有经过确认")
    DOUBLED = "doubled_act", _("一次确认做了两次操作")
    MARKED = "marked_act", _("有人标记某一步操作有误")
    BELOW_FLOOR = "below_floor", _("一个版本的成功率肯定低于下限")
    PERSON = "by_person", _("有人停止")
    RELEASES = "releases", _("流程的发布有变化")


class Arm(models.TextChoices):
    A = "a", "A"
    B = "b", "B"


class Trial(models.Model):
    """Tickets in `percent` of all, by a hash of `salt` and ticket number, get version `a` or `b` in equal parts.

    `expected`: success rate, 0-1; `difference`: the smallest one worth knowing, in shares (0-1) or seconds by
    `measure`; `mean_s`, `deviation_s`: seconds of the runs before, where time is measured. `runs_each`: ended runs of
    each arm after which it ends. `floor`: an arm whose success rate is surely below stops the trial.
    """

    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="trials")
    a = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    percent = models.PositiveSmallIntegerField(_("工单比例"))
    measure = models.CharField(_("衡量什么"), max_length=8, choices=TrialMeasure, default=TrialMeasure.SUCCESS)
    expected = models.FloatField()
    difference = models.FloatField()
    mean_s = models.FloatField(null=True, blank=True)
    deviation_s = models.FloatField(null=True, blank=True)
    alpha = models.FloatField()
    power = models.FloatField()
    floor = models.FloatField()
    runs_each = models.PositiveIntegerField()
    days = models.PositiveIntegerField(null=True, blank=True)  # as estimated beforehand; null: no tickets to go by
    state = models.CharField(max_length=8, choices=TrialState, default=TrialState.PLANNED, db_index=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    planned_at = models.DateTimeField(auto_now_add=True)
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    began_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=12, choices=TrialStop, blank=True)
    stop_run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    stop_step = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("版本对比")
        verbose_name_plural = _("版本对比")
        constraints = [
            models.UniqueConstraint(
                fields=["template"], condition=models.Q(state__in=["planned", "running"]), name="one_trial_per_template"
            ),
            models.CheckConstraint(condition=~models.Q(a=models.F("b")), name="trial_of_two_versions"),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.a.number} / v{self.b.number}"

    def version(self, arm: Arm) -> FlowVersion:
        return self.a if arm is Arm.A else self.b


class TrialRun(models.Model):
    """The first run of a ticket while the trial goes on: a ticket counts once."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="members")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="trial_member")
    arm = models.CharField(max_length=1, choices=Arm)

    def __str__(self) -> str:
        return f"{self.trial_id} {self.arm} {self.run_id}"


class ActFault(models.TextChoices):
    """What a person reports afterwards about an act of the agent."""

    WRONG = "wrong_act", _("确认过,但做错了")
    DOUBLED = "done_twice", _("同一件事做了两次")
    NOT_ASKED = "not_asked", _("应当先确认,却没有问")


class ActMark(models.Model):
    """One person's report that a step of a run was wrong; it counts until it is withdrawn."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="marks")
    fault = models.CharField(max_length=10, choices=ActFault)
    reason = models.TextField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    marked_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step"], condition=models.Q(withdrawn_at=None), name="one_mark_per_step")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.fault}"
