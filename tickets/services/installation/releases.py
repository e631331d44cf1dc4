"""What a release of the product says of itself, read from its wheel or its source folder without importing it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from tickets.errors import Invalid

APPS = ("tickets", "integrations")
_MIGRATION = re.compile(rf"({'|'.join(APPS)})/migrations/(\d\w+)\.py")
_SETTINGS = re.compile(r"cs_agent/project/conf(?:\.py|/\w+\.py)")
_SETTING = re.compile(r'\bSetting\(\s*"([A-Z][A-Z0-9_]*)"')
_VERSION = re.compile(r'^[Vv]ersion\s*[:=]\s*"?([^"\s]+)', re.MULTILINE)
_MODULES = re.compile(rf"({'|'.join(APPS)}|cs_agent|consoles)/[\w/]+\.py")


@dataclass(frozen=True, slots=True)
class Release:
    """`migrations`: (app, name); `settings`: names of the environment variables that it knows; `modules`: paths of its
    files of code."""

    version: str
    migrations: frozenset[tuple[str, str]]
    settings: frozenset[str]
    modules: frozenset[str]

    def has(self, module: str) -> bool:
        return module in self.modules


def read(path: Path) -> Release:
    """Invalid for what is neither a wheel of the product nor its source folder."""
    try:
        with _opened(path) as (names, text):
            found = [match.groups() for name in names if (match := _MIGRATION.fullmatch(name))]
            settings = [text(name) for name in names if _SETTINGS.fullmatch(name)]
            told = next((name for name in names if name.endswith(".dist-info/METADATA")), "pyproject.toml")
            version = _VERSION.search(text(told)) if told in names else None
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Invalid(_("%s 无法读取,应为旧版本的 wheel 文件或源码文件夹。") % path) from error
    if not found or not settings:
        raise Invalid(_("%s 不是本产品的 wheel 文件或源码文件夹。") % path)
    return Release(
        version=version.group(1) if version else "?",
        migrations=frozenset((app, name) for app, name in found),
        settings=frozenset(name for lines in settings for name in _SETTING.findall(lines)),
        modules=frozenset(name for name in names if _MODULES.fullmatch(name)),
    )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[set[str], Callable[[str], str]]]:
    """Names of the files, by `/`, and what reads one."""
    if path.is_dir():
        parts = (*APPS, "cs_agent", "consoles")
        files = [path / "pyproject.toml", *(file for part in parts for file in (path / part).rglob("*.py"))]
        names = {file.relative_to(path).as_posix() for file in files if file.is_file()}
        yield names, lambda name: (path / name).read_text("utf-8")
        return
    with zipfile.ZipFile(path) as wheel:
        yield set(wheel.namelist()), lambda name: wheel.read(name).decode()
