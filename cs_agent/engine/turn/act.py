"""Carries out one action on the phone, in device pixels of the screen it was decided on.

Rule: it decides nothing; the gate has already judged the action.
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
from cs_agent.engine.run.protocols import ExpectsText, Key, Phone, TypesUnread
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

    def do(self, action: Action, size: Size, *, by_tree: bool = True) -> None:
        """Carry out the action. `size`: the screen the action was decided on, in device pixels; `by_tree`: typed text
        is read back from the tree by the phone itself. Raises PhoneError."""
        match action:
            case Tap(element):
                self.phone.tap(element.to_point(size))
            case DoubleTap(element):
                self.phone.double_tap(element.to_point(size))
            case LongPress(element):
                self.phone.long_press(element.to_point(size), _LONG_PRESS_S)
            case Swipe(start, end):
                self.phone.swipe(start.to_point(size), end.to_point(size), _SWIPE_S)
            case Type(text) if not by_tree and isinstance(self.phone, TypesUnread):
                self.phone.type_unread(text)
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
        """Have the phone prepare for the first text while the acts before it go on."""
        if isinstance(self.phone, ExpectsText):
            self.phone.expect_text()

    def _wait(self, seconds: float) -> None:
        """Wait in slices, so that a stop takes effect in between."""
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            self.check()
            self.sleep(min(left, _WAIT_SLICE_S))
