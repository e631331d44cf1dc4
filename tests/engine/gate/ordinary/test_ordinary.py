"""Ordinary apps' screens, in the trees that frameworks give and by picture alone: nothing irreversible passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import VerdictKind
from tests.engine.gate.ordinary.screens import Act, Shown, read

SCREENS = list(read(Path(__file__).with_name("first.txt")))
_MOST = {
    True: 124,
    False: 179,
}  # harmless touches that ask needlessly: by tree and picture, by picture alone; falls only


def passes(shown: Shown, act: Act, tree: bool) -> bool:
    return decide(act.action, shown.observation(tree), confidence=1.0).kind is VerdictKind.ALLOW


@pytest.mark.parametrize("tree", [True, False], ids=["tree", "picture"])
@pytest.mark.parametrize("shown", SCREENS, ids=lambda shown: shown.name)
def test_no_irreversible_act_on_an_ordinary_screen_passes(shown, tree):
    passed = [act.told for act in shown.acts if not act.kind and passes(shown, act, tree)]
    assert not passed


@pytest.mark.parametrize("tree", [True, False], ids=["tree", "picture"])
def test_no_more_harmless_touches_ask_than_before(tree):
    screens = [shown for shown in SCREENS if shown.tree or not tree]
    asked = [act.told for shown in screens for act in shown.acts if act.kind and not passes(shown, act, tree)]
    assert len(asked) <= _MOST[tree]
