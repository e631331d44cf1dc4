"""Carries out one action on the phone, in device pixels of the screen it was decided on.

Rule: it is told what to do and decides nothing; whether it may be done was settled before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cs_agent.engine.actions.values import (
    Action,
    Back,
    DoubleTap,
    Home,
    Launch,
    LongPress,
    Swipe,
    Tap,
    Type,
    Wait,
)
from cs_agent.engine.run.protocols import ExpectsText, Key, Phone
from cs_agent.geometry import Size

_LONG_PRESS_S = 1.0
_SWIPE_S = 0.4
_WAIT_SLICE_S = 0.2  # how often a wait looks whether the run is still wanted


@dataclass(slots=True)
class Actuator:
    phone: Phone
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    check: Callable[[], None]

    def do(self, action: Action, size: Size) -> None:
        """Raises PhoneError; `size` is that of the screen the action was decided on."""
        match action:
            case Tap(element):
                self.phone.tap(element.to_point(size))
            case DoubleTap(element):
                self.phone.double_tap(element.to_point(size))
            case LongPress(element):
                self.phone.long_press(element.to_point(size), _LONG_PRESS_S)
            case Swipe(start, end):
                self.phone.swipe(start.to_point(size), end.to_point(size), _SWIPE_S)
            case Type(text):
                self.phone.type_text(text)
            case Launch(app):
                self.phone.launch(app)
            case Back():
                self.phone.press(Key.BACK)
            case Home():
                self.phone.press(Key.HOME)
            case Wait(seconds):
                self._wait(seconds)
            case _:
                raise ValueError(f"{action.name} is not for the phone")

    def expect_text(self) -> None:
        """What the phone does before the first text goes on beside the acts that lead to it."""
        if isinstance(self.phone, ExpectsText):
            self.phone.expect_text()

    def _wait(self, seconds: float) -> None:
        """The model asked for time: give it, in slices, so that a stop is heard."""
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            self.check()
            self.sleep(min(left, _WAIT_SLICE_S))
