"""Tells a picture of a screen from a picture of nothing: black, secure or blank.

Rule: a picture that shows nothing is named for what it is, from its pixels alone; whoever has more to go on (the
window's flags, the power state) decides what follows.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.observation import as_rgb

_STATUS_BAR_SHARE = 0.04  # of the longer side, along the top: stays visible over a secure window
_NAV_BAR_SHARE = 0.05  # of the height, along the bottom: likewise
_BLACK = 8  # levels; what a compressed black may reach
_LIT = 64  # levels; a clock or an icon is brighter
_MOSTLY = 0.985  # of the page's pixels
_FLAT = 3  # levels of spread in a page that shows nothing


class ScreenFault(StrEnum):
    BLACK = "black"  # nothing at all: display off, or the wrong display
    SECURE = "secure"  # the page is black between visible system bars: mostly an app that forbids screenshots
    BLANK = "blank"  # one colour, no content: nothing drawn yet


def screen_fault(image: Image.Image) -> ScreenFault | None:
    """None for a screen with something on it."""
    factor = max(1, min(image.size) // 270)
    page, bars = _page_and_bars(np.asarray(as_rgb(image).reduce(factor).convert("L")))
    if (page <= _BLACK).mean() >= _MOSTLY:
        return ScreenFault.SECURE if bars.size and int(bars.max()) >= _LIT else ScreenFault.BLACK
    return ScreenFault.BLANK if int(page.max()) - int(page.min()) <= _FLAT else None


def _page_and_bars(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The app's part of the screen, and the system bars above and below it."""
    height, width = pixels.shape
    top = max(1, round(max(height, width) * _STATUS_BAR_SHARE))
    bottom = max(top + 1, height - round(height * _NAV_BAR_SHARE))
    return pixels[top:bottom], np.concatenate([pixels[:top], pixels[bottom:]])
