"""Whether this installation can go back to an older release, which then runs on the database as it is.

Rule: nothing is migrated back, so nothing is lost and an upgrade later finds all of it. That the older release can read
and write every row is proved from its own migrations against the database itself. Whatever it would read wrongly, or
would open wider than this release does, is a refusal that names what to do first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.models import ApiToken, Delivery, DeliveryState, Phone, PhoneState, PhoneUse, Run
from tickets.permissions import Permission
from tickets.services import sealed_files
from tickets.services.evidence import audit
from tickets.services.installation import backups
from tickets.services.installation.releases import APPS, Release
from tickets.services.runs.transitions import ENDED

_NAMED = 5  # of many, so many are named
_OWN = tuple(f"{app}_" for app in APPS)
Tables = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Findings:
    """`refusals`: why it cannot go back now, each with its remedy; `first`: what to do before the older release is
    started; `notes`: what will be otherwise there."""

    refusals: tuple[str, ...]
    first: tuple[str, ...]
    notes: tuple[str, ...]


def look(older: Release) -> Findings:
    """Changes nothing; the product may be running."""
    strange = sorted(older.migrations - _known())
    if strange:
        words = _("%(version)s 的数据库变更 %(name)s 在本版本中没有:它不是本版本之前的版本。")
        return Findings((words % {"version": older.version, "name": ".".join(strange[-1])},), (), ())
    tables = _tables_of(older)
    refusals = (
        *_unusable_tables(tables),
        *_open_runs(),
        *_sealed(older),
        *_wider_tokens(tables),
        *_practice_phones(tables),
    )
    return Findings(tuple(refusals), tuple(_unknown_settings(older)), tuple(_left_behind(older, tables)))


def prepare(older: Release, folder: Path) -> dict[str, Any]:
    """Back up into the folder and pause automation; the manifest of the back-up. Conflict, with nothing changed, where
    `look` refuses or the product runs."""
    backups.refuse_running()
    if refusals := look(older).refusals:
        raise Conflict("\n".join(refusals), code="cannot_roll_back")
    manifest = backups.make(folder)
    reason = _("退回版本 %s:请核对后再恢复自动处理。") % older.version
    with transaction.atomic():
        backups.pause(reason)
        audit.record("installation.rollback_prepared", details={"version": older.version})
    return manifest


def _known() -> set[tuple[str, str]]:
    return {key for key in MigrationLoader(None).disk_migrations if key[0] in APPS}


def _tables_of(older: Release) -> Tables:
    """Columns of the tables that the older release names in its statements, by what its migrations made of them."""
    loader = MigrationLoader(None, replace_migrations=False)
    nodes: set[tuple[str, str]] = set()
    for key in older.migrations:
        nodes.update(loader.disk_migrations[key].replaces or [key])
    state = loader.project_state(sorted(nodes & set(loader.graph.nodes)))
    models = (model for app in APPS for model in _models(state, app))
    return {model._meta.db_table: frozenset(field.column for field in model._meta.local_fields) for model in models}


def _models(state: Any, app: str) -> list[Any]:
    configs = {config.label: config for config in state.apps.get_app_configs()}
    return list(configs[app].get_models(include_auto_created=True)) if app in configs else []


def _unusable_tables(tables: Tables) -> Iterator[str]:
    with connection.cursor() as cursor:
        there = {table.name for table in connection.introspection.get_table_list(cursor)}
        for table, known in sorted(tables.items()):
            if table not in there:
                yield _("旧版本需要的表 %s 已不在数据库中。请改用升级前的备份。") % table
                continue
            columns = {row.name: row for row in connection.introspection.get_table_description(cursor, table)}
            if missing := sorted(known - columns.keys()):
                words = _("旧版本需要的列 %(table)s.%(column)s 已不在数据库中。请改用升级前的备份。")
                yield words % {"table": table, "column": missing[0]}
            needed = sorted(name for name in columns.keys() - known if _must_be_given(columns[name]))
            if needed:
                words = _("旧版本不认识的列 %(table)s.%(column)s 没有默认值,旧版本无法写入新行。请改用升级前的备份。")
                yield words % {"table": table, "column": needed[0]}


def _must_be_given(column: Any) -> bool:
    return not column.null_ok and column.default is None


def _open_runs() -> Iterator[str]:
    open_runs = Run.objects.exclude(status__in=ENDED).order_by("created_at")
    if count := open_runs.count():
        numbers = ", ".join(open_runs.values_list("ticket__number", flat=True)[:_NAMED])
        words = _("还有 %(count)d 次处理没有结束(工单 %(numbers)s):旧版本未必能读懂它们的进度。请等它们结束,或先停止。")
        yield words % {"count": count, "numbers": numbers}


def _sealed(older: Release) -> Iterator[str]:
    if not older.has("tickets/services/sealed_files.py") and (count := sealed_files.count_sealed()):
        yield _("有 %d 个文件是加密的,旧版本打不开。请先运行 secrets open-files。") % count


def _wider_tokens(tables: Tables) -> Iterator[str]:
    """A token means more to a release that knows neither scopes nor networks: whatever it opens, from anywhere."""
    known = tables.get(ApiToken._meta.db_table, frozenset())
    if {"scopes", "networks"} <= known:
        return
    live = ApiToken.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    plain = [Permission.EXPORT_AUDIT.value]
    names = [row.name for row in live if row.scopes != plain or row.networks]
    if names:
        words = _("旧版本不限制令牌的范围和来源网络,下列令牌在那里可以导出全部审计记录:%s。请先撤销,以后再新建。")
        yield words % ", ".join(names[:_NAMED])


def _practice_phones(tables: Tables) -> Iterator[str]:
    if "use" in tables.get(Phone._meta.db_table, frozenset()):
        return
    kept_apart = Phone.objects.exclude(state=PhoneState.RETIRED).filter(use__in=(PhoneUse.REHEARSAL, PhoneUse.PRACTICE))
    if names := list(kept_apart.values_list("name", flat=True)):
        words = _("旧版本会把演练和练习用的手机当作客户用的手机:%s。请先停用。")
        yield words % ", ".join(names[:_NAMED])


def _unknown_settings(older: Release) -> Iterator[str]:
    """The older release refuses to start with a setting that it does not know."""
    unknown = sorted(name for name in os.environ if name.startswith("CS_AGENT_") and name not in older.settings)
    if unknown:
        yield _("从旧版本的环境变量中去掉它不认识的设置(记下它们的值):%s。") % ", ".join(unknown)


def _left_behind(older: Release, tables: Tables) -> Iterator[str]:
    if Delivery._meta.db_table not in tables:
        waits = Delivery.objects.filter(state=DeliveryState.WAITING).count()
        if waits:
            yield _("有 %d 个事件还没有送出:旧版本不会送,再次升级后继续送。") % waits
    if not older.has("tickets/said/__init__.py"):
        yield _("本版本写下的系统说明(处理结果、手机故障)在旧版本中显示为代码,再次升级后恢复正常。")
    with connection.cursor() as cursor:
        there = {table.name for table in connection.introspection.get_table_list(cursor)}
    if unused := [name for name in there if name.startswith(_OWN) and name not in tables]:
        yield _("旧版本不使用的 %d 张表原样保留,再次升级后照常使用。") % len(unused)
