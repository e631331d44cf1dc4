"""Switches that apply to the whole installation."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Switch(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    on = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name}={self.on}"
