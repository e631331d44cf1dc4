"""Turns the recording of an ended run into a video with captions, once, by whoever comes first."""

from __future__ import annotations

import logging
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from cs_agent.recording.captions import Chapter
from cs_agent.recording.encode import EncodedRecording, encode
from cs_agent.recording.errors import RecordingError
from tickets.models import Recording, RecordingState
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs.transitions import ENDED

log = logging.getLogger(__name__)


def encode_run(run_id: uuid.UUID) -> None:
    """Safe to repeat: a finished recording is left alone, a half-made one is made again."""
    row = Recording.objects.select_related("run__ticket").filter(run_id=run_id, run__status__in=ENDED).first()
    if row is None or row.state in {RecordingState.READY, RecordingState.DELETED}:
        return
    _change(row, state=RecordingState.ENCODING)
    media = Path(settings.MEDIA_ROOT)
    output = f"replays/{uuid.uuid4().hex}.mp4"
    try:
        made = encode(media / row.directory, media / output)
    except RecordingError as error:
        _fail(row, error)
        return
    _finish(row, output, made)
    shutil.rmtree(media / row.directory, ignore_errors=True)


def _finish(row: Recording, output: str, made: EncodedRecording) -> None:
    waits = [
        {"start_s": wait.video_start, "end_s": wait.video_end, "real_s": wait.real_s, "reason": wait.reason}
        for wait in made.timeline.waits
    ]
    with transaction.atomic():
        _change(
            row,
            state=RecordingState.READY,
            video=output,
            captions=str(Path(output).with_suffix(".vtt")),
            sha256=made.sha256,
            duration_s=made.duration_s,
            size=made.size_bytes,
            chapters=[_chapter(chapter) for chapter in made.chapters],
            waits=waits,
            error="",
        )
        details = {"duration_s": made.duration_s, "size": made.size_bytes}
        audit.record(
            "recording.encoded", run=row.run, obj=row, result="success", recording_sha256=made.sha256, details=details
        )


def _chapter(chapter: Chapter) -> dict[str, object]:
    return {
        "step": chapter.number, "title": chapter.title, "detail": chapter.detail,
        "start_s": chapter.start_s, "end_s": chapter.end_s,
    }  # fmt: skip


def _fail(row: Recording, error: RecordingError) -> None:
    log.error("recording of run %s: %s", row.run_id, error)
    words = error.told(row.run.lang)
    with transaction.atomic():
        _change(row, state=RecordingState.FAILED, error=words)
        audit.record("recording.failed", run=row.run, obj=row, result="failure", details={"error": words})


def _change(row: Recording, **columns: object) -> None:
    with transaction.atomic():
        Recording.objects.filter(pk=row.pk).update(**columns)
        live.publish_run(row.run, "recording.changed", {"state": str(columns["state"])})
