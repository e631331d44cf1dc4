"""The sentences that a package marks for translation, and its English catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
# By name: the index of the message among the arguments.
_MARKS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "gettext_said": 0, "pgettext_lazy": 1}


def used(package: str, without: frozenset[str] = frozenset({"migrations"})) -> set[str]:
    """Message ids in the package's code, except below folders of those names."""
    paths = (path for path in (ROOT / package).rglob("*.py") if not without & set(path.parts))
    return {message for path in paths for message in _marked(path)}


def _marked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        place = _MARKS.get(node.func.id, len(node.args))
        if place < len(node.args) and isinstance(message := node.args[place], ast.Constant):
            yield str(message.value)


@lru_cache
def english(package: str) -> dict[str, str]:
    with (ROOT / package / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.fuzzy}


def has_english(package: str, message: str) -> bool:
    """Whether the catalogue has the message with the same placeholders."""
    text = english(package).get(message, "")
    return bool(text) and sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(message))
