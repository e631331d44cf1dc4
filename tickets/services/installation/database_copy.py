"""A consistent copy of the live database and its restore, by the database's own tools.

SQLite: its online backup. PostgreSQL: `pg_dump` and `pg_restore` of the server's release, found on PATH.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from tickets.errors import Invalid

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def save(folder: Path) -> Path:
    """Write the copy into the folder; Invalid says which tool is missing or failed."""
    target = folder / NAMES[connection.vendor]
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(str(connection.settings_dict["NAME"])), target)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    return target


def load(source: Path) -> None:
    """Replace the database of the settings by the copy, atomically."""
    connection.close()
    if connection.vendor == "sqlite":
        _copy_sqlite(source, Path(str(connection.settings_dict["NAME"])))
    else:
        words = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _run("pg_restore", *words, f"--dbname={_database()}", str(source))


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy in one step, so that no change is included in part."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            broken = new.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise Invalid(_("数据库文件无法读取:%s") % error) from error
    if broken != "ok":
        raise Invalid(_("数据库文件已损坏:%s") % broken)


def _database() -> str:
    return str(connection.get_connection_params()["dbname"])


def _run(tool: str, *words: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise Invalid(_("找不到 %s:请安装与数据库服务器同一版本的 PostgreSQL 客户端工具。") % tool)
    named = (f"--dbname={_database()}",) if tool == "pg_dump" else ()
    done = subprocess.run([path, *named, *words], env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Invalid(f"{tool}: {done.stderr.strip()[-500:]}")


def _environment() -> dict[str, str]:
    """Connection settings as environment variables, so that the password is not in the process list."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    return {**os.environ, **{variable: str(given[name]) for name, variable in names.items() if given.get(name)}}
