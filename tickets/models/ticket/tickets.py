"""Tickets and what customers attach to them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.said import SaidField


class Department(models.Model):
    """Who sees what: people see the tickets of their own departments."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="departments", blank=True, verbose_name=_("成员")
    )

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = pgettext_lazy("several", "部门")

    def __str__(self) -> str:
        return self.name


class TicketStatus(models.TextChoices):
    NEW = "new", _("新建")
    OPEN = "open", _("处理中")
    PENDING = "pending", _("等待客户")
    SOLVED = "solved", _("已解决")
    CLOSED = "closed", _("已关闭")


WITH_US = (TicketStatus.NEW, TicketStatus.OPEN)  # not waiting for the customer
UNFINISHED = (*WITH_US, TicketStatus.PENDING)
FINISHED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


class Priority(models.IntegerChoices):
    URGENT = 1, _("紧急")
    HIGH = 2, _("高")
    NORMAL = 3, _("普通")
    LOW = 4, _("低")


# The flow that a ticket counts under: the one that handled it, before any run the one that fits.
OF_FLOW = Coalesce("handling", "fitting")


class Ticket(models.Model):
    """The customer's request. `text` is what the customer wrote: data, never an instruction."""

    number = models.CharField(_("工单号"), max_length=32, unique=True)
    subject = models.CharField(_("标题"), max_length=200)
    text = models.TextField(_("内容"))
    customer_name = models.CharField(_("客户"), max_length=80, blank=True, db_index=True)
    customer_mobile = models.CharField(_("手机号"), max_length=20, blank=True, db_index=True)
    status = models.CharField(_("状态"), max_length=10, choices=TicketStatus, default=TicketStatus.NEW)
    priority = models.PositiveSmallIntegerField(_("优先级"), choices=Priority, default=Priority.NORMAL)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("部门"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tickets",
        verbose_name=_("负责人"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("创建人"),
    )
    created_at = models.DateTimeField(_("创建时间"), db_index=True)
    due_at = models.DateTimeField(_("SLA 到期"), db_index=True)
    solved_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True, editable=False)  # when it last came back after its end
    result = SaidField(_("处理结果"), blank=True)
    # Which flow fits and whether a person should rather handle it; computed when a ticket arrives or a flow changes.
    fitting = models.ForeignKey(
        "tickets.FlowTemplate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    handling = models.ForeignKey(  # the flow of its newest run; rehearsals and lessons do not count
        "tickets.FlowTemplate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    for_person = models.BooleanField(default=False, db_default=False, editable=False)
    lacks = models.TextField(default="", db_default="", blank=True, editable=False)  # names of slots, with commas
    fit_known = models.BooleanField(default=False, db_default=False, editable=False, db_index=True)
    # "zh" or "en": of the newest words of the customer that show it; "" while none did. He is asked in it.
    customer_language = models.CharField(max_length=8, default="", db_default="", blank=True, editable=False)
    # Set while the ticket is closed because another one of the same customer goes on with what it is about.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged", editable=False
    )
    merged_status = models.CharField(max_length=10, default="", db_default="", blank=True, editable=False)
    # What the release before wrote and `ExternalRef` says now; they go with the next release.
    channel = models.CharField(_("渠道"), max_length=40, default="", db_default="", blank=True, editable=False)
    external_id = models.CharField(max_length=80, default="", db_default="", blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = pgettext_lazy("several", "工单")
        indexes = [
            models.Index(fields=["department", "status", "due_at"]),
            models.Index(fields=["department", "status", "-solved_at"], name="ticket_newest_solved"),
            models.Index("department", OF_FLOW, "status", name="ticket_by_flow"),
            models.Index(fields=["reopened_at"], condition=models.Q(reopened_at__isnull=False), name="ticket_reopened"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_ticket_per_external_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def connector(self) -> str:
        """Where the ticket came from: the connector that knew it first; "" for one that was typed in."""
        refs = list(self.refs.all())
        return refs[0].connector if refs else ""


class AttachmentKind(models.TextChoices):
    IMAGE = "image", _("图片")
    VIDEO = "video", _("视频")
    DOCUMENT = "document", _("文件")


def _attachment_path(attachment: Attachment, filename: str) -> str:
    """An address nobody can guess; the customer's file name is kept in the row, not in the path."""
    suffix = filename.rpartition(".")[2].lower()[:8]
    return f"attachments/{uuid.uuid4().hex}.{suffix}"


class Attachment(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to=_attachment_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=AttachmentKind)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    from_run = models.ForeignKey(
        "tickets.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="brought_back"
    )
    came_with = models.ForeignKey(  # a double that was merged: the file goes back with it
        Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
