"""For all tests that use a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import settings

from tests import migrated, transactions
from tests.consoles import catalog
from tests.running import reruns, selection
from tickets.models.record import audit_triggers

# A busy machine is no fault of what is tried; `scripts/mutants` brings a profile of its own.
settings.register_profile("unhurried", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("unhurried")

_TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}
_OF_A_DATABASE = {"db", *_TRANSACTIONAL}


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(reruns.Reruns(), "few-reruns")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return selection.cannot_match(config.option.markexpr, collection_path) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.pluginmanager.hasplugin("rerunfailures"):
        reruns.refuse_fast_ones(items)


@pytest.fixture(autouse=True)
def calls_counted_afresh() -> None:
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def english_words() -> None:
    catalog.compile_all()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The database in memory begins as a copy of a migrated one: applying every migration takes ten seconds."""
    creation = connection.creation
    if connection.vendor != "sqlite" or not creation.is_in_memory_db(creation._get_test_db_name()):
        yield
        return
    with migrated.kept_in_memory(creation._get_test_db_name()):
        yield


@pytest.fixture(autouse=True)
def transactions_keep_the_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of `tickets.services`: the order of locks, and no slow work while rows are locked."""
    if not request.node.get_closest_marker("django_db") and not _OF_A_DATABASE & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("_django_db_helper")  # the test's own transaction begins before we look
    with transactions.watched() as faults:
        yield
    assert not faults, "\n".join(faults)


@pytest.fixture(autouse=True)
def audit_triggers_step_aside_for_the_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test empties every table afterwards, which the audit trail's triggers rightly refuse.

    They are dropped just before, and come back with the `post_migrate` that follows the flush.
    """
    marker = request.node.get_closest_marker("django_db")
    flushes = bool(marker and marker.kwargs.get("transaction")) or bool(_TRANSACTIONAL & set(request.fixturenames))
    if flushes:
        request.getfixturevalue("_django_db_helper")  # set up before us, so torn down after us
    yield
    if flushes:
        audit_triggers.remove(connection)
