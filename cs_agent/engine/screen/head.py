"""The head of a page: its title, and what leaves or ends it."""

from __future__ import annotations

from cs_agent.engine.screen.structure import is_reacting, names_of
from cs_agent.observation import Observation, TextLine

CORNER_WIDTH = 0.3  # of the width: where the way back stands, in the head
HEAD = 0.14  # of the height: under a status bar and an app's bar, 24-48 dp and 56 dp of at least 640 dp


def heads_told(seen: Observation) -> list[str]:
    """What the tree's texts in the head say that nothing reacts to."""
    low = HEAD * seen.size.height
    told = [node for node in seen.nodes or () if not is_reacting(node) and node.box.bottom <= low]
    return [text for node in told for text in names_of(node)]


def heads_drawn(seen: Observation) -> list[TextLine]:
    """The lines that the picture has in the head."""
    return [line for line in seen.lines if line.box.bottom <= HEAD * seen.size.height]
