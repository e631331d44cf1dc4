"""Fails a statement that writes a longer text than its column holds, as PostgreSQL does and SQLite does not."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.apps import apps
from django.db import DataError, connection
from django.db.models import CharField

_INSERT = re.compile(r'INSERT (?:OR IGNORE )?INTO "(\w+)" \(([^)]*)\)', re.DOTALL)
_UPDATE = re.compile(r'UPDATE "(\w+)" SET (.*?)(?: WHERE |$)', re.DOTALL)


def kept() -> AbstractContextManager[None]:
    """Inside the block, on the default database."""
    return connection.execute_wrapper(_checked)


def _checked(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    for row in params if many else [params]:
        for table, column, value in _written(sql, row):
            most = _lengths().get((table, column))
            if most is not None and isinstance(value, str) and len(value) > most:
                raise DataError(f"{table}.{column} holds {most} characters, not {len(value)}")
    return execute(sql, params, many, context)


def _written(sql: str, row: Any) -> list[tuple[str, str, Any]]:
    """Table, column and value; nothing for an update that also computes, since its values have no fixed place."""
    if match := _INSERT.match(sql):
        columns = re.findall(r'"(\w+)"', match[2])
        return [(match[1], columns[place % len(columns)], value) for place, value in enumerate(row)]
    if (match := _UPDATE.match(sql)) and match[2].count("%s") == len(columns := re.findall(r'"(\w+)" = %s', match[2])):
        return [(match[1], column, value) for column, value in zip(columns, row, strict=False)]
    return []


@functools.cache
def _lengths() -> dict[tuple[str, str], int]:
    fields = ((model, field) for model in apps.get_models() for field in model._meta.concrete_fields)
    return {
        (model._meta.db_table, field.column): field.max_length
        for model, field in fields
        if isinstance(field, CharField) and field.max_length
    }
