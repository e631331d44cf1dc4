"""People, roles and departments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from consoles.pages.audit.words import roles_in_words
from consoles.pages.rights import RIGHTS
from cs_agent.project.backoffice.audited import Audited
from cs_agent.project.backoffice.forms import DepartmentForm, PersonForm, RoleForm
from tickets import models
from tickets.permissions import GROUPS, Permission

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, Audited):  # type: ignore[type-arg,misc]
    """People are deactivated, not deleted, so that their audit events keep their name."""

    form = PersonForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "roles", "is_active", "is_staff", "last_login")
    filter_horizontal = ()
    list_filter = ("is_active", "is_staff", "departments")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("个人信息"), {"fields": ("first_name", "last_name", "email")}),
        (_("角色和部门"), {"fields": ("groups", "departments")}),
        (_("登录"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    @admin.display(description=_("角色"))
    def roles(self, user: User) -> str:
        return roles_in_words(",".join(group.name for group in user.groups.all())) or "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "departments" in form.cleaned_data:
            form.instance.departments.set(form.cleaned_data["departments"])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, Audited):  # type: ignore[misc]
    """Roles with the product's permissions in words, without Django's table permissions."""

    form = RoleForm
    list_display = ("role", "may")
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The product's own roles stay: its rules name them."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.name not in GROUPS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

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
    form = DepartmentForm

    @admin.display(description=_("成员"))
    def people(self, department: models.Department) -> int:
        return department.members.count()
