"""A short soak for every day: the worker, Redis and the phone die under one run, and it still sends one code."""

from __future__ import annotations

import pytest

from tests.soak.conftest import Site

pytestmark = pytest.mark.story


def test_a_run_survives_the_deaths_of_worker_redis_and_web_and_sends_one_code(site: Site) -> None:
    person = site.person().start()
    person.until("running")
    site.product.strike("worker")
    person.until("awaiting_confirmation")
    site.product.strike("redis")
    site.product.strike("web")
    assert person.sent() == 0
    person.yes()
    state = person.see_through()
    assert state["status"] == "succeeded", person.told("it did not end well")
    person.check_books(state)
    site.check_quiet()
