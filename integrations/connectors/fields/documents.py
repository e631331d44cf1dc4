"""The words of a rich text that a system keeps as a tree of nodes instead of as HTML. Pure.

Rule: a node's words stand under one of a few names; a list in which such nodes stand is one line; everything else is
only walked through. It fits the documents of the usual editors (ProseMirror, Atlassian, Slate, Quill, 飞书).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_WORDS = ("text", "insert", "user_name")
_BREAKS = {"hardBreak", "hard_break", "br", "break", "linebreak", "line_break"}
_DEEPEST = 60


def text_of(value: Any) -> str:
    """Line by line; "" for what holds no words."""
    return "\n".join(_lines(value, 0)).strip()


def _lines(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        line = ""
        for item in value:
            words = _own(item)
            if words is not None:
                line += words
                continue
            if line:
                yield line
            line = ""
            yield from _lines(item, depth + 1)
        if line:
            yield line
    elif isinstance(value, dict):
        words = _own(value)
        if words is not None:
            yield words
            return
        for inner in value.values():
            if isinstance(inner, (list, dict)):
                yield from _lines(inner, depth + 1)


def _own(node: Any) -> str | None:
    """The words of a node itself; None for one that only holds others."""
    if not isinstance(node, dict):
        return None
    if node.get("type") in _BREAKS:
        return "\n"
    inner = node.get("attrs")
    for place in (node, inner if isinstance(inner, dict) else {}):
        found = next((place[name] for name in _WORDS if isinstance(place.get(name), str)), None)
        if found is not None:
            return str(found)
    return None
