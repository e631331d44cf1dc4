"""A flow editor's "harmless, do not ask again" for exactly one control of one page in one flow.

Rule: changed through `tickets.services.flows.vouches` only; it goes with the flow from version to version and counts
wherever page and control are the same by their signatures, which hold no values.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.human import Confirmation


class VouchState(models.TextChoices):
    PROPOSED = "proposed", _("待流程编辑者审核")
    SECOND = "second", _("待第二人复核")  # its caption has a word of commitment
    ACTIVE = "active", _("生效中")
    ENDED = "ended", _("已撤回")


class ControlVouch(models.Model):
    """`page` and `control` are signatures (`cs_agent.engine.screen.signature`): app, roles, labels, layout."""

    template = models.ForeignKey(FlowTemplate, on_delete=models.PROTECT, related_name="vouches")
    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")  # that it was asked in
    confirmation = models.ForeignKey(Confirmation, null=True, on_delete=models.SET_NULL, related_name="vouches")
    label = models.CharField(_("控件"), max_length=200)
    page = models.JSONField()
    control = models.JSONField()
    commits = models.BooleanField(default=False)  # a word of commitment on it: two people must vouch
    state = models.CharField(_("状态"), max_length=10, choices=VouchState, default=VouchState.PROPOSED, db_index=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("无害认定")
        verbose_name_plural = _("无害认定")

    def __str__(self) -> str:
        return f"{self.template} {self.label}"
