"""What operators write: corrected values, replies, canned texts, saved views of the queue."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate
from tickets.models.runs import SlotSource
from tickets.models.ticket.tickets import Department, Ticket


class TicketValue(models.Model):
    """A value given for a slot of a flow before the start; it takes precedence over the ticket's text.

    `source`: `operator`, or `customer` where it was read from the answer to a question; `user` is then whoever took the
    answer in.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="given_values")
    template = models.ForeignKey(FlowTemplate, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    value = models.TextField()
    source = models.CharField(
        max_length=12, choices=SlotSource, default=SlotSource.OPERATOR, db_default=SlotSource.OPERATOR
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "template", "name"], name="one_given_value_per_slot")]

    def __str__(self) -> str:
        return self.name


class CustomerReply(models.Model):
    """A reply to a customer, as recorded by its author.

    `send_by`: the connector that sends it; "" where the customer was informed in another way.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    send_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.pk}"


class CannedReply(models.Model):
    """A text for customers, with places such as {customer} or {refund} that are filled from the ticket."""

    name = models.CharField(_("名称"), max_length=80)
    text = models.TextField(
        _("内容"), help_text=_("可用:{customer}、{ticket}、{result}、{case},以及流程各信息项的名称。")
    )
    template = models.ForeignKey(
        FlowTemplate, null=True, blank=True, on_delete=models.CASCADE, related_name="replies", verbose_name=_("流程")
    )
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("回复模板")
        verbose_name_plural = _("回复模板")

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A query of the queue under a name: one person's, or a department's."""

    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name
