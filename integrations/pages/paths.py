"""The values in a body with the expression that finds each, so that nobody has to count brackets. Pure.

Rule: of a list of fields, each a name and a value, every one is looked up by its name, as their order differs from call
to call; of another list only the first item is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 250
_MOST_FIELDS = 100  # of one list
_DEEPEST = 12
_SHOWN = 80
# What tells the fields of a list apart, the surest first; a value stands beside it under a name of `_VALUE`.
_NAMES = ("key", "code", "name", "label", "title", "id")
_VALUE = re.compile(r"(.*_)?(value|values|val|answer)|.*Values?")


def leaves(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Expression and value of at most _MOST values."""
    found = []
    for path, value in _walk("", body, 0):
        found.append((path, value))
        if len(found) == _MOST:
            break
    return found


def _walk(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        for name, inner in value.items():
            yield from _walk(_below(path, name), inner, depth + 1)
    elif isinstance(value, list) and value and depth < _DEEPEST:
        yield from _of_list(path, value, depth)
    else:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield path, shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _of_list(path: str, items: list[Any], depth: int) -> Iterator[tuple[str, str]]:
    rows = [item for item in items if isinstance(item, Mapping)]
    if len(rows) == len(items) and _is_of_pairs(rows):
        for name, inner in chain.from_iterable(row.items() for row in rows[:_MOST_FIELDS]):
            yield from _walk(f"{path}[].{_step(name)} | [0]", inner, depth + 1)
    elif len(rows) == len(items) and (key := _key_of(rows)):
        for row in rows[:_MOST_FIELDS]:
            found = f"{path}[?{key}=={_literal(_at(row, key))}]"
            for name in row:
                if _VALUE.fullmatch(name):
                    yield from _walk(f"{found}.{_step(name)} | [0]", row[name], depth + 1)
    else:
        yield from _walk(f"{path}[0]", items[0], depth + 1)


def _is_of_pairs(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each has one name only, another than the others have."""
    names = [name for row in rows for name in row]
    return len(rows) > 1 and len(names) == len(rows) == len(set(names))


def _key_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """By what the fields of a list are told apart; "" for a list of other things."""
    if not all(any(_VALUE.fullmatch(name) for name in row) for row in rows):
        return ""
    told = [path for path in _scalars(rows[0]) if _tells_apart(path, rows)]
    ranked = [(rank, path) for path in told if (rank := _rank(path)) is not None]
    return min(ranked)[1] if ranked else ""


def _rank(path: str) -> int | None:
    whole = path.replace('"', "").casefold()
    kind = whole.replace("_", "").removesuffix("name")  # key_name is a key
    return next((at for at, name in enumerate(_NAMES) if kind.endswith(name) or whole.endswith(name)), None)


def _scalars(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if _VALUE.fullmatch(name):
            continue
        if isinstance(value, Mapping):
            yield from (f"{_step(name)}.{_step(inner)}" for inner in value if not isinstance(value[inner], Mapping))
        else:
            yield _step(name)


def _tells_apart(path: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [_at(row, path) for row in rows]
    usable = all(isinstance(each, (str, int)) and not isinstance(each, bool) and each != "" for each in values)
    return usable and len(set(values)) == len(rows)


def _at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for step in re.findall(r'"(?:\\.|[^"])*"|[^.]+', path):
        name = json.loads(step) if step.startswith('"') else step
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _below(path: str, name: str) -> str:
    return f"{path}.{_step(name)}" if path else _step(name)


def _step(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _literal(value: str | int) -> str:
    """As expressions write it: a text between quotes, a number between backticks."""
    if isinstance(value, int):
        return f"`{value}`"
    if "\\" in value:  # between quotes there is no way to write one at the end
        return "`" + json.dumps(value, ensure_ascii=False).replace("`", "\\`") + "`"
    return "'" + value.replace("'", "\\'") + "'"
