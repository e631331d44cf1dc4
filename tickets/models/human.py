"""Where a human decides: confirmations, questions and takeovers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.runs import Run
from tickets.said import SaidField


class ConfirmationState(models.TextChoices):
    PENDING = "pending", _("待确认")
    APPROVED = "approved", _("已同意")
    REJECTED = "rejected", _("已拒绝")
    CORRECTED = "corrected", _("已更正")  # a human gave another value; asked anew once it is entered
    VOIDED = "voided", _("已作废")  # the screen changed, or the run ended
    EXPIRED = "expired", _("已过期")


class Confirmation(models.Model):
    """One proposed action put to a human, bound to the action's digest and the screen's fingerprint.

    `fields`: [{name, label, screen_value, ticket_value, differs, box: [l, t, r, b] | null, source}], pixels of
    `screenshot` (`screenshot_width` x `screenshot_height`). Single use: decided by one conditional update.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="confirmations", verbose_name=_("处理记录"))
    step_number = models.PositiveIntegerField(_("步骤"))
    kind = models.CharField(max_length=12, default="action")  # action | finish | uncertain
    state = models.CharField(
        _("状态"), max_length=10, choices=ConfirmationState, default=ConfirmationState.PENDING, db_index=True
    )
    version = models.PositiveIntegerField(default=0)
    summary = SaidField(_("摘要"))
    action_text = models.TextField()
    action = models.JSONField(null=True, blank=True)  # cs_agent.engine.actions.stored; null in rows of older releases
    control = models.CharField(max_length=200, blank=True)  # the name of what is touched
    near = models.CharField(
        max_length=60, blank=True, default="", db_default=""
    )  # the text beside it, if it has no name
    action_digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=128)
    fields = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    commits = models.BooleanField(default=True, db_default=True)  # else the act is only not proven harmless
    place = models.JSONField(null=True, blank=True)  # {page, control}: signatures, where the control can be told again
    screenshot = models.CharField(max_length=200, blank=True)  # highlighted picture, path below MEDIA_ROOT
    screenshot_width = models.PositiveIntegerField(default=0)
    screenshot_height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("请求时间"), auto_now_add=True)
    due_at = models.DateTimeField(_("截止时间"), db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("决定人"),
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)  # the act that the yes was for was about to be made
    note = SaidField(_("备注"), blank=True)
    approvals_needed = models.PositiveSmallIntegerField(
        _("需要几人同意"),
        default=1,  # two different people above the flow's limit
    )
    first_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("第一人"),
    )
    first_approved_at = models.DateTimeField(_("第一人同意时间"), null=True, blank=True)
    idempotency_key = models.CharField(max_length=80, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("确认记录")
        verbose_name_plural = _("确认记录")
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(state=ConfirmationState.PENDING),
                name="one_pending_confirmation_per_run",
            )
        ]
        indexes = [models.Index(fields=["decided_at"], name="confirmation_by_decision")]

    def __str__(self) -> str:
        return self.summary

    @property
    def differs(self) -> bool:
        return any(item.get("differs") for item in self.fields)


class Question(models.Model):
    """Something only a human can answer; `answered_at` is null until somebody did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="questions")
    text = SaidField()
    choices = models.JSONField(default=list, blank=True)
    screenshot = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text


class Takeover(models.Model):
    """A human is asked to drive the phone (`begun_at` null), drives it, or has handed it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="takeovers")
    reason = SaidField(blank=True)
    code = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    last_gesture_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)  # of inactivity, since the last gesture
    ended_at = models.DateTimeField(null=True, blank=True)
    summary = SaidField(blank=True)

    def __str__(self) -> str:
        return self.reason
