"""Every sentence the domain says to people has its English, with the same places for values."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

TICKETS = Path(__file__).resolve().parents[2] / "tickets"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
MARKS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "pgettext_lazy": 1}  # by where the message stands among the arguments


def used() -> set[str]:
    """Message ids of the code; those of the models belong to the consoles' catalogue."""
    paths = [path for path in TICKETS.rglob("*.py") if not {"migrations", "models"} & set(path.parts)]
    calls = [
        node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS and call.args]
    marked = [call.args[MARKS[call.func.id]] for call in named]  # type: ignore[attr-defined]
    return {message.value for message in marked if isinstance(message, ast.Constant)}  # type: ignore[misc]


@lru_cache
def english() -> dict[str, str]:
    with (TICKETS / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.fuzzy}


@pytest.mark.parametrize("message", sorted(used()))
def test_it_has_its_english(message: str) -> None:
    text = english().get(message, "")
    assert text
    assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(message))


def test_no_english_is_left_over() -> None:
    assert set(english()) - used() == set()
