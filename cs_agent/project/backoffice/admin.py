"""The administrator's back office: people, departments, phones and flows; everything that happened, read-only.

Rule: rows that may not change have no form; a flow is changed by publishing a new version; every change made here is
an audit event.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from consoles.pages.audit.words import roles_in_words
from consoles.pages.rights import RIGHTS
from cs_agent.project.backoffice.forms import PhoneForm, RoleForm, condition_in_words
from tickets import models
from tickets.permissions import Permission, has
from tickets.services.evidence import audit

admin.site.unregister(User)
admin.site.unregister(Group)


class Audited(ModelAdmin):
    """Writes to the audit trail what Django writes to its own log. `permission`: who may change rows here;
    administrators only where there is none."""

    permission: Permission | None = None

    def _may(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(has(user, self.permission) if self.permission else user.is_active and user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what was edited: the rest of the row may have changed since the form was opened."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        own = {field.name for field in obj._meta.concrete_fields}
        if edited := [name for name in form.changed_data if name in own]:
            obj.save(update_fields=edited)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("added", request, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("changed", request, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self._record("deleted", request, obj, "")
        return super().log_deletions(request, queryset)

    def _record(self, what: str, request: HttpRequest, obj: Model, message: Any) -> None:
        kind = obj._meta.model_name
        details = {"object": str(obj), "changes": message}
        audit.record(f"{kind}.{what}", user=request.user, obj=obj, request=request, result="success", details=details)


class ReadOnly(Audited):
    """Rows that the product writes and nobody edits."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin, Audited):  # type: ignore[type-arg,misc]
    """People leave by being deactivated: what they did stays on the record under their name."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "roles", "is_active", "is_staff", "last_login")

    @admin.display(description=_("角色"))
    def roles(self, user: User) -> str:
        return roles_in_words(",".join(group.name for group in user.groups.all())) or "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, Audited):  # type: ignore[misc]
    """Roles by what they may do in the product, in words; the tables of Django's own permissions are left out."""

    form = RoleForm
    list_display = ("role", "may")
    filter_horizontal = ()

    @admin.display(description=_("角色"), ordering="name")
    def role(self, group: Group) -> str:
        return roles_in_words(group.name)

    @admin.display(description=_("权限"))
    def may(self, group: Group) -> str:
        held = {row.codename for row in group.permissions.all()}
        return "、".join(str(RIGHTS[right]) for right in Permission if right.value in held) or "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("permissions")


@admin.register(models.Department)
class DepartmentAdmin(Audited):
    list_display = ("name", "people")
    search_fields = ("name",)
    filter_horizontal = ("members",)

    @admin.display(description=_("成员"))
    def people(self, department: models.Department) -> int:
        return department.members.count()


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
        "fault_en",
        "screen",
        "condition",
        "seen",
        "held_by",
    )
    readonly_fields = ("screen", "condition", "seen", "held_by")

    @admin.display(description=_("屏幕"))
    def screen(self, phone: models.Phone) -> str:
        return f"{phone.width} × {phone.height}" if phone.width else "—"

    @admin.display(description=_("状况"))
    def condition(self, phone: models.Phone) -> str:
        return condition_in_words(phone.health)

    @admin.display(description=_("最近在线"), ordering="last_seen_at")
    def seen(self, phone: models.Phone) -> Any:
        return phone.last_seen_at

    @admin.display(description=_("占用"))
    def held_by(self, phone: models.Phone) -> str:
        return str(phone.lease_run) if phone.lease_run else "—"


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
    fields = ("slug", "name", "name_en", "description", "active")
    list_display = ("name", "slug", "active", "newest")
    inlines = (VersionInline,)

    @admin.display(description=_("最新版本"))
    def newest(self, template: models.FlowTemplate) -> str:
        latest = template.latest
        return f"v{latest.number} {latest.created_at:%Y-%m-%d %H:%M}" if latest else "—"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.FlowVersion)
class FlowVersionAdmin(ReadOnly):
    permission = Permission.EDIT_FLOWS
    list_display = ("template", "number", "note", "created_by", "created_at")
    list_filter = ("template",)
    fields = ("template", "number", "note", "created_by", "created_at", "pretty")
    readonly_fields = ("pretty",)

    @admin.display(description=_("流程定义"))
    def pretty(self, version: models.FlowVersion) -> str:
        text = json.dumps(version.definition, ensure_ascii=False, indent=2)
        return format_html("<pre>{}</pre>", text)


@admin.register(models.Ticket)
class TicketAdmin(ReadOnly):
    list_display = ("number", "subject", "department", "status", "priority", "created_at", "due_at")
    list_filter = ("status", "priority", "department")
    search_fields = ("number", "subject", "customer_name")


@admin.register(models.Run)
class RunAdmin(ReadOnly):
    list_display = ("id", "ticket", "flow_version", "status", "phone", "started_by", "created_at", "ended_at")
    list_filter = ("status", "flow_version__template")
    search_fields = ("ticket__number", "id")
    list_select_related = ("ticket", "flow_version__template", "phone", "started_by")
    exclude = ("checkpoint",)


@admin.register(models.Step)
class StepAdmin(ReadOnly):
    list_display = ("run", "number", "actor", "status", "action_name", "verdict", "confidence", "started_at")
    list_filter = ("actor", "status", "verdict")
    search_fields = ("run__ticket__number", "run__id")
    list_select_related = ("run",)


@admin.register(models.Confirmation)
class ConfirmationAdmin(ReadOnly):
    list_display = ("summary", "state", "decided_by", "decided_at", "created_at", "due_at")
    list_filter = ("state", "kind")
    search_fields = ("run__ticket__number", "run__id")


@admin.register(models.Recording)
class RecordingAdmin(ReadOnly):
    list_display = ("run", "state", "duration_s", "size", "sha256", "created_at")
    list_filter = ("state",)
    search_fields = ("run__ticket__number", "run__id")
    list_select_related = ("run",)


@admin.register(models.AuditEvent)
class AuditEventAdmin(ReadOnly):
    """Pages are found by filters, not by counting a million rows."""

    list_display = ("seq", "at", "type", "user_name", "user_role", "ticket_no", "device_id", "result")
    search_fields = ("=ticket_no", "=user_name", "=run_id", "=device_id", "=type")
    show_full_result_count = False
    ordering = ("-seq",)
    list_per_page = 50
