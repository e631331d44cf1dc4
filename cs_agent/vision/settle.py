"""Says when a screen stands still after an act: fed pictures with their times, it reads no clock of its own.

Rule: waiting ends. Carets and the status bar never count as movement; a small place that will not stop moving
(a spinner, a blinking cursor, a marquee) is given up on after a while; and there is a cap for all the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from cs_agent.observation import Screenshot
from cs_agent.vision.compare import Mask, SmallScreen, without_incidental

_BLOCK = 8  # px of the small copy; movement is counted in blocks


@dataclass(frozen=True, slots=True)
class SettleRules:
    """Times in seconds."""

    quiet_s: float = 0.25  # unchanged this long is settled: longer than a frame of the slowest animation
    react_s: float = 0.6  # how long an app may take to show that it noticed the act
    answer_s: float = 1.2  # … and to answer one that it did notice: a button that was only pressed looks as before
    spinner_s: float = 2.5  # a spinner alone on a steady page for this long does not announce a change
    spinner_share: float = 0.03  # of the screen; more is a page in motion
    cap_s: float = 10.0


@dataclass(slots=True)
class SettleDetector:
    """One wait. `before` is the screen the act was done on: while nothing has changed, a reaction is awaited."""

    before: Image.Image | None = None
    rules: SettleRules = SettleRules()
    capped: bool = field(default=False, init=False)  # ended by the cap, still moving
    _acted_on: SmallScreen | None = field(default=None, init=False)
    _last: SmallScreen | None = field(default=None, init=False)
    _sequence: int = field(default=-1, init=False)
    _started: float = field(default=0.0, init=False)
    _changed: float = field(default=0.0, init=False)
    _reacted: bool = field(default=False, init=False)
    _restless: Mask | None = field(default=None, init=False)
    _restless_since: float = field(default=0.0, init=False)

    def add(self, screenshot: Screenshot) -> bool:
        """Take the next picture; True once the screen has settled. An unchanged sequence is not compared."""
        if screenshot.sequence and screenshot.sequence == self._sequence:
            return self._settled(screenshot.captured_at)
        self._sequence = screenshot.sequence
        return self.feed(screenshot.image, screenshot.captured_at)

    def feed(self, image: Image.Image, at: float) -> bool:
        screen = SmallScreen.of(image)
        if self._last is None:
            self._begin(screen, at)
            return False
        if _differ(self._last, screen):
            self._moved(self._last, screen, at)
        return self._settled(at)

    def _begin(self, screen: SmallScreen, at: float) -> None:
        self._last, self._started, self._changed = screen, at, at
        self._acted_on = SmallScreen.of(self.before) if self.before is not None else None
        self._reacted = self._acted_on is None or _differ(self._acted_on, screen)

    def _moved(self, last: SmallScreen, screen: SmallScreen, at: float) -> None:
        self._last, self._changed, self._reacted = screen, at, True
        moved = _blocks(last.difference(screen)) if last.size == screen.size else None
        known = self._restless
        merged = moved if known is None or moved is None or known.shape != moved.shape else moved | known
        if merged is None or merged.mean() > self.rules.spinner_share:
            self._restless = None
            return
        if known is None:
            self._restless_since = at
        self._restless = merged

    def _settled(self, at: float) -> bool:
        if at - self._started >= self.rules.cap_s:
            self.capped = at - self._changed < self.rules.quiet_s
            return True
        if not self._reacted and at - self._started < self.rules.react_s:
            return False
        still = at - self._changed >= self.rules.quiet_s or self._only_a_spinner(at)
        return still and (at - self._started >= self.rules.answer_s or not self._is_as_before())

    def _is_as_before(self) -> bool:
        """It reacted, and shows again what it showed when the act was done."""
        if not self._reacted or self._acted_on is None or self._last is None:
            return False
        return not _differ(self._acted_on, self._last)

    def _only_a_spinner(self, at: float) -> bool:
        return self._restless is not None and at - self._restless_since >= self.rules.spinner_s


def _differ(one: SmallScreen, other: SmallScreen) -> bool:
    return bool(without_incidental(one.changes_to(other), other.size))


def _blocks(mask: Mask) -> Mask:
    """1 for every block in which something changed."""
    height, width = mask.shape
    pooled = cv2.resize(
        mask.astype(np.float32), (-(-width // _BLOCK), -(-height // _BLOCK)), interpolation=cv2.INTER_AREA
    )
    return (pooled > 0).astype(np.uint8)
