"""Tests of phones requested by people, made by the phone's host."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.equipment.phones import Phone


class PhoneCheck(models.Model):
    """One test. `findings`: [{code, status, finding, remedy, values, fix}], sentences of the parts' catalogue and a
    command; `touched`: whether the phone was touched as well as looked at; `usable`: null until it has ended, or where
    nothing was found.
    """

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="checks")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    touched = models.BooleanField(default=False)
    usable = models.BooleanField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("手机测试")
        verbose_name_plural = _("手机测试")
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=models.Q(ended_at=None), name="one_open_phone_check"),
        ]

    def __str__(self) -> str:
        return f"{self.phone} {self.asked_at:%Y-%m-%d %H:%M}"
