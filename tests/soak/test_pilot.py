"""The built-in model itself killed under a run that it drives; in the other soaks a quick stand-in takes its place."""

from __future__ import annotations

import pytest

from tests.soak.conftest import Site

pytestmark = [pytest.mark.soak, pytest.mark.parametrize("site", ["sqlite with the pilot"], indirect=True)]


def test_a_run_outlives_the_death_of_its_model_while_it_works_and_after_the_yes(site: Site) -> None:
    person = site.person().start()
    person.until("running")
    person.until_moved(person.look()["mark"])
    site.strike_and_wait("pilot", "running")
    state = person.until("awaiting_confirmation", "taken_over")
    assert state["kind"] == "action", person.told("it did not come to its question")
    assert person.sent() == 0
    person.yes()
    site.strike_and_wait("pilot", "after the yes")
    state = person.see_through()
    assert state["status"] == "succeeded", person.told("it did not end well")
    person.check_books(state)
    site.check_quiet()
