"""Recordings and pictures are unreadable on the disk where the installation says so, from frame to video."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from consoles.web.media import Kind, address
from cs_agent.recording.writer import FrameWriter
from tests.recording.conftest import START, shot
from tests.tickets.sealing import Seal
from tickets.models import Recording, RecordingState, Run, RunStatus
from tickets.runner.pictures import encode
from tickets.services import sealed_files, secret_store
from tickets.services.evidence import pictures
from tickets.services.runs import lifecycle as runs
from tickets.services.sealed_files import MARK

pytestmark = pytest.mark.django_db
# How JPEG, MP4 and WebVTT give themselves away.
READABLE = (b"\xff\xd8\xff", b"JFIF", b"ftyp", b"moov", b"WEBVTT")


@pytest.fixture
def key(seal: Seal) -> str:
    key = secret_store.new_key()
    seal(key)
    return key


@pytest.fixture
def recording(driven: Run, key: str, settings: Any) -> Recording:
    """Of a run that ended: six frames."""
    runs.end(driven, RunStatus.SUCCEEDED, result="x")
    Run.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    row = Recording.objects.create(run=driven, directory="recordings/abc")
    folder = Path(settings.MEDIA_ROOT) / row.directory
    with FrameWriter(folder, vault=sealed_files.RecordingVault(), clock=lambda: 0.0) as writer:
        for number in range(6):
            writer.add(shot(number, number / 2))
        writer.mark_step(1, "打开应用", at=START + 1)
    return row


def kept(settings: Any, *names: str) -> dict[str, bytes]:
    return {
        str(path.relative_to(settings.MEDIA_ROOT)): path.read_bytes()
        for name in names
        for path in Path(settings.MEDIA_ROOT).glob(name)
    }


def test_frames_video_and_captions_hold_nothing_readable_and_a_browser_gets_the_video_whole(
    recording: Recording, settings: Any, client: Client, ann: Any
) -> None:
    frames = kept(settings, "recordings/abc/*.jpg")
    assert len(frames) == 6
    encode.encode_run(recording.run_id)
    recording.refresh_from_db()
    assert recording.state == RecordingState.READY, recording.error
    made = kept(settings, "replays/*.mp4", "replays/*.vtt")
    assert len(made) == 2
    for name, raw in {**frames, **made}.items():
        assert raw.startswith(MARK), name
        assert not any(sign in raw for sign in READABLE), name
    client.force_login(ann)
    video = b"".join(client.get(address(Kind.VIDEO, recording.run_id, ann)))  # type: ignore[arg-type]
    assert b"ftyp" in video[:32]
    assert (hashlib.sha256(video).hexdigest(), len(video)) == (recording.sha256, recording.size)
    assert [path.name for path in Path(settings.MEDIA_ROOT, "replays").iterdir() if path.is_dir()] == []


def test_a_key_that_is_gone_delays_the_video_in_words_and_loses_no_frame(
    recording: Recording, seal: Seal, key: str, settings: Any
) -> None:
    seal(secret_store.new_key())
    for _message in range(encode.MOST_TRIES + 2):
        encode.encode_run(recording.run_id)
    recording.refresh_from_db()
    assert recording.state == RecordingState.RECORDING
    assert "CS_AGENT_SECRETS_KEYS" in recording.error
    assert len(kept(settings, "recordings/abc/*.jpg")) == 6
    seal(secret_store.new_key(), key)
    encode.encode_run(recording.run_id)
    recording.refresh_from_db()
    assert (recording.state, recording.error) == (RecordingState.READY, "")


def test_what_a_killed_encoding_left_open_on_the_disk_is_gone_after_the_next(
    recording: Recording, settings: Any
) -> None:
    left = Path(settings.MEDIA_ROOT, "replays", "encode-abc-x7")
    left.mkdir(parents=True)
    (left / "0000001.jpg").write_bytes(b"\xff\xd8\xff")
    encode.encode_run(recording.run_id)
    assert not left.exists()


def test_a_picture_of_a_step_is_sealed_and_shown(run: Run, key: str, settings: Any, seal: Seal) -> None:
    name = pictures.store(Image.new("RGB", (40, 80), "red"), run.pk, "confirmation")
    [raw] = kept(settings, "runs/*/*.jpg").values()
    assert raw.startswith(MARK)
    assert not any(sign in raw for sign in READABLE)
    with pictures.opened(name) as shown:
        assert shown.size == (40, 80)
    seal(secret_store.new_key())
    with pytest.raises(OSError, match="CS_AGENT_SECRETS_KEYS"), pictures.opened(name):
        pass


def test_recordings_and_pictures_of_before_are_sealed_by_the_command_and_rotated(
    recording: Recording, run: Run, seal: Seal, key: str, settings: Any
) -> None:
    seal(on=False)
    name = pictures.store(Image.new("RGB", (40, 80), "red"), run.pk, "confirmation")
    new = secret_store.new_key()
    seal(new, key)
    call_command("secrets", "seal-files", stdout=io.StringIO())
    seal(new)
    assert all(raw.startswith(MARK) for raw in kept(settings, "runs/*/*.jpg", "recordings/*/*.jpg").values())
    with pictures.opened(name) as shown:
        assert shown.size == (40, 80)
    encode.encode_run(recording.run_id)
    recording.refresh_from_db()
    assert recording.state == RecordingState.READY
