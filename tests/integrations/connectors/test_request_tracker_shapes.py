"""What is read of Request Tracker's answers without a server: files out of JSON, moments in an account's zone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.errors import BadAnswer, NotAllowed
from integrations.connectors.request_tracker import shapes
from integrations.connectors.request_tracker.rest import moment
from integrations.connectors.request_tracker.shapes import User
from integrations.connectors.request_tracker.zones import zone_of


def cut(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def answer(content: bytes, *, first: bool = True, headers: str = "") -> bytes:
    """As it comes: base64 in lines, keys in any order."""
    inside = {"Content": base64.encodebytes(content).decode(), "Headers": headers, "id": 1}
    return json.dumps(inside if first else dict(reversed(inside.items())), indent=3).encode()


@given(st.binary(max_size=400), st.integers(1, 200), st.booleans(), st.text(max_size=80))
def test_a_file_is_whole_however_its_answer_is_cut(content: bytes, size: int, first: bool, headers: str) -> None:
    body = answer(content, first=first, headers=headers + ' "Content" : "AAAA"')
    assert b"".join(shapes.content(cut(body, size))) == content


@given(st.binary(min_size=100, max_size=300), st.integers(1, 90))
def test_an_answer_that_breaks_off_is_an_error_and_no_shorter_file(content: bytes, size: int) -> None:
    body = answer(content)
    with pytest.raises(BadAnswer):
        list(shapes.content(cut(body[: body.index(b"Headers") - 10], size)))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Content": "====', b'{"Content": "a*b=", "id": 1}', b"<html>"])
def test_an_answer_without_a_file_is_an_error(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        list(shapes.content([body]))


def test_an_empty_file_is_a_file() -> None:
    assert b"".join(shapes.content([b'{"Content" : null, "id": 3}'])) == b""
    assert b"".join(shapes.content([answer(b"")])) == b""


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_a_moment_is_never_read_later_than_it_was(at: datetime, name: str) -> None:
    """Both readings of a wall clock that goes back; and not much earlier, or every look would fetch a day."""
    written = datetime.strptime(moment(at, zone_of(User(Name="x", Timezone=name), at)), "%Y-%m-%d %H:%M:%S")
    for fold in (0, 1):
        read = written.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC)
        assert at - timedelta(hours=2) <= read <= at


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "UTC+8"])
def test_an_account_without_a_usable_zone_is_refused(name: str) -> None:
    with pytest.raises(NotAllowed):
        zone_of(User(Name="x", Timezone=name), datetime.now(UTC))


@pytest.mark.parametrize("written", ["", "1970-01-01T00:00:00Z", "not a date", None, 7, ["x"]])
def test_a_time_that_is_none_keeps_no_ticket_out_of_a_search(written: Any) -> None:
    row = shapes.Row.model_validate({"id": "66", "LastUpdated": written})
    assert (row.id, row.updated) == ("66", None)
    assert shapes.Row.model_validate({"id": 66, "LastUpdated": "2024-05-06T03:04:05Z"}).updated is not None


def test_a_person_is_reached_by_whichever_number_there_is() -> None:
    known = {"Name": "li", "MobilePhone": "", "WorkPhone": "+86 10 6555 1234", "HomePhone": None}
    assert shapes.User.model_validate(known).phone == "+86 10 6555 1234"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?UTF-8?B?5oiq5Zu+LnBuZw==?=", "截图.png"),
        ("a=?b.png", "a=?b.png"),
        ("=?x?B?YQ==?=", "=?x?B?YQ==?="),
        (None, ""),
    ],
)
def test_a_files_name_is_read_as_mails_write_it(written: Any, name: str) -> None:
    assert shapes.Attachment.model_validate({"id": 1, "Filename": written}).name == name
