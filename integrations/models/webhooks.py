"""Webhook endpoints of other systems."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Department
from tickets.said import SaidField


class WebhookEndpoint(models.Model):
    """One address that receives events, signed with its own secret (kept in the secret store).

    `types`: the event types it receives, empty for all. `departments`: whose tickets, none for all. `networks`: private
    networks (CIDR) it may be in; without them only public addresses are permitted. `previous_until`: until when the
    secret before a rotation signs as well.
    """

    name = models.CharField(_("名称"), max_length=80)
    url = models.CharField(_("地址"), max_length=500)
    types = models.JSONField(_("事件类型"), default=list, blank=True)
    departments = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name=_("部门"))
    networks = models.JSONField(_("允许的内网"), default=list, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    why_inactive = SaidField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("Webhook 接收端")
        verbose_name_plural = _("Webhook 接收端")

    def __str__(self) -> str:
        return self.name
