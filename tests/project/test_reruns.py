"""Tests are not repeated until they pass: the fast ones never, the others three times in a run."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = """
import pytest
from tests.running import reruns

def pytest_configure(config):
    config.addinivalue_line("markers", "browser: x")
    config.addinivalue_line("markers", "story: x")
    config.pluginmanager.register(reruns.Reruns())

def pytest_collection_modifyitems(items):
    reruns.refuse_fast_ones(items)
"""
SHAKY = """
import pytest
tries = {{}}

{marker}
@pytest.mark.parametrize("n", range({count}))
def test_shaky(n):
    tries[n] = tries.get(n, 0) + 1
    assert tries[n] > 1
"""


def run(pytester: pytest.Pytester, count: int, marker: str = "@pytest.mark.browser") -> pytest.RunResult:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SHAKY.format(marker=marker, count=count))
    root = Path(__file__).resolve().parents[2]
    pytester.syspathinsert(root)
    options = ("--reruns", "1", "-p", "no:django", "-p", "no:xdist", "-p", "no:cacheprovider")
    return pytester.runpytest_inprocess(*options)


def test_three_second_chances_are_few_enough_and_are_told_by_name(pytester: pytest.Pytester) -> None:
    result = run(pytester, 3)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*::test_shaky?0?", "*assert 1 > 1*", "*repeated 3 of at most 3: *test_shaky*"])


def test_a_run_that_needed_more_has_failed(pytester: pytest.Pytester) -> None:
    result = run(pytester, 4)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*more tests needed a second chance than a run may*"])


def test_a_fast_test_has_no_second_chance(pytester: pytest.Pytester) -> None:
    result = run(pytester, 1, marker="")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=1)
