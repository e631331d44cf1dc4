"""The gate against its corpus: every irreversible action on every screen is stopped, however the screen is seen."""

from __future__ import annotations

import pytest

from cs_agent.engine.actions.values import DoubleTap, LongPress, Swipe, Tap, Type
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.run.state import VerdictKind
from tests.engine.gate.gate_cases import SIZE, VIEWS, Case, cases

CASES = list(cases())


@pytest.mark.parametrize("view", VIEWS)
def test_recall_on_irreversible_actions_is_complete(view):
    missed = [case.name for case in CASES if case.irreversible and case.verdict(view).kind is VerdictKind.ALLOW]
    assert missed == []


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_stopped_as_irreversible_is_marked_so(view):
    unmarked = [
        case.name
        for case in CASES
        if case.irreversible and isinstance(case.action, Tap) and not case.verdict(view).irreversible
    ]
    assert unmarked == []


def test_with_tree_and_picture_fields_ways_back_and_scrolls_are_not_interrupted():
    """What is harmless by its kind; the rest of ordinary work is the flow's to vouch for."""
    kinds = [case for case in CASES if not case.irreversible and _is_of_a_kind(case)]
    stopped = [case.name for case in kinds if case.verdict().kind is not VerdictKind.ALLOW]
    assert len(kinds) >= 40
    assert len(stopped) <= len(kinds) // 10, stopped


def _is_of_a_kind(case: Case) -> bool:
    if isinstance(case.action, Tap):
        point = case.action.element.to_point(SIZE)
        return any(e.kind in ("input", "hint") and e.box.contains(point) for e in case.layout.elements)
    return not isinstance(case.action, LongPress | DoubleTap)


def test_the_corpus_is_large_and_varied():
    assert len(CASES) >= 300
    assert sum(case.irreversible for case in CASES) >= 120
    assert len({case.layout.package for case in CASES}) >= 30
    assert {Tap, Swipe, Type} <= {type(case.action) for case in CASES}


def test_every_stop_says_why_in_both_languages():
    for case in CASES:
        verdict = case.verdict()
        if verdict.kind is not VerdictKind.ALLOW:
            assert verdict.reasons, case.name
        for reason in verdict.reasons:
            assert reason.code
            assert "{" not in told(reason, "zh") + told(reason, "en")
            assert any("\u4e00" <= char <= "\u9fff" for char in told(reason, "zh")), reason


def test_the_verdict_depends_on_nothing_but_what_is_given():
    for case in CASES[::7]:
        assert case.verdict() == case.verdict()
