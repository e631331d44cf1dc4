"""One message per recording, a bounded number of tries, and what was deleted never comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cs_agent.geometry import Size
from cs_agent.recording.encode import EncodedRecording
from cs_agent.recording.errors import RecordingError
from cs_agent.recording.timeline import Timeline
from tests.runner.messages import listening
from tickets import tasks
from tickets.models import AuditEvent, Recording, RecordingState, Run, RunStatus
from tickets.runner.pictures import encode
from tickets.runner.upkeep import sweeper
from tickets.services.evidence import retention
from tickets.services.runs import lifecycle as runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording(driven: Run, settings: Any) -> Recording:
    """Of a run that ended an hour ago; one picture of it is on disk."""
    runs.end(driven, RunStatus.SUCCEEDED, result="x")
    Run.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    row = Recording.objects.create(run=driven, directory="recordings/abc")
    folder = Path(settings.MEDIA_ROOT) / row.directory
    folder.mkdir(parents=True)
    (folder / "000001.jpg").write_bytes(b"a picture")
    return row


class Encoder:
    """Writes what an encoding leaves; `during` happens in the middle of it."""

    def __init__(self, during: Any = lambda: None) -> None:
        self.during, self.called = during, 0

    def __call__(self, directory: Path, output: Path) -> EncodedRecording:
        self.called += 1
        output.parent.mkdir(parents=True, exist_ok=True)
        self.during()
        output.write_bytes(b"video")
        output.with_suffix(".vtt").write_bytes(b"captions")
        captions = output.with_suffix(".vtt")
        return EncodedRecording(output, captions, "a" * 64, 1.0, 5, Size(10, 20), (), Timeline(()))


def left_files(settings: Any) -> list[str]:
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def test_a_recording_is_encoded_once(recording: Recording, settings: Any) -> None:
    encoder = Encoder()
    for _message in range(2):
        encode.encode_run(recording.run_id, encoder)
    recording.refresh_from_db()
    assert (recording.state, encoder.called) == (RecordingState.READY, 1)
    assert left_files(settings) == ["abc.mp4", "abc.vtt"]


def test_a_recording_that_is_deleted_while_it_is_encoded_stays_deleted(recording: Recording, settings: Any) -> None:
    def erase() -> None:
        retention.delete_recording(Recording.objects.get(), "erasure")

    encode.encode_run(recording.run_id, Encoder(during=erase))
    recording.refresh_from_db()
    assert (recording.state, recording.video, recording.sha256) == (RecordingState.DELETED, "", "")
    assert left_files(settings) == []
    assert not AuditEvent.objects.filter(type="recording.encoded").exists()


def test_an_encoding_that_fails_because_its_frames_were_deleted_stays_deleted(recording: Recording) -> None:
    def erase() -> None:
        retention.delete_recording(Recording.objects.get(), "erasure")
        raise RecordingError("the frames are gone")

    encode.encode_run(recording.run_id, Encoder(during=erase))
    recording.refresh_from_db()
    assert (recording.state, recording.error) == (RecordingState.DELETED, "")


def test_however_often_the_sweeper_comes_one_message_is_under_way(
    recording: Recording, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as sent, django_capture_on_commit_callbacks(execute=True):
        for _round in range(10):
            sweeper.sweep()
    assert sent == [str(recording.run_id)]


def test_a_message_that_was_lost_is_sent_again(recording: Recording, django_capture_on_commit_callbacks: Any) -> None:
    assert encode.send(recording.run_id, None)
    Recording.objects.update(encode_sent_at=timezone.now() - timedelta(seconds=encode.MESSAGE_S + 1))
    with listening() as sent, django_capture_on_commit_callbacks(execute=True):
        sweeper.sweep()
    assert sent == [str(recording.run_id)]


def test_no_message_is_sent_while_it_is_encoded_and_one_when_its_encoder_died(
    recording: Recording, django_capture_on_commit_callbacks: Any
) -> None:
    begun = timezone.now() - timedelta(minutes=20)
    Recording.objects.update(state=RecordingState.ENCODING, encode_sent_at=begun, encode_tries=1)
    with listening() as sent, django_capture_on_commit_callbacks(execute=True):
        sweeper.sweep()
        assert sent == []
        Recording.objects.update(encode_sent_at=begun - timedelta(hours=1))
        sweeper.sweep()
    assert sent == [str(recording.run_id)]


def test_a_defect_is_tried_a_few_times_and_then_is_a_fault_that_people_see(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(directory: Path, output: Path) -> EncodedRecording:
        raise ZeroDivisionError

    monkeypatch.setattr(encode.encode_run, "__defaults__", (broken,))
    for _message in range(encode.MOST_TRIES + 3):
        tasks.encode_recording(str(recording.run_id))
    recording.refresh_from_db()
    assert (recording.state, recording.encode_tries) == (RecordingState.FAILED, encode.MOST_TRIES)
    assert str(encode.MOST_TRIES) in recording.error
    assert AuditEvent.objects.filter(type="recording.failed").count() == 1
    assert sweeper.sweep()["encoded"] == 0
