"""Secrets the product keeps for its connections. Read and written only by `tickets.services.secret_store`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Secret(models.Model):
    """One secret by name. `sealed` is a Fernet token that also holds the name, so that rows cannot be swapped."""

    name = models.CharField(max_length=120, unique=True)
    sealed = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("密钥")
        verbose_name_plural = _("密钥")

    def __str__(self) -> str:
        return self.name
