"""What the texts of a control mean together: the worst of them wins.

Rule: of an entry of a list only those count that are no values, since a value names a thing and bids nothing.
"""

from __future__ import annotations

import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import has_buttons
from cs_agent.engine.screen.structure import own_texts, values_in
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import (
    RISK,
    WEIGHTY,
    LabelKind,
    LabelSense,
    is_bidding,
    names_a_state,
    names_a_value,
    sense,
)

_NUMBER = re.compile(r"\d{4,}")
_FINGERTIP = 0.027  # of the width


def target_sense(target: Target, scene: Scene) -> tuple[str, LabelSense]:
    """The riskiest of all texts of the control, and what it means."""
    return _riskiest(target.names or target.labels, scene, button=target.button)


def _riskiest(names: tuple[str, ...], scene: Scene, *, button: bool) -> tuple[str, LabelSense]:
    words = scene.rules.sensitive_words
    senses = [(name, sense(name, button=button, sensitive_words=words)) for name in names]
    return max(senses, key=lambda item: RISK[item[1].kind], default=("", LabelSense(LabelKind.NONE)))


def _told_by_entry(target: Target, scene: Scene) -> tuple[str, ...]:
    """The texts of an entry that give a value its name (付款时间:05-01), without the values; empty if all texts stand
    in a row. If what is done with an entry is a button in it, any text with a number names a value. So does a text
    that other entries have with other numbers, unless the touch is on it."""
    nodes, width = scene.observation.nodes or (), scene.observation.size.width
    if target.node is None:
        return target.names
    row, buttons = " ".join(own_texts(nodes, target.node)), has_buttons(nodes, target.node)
    reach = int(_FINGERTIP * width)
    apart = {
        squash(text)
        for text, box in values_in(nodes, target.node, width)
        if not box.grown(reach).contains(target.point) and not is_bidding(text)
    }
    return tuple(
        name
        for name in target.names
        if name != row
        and squash(name) not in apart
        and not names_a_value(name)
        and not (buttons and _NUMBER.search(name))
    )


def entry_sense(target: Target, scene: Scene) -> tuple[str, LabelSense]:
    """The riskiest of an entry's texts that are no values."""
    return _riskiest(_told_by_entry(target, scene), scene, button=target.button)


def bids(target: Target, scene: Scene) -> bool:
    """A word of the entry does something and names no state."""
    label, meant = entry_sense(target, scene)
    return meant.kind in WEIGHTY and not names_a_state(label)
