"""Ordinary apps' screens, in the trees that frameworks give and by picture alone: nothing irreversible passes."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import Verdict, VerdictKind
from tests.engine.gate.ordinary.screens import Act, Shown, Written, written
from tests.vision.pictures import font

_FILES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")
SCREENS = {name: written(Path(__file__).with_name(f"{name}.txt")) for name in _FILES}
# The kinds that need no flow and no editor: a harmless act of another kind asks by rule.
BY_KIND = frozenset(
    {"focus", "nav", "tab", "seg", "row", "search-button", "wheel", "cancel", "scroll", "back", "enter", "type"}
)
_BY_BACK = {"corner", "closing_mark", "closing_answer"}  # the engine presses Back instead of asking
_EVERY = [pytest.param(each, id=f"{name}, {each.name}") for name in _FILES for each in SCREENS[name]]
# Harmless touches that ask needlessly (of the kinds above, of all); these numbers only fall.
_MOST = {
    ("first", "tree"): (14, 83),
    ("first", "picture"): (30, 120),
    ("second", "tree"): (7, 23),
    ("second", "picture"): (11, 32),
    ("third", "tree"): (1, 7),
    ("third", "picture"): (4, 11),
    ("fourth", "tree"): (18, 35),
    ("fourth", "picture"): (23, 41),
    ("fifth", "tree"): (15, 25),
    ("fifth", "picture"): (19, 31),
    ("sixth", "tree"): (2, 7),
    ("sixth", "picture"): (3, 8),
    ("seventh", "tree"): (6, 13),
    ("seventh", "picture"): (8, 18),
    ("eighth", "tree"): (17, 34),
    ("eighth", "picture"): (23, 45),
    ("ninth", "tree"): (24, 48),
    ("ninth", "picture"): (26, 51),
    ("tenth", "tree"): (27, 58),
    ("tenth", "picture"): (34, 70),
    ("eleventh", "tree"): (47, 77),
    ("eleventh", "picture"): (63, 98),
}


@lru_cache(maxsize=2)
def drawn(screen: Written) -> Shown:
    return screen.drawn(font)


def decided(shown: Shown, act: Act, tree: bool) -> Verdict:
    typed = act.kind in ("search-button", "enter") or shown.name.startswith("searched")
    context = StepContext(typed=shown.typed if typed else "")
    return decide(act.action, shown.observation(tree), confidence=1.0, context=context)


def asks(shown: Shown, act: Act, tree: bool) -> bool:
    verdict = decided(shown, act, tree)
    return verdict.kind is not VerdictKind.ALLOW and not {reason.code for reason in verdict.reasons} <= _BY_BACK


@pytest.mark.parametrize("tree", [True, False], ids=["tree", "picture"])
@pytest.mark.parametrize("screen", _EVERY)
def test_no_irreversible_act_on_an_ordinary_screen_passes(screen, tree):
    shown = drawn(screen)
    tree = tree and shown.tree is not None
    passed = [act.told for act in shown.acts if not act.kind and decided(shown, act, tree).kind is VerdictKind.ALLOW]
    assert not passed


@pytest.mark.parametrize(("name", "seen"), _MOST, ids=lambda part: part)
def test_no_more_harmless_touches_ask_than_before(name, seen):
    asked, (by_kind, of_all) = needless(name, tree=seen == "tree"), _MOST[name, seen]
    assert sum(asked[kind] for kind in BY_KIND) <= by_kind, asked
    assert asked.total() <= of_all, asked


def needless(name: str, *, tree: bool) -> Counter[str]:
    """How many harmless acts of each kind ask."""
    screens = (shown for shown in map(drawn, SCREENS[name]) if shown.tree or not tree)
    return Counter(act.kind for shown in screens for act in shown.acts if act.kind and asks(shown, act, tree))
