"""Many runs, one process after the other killed at random moments: `SOAK_RUNS=200 SOAK_SEED=7 make soak`."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass, field

import pytest

from tests.soak.conftest import Site
from tests.soak.person import Person
from tests.soak.supervised import VICTIMS, wait_back

RUNS = int(os.environ.get("SOAK_RUNS", "50"))
SEED = int(os.environ.get("SOAK_SEED", str(random.SystemRandom().randrange(10**6))))
MOST_S = 14.0  # a run with its yes takes about so long

pytestmark = [pytest.mark.soak, pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True)]


@dataclass
class Chance:
    """A kill at a random moment of a run; called again and again, it strikes once."""

    site: Site
    source: random.Random
    victim: str
    moment: float = field(init=False)
    struck_at: float = 0.0  # by the wall clock

    def __post_init__(self) -> None:
        self.moment = time.monotonic() + self.source.uniform(0, MOST_S)

    def __call__(self) -> None:
        if not self.struck_at and time.monotonic() >= self.moment:
            self.struck_at = self.site.product.strike(self.victim)


def victims(source: random.Random) -> list[str]:
    """Every kind as often as any other, in random order."""
    rounds = [source.sample(VICTIMS, len(VICTIMS)) for _ in range(RUNS // len(VICTIMS) + 1)]
    return [victim for each in rounds for victim in each][:RUNS]


def test_nothing_is_lost_doubled_or_stuck_whatever_dies_whenever(site: Site) -> None:
    source = random.Random(f"{SEED}{site.database}")
    site.figures.seeds[site.database] = SEED
    struck = victims(source)
    for number, victim in enumerate(struck, 1):
        chance = Chance(site, source, victim)
        person = site.person()
        person.between = chance
        state = person.start().see_through()
        while not chance.struck_at:  # the run was quicker: it strikes what rests
            chance()
            time.sleep(0.05)
        _note(site, number, chance, person, state["status"])
        person.check_books(state)
        site.check_quiet()
    assert len(site.figures.ends[site.database]) == len(struck) == RUNS


def _note(site: Site, number: int, chance: Chance, person: Person, end: str) -> None:
    """How it ended and how long that took; printed at once, for whoever watches a soak of an hour."""
    ended = time.time() - chance.struck_at
    wait_back(site.product, site.desk, chance.victim, chance.struck_at)
    site.figures.ends[site.database].append(end)
    site.figures.onward[site.database, chance.victim, "to the end"].append(ended)
    seen = " → ".join(person.seen)
    print(f"{site.database} {number}/{RUNS}: {chance.victim} killed; {seen}, {ended:.0f} s after the kill", flush=True)
