"""One real Request Tracker for all tests here, with the cast below; each test files tickets of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.gate_request_tracker.pages import person
from integrations.connectors.kinds import Setup
from integrations.connectors.request_tracker.connector import RequestTracker as Connector
from integrations.connectors.request_tracker.settings import RequestTrackerSettings
from tests.servers.request_tracker import Account, NotHere, RequestTracker, request_tracker

READ = ("SeeQueue", "ShowTicket", "ShowTicketComments", "SeeCustomField")
WRITE = (*READ, "CommentOnTicket", "ReplyToTicket", "ModifyTicket", "ModifyCustomField")
CAST = (
    Account("cs-agent", {"Refunds": WRITE, "退款投诉": WRITE}, timezone="UTC"),
    Account("shanghai", {"Refunds": WRITE}, timezone="Asia/Shanghai", lang="zh-cn"),
    Account("reader", {"Refunds": READ}, timezone="UTC", lang="zh-cn"),
    Account("stranger", {}, timezone="UTC"),
    Account("no-zone", {"Refunds": WRITE}),
    Account("wang", {"Refunds": WRITE}),
    Account("alice", {"Refunds": WRITE}, real_name="Alice"),
    *(person(language) for language in ("zh-cn", "en")),
)
QUEUES = ("Refunds", "退款投诉", "Elsewhere")
FIELDS = {"Labels": ("Refunds",)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One server for all: they run in one process, with the whole-product stories."""
    for item in items:
        if "integrations/request_tracker" in item.path.as_posix():
            item.add_marker(pytest.mark.soak if item.path.name == "test_gate.py" else pytest.mark.story)


@pytest.fixture(scope="package")
def rt() -> Iterator[RequestTracker]:
    try:
        with request_tracker(CAST, QUEUES, fields=FIELDS) as server:
            yield server
    except NotHere as error:
        warnings.warn(f"NOTHING WAS TRIED AGAINST A REAL REQUEST TRACKER: {error}", stacklevel=1)
        pytest.skip(str(error))


@pytest.fixture
def connector(rt: RequestTracker) -> Callable[..., Connector]:
    """`connector("reader", days=3)`: set up as this account."""

    def build(
        account: str = "cs-agent", *, token: str | None = None, per_page: int = 100, **settings: Any
    ) -> Connector:
        checked = RequestTrackerSettings(url=rt.url, networks=["127.0.0.0/8"], **settings)
        secret = rt.tokens[account] if token is None else token
        return Connector(Setup("rt", checked, {"token": secret}.__getitem__), per_page)

    return build
