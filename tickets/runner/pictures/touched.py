"""What a human touched, by the words on the screen: the name that a step is told by.

Rule: only words that stand under the finger, or right beside it, name a step; where none do, its place does.
"""

from __future__ import annotations

from collections.abc import Iterable

from cs_agent.geometry import Point
from cs_agent.observation import TextLine

MOST = 30  # characters; what is longer is a text, not a control
_BESIDE = 0.6  # of a line's height


def control_at(lines: Iterable[TextLine], point: Point) -> str:
    """The words of the smallest line under the point; "" where there is none or it is no control's name."""
    under = [line for line in lines if line.box.grown(round(line.box.height * _BESIDE)).contains(point)]
    if not under:
        return ""
    text = min(under, key=lambda line: (not line.box.contains(point), line.box.area)).text.strip()
    return text if len(text) <= MOST else ""
