"""Every sentence the domain says to people has its English, with the same places for values."""

from __future__ import annotations

import pytest

from tests import catalogs


def used() -> set[str]:
    """Message ids of the code; those of the models belong to the consoles' catalogue."""
    return catalogs.used("tickets", frozenset({"migrations", "models"}))


@pytest.mark.parametrize("message", sorted(used()))
def test_it_has_its_english(message: str) -> None:
    assert catalogs.has_english("tickets", message)


def test_no_english_is_left_over() -> None:
    assert set(catalogs.english("tickets")) - used() == set()
