"""A real Redis for the feed, the frames and the gestures; the domain's cast; the runner on scripted parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.redis_server import redis_server
from tests.runner.world import FakeHost, Handset, World, handset
from tests.tickets.conftest import (  # noqa: F401 - fixtures
    ann,
    ask,
    bo,
    confirmation,
    department,
    driven,
    fei,
    lin,
    media_of_its_own,
    phone,
    refund_flow,
    run,
    seal,
    sun,
    ticket,
    vera,
)
from tickets.models import Phone
from tickets.runner.pictures import redactors
from tickets.services.live import health
from tickets.services.live.store import store


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def real_redis(redis_url: str, settings: object) -> Iterator[str]:
    """settings.REDIS_URL points to a real server; clients made for another are forgotten."""
    settings.REDIS_URL = redis_url  # type: ignore[attr-defined]
    store.cache_clear()
    health._client.cache_clear()
    store().flushall()
    yield redis_url
    store.cache_clear()
    health._client.cache_clear()


@pytest.fixture
def nothing_hidden(settings: Any) -> Iterator[None]:
    """Pictures are stored as they are, so that none needs to be read."""
    hides_nothing = {f"CS_AGENT_REDACT_{audience}": () for audience in ("STORED", "VIEWERS", "MODEL")}
    settings.CS_AGENT = {**settings.CS_AGENT, **hides_nothing}
    redactors._of_run.cache_clear()
    yield
    redactors._of_run.cache_clear()


@pytest.fixture
def hand(phone: Phone) -> Handset:  # noqa: F811
    return handset()


@pytest.fixture
def world(phone: Phone, hand: Handset, nothing_hidden: None) -> World:  # noqa: F811
    """One phone, ready for the reference complaint."""
    return World(FakeHost({phone.pk: hand}))
