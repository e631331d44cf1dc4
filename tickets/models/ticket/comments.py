"""Notes of colleagues and other systems on a ticket; neither the customer's words nor instructions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket.tickets import Ticket


class Comment(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField(_("备注"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("备注")
        verbose_name_plural = _("备注")

    def __str__(self) -> str:
        return self.text[:40]


class Mention(models.Model):
    """A colleague mentioned in a note (@name); it waits for them until they have dealt with it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="one_mention_per_person")]
        indexes = [models.Index(fields=["person"], condition=models.Q(seen_at=None), name="open_mentions")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.comment_id}"
