"""Every sentence of the parts below Django has its English, and nowhere in their code stands a second language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.catalogue import say

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "cs_agent" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
PARTS = ("engine", "phone", "recording", "vision")
PLACE = re.compile(r"\{\w+\}")
HAN = re.compile(r"[\u4e00-\u9fff]")


def sources() -> list[Path]:
    return [path for part in PARTS for path in (ROOT / "cs_agent" / part).rglob("*.py")]


@lru_cache
def used() -> frozenset[str]:
    """What is marked with `_` in the parts, or with `catalogue._` by those who extend their errors."""
    runner = (ROOT / "tickets" / "runner").rglob("*.py")
    return frozenset(message for path in (*sources(), *runner) for message in _marked(path))


def _marked(path: Path) -> Iterator[str]:
    own = "from cs_agent.catalogue import _" in path.read_text("utf-8")
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            marked = own if isinstance(call.func, ast.Name) else isinstance(call.func, ast.Attribute)
            if marked and getattr(call.func, "id", getattr(call.func, "attr", "")) == "_":
                yield call.args[0].value  # type: ignore[misc]


@lru_cache
def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.fuzzy}


@pytest.mark.parametrize("message", sorted(used()))
def test_it_has_its_english_with_the_same_places_for_values(message: str) -> None:
    text = english().get(message, "")
    assert text
    assert set(PLACE.findall(text)) == set(PLACE.findall(message))
    assert say(message, "zh") == message
    assert say(message, "en") == text


def test_no_english_is_left_over() -> None:
    assert set(english()) - used() == set()


def test_no_sentence_stands_beside_its_translation_in_the_code() -> None:
    assert [f"{path}:{node.lineno}" for path in sources() for node in _pairs(path)] == []


def _pairs(path: Path) -> Iterator[ast.Tuple]:
    """Tuples of a Chinese sentence and one without a Chinese character, such as a table of both languages has."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            texts = [part.value for part in node.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if len(texts) == 2 and HAN.search(texts[0]) and " " in texts[1] and not HAN.search(texts[1]):
                yield node


@given(st.text(max_size=20))
def test_a_value_is_put_in_as_it_is_and_only_once(value: str) -> None:
    assert say("{what}:{other}", "zh", what=value, other="{what}") == f"{value}:{{what}}"
    assert say("{what}:{other}", "en", what=value) == f"{value}:{{other}}"


def test_nothing_said_stays_nothing() -> None:
    assert say("", "en") == say("", "zh") == ""
