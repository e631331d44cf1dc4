"""Phones and the lease by which one run at a time holds each of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.said import SaidField


class PhoneState(models.TextChoices):
    READY = "ready", _("可用")
    FAULTY = "faulty", _("故障")
    RETIRED = "retired", _("停用")


class PhoneUse(models.TextChoices):
    CUSTOMER = "customer", _("处理客户工单")
    SHARED = "shared", _("客户工单优先,空闲时可示教和演练")
    REHEARSAL = "rehearsal", _("演练:提交前停止")
    PRACTICE = "practice", _("练习:测试账号,可真正提交")


class Phone(models.Model):
    """One Android phone.

    The lease: `lease_run` holds the phone until `lease_expires_at`; `lease_token` only grows, and every gesture carries
    the token of its lease, so that an earlier holder is refused.
    """

    name = models.CharField(_("名称"), max_length=80)
    serial = models.CharField(_("序列号"), max_length=120, unique=True)
    queue = models.CharField(_("主机队列"), max_length=60, default="phones")
    labels = models.JSONField(_("标签"), default=list, blank=True)
    # Not read any more: the release before asks for it, to which an upgrade can be rolled back.
    fault_en = models.TextField(blank=True, default="", db_default="", editable=False)
    use = models.CharField(
        _("用途"), max_length=10, choices=PhoneUse, default=PhoneUse.CUSTOMER, db_default=PhoneUse.CUSTOMER
    )
    practice_accounts = models.CharField(
        _("练习用的应用和测试账号"), max_length=200, blank=True, default="", db_default=""
    )
    practice_marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    practice_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=PhoneState, default=PhoneState.READY)
    fault = SaidField(_("故障说明"), blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    health = models.JSONField(default=dict, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    lease_run = models.OneToOneField(
        "tickets.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="leased_phone"
    )
    lease_token = models.PositiveBigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("手机")
        verbose_name_plural = pgettext_lazy("several", "手机")

    def __str__(self) -> str:
        return self.name
