"""Every sentence the integrations say to people has its English, with the same places for values."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "integrations"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")


def used() -> set[str]:
    paths = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    calls = [
        node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    named = [
        call
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext", "gettext_lazy", "gettext_noop"}
        and call.args
    ]
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}  # type: ignore[misc]


@lru_cache
def english() -> dict[str, str]:
    with (PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.fuzzy}


@pytest.mark.parametrize("message", sorted(used()))
def test_it_has_its_english(message: str) -> None:
    text = english().get(message, "")
    assert text
    assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(message))


def test_no_english_is_left_over() -> None:
    assert set(english()) - used() == set()
