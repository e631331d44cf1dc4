"""The base of all pages of the back office.

Rule: rows that may not change have no form; every change made here is an audit event.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from tickets.permissions import Permission, has
from tickets.said import gettext_said
from tickets.services.evidence import audit


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
        details = {"object": str(obj), "changes": _changes(message)}
        audit.record(f"{kind}.{what}", user=request.user, obj=obj, request=request, result="success", details=details)


class ReadOnly(Audited):
    """Rows that the product writes and nobody edits."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _changes(message: Any) -> Any:
    """Django's change message with its names (`verbose_name`s, in the source language) as texts of the catalogue."""
    match message:
        case {"fields": list(fields), **rest}:
            return {**_changes(rest), "fields": [gettext_said(field) for field in fields]}
        case {"name": str(name), **rest}:
            return {**rest, "name": gettext_said(name)}
        case dict():
            return {kind: _changes(what) for kind, what in message.items()}
        case list():
            return [_changes(each) for each in message]
        case _:
            return message
