"""Helpdesks that are set up, the calls they made to us, and what is known of each of their tickets.

Rule: a call is only a poke. What has to be read stands in `LinkedTicket`, one row a ticket of a helpdesk, however many
calls there were and in whatever order.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.models import Department, Ticket
from tickets.said import SaidField


def new_hook() -> str:
    """The part of the address nobody can guess: some helpdesks sign nothing."""
    return secrets.token_urlsafe(24)


class Connector(models.Model):
    """One helpdesk. Its secrets lie in the secret store under `connector/<key>/…`.

    `key`: what `ExternalRef.connector` says. `home`: kind and address, which recognise two set-ups of one helpdesk.
    `department`: where tickets go that no rule names; without it they are left out. `acts_as`: the account whose rights
    bound what comes in. `mapping` and `write_back`: see `connectors.mapping.Mapping` and `writeback.words.WriteBack`.
    `options`: what its kind asks for. `cursor`: where the poller stands. `rest_until`: until then the helpdesk is left
    alone.
    """

    key = models.CharField(max_length=40, unique=True)
    hook = models.CharField(max_length=40, unique=True, default=new_hook)
    kind = models.CharField(max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    enabled = models.BooleanField(_("启用"), default=False)
    home = models.CharField(max_length=600, blank=True, db_index=True)
    options = models.JSONField(default=dict)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("默认部门")
    )
    acts_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("以谁的身份")
    )
    mapping = models.JSONField(default=dict, blank=True)
    write_back = models.JSONField(default=dict, blank=True)
    poll_s = models.PositiveIntegerField(_("轮询间隔(秒)"), default=120)
    cursor = models.TextField(blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    poll_claimed_until = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)  # the last genuine call
    good_at = models.DateTimeField(null=True, blank=True)  # the last time it answered well
    fault = SaidField(blank=True)  # "" once it answers well again
    fault_at = models.DateTimeField(null=True, blank=True)
    refused = models.PositiveIntegerField(default=0)  # calls that were not genuine
    refusal = SaidField(blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("连接器")
        verbose_name_plural = _("连接器")

    def __str__(self) -> str:
        return self.name


class IntakeRule(models.Model):
    """Of the rules of a connector the first that fits decides: its department, or that the ticket is left out.

    `queue` and `tag` may hold `*`; an empty one fits everything.
    """

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="rules")
    place = models.PositiveSmallIntegerField()
    queue = models.CharField(max_length=120, blank=True)
    tag = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.queue or '*'} {self.tag or '*'}"


class LinkedTicket(models.Model):
    """A ticket of a helpdesk that we heard of: what is still to be read, and what was read last.

    `wanted` grows with every poke, `read` is the `wanted` of the last reading: it is due while they differ. `claim` is
    the fencing token of whoever reads. `taken`: ids of the messages and files that came in. `state`: the helpdesk's
    state at the last reading or writing, so that only its own changes are carried over. `left`: why it is none of ours
    (any more): deleted, merged, moved, hidden.
    """

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="linked")
    external_id = models.CharField(max_length=120)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    wanted = models.PositiveBigIntegerField(default=0)
    read = models.PositiveBigIntegerField(default=0)
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    claim = models.PositiveBigIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    fault = SaidField(blank=True)
    given_up = models.BooleanField(default=False)
    taken = models.JSONField(default=list)
    state = models.CharField(max_length=10, blank=True)
    left = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)  # by the helpdesk's clock
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["connector", "external_id"], name="one_link_per_external_id"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=~Q(wanted=F("read")) & Q(given_up=False), name="linked_due"),
            models.Index(fields=["external_id"], name="linked_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.connector_id}:{self.external_id}"


class DeliveryOutcome(models.TextChoices):
    WAITING = "waiting", _("待读取")
    DONE = "done", _("已处理")
    NOTHING = "nothing", _("与工单无关")
    GIVEN_UP = "given_up", _("已放弃")


class IncomingDelivery(models.Model):
    """One genuine call. The same `delivery_id` again is the same call.

    `hints` are for the kind's `parse`. `content`: the ticket itself from a helpdesk that cannot be asked, encrypted,
    blank once it was read; such a delivery is about one ticket (`linked`).
    """

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="deliveries")
    delivery_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_index=True)
    event = models.CharField(max_length=80, blank=True)
    external_ids = models.JSONField(default=list)
    hints = models.JSONField(default=dict)
    content = models.BinaryField(default=b"")
    linked = models.ForeignKey(LinkedTicket, null=True, blank=True, on_delete=models.CASCADE, related_name="contents")
    outcome = models.CharField(max_length=10, choices=DeliveryOutcome, default=DeliveryOutcome.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    fault = SaidField(blank=True)
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["connector", "delivery_id"], name="one_row_per_delivery")]
        indexes = [models.Index(fields=["next_at"], condition=Q(outcome="waiting"), name="incoming_due")]
        verbose_name = _("收到的调用")
        verbose_name_plural = _("收到的调用")

    def __str__(self) -> str:
        return f"{self.connector_id}:{self.delivery_id}"
