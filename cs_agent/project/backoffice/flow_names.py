"""Flows by their names in the reader's language: the rows' own names are stored in one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consoles.templatetags.console import flow_name
from tickets import models
from tickets.said import readers_language


def name_of_flow(template: models.FlowTemplate) -> str:
    return flow_name(template, readers_language() == "en")


def name_of_version(version: models.FlowVersion) -> str:
    return f"{name_of_flow(version.template)} v{version.number}"


class FlowFilter(admin.SimpleListFilter):
    """The rows of one flow; `path` leads from a row to it."""

    title = _("流程")
    parameter_name = "flow"
    path = "template"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(each.slug, name_of_flow(each)) for each in models.FlowTemplate.objects.order_by("slug")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset


class RunsFlowFilter(FlowFilter):
    path = "flow_version__template"
