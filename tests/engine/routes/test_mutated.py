"""A route never acts on a page that differs in what it acts on."""

from __future__ import annotations

import os
from random import Random

from cs_agent.engine.routes.match import Sight, find_control
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import next_act
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakePhone
from cs_agent.testing.screens import lay_out
from tests.engine.mutants import mutate, mutate_picture
from tests.engine.routes.rides import OTHER, aftersales, observation
from tests.engine.story import SMALL

MUTANTS = int(os.environ.get("ROUTE_MUTANTS", "400"))


def test_a_doubled_control_is_nobodys(learned):
    rows = [*aftersales(OTHER)["order"].rows, "button:申请退款"]
    sight = Sight.of(observation(rows), OTHER)
    assert find_control(learned.steps[4].control, sight) is None


def test_on_mutated_pictures_without_a_tree_a_route_never_touches_another_control(learned):
    wrong, acted = [], 0
    pages = aftersales(OTHER)
    for seed in range(MUTANTS):
        found = mutate_picture(learned, pages, OTHER, Random(seed))
        wrong += found.faults
        acted += found.acted
    assert wrong == []
    assert acted > MUTANTS // 40, "a proof that never acts proves nothing"


def test_an_activity_of_another_name_is_another_page(learned):
    layout = lay_out(aftersales(OTHER)["order"].rows, size=SMALL)
    app = ForegroundApp("com.example.app", "com.example.app.Other")
    seen = Observation(Screenshot(layout.image(), 0.0), app, layout.lines(), None)
    assert next_act(learned, Position(4), seen, OTHER)[1] is None


def test_on_mutated_pages_a_route_never_touches_another_control(learned):
    """Ten thousand of them run as `make routes`."""
    wrong, acted = [], 0
    pages = aftersales(OTHER)
    for seed in range(MUTANTS):
        found = mutate(learned, pages, OTHER, Random(seed))
        wrong += found.faults
        acted += found.acted
    assert wrong == []
    assert acted > MUTANTS / 20  # pages that still fit are acted on: the proof is about something


def test_the_hands_of_a_phone_that_shows_another_page_are_left_alone(learned):
    phone = FakePhone(aftersales(OTHER), "home", screen_size=SMALL)
    strange = Observation(phone.screenshot(), ForegroundApp("com.other"), (), phone.nodes())
    assert next_act(learned, Position(), strange, OTHER)[1] is None
