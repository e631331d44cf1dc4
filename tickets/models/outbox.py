"""Outgoing messages: one row per published event, and one per destination of it.

Rule: an event's row is written in the transaction of its change; a delivery is done when the receiver accepted it or a
person gave it up. Nothing is delivered from memory.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket.tickets import Ticket
from tickets.said import SaidField


class OutboxEvent(models.Model):
    """One published audit event: its public type, ids and states, never a customer's words.

    `id` grows in the order of the audit trail: it is assigned while the head of the chain is locked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # by which receivers recognise a repeat
    audit_seq = models.PositiveBigIntegerField(unique=True)
    type = models.CharField(max_length=60)
    at = models.DateTimeField(db_index=True)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    department_id = models.PositiveBigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    spread = models.BooleanField(default=False)  # whether its deliveries were made

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(spread=False), name="outbox_not_spread")]
        verbose_name = _("发件箱事件")
        verbose_name_plural = _("发件箱事件")

    def __str__(self) -> str:
        return f"{self.audit_seq} {self.type}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("待发送")
    DELIVERED = "delivered", _("已送达")
    GIVEN_UP = "given_up", _("已放弃")


class Delivery(models.Model):
    """One event for one destination. `lane` names the carrier and the destination, e.g. `webhook:7`.

    `last_answer`: the receiver's last answer, or the connection error, for technicians.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    lane = models.CharField(max_length=80)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    last_try_at = models.DateTimeField(null=True, blank=True)
    last_answer = SaidField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["event_id"]
        constraints = [models.UniqueConstraint(fields=["lane", "event"], name="one_delivery_per_lane")]
        indexes = [
            models.Index(fields=["lane", "ticket", "event"], condition=Q(state="waiting"), name="delivery_line"),
            models.Index(fields=["lane", "next_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["state", "event"], name="delivery_by_state"),
        ]
        verbose_name = _("投递")
        verbose_name_plural = _("投递")

    def __str__(self) -> str:
        return f"{self.event_id} → {self.lane}"


class DeliveryLane(models.Model):
    """One destination of deliveries: the current sender, and until when it is paused.

    `claim` is the fencing token of the sender; a claim that is not renewed expires and another sender takes over.
    """

    name = models.CharField(max_length=80, primary_key=True)
    claim = models.PositiveBigIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
