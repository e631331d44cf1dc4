"""Buttons inside helpdesks, the links that were used, and the open panels."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket.tickets import Ticket


class HelpdeskButton(models.Model):
    """A helpdesk whose ticket pages carry our button. `connector` is the name its tickets came by (`ExternalRef`).

    `origins`: whose pages may show the panel in a frame; none: links open a tab only. The secret that signs links lies
    in the secret store; `previous_until`: how long the one before a rotation still signs as well.
    """

    connector = models.CharField(_("连接器"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    origins = models.JSONField(_("可嵌入的来源"), default=list, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["connector"]
        verbose_name = _("工单按钮")
        verbose_name_plural = _("工单按钮")

    def __str__(self) -> str:
        return self.name


class UsedLink(models.Model):
    """A used link, kept until it would have expired."""

    button = models.ForeignKey(HelpdeskButton, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["button", "nonce"], name="one_use_per_link")]

    def __str__(self) -> str:
        return self.nonce


class PanelSession(models.Model):
    """One person's panel for one ticket. Opens nothing before `allowed_at`, and nothing after `expires_at`.

    `digest`: SHA-256 of the secret in the frame's cookie. `expires_at` first ends the wait for the person, then the
    panel.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    button = models.ForeignKey(HelpdeskButton, on_delete=models.CASCADE, related_name="panels")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="panels")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("嵌入面板")
        verbose_name_plural = _("嵌入面板")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"
