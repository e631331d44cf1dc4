"""Finds the card or sheet of a window in a picture, over a page that is dimmed."""

from __future__ import annotations

import numpy as np

from cs_agent.engine.screen.drawn.once import eighth_grey
from cs_agent.engine.screen.drawn.windows import is_dimmed_around
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_REDUCED = 8  # times: pixels put together
_LIGHT = 225  # grey level of a sheet's paper at least
_FOOT = 0.9  # of the height: what is dark further down is the system's bar
_HEAD = 0.06  # of the height: the system's bar may be as light as the card
_NEAR = 12  # grey levels: as light as the lightest paper


def find_card(seen: Observation) -> Box | None:
    """Around all that is as light as the lightest paper, where the page around that is dimmed; None if none is."""
    grey = eighth_grey(seen.screenshot.image)
    head = int(_HEAD * len(grey))
    lit = grey >= int(grey[head:].max()) - _NEAR
    lit[:head] = False
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    left, top, right, bottom = (int(at) * _REDUCED for at in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    box = Box(left, top, right, bottom).clipped(seen.size)
    return box if is_dimmed_around(seen, box) else None


def find_sheet(seen: Observation) -> Box | None:
    """A light bottom sheet as wide as the screen, over a dimmed page; None if there is none."""
    paper = np.median(eighth_grey(seen.screenshot.image), axis=1)
    dark = np.flatnonzero(paper[: int(_FOOT * len(paper))] < _LIGHT)
    if not len(dark):
        return None
    top = (int(dark[-1]) + 1) * _REDUCED
    box = Box(0, top, seen.size.width, seen.size.height)
    return box if is_dimmed_around(seen, box) else None
