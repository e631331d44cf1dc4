"""Where the parts of the screen lie: status bar, app, keyboard, navigation bar.

Rule: device pixels are whole numbers; CSS sizes are rounded up and what sticks out is cut off, so that a
screenshot always has exactly the phone's size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from cs_agent.demo.phone.device.screen import cover_of

STATUS_BAR_DP = 28
NAVIGATION_BAR_DP = 48
ADB_KEYBOARD_DP = 40
KEYBOARD_DP = 272
_MOST_OF_THE_SCREEN = 0.62  # what a keyboard may cover when the phone lies on its side
_BASELINE_DENSITY = 160


class Keyboard(StrEnum):
    """What covers the lower part of the screen while a text field has the focus."""

    NONE = ""
    OWN = "own"
    ADB = "adb"


@dataclass(frozen=True, slots=True)
class Layout:
    """All in device pixels of the current rotation, besides `scale` (device pixels per CSS pixel)."""

    width: int
    height: int
    scale: float
    keyboard: Keyboard = Keyboard.NONE

    @classmethod
    def of(cls, width: int, height: int, density: int) -> Layout:
        """Upright. The scale is the one nearest to the density at which the width is a whole number in CSS."""
        return cls(width, height, width / round(width * _BASELINE_DENSITY / density))

    def rotated(self) -> Layout:
        return replace(self, width=self.height, height=self.width)

    def folded(self) -> Layout:
        width, height = cover_of(self.width, self.height)
        return replace(self, width=width, height=height)

    def with_keyboard(self, keyboard: Keyboard) -> Layout:
        return replace(self, keyboard=keyboard)

    @property
    def app_top(self) -> int:
        return round(STATUS_BAR_DP * self.scale)

    @property
    def navigation_top(self) -> int:
        return self.height - round(NAVIGATION_BAR_DP * self.scale)

    @property
    def keyboard_height(self) -> int:
        if self.keyboard is Keyboard.NONE:
            return 0
        if self.keyboard is Keyboard.ADB:
            return round(ADB_KEYBOARD_DP * self.scale)
        between = self.navigation_top - self.app_top
        return min(round(KEYBOARD_DP * self.scale), round(between * _MOST_OF_THE_SCREEN))

    @property
    def app_bottom(self) -> int:
        return self.navigation_top - self.keyboard_height

    @property
    def app_height(self) -> int:
        return self.app_bottom - self.app_top

    @property
    def app_viewport(self) -> tuple[int, int]:
        """CSS size of the app's page."""
        return self._css(self.width), self._css(self.app_height)

    @property
    def screen_viewport(self) -> tuple[int, int]:
        """CSS size of the whole screen."""
        return self._css(self.width), self._css(self.height)

    def _css(self, pixels: int) -> int:
        return math.ceil(pixels / self.scale - 1e-6)
