"""What a window in front says besides its answers: the question that a tap on an answer says yes to.

Pure. Rule: the window is known by its picture and place, as the gate knows it; its words are shown, never judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cs_agent.engine.screen.compare import is_useful
from cs_agent.engine.screen.drawn.cards import find_card
from cs_agent.engine.screen.drawn.windows import front_window
from cs_agent.engine.screen.structure import ancestors, around, is_reacting
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation

MOST_CHARS = 160
_SECONDS = re.compile(r"\d+(?=\s*(?:秒|s\b|secs?\b|seconds?\b))", re.IGNORECASE)


def front_box(seen: Observation, target: Box | None) -> Box | None:
    """The card or sheet over a dimmed page that the control lies in; None where it lies in none."""
    if target is None:
        return None
    window = front_window(seen) if seen.nodes and is_useful(seen.nodes) else None
    box = window.box if window else find_card(seen)
    return box if box is not None and box.contains(target.center) else None


def window_words(seen: Observation, window: Box, target: Box, told: Iterable[str]) -> tuple[str, Box] | None:
    """Its texts from top to bottom, without the answers and without what is `told` as fields; None where none is left.

    At most MOST_CHARS; without a tree, only what stands above the control, as other answers are not known from texts.
    """
    known = {squash(text) for text in told}
    texts = _by_tree(seen) if seen.nodes and is_useful(seen.nodes) else _by_picture(seen, target)
    said = [(text, box) for text, box in texts if window.contains(box.center) and squash(text) not in known]
    said.sort(key=lambda each: (each[1].top, each[1].left))
    words, box = " ".join(" ".join(text.split()) for text, _ in said), around([box for _, box in said])
    return (words if len(words) <= MOST_CHARS else words[:MOST_CHARS] + "…", box) if words and box else None


def without_countdown(words: str) -> str:
    """The words as they stay while seconds are counted down, so that a yes to them lasts longer than one second."""
    return _SECONDS.sub("", words)


def _by_tree(seen: Observation) -> list[tuple[str, Box]]:
    nodes = seen.nodes or ()
    reacting = {index for index, node in enumerate(nodes) if is_reacting(node)}
    return [
        (node.label.strip(), node.box)
        for index, node in enumerate(nodes)
        if node.label.strip() and reacting.isdisjoint((index, *ancestors(nodes, index)))
    ]


def _by_picture(seen: Observation, target: Box) -> list[tuple[str, Box]]:
    return [(line.text, line.box) for line in seen.lines if line.box.bottom <= target.top]
