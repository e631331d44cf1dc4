"""No change of a reader goes unseen: what each makes of a thousand texts is written down and compared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tickets.reading import written

SHARES = 12


@pytest.mark.parametrize("share", range(SHARES))
def test_every_reading_is_as_it_was_looked_at(share: int) -> None:
    for text, found in list(written.pairs())[share::SHARES]:
        assert written.read(text) == found, f"{text!r}: look at it, then write the file anew (see `written`)"


def test_the_texts_that_are_drawn_are_written_down() -> None:
    """Those that were added to the corpus since are judged there by their right answers."""
    assert set(written.drawn()) <= {text for text, _found in written.pairs()}


@pytest.mark.parametrize("share", range(SHARES))
def test_another_sentence_before_and_behind_changes_nothing_of_what_a_text_says(share: int) -> None:
    for text, _found in list(written.pairs())[share::SHARES]:
        ended = text[-1:] in "\n。.!！?？,，;；"
        alone, among = written.spans_of(text), written.spans_of(f"。{text}{'' if ended else '。今天天气很好。'}")
        for name, spans in alone.items():
            moved = [[value, start + 1, end + 1, *doubt] for value, start, end, *doubt in spans]
            assert firsts(among[name]) == firsts(moved), f"{name} of {text!r}"


def firsts(spans: list[list[Any]]) -> list[list[Any]]:
    """The first place of each value: one that is only repeated is told as often as its surroundings differ."""
    return list({span[0]: span for span in reversed(spans)}.values())
