"""Who writes to a SQLite file waits for the others, and no longer than the settings say.

Needs a SQLite that threads share as processes do, which one in memory is not: run by test_real_databases.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from django.db import OperationalError, connection, transaction

from tickets.models import Department
from tickets.services.evidence import audit

pytestmark = [pytest.mark.django_db(transaction=True)]


@contextmanager
def somebody_writing() -> Iterator[Event]:
    """Another connection that holds the write lock until the event is set."""
    holds, done = Event(), Event()

    def write() -> None:
        try:
            with transaction.atomic():
                Department.objects.create(name="别的")
                holds.set()
                assert done.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert holds.wait(30)
        try:
            yield done
        finally:
            done.set()
            writing.result(30)


def busy_timeout_ms() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


def test_a_writer_waits_until_the_other_is_done() -> None:
    def append() -> None:
        try:
            audit.record("test.written")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, somebody_writing() as done:
        waiting = pool.submit(append)
        assert not waiting.done()
        done.set()
        waiting.result(30)
    assert audit.verify() == []
    assert Department.objects.filter(name="别的").exists()


def test_a_writer_gives_up_when_its_time_is_over_and_can_write_later(monkeypatch: pytest.MonkeyPatch) -> None:
    before = busy_timeout_ms()
    assert before == connection.settings_dict["OPTIONS"]["timeout"] * 1000
    with somebody_writing():
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
        with pytest.raises(OperationalError, match="locked"), transaction.atomic():
            pytest.fail("two write at once")
        monkeypatch.undo()
    audit.record("test.written")
    assert busy_timeout_ms() == before
    assert audit.verify() == []


def test_a_reader_waits_for_nobody() -> None:
    with somebody_writing():
        assert not Department.objects.filter(name="别的").exists()
