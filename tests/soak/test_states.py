"""Every process killed at every state of a run: the run goes on and ends well, and what was confirmed happens once."""

from __future__ import annotations

import time

import pytest

from tests.soak.conftest import Site
from tests.soak.person import Person
from tests.soak.supervised import VICTIMS

pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.parametrize("victim", VICTIMS),
]
REFUSED = {"failed", "cancelled"}  # nobody said no, and nothing failed that a human could not help


def test_killed_while_a_run_is_queued(site: Site, victim: str) -> None:
    """It stands in line behind a run that waits for its yes."""
    first, second = site.person().start(), site.person()
    first.until("awaiting_confirmation")
    second.start()
    second.until("queued")
    site.strike_and_wait(victim)
    _ends_well(first)
    _goes_on(site, victim, second, time.time())
    _ends_well(second)
    _all_is_quiet(site)


def test_killed_while_a_run_is_running(site: Site, victim: str) -> None:
    person = site.person().start()
    person.until("running")
    person.until_moved(person.look()["mark"])  # it has done something
    mark = person.look()["mark"]
    at = site.strike_and_wait(victim)
    person.until_moved(mark)
    _goes_on(site, victim, person, at)
    _ends_well(person)
    _all_is_quiet(site)


def test_killed_while_a_run_awaits_its_confirmation(site: Site, victim: str) -> None:
    person = site.person().start()
    person.until("awaiting_confirmation")
    site.strike_and_wait(victim)
    assert person.look()["status"] == "awaiting_confirmation", person.told("it did not wait on")
    assert person.sent() == 0
    said_at = time.time()
    person.yes()
    _goes_on(site, victim, person, said_at)
    _ends_well(person)
    _all_is_quiet(site)


def test_killed_just_after_the_yes(site: Site, victim: str) -> None:
    person = site.person().start()
    person.until("awaiting_confirmation")
    person.yes()
    at = site.strike_and_wait(victim)
    _goes_on(site, victim, person, at)
    _ends_well(person)
    _all_is_quiet(site)


def test_killed_while_a_human_has_the_phone(site: Site, victim: str) -> None:
    person = site.person().start()
    person.until("awaiting_confirmation")
    person.take_over()
    person.until("taken_over")
    site.strike_and_wait(victim)
    assert person.look()["status"] == "taken_over", person.told("the human lost the phone")
    back_at = time.time()
    person.desk.ask("hand_back", run=person.run)
    _goes_on(site, victim, person, back_at)
    _ends_well(person)
    _all_is_quiet(site)


def _goes_on(site: Site, victim: str, person: Person, since: float) -> None:
    """Until it waits for a human or has ended; how long that took after the kill, or after the human's word."""
    person.until("awaiting_confirmation", "awaiting_answer", "taken_over")
    site.figures.onward[site.database, victim].append(time.time() - since)


def _ends_well(person: Person) -> None:
    state = person.see_through()
    person.check_books(state)
    assert state["status"] not in REFUSED or person.noes, person.told("it did not end well")


def _all_is_quiet(site: Site) -> None:
    """Nothing is left behind: no phone leased, no run active, the audit chain sound, no defect in the runner."""
    sound = site.desk.ask("soundness")
    assert not site.desk.ask("signs")["leased"]
    assert (sound["flaws"], sound["active"]) == ([], [])
    log = site.product.log_path("worker").read_text(errors="replace")
    assert "defect in the runner" not in log, log[log.index("defect in the runner") :][:4000]
