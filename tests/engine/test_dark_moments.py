"""A screen that is dark for a moment is waited for; an act before a dark screen is not forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PIL import Image

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.screen.observe import Eyes
from cs_agent.observation import Screenshot


class Secure(PhoneError):
    code = "secure_screen"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class DarkPhone:
    """Shows nothing until a moment, then a page."""

    clock: Clock
    light_at: float
    asked: list[float] = field(default_factory=list)

    def screenshot(self) -> Screenshot:
        self.asked.append(self.clock())
        if self.clock() < self.light_at:
            raise Secure("nothing to see")
        return Screenshot(Image.new("RGB", (108, 240), "white"), self.clock())


class Still:
    def add(self, screenshot: Screenshot) -> bool:
        return True


def _eyes(phone: DarkPhone, clock: Clock, check: Callable[[], None] = lambda: None) -> Eyes:
    return Eyes(phone, None, lambda before: Still(), EngineSettings(), clock, clock.sleep, check)  # type: ignore[arg-type]


def test_a_splash_screen_is_waited_for() -> None:
    clock = Clock()
    began = clock()
    _eyes(DarkPhone(clock, 1.0), clock).wait_until_settled(None)
    assert clock() - began == pytest.approx(1.0, abs=0.1)


def test_a_page_that_stays_dark_is_believed_in_the_end() -> None:
    clock = Clock()
    with pytest.raises(Secure):
        _eyes(DarkPhone(clock, 60.0), clock).wait_until_settled(None)
    assert clock() == pytest.approx(EngineSettings().dark_s, abs=0.5)


def test_waiting_in_the_dark_can_be_interrupted() -> None:
    clock = Clock()

    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        _eyes(DarkPhone(clock, 60.0), clock, check).wait_until_settled(None)
