"""Runs, the slots they were started with, and their steps."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from tickets.models.equipment.phones import Phone
from tickets.models.flow.templates import FlowVersion
from tickets.models.ticket.tickets import Ticket
from tickets.said import SaidField


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("执行中")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("等待确认")
    AWAITING_ANSWER = "awaiting_answer", _("等待回答")
    TAKEN_OVER = "taken_over", _("人工接管")
    SUCCEEDED = "succeeded", _("成功")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已停止")
    HANDED_OFF = "handed_off", _("转人工")


class RunPurpose(models.TextChoices):
    """What a run is for. Only a customer's run changes its ticket and counts in the figures."""

    CUSTOMER = "customer", _("处理工单")
    SCHEDULE = "schedule", _("定时处理")
    REHEARSAL = "rehearsal", _("演练(提交前停止)")
    PRACTICE = "practice", _("演练(练习手机)")
    LESSON = "lesson", _("示教")
    SHADOW = "shadow", _("影子")


SERVING = (RunPurpose.CUSTOMER, RunPurpose.SCHEDULE)


class RunQuerySet(models.QuerySet["Run"]):
    def serving(self) -> RunQuerySet:
        """Runs for customers; rehearsals and lessons left out."""
        return self.filter(purpose__in=SERVING)


class Run(models.Model):
    """One handling of one ticket by one flow version on one phone.

    `version` grows with every change of state (compare-and-set). `claim_token` is the fencing token of the task
    that drives the run now; `claimed_until` lets another task take over when that one died, and is null when it
    let go by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="runs", verbose_name=_("工单"))
    flow_version = models.ForeignKey(
        FlowVersion, on_delete=models.PROTECT, related_name="runs", verbose_name=_("流程版本")
    )
    purpose = models.CharField(
        _("目的"), max_length=10, choices=RunPurpose, default=RunPurpose.CUSTOMER, db_default=RunPurpose.CUSTOMER
    )
    phone = models.ForeignKey(
        Phone, null=True, blank=True, on_delete=models.PROTECT, related_name="runs", verbose_name=_("手机")
    )
    status = models.CharField(_("状态"), max_length=24, choices=RunStatus, default=RunStatus.QUEUED, db_index=True)
    version = models.PositiveIntegerField(default=0)
    instruction = models.TextField(_("指令"))
    lang = models.CharField(max_length=8, default="zh")
    checkpoint = models.JSONField(default=dict, blank=True)
    claim_token = models.PositiveBigIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    takeover_requested = models.BooleanField(default=False)
    failures_in_a_row = models.PositiveSmallIntegerField(default=0)  # of phone or model, without progress between
    drivers_lost = models.PositiveSmallIntegerField(default=0)  # tasks that died over it since a human last looked
    retry_at = models.DateTimeField(null=True, blank=True)  # not to be driven before, after a failure
    event_seq = models.PositiveIntegerField(default=0)  # of the newest live event
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="started_runs",
        verbose_name=_("启动人"),
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True, db_index=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    result = SaidField(_("处理结果"), blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    waiting_for = SaidField(_("等待原因"), blank=True)  # why it is queued, for people

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("处理记录")
        verbose_name_plural = _("处理记录")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(
                    purpose__in=["customer", "schedule"],
                    status__in=[
                        RunStatus.QUEUED,
                        RunStatus.RUNNING,
                        RunStatus.AWAITING_CONFIRMATION,
                        RunStatus.AWAITING_ANSWER,
                        RunStatus.TAKEN_OVER,
                    ],
                ),
                name="one_active_run_per_ticket",
            )
        ]
        # The queue asks of a great many tickets whether a run of theirs goes on, waits, or ever was.
        indexes = [
            models.Index(fields=["status", "purpose", "ticket"], name="run_by_status"),
            models.Index(fields=["ticket", "purpose"], name="run_by_ticket"),
            models.Index(fields=["ended_at"], name="run_by_end"),  # the wall counts what ended today
        ]

    def __str__(self) -> str:
        return f"{self.ticket.number} / {str(self.id)[:8]}"

    @property
    def serves(self) -> bool:
        """Whether it handles the ticket for a customer; a rehearsal or lesson only reads it."""
        return self.purpose in SERVING


class SlotSource(models.TextChoices):
    TICKET = "ticket", _("工单原文")
    ATTACHMENT = "attachment", _("附件")
    RECORD = "record", _("客户资料")
    OPERATOR = "operator", _("坐席填写")
    DEFAULT = "default", _("默认值")
    CUSTOMER = "customer", _("客户回复")


class Slot(models.Model):
    """A value a flow needed, with the place in the ticket's text it came from (character offsets)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="slots")
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    value = models.TextField(blank=True)
    original = models.TextField(blank=True, default="", db_default="")  # what was there before a person changed it
    source = models.CharField(max_length=12, choices=SlotSource)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    attachment = models.ForeignKey(
        "tickets.Attachment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="one_slot_per_name")]
        indexes = [models.Index(Left("value", 40), name="slot_value_start")]  # a whole value may be too long for one

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class StepActor(models.TextChoices):
    AGENT = "agent", _("智能体")
    HUMAN = "human", _("人工")


class Step(models.Model):
    """One observe → decide → gate → act → verify turn, or one gesture of a human who took over."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", verbose_name=_("处理记录"))
    number = models.PositiveIntegerField(_("序号"))
    actor = models.CharField(_("执行者"), max_length=8, choices=StepActor, default=StepActor.AGENT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("坐席"),
    )
    status = models.CharField(max_length=12)  # cs_agent.engine.run.state.StepStatus
    thought = models.TextField(_("想法"), blank=True)
    action_text = SaidField(blank=True)
    action_name = models.CharField(max_length=40, blank=True)
    action = models.JSONField(null=True, blank=True)  # cs_agent.engine.actions.stored; null in rows of older releases
    control = models.CharField(max_length=200, blank=True)  # the name of what is touched
    source = models.CharField(max_length=8, default="model", db_default="model")  # cs_agent.engine.run.state.StepSource
    route_mark = models.JSONField(null=True, blank=True)  # the step as a route would remember it, without values
    goal = models.CharField(max_length=120, blank=True, default="", db_default="")  # the sub-goal it serves: `2/4 …`
    confidence = models.FloatField(_("置信度"), null=True, blank=True)
    verdict = models.CharField(max_length=12, blank=True)  # cs_agent.engine.run.state.VerdictKind
    irreversible = models.BooleanField(default=False)
    reasons = models.JSONField(default=list, blank=True)  # [{code, values}]
    outcome = SaidField(_("结果"), blank=True)
    app = models.CharField(_("应用"), max_length=120, blank=True)
    touch = models.JSONField(default=list, blank=True)  # device pixels
    box = models.JSONField(default=list, db_default=[], blank=True)  # of the control: left, top, right, bottom
    timings = models.JSONField(default=dict, blank=True)  # seconds
    tokens = models.JSONField(default=dict, blank=True)
    before = models.CharField(max_length=200, blank=True)  # picture paths below MEDIA_ROOT
    after = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("步骤")
        verbose_name_plural = _("步骤")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_step_per_number")]

    def __str__(self) -> str:
        return f"{self.run} #{self.number}"
