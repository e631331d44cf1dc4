"""Every sentence the integrations say to people has its English, with the same places for values."""

from __future__ import annotations

import pytest

from tests import catalogs


def used() -> set[str]:
    return catalogs.used("integrations")


@pytest.mark.parametrize("message", sorted(used()))
def test_it_has_its_english(message: str) -> None:
    assert catalogs.has_english("integrations", message)


def test_no_english_is_left_over() -> None:
    assert set(catalogs.english("integrations")) - used() == set()
