"""The way that a run taught."""

from __future__ import annotations

import json

import pytest

from cs_agent.engine.routes.values import Route, Way
from tests.engine.routes.rides import VALUES, Ride, by_model


@pytest.fixture(scope="module")
def learned() -> Way:
    """By a run that had both the trees and the pictures of its pages."""
    ride = Ride(VALUES, script=by_model(VALUES), learning=True)
    assert ride.to_the_end().status == "succeeded"
    return Route.from_json(json.loads(json.dumps(Route((ride.way(),)).to_json()))).ways[0]
