"""A field that finds what stands below it: its button and its line break only look up, whatever its hint says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Type
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.observation import Observation, Role, TextLine
from tests.engine.gate.test_gate_kinds import node, page, records, tap
from tests.engine.gate.test_gate_properties import passes

FOUND = (("Dune", "F. Herbert 1965"), ("Dune Messiah", "F. Herbert 1969"), ("Children of Dune", "F. Herbert 1976"))
BUTTON = (470, 120)


def searched(
    word: str = "Go", *, hint: str = "Title, author, ISBN", typed: str = "dune", rows=FOUND, top: int = 100
) -> Observation:
    field = node(typed, (20, top, 400, top + 38), Role.EDIT, clickable=True, focused=True, description=hint)
    button = node(word, (420, top, 520, top + 38), Role.BUTTON, clickable=True)
    return page(*records(*rows, title="Catalogue"), field, button)


def of(typed: str = "dune") -> StepContext:
    return StepContext(typed=typed)


def drawn(seen: Observation) -> Observation:
    return replace(seen, nodes=None, lines=tuple(TextLine(n.text, n.box, 0.99) for n in seen.nodes or () if n.text))


def breaks(seen: Observation, typed: str = "dune") -> bool:
    verdict = decide(Type("\n"), seen, confidence=1.0, context=of(typed))
    return verdict.kind is VerdictKind.ALLOW


@pytest.mark.parametrize("word", ["Go", "查", "Find"])
def test_the_button_and_the_line_break_of_a_field_all_of_whose_entries_bear_what_was_typed_look_up(word):
    assert tap(searched(word), *BUTTON, of()).vouched_by == "kind:search"
    assert breaks(searched(word))


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(searched(rows=(*FOUND[:2], ("Emma", "J. Austen 1815"))), id="one entry does not"),
        pytest.param(searched(rows=FOUND[:1]), id="one entry is what was just booked in"),
        pytest.param(searched(typed="d"), id="a letter is in many"),
        pytest.param(searched(hint="Add a tag"), id="it adds what it holds"),
        pytest.param(searched(hint="Send to"), id="it sends to whom it holds"),
        pytest.param(searched(hint="Find or create"), id="it makes what it does not find"),
        pytest.param(searched("Redeem"), id="the button redeems"),
        pytest.param(searched("Add"), id="the button adds"),
        pytest.param(searched("放行"), id="the button lets in"),
    ],
)
def test_a_field_that_may_do_something_with_what_was_typed_asks(seen):
    typed = seen.nodes[-2].text
    assert tap(seen, *BUTTON, of(typed)).vouched_by != "kind:search"


def test_what_nobody_typed_is_no_search_and_a_second_field_is_of_a_form():
    assert not passes(searched(), *BUTTON)
    form = replace(searched(), nodes=(*searched().nodes, node("", (20, 700, 400, 740), Role.EDIT)))
    assert not breaks(form)


def test_a_line_break_needs_a_button_that_looks_up_beside_the_field():
    assert not breaks(searched("Redeem"))
    assert not breaks(searched(rows=(*FOUND[:2], ("Emma", "J. Austen 1815"))))


def test_the_button_is_known_in_a_picture_by_what_stands_below_only_where_entries_are_parted():
    assert not passes(drawn(searched(rows=(*FOUND[:2], ("Emma", "J. Austen 1815")))), *BUTTON, of())
    assert not passes(drawn(searched("Redeem")), *BUTTON, of())
