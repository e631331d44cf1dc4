"""The values in a body with the expression that finds each, so that nobody has to count brackets. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 150
_DEEPEST = 12
_SHOWN = 80


def leaves(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Expression and value of at most _MOST values; of a list only its first item."""
    found = []
    for path, value in _walk("", body, 0):
        found.append((path, value))
        if len(found) == _MOST:
            break
    return found


def _walk(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        for name, inner in value.items():
            step = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
            yield from _walk(f"{path}.{step}" if path else step, inner, depth + 1)
    elif isinstance(value, list) and value and depth < _DEEPEST:
        yield from _walk(f"{path}[0]", value[0], depth + 1)
    else:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield path, shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
