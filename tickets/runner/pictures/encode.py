"""Encodes the recording of an ended run to a video with captions, once.

Rule: one message per recording is under way (`send`), an encoding begins by one conditional update and is counted
before it begins, and after `MOST_TRIES` the recording is `failed`, with the reason in words. Every change is
conditional on the old state, so that a recording deleted meanwhile stays deleted, and so do its files.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cs_agent.recording.captions import Chapter
from cs_agent.recording.encode import EncodedRecording, encode
from cs_agent.recording.errors import RecordingError, RecordingLocked
from tickets import queues
from tickets.models import Recording, RecordingState
from tickets.said import said
from tickets.services import file_lock, sealed_files
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.transitions import ENDED

log = logging.getLogger(__name__)
MOST_TRIES = 3
MESSAGE_S = 120.0  # a message expires after that, and another one is sent
_ENCODING_S = 2100.0  # longer than any encoding may take: its process is dead
Encode = Callable[[Path, Path], EncodedRecording]


def send(run_id: uuid.UUID, queue: str | None) -> bool:
    """Have the recording of an ended run encoded, unless a message for it is under way or it is being encoded."""
    now = timezone.now()
    unsent = Q(encode_sent_at=None) | Q(encode_sent_at__lt=now - timedelta(seconds=MESSAGE_S))
    lost = Q(encode_sent_at__lt=now - timedelta(seconds=_ENCODING_S))
    due = Q(state=RecordingState.RECORDING) & unsent | Q(state=RecordingState.ENCODING) & lost
    with transaction.atomic():
        waiting = Recording.objects.filter(due, run=run_id, run__status__in=ENDED)
        if not waiting.update(state=RecordingState.RECORDING, encode_sent_at=now):
            return False
        queues.enqueue_encoding(run_id, queue, expires_s=MESSAGE_S)
    return True


def send_again(run_id: uuid.UUID, delay_s: float) -> None:
    """Send again a message that came while another recording was being encoded."""
    with transaction.atomic():
        waiting = Recording.objects.filter(run=run_id, state=RecordingState.RECORDING)
        if waiting.update(encode_sent_at=timezone.now()):
            queues.enqueue_encoding(run_id, delay_s=delay_s, expires_s=MESSAGE_S)


def _sealed_encode(directory: Path, output: Path) -> EncodedRecording:
    return encode(directory, output, vault=sealed_files.RecordingVault())


def encode_run(run_id: uuid.UUID, encode: Encode = _sealed_encode) -> None:
    """Encode a waiting recording; safe to repeat. Too many failures are reported to people."""
    row = Recording.objects.select_related("run__ticket").filter(run_id=run_id, run__status__in=ENDED).first()
    if row is None or row.state != RecordingState.RECORDING:
        return
    if row.encode_tries >= MOST_TRIES:
        with runs.in_run_language(row.run):
            words = said("recording.tries", times=MOST_TRIES)
        _fail(row, words, RecordingState.RECORDING)
        return
    tried = {"encode_tries": F("encode_tries") + 1, "encode_sent_at": timezone.now()}
    if _change(row, RecordingState.RECORDING, state=RecordingState.ENCODING, **tried):
        _encode(row, encode)


def give_back(run_id: uuid.UUID) -> None:
    """Return the recording to waiting after an unexpected exception, with its remaining tries."""
    Recording.objects.filter(run=run_id, state=RecordingState.ENCODING).update(state=RecordingState.RECORDING)


def _encode(row: Recording, encode: Encode) -> None:
    media = Path(settings.MEDIA_ROOT)
    output = f"replays/{Path(row.directory).name}.mp4"  # the same for each try
    try:
        made = encode(media / row.directory, media / output)
    except RecordingLocked as error:  # however long the key is gone, it is encoded once it is back
        log.error("recording of run %s: %s", row.run_id, error)
        words, tries = error.told(row.run.lang), F("encode_tries") - 1
        _change(row, RecordingState.ENCODING, state=RecordingState.RECORDING, encode_tries=tries, error=words)
        return
    except RecordingError as error:
        log.error("recording of run %s: %s", row.run_id, error)
        _fail(row, error.told(row.run.lang), RecordingState.ENCODING)
        return
    if _finish(row, output, made):
        file_lock.delete_folder(media / row.directory)
        return
    log.warning("recording of run %s was deleted while it was encoded", row.run_id)
    for path in (media / output, (media / output).with_suffix(".vtt")):
        file_lock.delete(path)


def _finish(row: Recording, output: str, made: EncodedRecording) -> bool:
    """False if the recording was deleted meanwhile."""
    waits = [
        {"start_s": wait.video_start, "end_s": wait.video_end, "real_s": wait.real_s, "reason": wait.reason}
        for wait in made.timeline.waits
    ]
    with transaction.atomic():
        done = _change(
            row,
            RecordingState.ENCODING,
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
        if done:
            facts = {"duration_s": round(made.duration_s, 1), "size": made.size_bytes}
            audit.record(
                "recording.encoded",
                run=row.run,
                obj=row,
                result="success",
                recording_sha256=made.sha256,
                details=facts,
            )
    return done


def _chapter(chapter: Chapter) -> dict[str, object]:
    times = {"start_s": chapter.start_s, "end_s": chapter.end_s}
    return {"step": chapter.number, "title": chapter.title, "detail": chapter.detail, **times}


def _fail(row: Recording, words: str, old: RecordingState) -> None:
    with transaction.atomic():
        if _change(row, old, state=RecordingState.FAILED, error=words):
            audit.record("recording.failed", run=row.run, obj=row, result="failure", details={"error": words})


def _change(row: Recording, old: RecordingState, **columns: Any) -> bool:
    """Change the row if it is still in the state `old`; returns whether it was."""
    with transaction.atomic():
        runs.locked(row.run)
        if not Recording.objects.filter(pk=row.pk, state=old).update(**columns):
            return False
        live.publish_run(row.run, "recording.changed", {"state": str(columns["state"])})
    return True
