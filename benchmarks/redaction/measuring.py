"""What of a drawn screen redaction covers: each value by its own pixels, after the way every recorded picture goes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.redaction.screens import (
    FontOf,
    Look,
    Screen,
    document_screen,
    harmless_screen,
    personal_screen,
    symbol_screen,
)
from benchmarks.redaction.values import HARMLESS
from cs_agent.vision.redaction import Audience, RedactionPolicy
from cs_agent.vision.redaction.pictures import FILL
from tickets.runner.pictures.redactors import Redactor

COVERED = 0.95  # of a value's pixels
TOUCHED = 0.05
_WITH_DATA = (personal_screen, personal_screen, symbol_screen, document_screen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one value."""

    kind: str
    look: Look
    label: str
    text: str
    share: float  # of its pixels that are covered
    page: int

    @property
    def hidden(self) -> bool:
        return self.share >= COVERED

    @property
    def touched(self) -> bool:
        return self.share > TOUCHED


@dataclass(frozen=True, slots=True)
class Measured:
    outcomes: tuple[Outcome, ...]
    seconds: tuple[float, ...]

    def of(self, kind: str | None = None, look: Look | None = None) -> list[Outcome]:
        """Personal values of a kind (all: None) on screens of a look."""
        return [
            item
            for item in self.outcomes
            if (item.kind == kind if kind else item.kind != HARMLESS) and look in (None, item.look)
        ]


def with_data(screens: int, seed: int, font: FontOf) -> Measured:
    """Screens that hold personal data, every look in turn."""
    return _measured(_drawn(screens, seed, font))


def without_data(screens: int, seed: int, font: FontOf) -> Measured:
    """Screens that hold none."""
    dice = random.Random(seed)
    looks = list(Look)
    return _measured(
        (looks[n % len(looks)], harmless_screen(dice, looks[n % len(looks)], font)) for n in range(screens)
    )


def _drawn(screens: int, seed: int, font: FontOf) -> Iterator[tuple[Look, Screen]]:
    dice, looks = random.Random(seed), list(Look)
    for number in range(screens):
        look = looks[number % len(looks)]
        yield look, _WITH_DATA[number // len(looks) % len(_WITH_DATA)](dice, look, font)


def _measured(screens: Iterable[tuple[Look, Screen]]) -> Measured:
    redactor = Redactor(RedactionPolicy())
    outcomes, seconds = [], []
    for page, (look, screen) in enumerate(screens):
        begun = time.perf_counter()
        covered = redactor.covered(screen.image, Audience.STORED)
        seconds.append(time.perf_counter() - begun)
        mask = np.all(np.asarray(covered) == FILL, axis=2)
        outcomes += [
            Outcome(truth.value.kind, look, truth.value.label, truth.value.text, float(mask[truth.ink].mean()), page)
            for truth in screen.truths
            if truth.ink.any()
        ]
    return Measured(tuple(outcomes), tuple(seconds))
