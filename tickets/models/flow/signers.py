"""Other installations whose signature on a flow is trusted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TrustedSigner(models.Model):
    """The public key of an installation; changed through `tickets.services.studio.exchange` only. Rows are ended, never
    deleted, so that earlier imports stay traceable."""

    name = models.CharField(_("名称"), max_length=80)
    public_key = models.CharField(max_length=64, unique=True)  # Ed25519, base64
    trusted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    trusted_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("可信的安装")
        verbose_name_plural = _("可信的安装")

    def __str__(self) -> str:
        return self.name
