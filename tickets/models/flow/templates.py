"""Flow templates and their immutable versions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FlowTemplate(models.Model):
    """How one kind of ticket is handled; the content lives in its versions."""

    slug = models.SlugField(_("代号"), unique=True)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    description = models.TextField(_("说明"), blank=True)
    description_en = models.TextField(_("英文说明"), blank=True, default="", db_default="")
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("流程模板")
        verbose_name_plural = _("流程模板")

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> FlowVersion | None:
        return self.versions.order_by("-number").first()


class ImmutableError(Exception):
    """A write-once row would be changed or deleted."""


class FlowVersion(models.Model):
    """One immutable version. A change is a new version; runs pin the one they started with.

    `definition` (see `tickets.services.flows.publishing`) holds: `match` (keywords that recommend it), `slots`,
    `instruction` {zh, en}, `engine` (see `cs_agent.engine.run.flow.FlowRules`), `media` slots to push, `four_eyes`.
    """

    template = models.ForeignKey(
        FlowTemplate, on_delete=models.PROTECT, related_name="versions", verbose_name=_("流程模板")
    )
    number = models.PositiveIntegerField(_("版本"))
    definition = models.JSONField()
    route = models.JSONField(null=True, blank=True)  # cs_agent.engine.routes.values.Route; null: nothing is remembered
    note = models.CharField(_("修改说明"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("创建人"),
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("流程版本")
        verbose_name_plural = pgettext_lazy("several", "流程版本")
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="one_flow_version_per_number")]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and FlowVersion.objects.filter(pk=self.pk).exists():
            raise ImmutableError("A flow version never changes; add a new version instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ImmutableError("A flow version is never deleted; runs refer to it.")
