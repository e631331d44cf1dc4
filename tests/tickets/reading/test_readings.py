"""No change of a reader goes unseen: what each makes of a thousand texts is written down and compared."""

from __future__ import annotations

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
