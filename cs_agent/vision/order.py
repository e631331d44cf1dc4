"""The order in which people read the lines of a screen.

Rule: rows before columns; small differences of height within a row do not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs_agent.observation import TextLine


def reading_order(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Top to bottom, left to right; centres within half a line of each other count as one row."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: item.box.center.y):
        if rows and line.box.center.y - rows[-1][0].box.center.y <= rows[-1][0].box.height / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda item: item.box.left))
