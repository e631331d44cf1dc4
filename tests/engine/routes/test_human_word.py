"""What a person said to a route's act: the model, which was told it, goes first, and the route joins behind it."""

from __future__ import annotations

import pytest

from cs_agent.engine.actions.values import Back, Wait
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.values import RoutePlan, Way
from cs_agent.engine.run import human
from cs_agent.engine.run.state import ConfirmationRequest, StepSource
from tests.engine.routes.rides import VALUES, Ride, by_model

WRONG_REASON = {**VALUES, "reason": "物流破损"}


@pytest.fixture(scope="module")
def way() -> Way:
    ride = Ride(VALUES, script=by_model(VALUES), learning=True)
    ride.to_the_end()
    return ride.way()


def asked(way: Way, *script: object) -> Ride:
    """A run on the route that has come to its confirmation without the model."""
    ride = Ride(VALUES, way=way, script=script)
    while not isinstance(ride.turn().pause, ConfirmationRequest):
        pass
    assert not ride.model.asked
    return ride


def acts(ride: Ride, number: int) -> list[tuple[StepSource, str]]:
    done = len(ride.journal.steps)
    for _ in range(number):
        ride.turn()
    return [(step.source, step.control) for step in ride.journal.steps[done:] if step.outcome]


def test_after_a_correction_the_model_goes_back_and_the_route_enters_the_new_value(way: Way) -> None:
    ride = asked(way, Back())
    ride.state = human.correct(ride.state, "reason", WRONG_REASON["reason"])
    ride.plan = RoutePlan(WRONG_REASON, way, reviewed=True)
    ride.engine = ride.new_engine()
    assert acts(ride, 2) == [(StepSource.MODEL, ""), (StepSource.ROUTE, "物流破损")]


def test_after_a_no_with_a_note_the_same_act_is_not_proposed_before_the_model_has_changed_the_page(way: Way) -> None:
    ride = asked(way, Wait(1.0), Back())
    ride.state = human.reject(ride.state, "先核对退换原因", end=False)
    assert [source for source, _ in acts(ride, 2)] == [StepSource.MODEL, StepSource.MODEL]
    assert "先核对退换原因" in str(ride.model.asked)
    assert not ride.phone.ledger


def test_a_person_who_had_the_phone_has_changed_what_he_wanted(way: Way) -> None:
    ride = asked(way)
    ride.state = human.reject(ride.state, "", end=False)
    ride.state = human.handed_back(human.take_over(ride.state), "改好了")
    assert isinstance(ride.turn().pause, ConfirmationRequest)
    assert not ride.model.asked


def test_a_checkpoint_of_before_stands_on_its_way(way: Way) -> None:
    ride = asked(way)
    stored = Position.from_json(ride.state.route).to_json()
    del stored["suspended"]
    assert Position.from_json(stored) == Position.from_json(ride.state.route)
