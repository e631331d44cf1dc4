"""Questions to a customer about values that a flow needs, and the answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate
from tickets.models.ticket.desk import CustomerReply
from tickets.models.ticket.tickets import Ticket


class ClarificationState(models.TextChoices):
    ASKED = "asked", _("等客户回复")
    PARTLY = "partly", _("只回复了一部分")
    UNCLEAR = "unclear", _("回复需要核对")
    ANSWERED = "answered", _("客户已回复")
    EXPIRED = "expired", _("逾期未回复")
    WITHDRAWN = "withdrawn", _("不再等待")


class Clarification(models.Model):
    """One turn of asking. `questions`: the names of the slots that each numbered question is about.

    `reply`: the message that brought the question. `answer`: the customer's words since, as they came in. `by_policy`:
    sent without a person's yes, as flow and connector allow.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clarifications")
    template = models.ForeignKey(FlowTemplate, on_delete=models.CASCADE, related_name="+")
    turn = models.PositiveSmallIntegerField()
    questions = models.JSONField(default=list)
    lang = models.CharField(max_length=8)
    text = models.TextField()
    reply = models.ForeignKey(CustomerReply, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_policy = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ClarificationState, default=ClarificationState.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("向客户的询问")
        verbose_name_plural = _("向客户的询问")
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=models.Q(state="asked"), name="one_open_question"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="asked"), name="clarification_due")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.turn}"

    @property
    def names(self) -> list[str]:
        """Of every slot that is asked for."""
        return [name for question in self.questions for name in question]

    @property
    def late(self) -> bool:
        return self.answered_at is not None and self.answered_at > self.due_at
