"""Roles carry permissions; a refusal is on the record; a role that is taken away is gone at once."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.auth.models import Permission as Row
from django.db import connection

from tickets.errors import Forbidden, ServiceError
from tickets.models import AuditEvent
from tickets.permissions import GROUPS, Permission, ensure_groups, has, has_now, require, role_of

pytestmark = pytest.mark.django_db
P = Permission
MATRIX = {
    "vera": {P.VIEW_TICKETS, P.VIEW_REPLAYS, P.VIEW_AUDIT},
    "udo": {P.VIEW_TICKETS, P.VIEW_REPLAYS, P.VIEW_AUDIT, P.EXPORT_AUDIT},
    "lin": {
        P.VIEW_TICKETS,
        P.VIEW_REPLAYS,
        P.VIEW_AUDIT,
        P.CREATE_TICKETS,
        P.START_RUNS,
        P.RUN_BATCHES,
        P.DECIDE,
        P.STOP_RUNS,
        P.TAKE_OVER,
    },
    "sun": {
        P.VIEW_TICKETS,
        P.VIEW_REPLAYS,
        P.VIEW_AUDIT,
        P.EXPORT_AUDIT,
        P.PAUSE_ALL,
        P.RUN_BATCHES,
        P.MANAGE_DESK,
        P.DECIDE,
        P.STOP_RUNS,
        P.TAKE_OVER,
        P.REQUEST_FLOWS,
        P.REVIEW_FLOWS,
        P.RELEASE_FLOWS,
    },
    "fei": {
        P.VIEW_TICKETS,
        P.VIEW_REPLAYS,
        P.VIEW_AUDIT,
        P.EDIT_FLOWS,
        P.TEACH,
        P.REQUEST_FLOWS,
        P.REVIEW_FLOWS,
        P.RELEASE_FLOWS,
    },
    "ann": set(P),
}


@pytest.mark.parametrize("name", MATRIX)
def test_each_role_may_exactly_what_it_should(name: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(name)
    assert {permission for permission in P if has(user, permission)} == MATRIX[name]


def test_nobody_may_nothing(vera: User) -> None:
    vera.is_active = False
    for user in (None, AnonymousUser(), vera):
        assert not any(has(user, permission) for permission in P)
        with pytest.raises(Forbidden):
            require(user, P.VIEW_TICKETS)


def test_a_role_taken_away_is_gone_at_once(lin: User) -> None:
    assert has_now(lin.pk, P.DECIDE)
    lin.groups.clear()
    assert not has_now(lin.pk, P.DECIDE)
    assert not has_now(10**6, P.DECIDE)


def test_a_refusal_is_on_the_record_with_who_and_what(vera: User) -> None:
    with pytest.raises(Forbidden) as refused:
        require(vera, P.DECIDE)
    assert refused.value.data == {"permission": "decide"}
    event = AuditEvent.objects.get(type="permission.refused")
    assert (event.user_name, event.user_role, event.result) == ("vera", "viewer", "failure")


def test_groups_that_an_administrator_changed_stay_changed() -> None:
    group = Group.objects.get(name="viewer")
    group.permissions.clear()
    ensure_groups()
    assert not group.permissions.exists()
    Group.objects.get(name="operator").delete()
    ensure_groups()
    assert Group.objects.get(name="operator").permissions.count() == len(GROUPS["operator"])


def test_the_role_is_named_for_the_record(lin: User, ann: User) -> None:
    lin.groups.add(Group.objects.get(name="flow_editor"))
    assert role_of(lin) == "flow_editor,operator"
    assert role_of(ann) == "administrator"
    assert role_of(AnonymousUser()) == role_of(None) == ""


def _all_errors(kind: type[ServiceError]) -> list[type[ServiceError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _all_errors(child))]


def test_every_error_has_a_code_of_its_own_and_a_status() -> None:
    kinds = _all_errors(ServiceError)
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert all(400 <= kind.status < 500 for kind in kinds)


def test_a_permission_an_administrator_took_away_is_not_given_again(db: None) -> None:
    group = Group.objects.get(name="operator")
    group.permissions.remove(Row.objects.get(codename="take_over"))
    ensure_groups()
    assert not group.permissions.filter(codename="take_over").exists()


def test_a_permission_that_is_new_is_granted_once_to_the_shipped_groups(db: None) -> None:
    Row.objects.filter(codename="take_over").delete()  # a release that does not know it
    ensure_groups()
    given = Group.objects.filter(permissions__codename="take_over").values_list("name", flat=True)
    assert set(given) == {name for name, permissions in GROUPS.items() if Permission.TAKE_OVER in permissions}


def test_supervisors_of_an_older_release_are_given_the_phone_once(db: None) -> None:
    group, right = Group.objects.get(name="supervisor"), Row.objects.get(codename="take_over")
    group.permissions.remove(right)
    granting = import_module("tickets.migrations.0023_supervisors_take_over")
    here = SimpleNamespace(connection=connection)
    granting.grant(apps, here)
    assert right in group.permissions.all()
    group.delete()
    granting.grant(apps, here)
