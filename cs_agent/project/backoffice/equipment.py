"""Phones and flows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from consoles.pages.studio.in_words import sop
from cs_agent.project.backoffice.audited import Audited, ReadOnly
from cs_agent.project.backoffice.flow_names import FlowFilter, name_of_flow, name_of_version
from cs_agent.project.backoffice.forms import PhoneForm, condition_in_words
from tickets import models
from tickets.permissions import Permission, has


def _moment(at: datetime | None) -> str:
    """In the reader's form and the installation's time zone; "—" for never."""
    return formats.localize(timezone.localtime(at)) if at else "—"


@admin.register(models.Phone)
class PhoneAdmin(Audited):
    permission = Permission.MANAGE_PHONES
    form = PhoneForm
    list_display = ("name", "serial", "state", "condition", "held_by", "seen")
    list_filter = ("state", "queue")
    search_fields = ("name", "serial")
    fields = (
        "name",
        "serial",
        "queue",
        "labels",
        "state",
        "fault",
        "screen",
        "condition",
        "seen",
        "held_by",
        "tested",
    )
    readonly_fields = ("screen", "condition", "seen", "held_by", "tested")
    list_select_related = ("lease_run__ticket",)

    @admin.display(description=_("屏幕"))
    def screen(self, phone: models.Phone) -> str:
        return f"{phone.width} × {phone.height}" if phone.width else "—"

    @admin.display(description=_("状况"))
    def condition(self, phone: models.Phone) -> str:
        return condition_in_words(phone.health)

    @admin.display(description=_("最近在线"), ordering="last_seen_at")
    def seen(self, phone: models.Phone) -> str:
        return _moment(phone.last_seen_at)

    @admin.display(description=_("占用"))
    def held_by(self, phone: models.Phone) -> str:
        return phone.lease_run.ticket.number if phone.lease_run else "—"

    @admin.display(description=_("测试手机"))
    def tested(self, phone: models.Phone) -> str:
        """A link to the page that tests the phone and describes its last test."""
        if not phone.pk:
            return "—"
        address = reverse("phone-check", args=[phone.pk])
        return format_html('<a href="{}">{} →</a>', address, _("测试并查看结果"))


class VersionInline(TabularInline):
    model = models.FlowVersion
    fields = readonly_fields = ("number", "note", "created_by", "created_at")
    ordering = ("-number",)
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has(request.user, Permission.EDIT_FLOWS)


@admin.register(models.FlowTemplate)
class FlowTemplateAdmin(Audited):
    permission = Permission.EDIT_FLOWS
    fields = ("slug", "name", "name_en", "description", "description_en", "active")
    list_display = ("called", "slug", "active", "newest")
    search_fields = ("name", "name_en", "slug")
    inlines = (VersionInline,)

    @admin.display(description=_("名称"), ordering="name")
    def called(self, template: models.FlowTemplate) -> str:
        return name_of_flow(template)

    @admin.display(description=_("最新版本"))
    def newest(self, template: models.FlowTemplate) -> str:
        latest = template.latest
        return f"v{latest.number} · {_moment(latest.created_at)}" if latest else "—"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.FlowVersion)
class FlowVersionAdmin(ReadOnly):
    permission = Permission.EDIT_FLOWS
    list_display = ("flow", "number", "note", "created_by", "created_at")
    list_filter = (FlowFilter,)
    list_select_related = ("template", "created_by")
    fields = readonly_fields = ("flow", "number", "note", "created_by", "created_at", "studio", "in_words", "pretty")

    @admin.display(description=_("流程"), ordering="template")
    def flow(self, version: models.FlowVersion) -> str:
        return name_of_flow(version.template)

    @admin.display(description=_("流程页面"))
    def studio(self, version: models.FlowVersion) -> str:
        """Where it is rehearsed, reviewed and released."""
        address = f"{reverse('flow', args=[version.template.slug])}?version={version.number}"
        return format_html('<a href="{}">{} →</a>', address, name_of_version(version))

    @admin.display(description=_("内容"))
    def in_words(self, version: models.FlowVersion) -> str:
        """As people read it; its author's words stand in the languages that they were written in."""
        parts = [
            (title, format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
            for title, lines in sop(version.definition)
        ]
        return format_html_join("", '<p><b>{}</b></p><ul translate="no">{}</ul>', parts)

    @admin.display(description=_("流程定义"))
    def pretty(self, version: models.FlowVersion) -> str:
        text = json.dumps(version.definition, ensure_ascii=False, indent=2)
        return format_html("<details><summary>{}</summary><pre>{}</pre></details>", _("展开"), text)
