"""Names the control that a human touched, by the text on the screen.

Rule: only text at the touch point or right beside it names a step; otherwise its position is shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from cs_agent.geometry import Point
from cs_agent.observation import TextLine

MOST = 30  # characters; what is longer is a text, not a control
_BESIDE = 0.6  # of a line's height


def control_at(lines: Iterable[TextLine], point: Point) -> str:
    """The text of the smallest line at the point; "" if there is none or it is no control's name."""
    under = [line for line in lines if line.box.grown(round(line.box.height * _BESIDE)).contains(point)]
    if not under:
        return ""
    text = min(under, key=lambda line: (not line.box.contains(point), line.box.area)).text.strip()
    return text if len(text) <= MOST else ""
