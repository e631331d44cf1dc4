"""The controls around the queue's rows: status chips, sortable column heads, people, saved views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from consoles.queue.rows import Found
from consoles.queue.wanted import ASKED, EVERYTHING, UNDONE, WAITING, TicketFilter
from tickets.models import SavedView, TicketStatus
from tickets.services.tickets import desk, saved_views

KEYS = 9  # views that have a key of their own
MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Chip:
    """A status filter with its count."""

    status: str
    name: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A column's name; `query` sorts by it, the other way, or no longer."""

    key: str
    name: str
    query: str
    order: str  # as aria-sort says it


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a link; `key`: its digit key, 0 for none."""

    row: SavedView
    key: int
    current: bool
    removable: bool


def chips(found: Found, wanted: TicketFilter) -> list[Chip]:
    names = [
        (WAITING, _("待人处理")),
        (UNDONE, _("未完成")),
        (ASKED, _("等客户回复")),
        *((status.value, str(status.label)) for status in TicketStatus),
        (EVERYTHING, _("全部")),
    ]
    return [
        Chip(status, name, found.counts[status], wanted.query(status=status), status == wanted.shown)
        for status, name in names
    ]


def heads(wanted: TicketFilter) -> list[Head]:
    names = {
        "ticket": _("工单"),
        "customer": _("客户"),
        "status": _("状态"),
        "run": _("处理"),
        "who": _("负责人"),
        "created": _("创建"),
        "due": _("时限"),
    }
    return [_head(wanted, key, name) for key, name in names.items()]


def _head(wanted: TicketFilter, key: str, name: str) -> Head:
    if wanted.column != key:
        return Head(key, name, wanted.query(sort=key), "none")
    turned = wanted.query(sort="" if wanted.descending else f"-{key}")
    return Head(key, name, turned, "descending" if wanted.descending else "ascending")


def people(user: Any) -> list[User]:
    """People to filter by and to assign to."""
    return list(desk.colleagues(user)[:MOST_PEOPLE])


def views(user: Any, wanted: TicketFilter, most: int | None = KEYS) -> list[View]:
    """The reader's own views first, then those of the departments; the first nine have keys. `most` None: all."""
    here = wanted.query()
    return [
        View(row, place if place <= KEYS else 0, row.query == here, saved_views.may_drop(user, row))
        for place, row in enumerate(saved_views.of(user)[:most], start=1)
    ]
