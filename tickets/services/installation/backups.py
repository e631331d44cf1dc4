"""Back-up and restore of an installation: database, files, anchors, and a manifest to verify them.

Rule: a back-up folder is complete or absent. A restore verifies the back-up first, refuses a working installation,
keeps the previous files beside the new ones, and leaves automation paused: runs that were under way when the copy was
made may have gone on since, and only a person can find out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import AuditHead, Run, Switch, Ticket
from tickets.services.evidence import audit
from tickets.services.installation import database_copy
from tickets.services.live import health
from tickets.services.runs.switches import PAUSE_ALL
from tickets.services.runs.transitions import ENDED

MANIFEST = "manifest.json"
FORMAT = 1
_PARTS = {"media": "MEDIA_ROOT", "anchors": "ANCHOR_DIR"}


@dataclass(frozen=True, slots=True)
class Restored:
    """`open_runs`: ids of runs that had not ended when the copy was made; `kept`: where the previous files are."""

    open_runs: tuple[str, ...]
    kept: tuple[Path, ...]


def make(folder: Path) -> dict[str, Any]:
    """Write the back-up and return its manifest; Conflict if the folder exists."""
    if folder.exists():
        raise Conflict(_("文件夹已存在:%s。请给出新的文件夹。") % folder)
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    database_copy.save(partial)  # first: files that a row names are never newer than the row
    for name, setting in _PARTS.items():
        _copy_files(Path(getattr(settings, setting)), partial / name)
    manifest = _manifest(partial)
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    partial.rename(folder)
    return manifest


def check(folder: Path) -> dict[str, Any]:
    """Verify a back-up and return its manifest; Invalid names the first missing or changed file."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = dict(manifest["files"])
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(_("%s 不是完整的备份:清单无法读取。") % folder) from error
    if not known:
        raise Invalid(_("备份的格式是另一个版本的。"))
    for name, digest in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or _digest(path) != digest:
            raise Invalid(_("备份不完整:%s 缺失或已改变。") % name)
    return dict(manifest)


def restore(folder: Path, *, replace: bool = False) -> Restored:
    """Replace the installation's data by the back-up; `replace`: even if it has tickets."""
    manifest = check(folder)
    _refuse(manifest, replace=replace)
    database_copy.load(folder / database_copy.NAMES[connection.vendor])
    kept = tuple(path for name, setting in _PARTS.items() if (path := _exchange(folder / name, setting)))
    return Restored(_hold(manifest), kept)


def _refuse(manifest: dict[str, Any], *, replace: bool) -> None:
    if manifest["database"] != connection.vendor:
        words = _("备份来自 %(from)s,本系统使用 %(to)s。")
        raise Invalid(words % {"from": manifest["database"], "to": connection.vendor})
    if unknown := sorted(set(manifest["migrations"]) - _known_migrations()):
        raise Invalid(_("备份来自更新的版本(%s):请先安装该版本。") % unknown[-1])
    refuse_running()
    if not replace and "tickets_ticket" in connection.introspection.table_names() and Ticket.objects.exists():
        raise Conflict(_("这里已有工单。确定要替换时请加 --replace。"))


_PROCESSES = (health.Part.WORKER, health.Part.UPKEEP, health.Part.PHONE_HOST)


def refuse_running() -> None:
    """Conflict while a process of the product still does its work."""
    parts = (part for part in health.snapshot() if part.ok and part.part in _PROCESSES)
    if alive := [f"{part.part} {part.age_s or 0:.0f} s" for part in parts]:
        raise Conflict(_("系统仍在运行(最近的心跳:%s)。请先停止所有进程,一分钟后再试。") % ", ".join(alive))


def pause(reason: str) -> None:
    """Pause automation in the name of nobody, inside the caller's transaction: a person resumes it."""
    fields = {"on": True, "reason": reason[:200], "changed_by": None, "changed_at": timezone.now()}
    Switch.objects.update_or_create(name=PAUSE_ALL, defaults=fields)


def _hold(manifest: dict[str, Any]) -> tuple[str, ...]:
    """Migrate the restored database and pause automation until a person has looked."""
    call_command("migrate", verbosity=0, interactive=False)
    reason = _("从备份恢复:请核对未结束的处理后再恢复自动处理。")
    with transaction.atomic():
        pause(reason)
        details = {"made_at": manifest["made_at"], "open_runs": len(manifest["open_runs"])}
        audit.record("installation.restored", details=details)
    return tuple(manifest["open_runs"])


def _manifest(folder: Path) -> dict[str, Any]:
    head = AuditHead.objects.filter(pk=1).first()
    return {
        "format": FORMAT,
        "version": _version(),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations),
        "tickets": Ticket.objects.count(),
        "audit_head": head.seq if head else 0,
        "open_runs": [str(key) for key in Run.objects.exclude(status__in=ENDED).values_list("pk", flat=True)],
        "files": {str(path.relative_to(folder)): _digest(path) for path in _files(folder)},
    }


def _version() -> str:
    try:
        return version("cs-agent")
    except PackageNotFoundError:  # run from its source folder
        return "source"


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _copy_files(source: Path, target: Path) -> None:
    """Copy the folder; files that appear or vanish meanwhile may be missing."""
    target.mkdir()
    for path in _files(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, place)
        except FileNotFoundError:
            continue


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _exchange(source: Path, setting: str) -> Path | None:
    """Put a copy of the folder in place; returns where the previous one was moved, or None."""
    target = Path(getattr(settings, setting))
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.name}.before-{timezone.now():%Y%m%d%H%M%S}")
        target.rename(kept)
    if source.exists():
        shutil.copytree(source, target)
    return kept
