"""The life of a flow: requests, drafts, reviews, and the one table that says which version handles a ticket.

Rule: a version's content never changes; its stage (`VersionLife`) and its releases (`Release`) do.
Both change through `tickets.services.flows` only, and every change is an audit event.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.ticket.tickets import Department, Ticket


class VersionStage(models.TextChoices):
    DRAFT = "draft", _("草稿")
    REHEARSED = "rehearsed", _("已演练")
    IN_REVIEW = "in_review", _("评审中")
    APPROVED = "approved", _("评审通过")
    RELEASED = "released", _("已发布")
    RETIRED = "retired", _("已停用")


class VersionLife(models.Model):
    """A version's stage; one row per version."""

    version = models.OneToOneField(FlowVersion, on_delete=models.PROTECT, related_name="life")
    stage = models.CharField(_("阶段"), max_length=12, choices=VersionStage, default=VersionStage.DRAFT, db_index=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    unrehearsed_reason = models.CharField(_("未演练的理由"), max_length=300, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("版本阶段")
        verbose_name_plural = _("版本阶段")

    def __str__(self) -> str:
        return f"{self.version} {self.stage}"


class FlowDraft(models.Model):
    """What an editor works on before it becomes a version. `revision` grows with each save (compare-and-set)."""

    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="drafts")
    base = models.ForeignKey(FlowVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    definition = models.JSONField()
    route = models.JSONField(null=True, blank=True)  # a lesson's; null: that of the version before is kept
    note = models.CharField(_("修改说明"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("流程草稿")
        verbose_name_plural = _("流程草稿")
        constraints = [
            models.UniqueConstraint(
                fields=["template"], condition=models.Q(closed_at=None), name="one_open_draft_per_template"
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} r{self.revision}"


class DraftChange(models.Model):
    """One save of a draft: who, when, and the whole definition, so that no edit is lost."""

    draft = models.ForeignKey(FlowDraft, on_delete=models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    definition = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["revision"]
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="one_draft_change_per_revision")]

    def __str__(self) -> str:
        return f"{self.draft_id} r{self.revision}"


class ReviewVerdict(models.TextChoices):
    APPROVED = "approved", _("通过")
    SENT_BACK = "sent_back", _("退回")


class FlowReview(models.Model):
    """One reviewer's verdict on one version; the author's own is refused."""

    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(max_length=10, choices=ReviewVerdict)
    comment = models.TextField(_("意见"), blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.version} {self.verdict}"


class ReleaseEnd(models.TextChoices):
    SUPERSEDED = "superseded", _("被新版本取代")
    RETURNED = "returned", _("人工退回上一版本")
    BELOW_FLOOR = "below_floor", _("低于下限,自动退回")
    RETIRED = "retired", _("停用")


class Release(models.Model):
    """A released version, for a share of the tickets. Rows are only added and ended: the table is also the history.

    A ticket is in the share where its bucket (0-99, a hash of template and ticket number) is below `percent`.
    The newest release that covers the ticket decides; a shadow release covers none.
    """

    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="releases")
    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="releases")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    percent = models.PositiveSmallIntegerField(
        _("工单比例"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    shadow = models.BooleanField(_("影子"), default=False)
    success_floor = models.FloatField(_("成功率下限"), default=0.8)
    rejection_ceiling = models.FloatField(_("拒绝率上限"), default=0.2)
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    end_reason = models.CharField(max_length=12, choices=ReleaseEnd, blank=True)
    end_note = models.CharField(max_length=300, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced")

    class Meta:
        verbose_name = _("发布")
        verbose_name_plural = _("发布")
        indexes = [models.Index(fields=["template", "ended_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=100), name="release_percent_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.percent} %"


class RequestStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    ACCEPTED = "accepted", _("已采纳")
    DECLINED = "declined", _("未采纳")


class FlowRequest(models.Model):
    """A request for a flow; its points (1-5) determine its place in the list."""

    title = models.CharField(_("要办的事"), max_length=120)
    description = models.TextField(_("怎么做"), blank=True)
    per_week = models.PositiveIntegerField(_("每周工单数"), default=0)
    minutes_each = models.PositiveIntegerField(_("人工每单分钟"), default=0)
    rule_based = models.PositiveSmallIntegerField(_("规则明确(1-5)"), default=3)
    exceptions = models.PositiveSmallIntegerField(_("例外多少(1-5)"), default=3)
    personal_data = models.BooleanField(_("涉及个人信息"), default=False)
    writes = models.BooleanField(_("会改动数据"), default=True)
    examples = models.ManyToManyField(Ticket, blank=True, related_name="+", verbose_name=_("工单样例"))
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.OPEN)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    template = models.ForeignKey(
        FlowTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("流程需求")
        verbose_name_plural = _("流程需求")

    def __str__(self) -> str:
        return self.title
