"""Queries of the queue kept under a name: a person's own, or a department's for everybody in it.

Rule: only who manages the desk shares a view with a department or takes a shared one away.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tickets.errors import Forbidden, Invalid
from tickets.models import Department, SavedView
from tickets.permissions import Permission, has, require
from tickets.services.people import access

MAX_VIEWS = 500
MAX_NAME = 40
MAX_QUERY = 500


def of(user: Any) -> QuerySet[SavedView]:
    """The views available to the person: their own first, each kind oldest first."""
    mine = Q(owner=user, department=None)
    shared = Case(When(mine, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = SavedView.objects.filter(mine | Q(department__in=access.departments(user)))
    return found.select_related("department", "owner").order_by(shared, "created_at", "pk")


def save(user: Any, name: str, query: str, *, department: Department | None = None) -> SavedView:
    """Save a query under a name, replacing an earlier one of that name."""
    require(user, Permission.VIEW_TICKETS)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise Invalid(_("视图名称应为 1 到 %d 个字。") % MAX_NAME, code="bad_name")
    if len(query) > MAX_QUERY:
        raise Invalid(_("筛选条件太长,无法保存。"), code="query_too_long")
    if department is not None:
        require(user, Permission.MANAGE_DESK)
        if not access.departments(user).filter(pk=department.pk).exists():
            raise Forbidden
    owned = SavedView.objects.filter(owner=user)
    with transaction.atomic():
        known = owned.filter(name=name, department=department).first()
        if known is None and owned.count() >= MAX_VIEWS:
            raise Invalid(_("最多保存 %d 个视图,请先删除不用的。") % MAX_VIEWS, code="too_many_views")
        view = known or SavedView(owner=user, name=name, department=department)
        view.query = query
        view.save()
    return view


def may_drop(user: Any, view: SavedView) -> bool:
    if view.department is None:
        return view.owner_id == user.pk
    return has(user, Permission.MANAGE_DESK)


def drop(user: Any, view: SavedView) -> None:
    if not may_drop(user, view):
        raise Forbidden
    view.delete()
