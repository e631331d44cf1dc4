"""Fingers on the screen: which page a gesture belongs to, and where on that page it lands.

Rule: a gesture goes to what it seems to touch first, and stays with it until the finger is lifted.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.surface import Surface

_TAP_S = 0.03

Pixel = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Target:
    """A page, and where its top left corner is on the screen in device pixels."""

    surface: Surface
    top: int
    scale: float

    def place(self, point: Pixel) -> tuple[float, float]:
        """The middle of the pixel, in the page's CSS pixels."""
        return (point[0] + 0.5) / self.scale, (point[1] + 0.5 - self.top) / self.scale


class Gestures:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def tap(self, x: int, y: int) -> None:
        target = await self._target((x, y))
        await target.surface.press(target.place((x, y)), _TAP_S)

    async def swipe(self, start: Pixel, end: Pixel, seconds: float) -> None:
        target = await self._target(start)
        if start == end:
            await target.surface.press(target.place(start), seconds)
        else:
            await target.surface.stroke(target.place(start), target.place(end), seconds, hold_s=0.0)

    async def _target(self, point: Pixel) -> _Target:
        layout = self._session.layout
        shell = _Target(self._session.shell.surface, 0, layout.scale)
        in_app = layout.app_top <= point[1] < layout.app_bottom
        if not in_app or await self._session.shell.owns(*shell.place(point)):
            return shell
        return _Target(self._session.surface, layout.app_top, layout.scale)
