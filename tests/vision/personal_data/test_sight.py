"""Strings as programs, people and forms write them: what is personal is covered, what is not stays readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_agent.vision.personal_data.search import find

STRINGS = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("sight.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def covered(text: str) -> str:
    """The text with every find overwritten."""
    signs = list(text)
    for span in find(text):
        signs[span.start : span.end] = "\0" * (span.end - span.start)
    return "".join(signs)


@pytest.mark.parametrize(("text", "personal"), [pair for pair in STRINGS if pair[1] != "-"], ids=lambda text: text[:40])
def test_what_is_personal_is_covered(text: str, personal: str) -> None:
    assert [part for part in personal.split("|") if part in covered(text)] == []


@pytest.mark.parametrize("text", [text for text, personal in STRINGS if personal == "-"], ids=lambda text: text[:40])
def test_what_is_nobody_s_stays_readable(text: str) -> None:
    assert covered(text) == text
