"""Data for retention and erasure: the key that seals a ticket's personal data, and legal holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket.tickets import Ticket


class CustomerKey(models.Model):
    """The key that encrypts what audit events say about one ticket's customer.

    Destroying it (`destroyed_at` set, `key` empty) makes that unreadable for good; the events stay as they are.
    """

    ticket_no = models.CharField(max_length=32, unique=True)
    key = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.ticket_no


class LegalHold(models.Model):
    """While it exists, nothing of the ticket is deleted, neither by retention nor by erasure."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="legal_hold")
    reason = models.CharField(_("理由"), max_length=200)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    placed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("法律保留")
        verbose_name_plural = _("法律保留")

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.reason}"
