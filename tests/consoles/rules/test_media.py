"""Stored files: behind permission and department, at addresses nobody guesses, whole or in ranges."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from consoles.web import media
from consoles.web.media import Kind
from consoles.web.ranges import Span, Unsatisfiable, parse_range
from tests.consoles import story
from tickets.errors import NotFound
from tickets.models import Attachment, Confirmation, Department, Phone, Run
from tickets.services.evidence import pictures


@pytest.fixture
def attachment(department: Department) -> Attachment:
    return story.new_ticket(department, video=True).attachments.get()


@pytest.fixture
def recorded(run: Run, phone: Phone) -> Run:
    return story.succeed(run, phone)


def test_an_attachment_is_served_as_it_was_uploaded(as_alice: Client, attachment: Attachment) -> None:
    response = as_alice.get(media.address(Kind.ATTACHMENT, attachment.pk))
    assert story.body(response) == story.attached("unboxing.mp4").read()
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Cache-Control"].startswith("private")
    assert "unboxing.mp4" in response["Content-Disposition"]


def test_an_uploaded_file_can_never_run_as_a_page_of_ours(as_alice: Client, attachment: Attachment) -> None:
    Attachment.objects.filter(pk=attachment.pk).update(content_type="text/html")
    response = as_alice.get(media.address(Kind.ATTACHMENT, attachment.pk))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=0-99999999", 0, None)],
)
def test_a_player_gets_the_range_it_asks_for(
    as_alice: Client, attachment: Attachment, header: str, start: int, end: int | None
) -> None:
    data = story.attached("unboxing.mp4").read()
    response = as_alice.get(media.address(Kind.ATTACHMENT, attachment.pk), headers={"Range": header})
    assert response.status_code == 206
    assert story.body(response) == data[start:end]
    assert response["Content-Length"] == str(len(data[start:end]))
    assert response["Content-Range"].endswith(f"/{len(data)}")


def test_a_range_beyond_the_end_is_refused_with_the_size(as_alice: Client, attachment: Attachment) -> None:
    response = as_alice.get(media.address(Kind.ATTACHMENT, attachment.pk), headers={"Range": "bytes=999999999-"})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{attachment.size}"


def test_a_file_the_browser_has_is_not_sent_again(as_alice: Client, attachment: Attachment) -> None:
    address = media.address(Kind.ATTACHMENT, attachment.pk)
    etag = as_alice.get(address)["ETag"]
    assert as_alice.get(address, headers={"If-None-Match": etag}).status_code == 304
    changed = as_alice.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert changed.status_code == 200


def test_a_head_answers_with_the_size_only(as_alice: Client, attachment: Attachment) -> None:
    response = as_alice.head(media.address(Kind.ATTACHMENT, attachment.pk))
    assert response["Content-Length"] == str(attachment.size)
    assert story.body(response) == b""


@given(st.text(max_size=40), st.integers(0, 10_000))
def test_any_range_header_gives_a_span_inside_the_file_or_none(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        try:
            span = parse_range(text, size)
        except Unsatisfiable:
            continue
        assert span is None or 0 <= span.start < span.end <= size


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 1000))
def test_a_range_means_the_bytes_it_names(first: int, last: int, size: int) -> None:
    try:
        span = parse_range(f"bytes={first}-{last}", size)
    except Unsatisfiable:
        assert first >= size
        return
    if last < first:
        assert span is None
    else:
        assert span == Span(first, min(last + 1, size))


@pytest.mark.parametrize("header", ["bytes=0-1,5-9", "bytes=-", "items=0-5", "bytes=9-3", "", "bytes=a-b"])
def test_a_range_that_cannot_be_read_gives_the_whole_file(header: str) -> None:
    assert parse_range(header, 100) is None


def test_a_guessed_or_changed_address_opens_nothing(as_alice: Client, attachment: Attachment) -> None:
    address = media.address(Kind.ATTACHMENT, attachment.pk)
    token = address.rpartition("/")[2]
    for wrong in (str(attachment.pk), f"{attachment.pk}:", token[:-1] + ("a" if token[-1] != "a" else "b"), "x:y:z"):
        assert as_alice.get(f"/files/attachments/{wrong}").status_code == 404
    assert as_alice.get(f"/files/steps/{token}").status_code == 404


def test_an_address_of_another_department_opens_nothing(as_charlie: Client, attachment: Attachment) -> None:
    assert as_charlie.get(media.address(Kind.ATTACHMENT, attachment.pk)).status_code == 404


def test_an_address_without_a_log_in_opens_nothing(client: Client, attachment: Attachment) -> None:
    assert client.get(media.address(Kind.ATTACHMENT, attachment.pk)).status_code == 302


def test_step_pictures_come_whole_and_small(as_alice: Client, recorded: Run) -> None:
    step = recorded.steps.get(number=1)
    address = media.address(Kind.STEP, f"{step.pk}.before")
    with Image.open(io.BytesIO(story.body(as_alice.get(address)))) as whole:
        assert whole.size == story.SCREEN
    with Image.open(io.BytesIO(as_alice.get(address + "?thumb").content)) as small:
        assert small.height <= 480
        assert small.width <= 220


@pytest.mark.parametrize("query", ["", "?thumb"])
def test_a_picture_that_was_stored_anew_replaces_the_one_the_browser_has(
    as_alice: Client, recorded: Run, query: str
) -> None:
    step = recorded.steps.get(number=1)
    address = media.address(Kind.STEP, f"{step.pk}.before") + query
    first = as_alice.get(address)
    assert "no-cache" in first["Cache-Control"]
    blurred = story.body(first)
    assert as_alice.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    pictures.write(story.screen("sharp", 77), step.before)
    again = as_alice.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert story.body(again) != blurred


@pytest.mark.parametrize("which", ["", "outcome", "run_id", "after.x"])
def test_a_token_for_anything_but_a_picture_opens_nothing(as_alice: Client, recorded: Run, which: str) -> None:
    step = recorded.steps.get(number=1)
    assert as_alice.get(media.address(Kind.STEP, f"{step.pk}.{which}")).status_code == 404


def test_the_confirmations_picture_is_served(as_victor: Client, confirmation: Confirmation) -> None:
    response = as_victor.get(media.address(Kind.CONFIRMATION, confirmation.pk))
    assert response["Content-Type"] == "image/jpeg"
    assert len(story.body(response)) > 1000


def test_a_picture_that_is_gone_from_the_disk_is_not_found(as_alice: Client, confirmation: Confirmation) -> None:
    media.stored_file(confirmation.screenshot).unlink()
    assert as_alice.get(media.address(Kind.CONFIRMATION, confirmation.pk)).status_code == 404


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "", "runs/../../secret.txt", "."])
def test_no_stored_name_leads_out_of_the_media_folder(tmp_path: Path, settings: Any, name: str) -> None:
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "secret.txt").write_text("x")
    with pytest.raises(NotFound):
        media.stored_file(name)


def test_a_recordings_address_belongs_to_one_reader(
    as_alice: Client, as_victor: Client, alice: User, victor: User, recorded: Run
) -> None:
    alices = media.address(Kind.VIDEO, recorded.pk, alice)
    assert as_alice.get(alices).status_code == 200
    assert as_victor.get(alices).status_code == 404
    assert as_victor.get(media.address(Kind.VIDEO, recorded.pk, victor)).status_code == 200


def test_a_recordings_address_ends_after_some_hours(
    alice: User, recorded: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    address = media.address(Kind.VIDEO, recorded.pk, alice)
    token = address.split("/")[-2]
    assert media.key_of(Kind.VIDEO, token, alice) == str(recorded.pk)
    later = time.time() + timedelta(hours=13).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(NotFound):
        media.key_of(Kind.VIDEO, token, alice)


def test_captions_are_served_as_captions(as_alice: Client, alice: User, recorded: Run) -> None:
    response = as_alice.get(media.address(Kind.CAPTIONS, recorded.pk, alice))
    assert response["Content-Type"] == "text/vtt"
    assert story.body(response).startswith(b"WEBVTT")
