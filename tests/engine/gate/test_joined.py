"""Controls that tell all their texts as one description, as React Native's do, are parted by what the picture shows."""

from __future__ import annotations

from dataclasses import replace

from cs_agent.engine.screen.drawn.joined import part_joined
from cs_agent.engine.screen.structure import own_texts, texts_of
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, TextLine
from tests.engine.gate.test_gate_kinds import bar, node, page, tap

ENTRIES = (
    ("Grocer", "Nov 3, 2026", "To ship", "Order 20417"),
    ("Harbor", "Nov 2, 2026", "Shipped", "Order 20418"),
    ("Lumen", "Oct 9, 2026", "Shipped", "Order 20419"),
)


def joined(entries: tuple[tuple[str, ...], ...] = ENTRIES, *, drawn: bool = True) -> Observation:
    nodes, lines = [node("Orders", (200, 40, 340, 80)), *bar("All", "To ship", "Shipped", top=90, height=40)], []
    for number, texts in enumerate(entries):
        top = 140 + 140 * number
        nodes.append(node("", (20, top, 520, top + 130), Role.OTHER, clickable=True, description=", ".join(texts)))
        for line, text in enumerate(texts):
            lines.append(TextLine(text, Box(40, top + 5 + 24 * line, 300, top + 25 + 24 * line), 0.99))
    return page(*nodes, lines=tuple(lines) if drawn else ())


def parted(seen: Observation) -> tuple[str, ...]:
    nodes = part_joined(seen).nodes or ()
    return own_texts(nodes, next(i for i, each in enumerate(nodes) if each.box.top == 140))


def test_the_parts_are_those_that_the_picture_shows():
    assert parted(joined()) == ENTRIES[0]


def test_no_word_is_lost_and_the_control_keeps_its_place():
    seen = joined()
    nodes = part_joined(seen).nodes or ()
    assert len(nodes) > len(seen.nodes or ())
    assert [each.box for each in nodes[: len(seen.nodes or ())]] == [each.box for each in seen.nodes or ()]
    assert {text for index in range(4, 7) for text in texts_of(nodes, index)} == {t for texts in ENTRIES for t in texts}


def test_what_the_picture_does_not_show_so_stays_one_text():
    whole = (", ".join(ENTRIES[0]),)
    assert parted(joined(drawn=False)) == whole
    seen = joined()
    assert parted(replace(seen, lines=seen.lines[:2])) == whole  # two texts are drawn nowhere
    other = TextLine("Delete", Box(320, 150, 420, 180), 0.99)
    assert parted(replace(seen, lines=(*seen.lines, other))) == whole  # something else is drawn in it
    sign = TextLine("V", Box(480, 150, 500, 180), 0.99)
    assert parted(replace(seen, lines=(*seen.lines, sign))) == ENTRIES[0]  # an icon


def test_a_short_name_is_not_taken_for_the_name_with_its_value():
    assert parted(joined((("协商历史", "3条"), ("查看物流", "2条"), ("修改记录", "4条")))) == ("协商历史", "3条")


def test_the_texts_of_buttons_in_it_are_theirs():
    seen = joined(tuple((*texts, "Remind") for texts in ENTRIES))
    buttons = [
        node("", (30, 238 + 140 * n, 310, 265 + 140 * n), clickable=True, description="Remind", parent=4 + n)
        for n in range(3)
    ]
    assert parted(replace(seen, nodes=(*(seen.nodes or ()), *buttons))) == ENTRIES[0]


def test_such_entries_open_as_those_of_any_other_toolkit_do():
    assert tap(joined(), 400, 200).vouched_by == "kind:record"
    assert not tap(joined(drawn=False), 400, 200).vouched_by
