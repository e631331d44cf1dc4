"""A lesson: a flow editor drives a phone once with a sample ticket, and a draft comes out of it.

Rule: changed through `tickets.services.studio` only. It holds no customer data: acts and marks hold slots in place of
values, and pictures belong to the steps of its runs.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.equipment.phones import Phone
from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.runs import Run
from tickets.models.ticket.tickets import Ticket


class LessonState(models.TextChoices):
    OPEN = "open", _("示教中")
    KEPT = "kept", _("中断,已保留")
    FINISHED = "finished", pgettext_lazy("lesson", "完成")
    DISCARDED = "discarded", _("已放弃")


class Lesson(models.Model):
    """One way through a flow, taught by hand. It survives its run: an interrupted lesson can be continued later.

    `slots`: definitions of the slots that were used; `way`: the acts, each {"mark": a route's step, "step": the step's
    key}; `marks`: what must be confirmed and what proves success (`tickets.flows.lesson_marks`). `tail`: the acts that
    are being replaced; `seeking`: the page of the first of them is not shown yet, and nothing is recorded.
    """

    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="lessons")
    base = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="lessons")
    phone = models.ForeignKey(Phone, on_delete=models.PROTECT, related_name="lessons")
    run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="lesson")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=LessonState, default=LessonState.OPEN, db_index=True)
    with_files = models.BooleanField(default=False)  # the ticket's attachments are put on the phone
    slots = models.JSONField(default=list)
    way = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    tail = models.JSONField(default=list)
    seeking = models.BooleanField(default=False)
    apps = models.JSONField(default=list)  # packages that were in the foreground
    end = models.JSONField(null=True, blank=True)  # the page on which success was marked
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("示教")
        verbose_name_plural = _("示教")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(state="open"), name="one_open_lesson_per_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} #{self.pk}"

    @property
    def reached_commit(self) -> bool:
        return any(item["mark"].get("commits") for item in self.way)


class NoteKind(models.TextChoices):
    COMMENT = "comment", _("意见")
    HARMLESS = "harmless", _("无害")
    COMMITS = "commits", _("会提交")


class RouteNote(models.Model):
    """A person's note on one step of a version's route: a comment, that it is harmless, or that it commits."""

    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="notes")
    way = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=NoteKind)
    text = models.TextField(_("意见"), blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.version} {self.way}.{self.number} {self.kind}"
