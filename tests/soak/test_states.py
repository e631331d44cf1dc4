"""Every process killed at every state of a run: it goes on and ends well, and what was confirmed happens once."""

from __future__ import annotations

import time

import pytest

from tests.soak.conftest import Site
from tests.soak.person import WAITING, Person
from tests.soak.supervised import VICTIMS

pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.parametrize("victim", VICTIMS),
]


def test_a_run_outlives_a_kill_in_each_of_its_states_and_sends_one_code(site: Site, victim: str) -> None:
    person = site.person().start()
    _strike(site, victim, "queued", person)
    person.until("running", *WAITING)
    person.until_moved(person.look()["mark"])  # it has done something
    _strike(site, victim, "running", person)
    _waits_for_its_yes(person)
    _strike(site, victim, "awaiting_confirmation", person)
    assert person.look()["status"] == "awaiting_confirmation", person.told("it did not wait on")
    person.take_over()
    _strike(site, victim, "taken_over", person)
    assert person.look()["status"] == "taken_over", person.told("the human lost the phone")
    person.hand_back()
    _waits_for_its_yes(person)
    assert person.sent() == 0, person.told("a code was sent without a yes")
    person.yes()
    _strike(site, victim, "after the yes", person)
    state = person.see_through()
    person.check_books(state)
    site.figures.ends[f"{site.database}, every state"].append(state["status"])
    site.check_quiet()


def test_a_run_in_line_outlives_a_kill(site: Site, victim: str) -> None:
    """It stands behind a run that waits for its yes."""
    first, second = site.person().start(), site.person()
    _waits_for_its_yes(first)
    second.start()
    _strike(site, victim, "in line", second)
    assert second.look()["status"] == "queued", second.told("it did not stay in line")
    for person in (first, second):
        person.check_books(person.see_through())
    site.check_quiet()


def _waits_for_its_yes(person: Person) -> None:
    """With the help of a human where the kill made one necessary."""
    while (state := person.until(*WAITING))["kind"] != "action":
        assert not state["ended"], person.told("it ended without a yes")
        person.act(state)


def _strike(site: Site, victim: str, state: str, person: Person) -> None:
    """Kill, and measure how long the part and the run take; a run that waits for a human goes on with the part."""
    mark = person.look()["mark"]
    at = site.strike_and_wait(victim, state)
    if state in {"running", "after the yes"}:
        person.until_moved(mark)
        site.figures.onward[site.database, victim, state].append(time.time() - at)
