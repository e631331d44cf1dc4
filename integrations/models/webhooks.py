"""Where events are sent: endpoints of other systems that asked to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Department
from tickets.said import SaidField


class WebhookEndpoint(models.Model):
    """One address that is told of events, signed with its own secret (kept in the secret store, never here).

    `types`: what it hears of, empty for everything. `departments`: whose tickets, none for all. `networks`: private
    networks (CIDR) it may lie in; without them only public addresses are connected to. `previous_until`: how long the
    secret before a rotation still signs as well.
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
