"""What a marked part of the tests may leave out unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running.selection import ROOT, cannot_match

MARKED = ROOT / "consoles" / "in_browser" / "test_pages.py"
BY_CONFTEST = ROOT / "integrations" / "request_tracker" / "test_of_any_name.py"
UNMARKED = ROOT / "project" / "test_docs.py"


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("browser and not soak", MARKED),
        ("story and not soak", BY_CONFTEST),
        ("not browser and not story", UNMARKED),
        ("", UNMARKED),
        ("browser or story", UNMARKED),
        ("browser and not soak", ROOT / "conftest.py"),
        ("browser and not soak", ROOT / "consoles"),
        ("browser and not soak", Path("/elsewhere/test_other.py")),
    ],
    ids=["own mark", "mark of a conftest", "negation", "nothing asked", "either", "conftest", "folder", "elsewhere"],
)
def test_what_may_hold_a_wanted_test_is_read(expression: str, path: Path) -> None:
    assert not cannot_match(expression, path)


def test_a_file_that_nothing_marks_is_left_out() -> None:
    assert cannot_match("browser and not soak", UNMARKED)
