"""A bar whose chosen part counts the papers right below it parts them."""

from __future__ import annotations

import pytest

from cs_agent.engine.gate.lists.counted import counts_what_shows
from cs_agent.observation import Observation, Role, UiNode
from tests.engine.gate.test_gate_kinds import bar, node, page, tap

TICKETS = (("#4471 Headset", "Maya"), ("#4468 Size", "Tom"), ("#4452 Copy", "Ana"))
ON_PART = (400, 120)


def counted(
    *parts: str, entries: tuple[tuple[str, ...], ...] = TICKETS, head: str = "Tickets", also: tuple[UiNode, ...] = ()
) -> Observation:
    nodes = [node(head, (200, 40, 340, 80)), *also]
    for number, texts in enumerate(entries):
        top, parent = 150 + number * 120, len(nodes)
        nodes.append(node("", (0, top, 540, top + 110), Role.OTHER, clickable=True))
        nodes += [
            node(text, (40, top + 5 + 40 * n, 300, top + 40 + 40 * n), parent=parent) for n, text in enumerate(texts)
        ]
    return page(*nodes, *bar(*parts, role=Role.OTHER, top=100, height=40))


@pytest.mark.parametrize(
    "parts", [("Mine 3", "Unassigned 9", "Solved"), ("Pending (3)", "Done (41)"), ("待审 3", "已审 12")]
)
def test_the_chosen_part_counts_what_the_list_shows(parts):
    assert tap(counted(*parts), *ON_PART).vouched_by == "kind:tab"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(counted("Mine 4", "Unassigned 9", "Solved"), id="it counts something else"),
        pytest.param(counted("Yes 3", "No 9"), id="no part names a state"),
        pytest.param(
            counted("Going 3", "Pending 9", "No 2", entries=(("Ana", "Nov 3"), ("Ben", "Nov 2"), ("Ida", "Nov 1"))),
            id="of people who answered",
        ),
        pytest.param(
            counted("Accepted 3", "Declined 1", entries=(("Ana", "#20417"), ("Ben", "#20418"), ("Ida", "#20419"))),
            id="of people with a number",
        ),
        pytest.param(counted("Pending (3)", "Done (41)", head="Order status"), id="a state may be set"),
        pytest.param(
            counted("Pending (3)", "Done (41)", also=(node("Anna Berg", (20, 82, 200, 98)),)), id="the page is of one"
        ),
        pytest.param(counted("Pending (1)", "Done (41)", entries=TICKETS[:1]), id="one entry"),
    ],
)
def test_a_bar_that_counts_nothing_of_the_list_asks(seen):
    assert not tap(seen, *ON_PART).vouched_by


def test_what_numbers_an_entry_is_no_telephone_and_no_sum():
    names = ("Mine 2", "Solved")
    assert counts_what_shows(names, 0, (("EX-118",), ("LV-77",)))
    assert not counts_what_shows(names, 0, (("13812345678",), ("13987654321",)))
    assert not counts_what_shows(names, 0, (("10200.50",), ("30200.50",)))
