"""Writes a run's screen to disk as it changes, with marks for steps, gestures and waits.

Rules: added frames and marks are on disk before the call returns, so a killed process loses nothing; any number of
writers, consecutive or overlapping, may add to one directory; every picture passes `redact` before it is stored; a
recorder that cannot record raises, it never fails silently.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image

from cs_agent.geometry import Size
from cs_agent.observation import Screenshot
from cs_agent.recording.errors import RecordingDiskFull, RecordingError, writing_error
from cs_agent.recording.index import (
    INDEX_NAME,
    EndMark,
    Entry,
    Frame,
    ResumeMark,
    StepMark,
    TouchMark,
    WaitMark,
    ends_torn,
    read_index,
    to_line,
)
from cs_agent.recording.vault import Unsealed, Vault

SHORT_SIDE_PX = 540  # what the replay shows; storing more costs disk and encoding time
JPEG_QUALITY = 78
MIN_FREE_BYTES = 200 * 2**20  # about five minutes of a constantly changing screen
SYNC_EVERY_S = 1.0  # the most that a power cut loses; a killed process loses nothing


class FrameWriter:
    """Writes a recording's frames from one process. Thread-safe. Every method may raise a RecordingError."""

    def __init__(
        self,
        directory: Path | str,
        *,
        redact: Callable[[Image.Image], Image.Image] | None = None,
        vault: Vault | None = None,
        short_side: int = SHORT_SIDE_PX,
        min_free_bytes: int = MIN_FREE_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.directory = Path(directory)
        self._redact = redact
        self._vault = vault or Unsealed()
        self._short_side = short_side
        self._min_free_bytes = min_free_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._last_picture: tuple[int, ...] = ()
        self._last_sequence = 0
        self._synced_at = 0.0
        self._failure: RecordingError | None = None
        self._descriptor = self._open()
        self._begins_at, self._number = self._where_others_stopped()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, screenshot: Screenshot) -> bool:
        """Store the picture if it differs from the last one; True if it was stored."""
        with self._lock:
            if screenshot.sequence and screenshot.sequence == self._last_sequence:
                return False
            picture = _fingerprint(screenshot.image)
            changed = picture != self._last_picture
            if changed:
                self._store(self._prepared(screenshot.image), self._not_before(screenshot.captured_at))
            self._last_picture, self._last_sequence = picture, screenshot.sequence
            return changed

    def mark_step(self, number: int, title: str, detail: str = "", at: float | None = None) -> None:
        """A step begins: a chapter and a caption of the replay."""
        self._mark(lambda moment: StepMark(moment, number, title, detail), at)

    def mark_touch(self, touch: tuple[int, ...], screen: Size, *, human: bool = False, at: float | None = None) -> None:
        """A gesture at x, y or from x1, y1 to x2, y2, in device pixels of a screen of that size."""
        self._mark(lambda moment: TouchMark(moment, touch, screen.width, screen.height, human), at)

    def mark_wait(self, reason: str, at: float | None = None) -> None:
        """A long wait begins (a confirmation, a queue): the replay shortens it."""
        self._mark(lambda moment: WaitMark(moment, reason), at)

    def mark_resume(self, at: float | None = None) -> None:
        self._mark(ResumeMark, at)

    def check(self) -> None:
        """Raise unless recording works and has room: to be asked before every sensitive step."""
        if self._failure is not None:
            raise self._failure
        try:
            free = shutil.disk_usage(self.directory).free
            os.fsync(self._descriptor)
        except OSError as error:
            raise writing_error(error, self.directory) from error
        if free < self._min_free_bytes:
            raise RecordingDiskFull(f"{self.directory}: only {free // 2**20} MiB are left")

    def close(self) -> None:
        """Mark the end of this activation; closing twice is harmless."""
        with self._lock:
            if self._descriptor < 0:
                return
            try:
                self._append(EndMark(self._not_before(self._clock())), sync=True)
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

    def _open(self) -> int:
        path = self.directory / INDEX_NAME
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
            self._torn = ends_torn(descriptor)
        except OSError as error:
            raise writing_error(error, path) from error
        return descriptor

    def _where_others_stopped(self) -> tuple[float, int]:
        entries = read_index(self.directory)
        frames = sum(isinstance(entry, Frame) for entry in entries)
        return (entries[-1].at if entries else 0.0), frames

    def _not_before(self, moment: float) -> float:
        """A time not before the end of an earlier activation, even if the clock was set back in between."""
        return max(self._begins_at, moment)

    def _mark(self, entry_at: Callable[[float], Entry], at: float | None) -> None:
        with self._lock:
            moment = self._not_before(self._clock() if at is None else at)
            self._append(entry_at(moment), sync=True)

    def _prepared(self, image: Image.Image) -> Image.Image:
        picture = self._redact(image) if self._redact else image
        size = stored_size(Size(*picture.size), self._short_side)
        if (size.width, size.height) != picture.size:
            picture = picture.resize((size.width, size.height), Image.Resampling.BILINEAR, reducing_gap=1.0)
        return picture.convert("RGB")

    def _store(self, picture: Image.Image, at: float) -> None:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
        name = self._write_picture(self._vault.seal(buffer.getvalue()))
        self._append(Frame(at, name, picture.width, picture.height))
        self._failure = None

    def _write_picture(self, data: bytes) -> str:
        """Write the picture under a unique name. A partial picture after a crash has no line in the index."""
        while True:
            self._number += 1
            path = self.directory / f"{self._number:07d}.jpg"
            part = path.with_suffix(".part")
            try:
                with part.open("xb") as file:  # whoever has it has the number
                    if path.exists():
                        part.unlink()
                        continue
                    file.write(data)
                part.replace(path)  # whole from the first moment, for who rewrites files meanwhile
            except FileExistsError:
                continue
            except OSError as error:
                part.unlink(missing_ok=True)
                raise self._failed(error, path) from error
            return path.name

    def _append(self, entry: Entry, sync: bool = False) -> None:
        line = (b"\n" if self._torn else b"") + to_line(entry)
        try:
            self._torn = True  # until the whole line is written
            if os.write(self._descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, "only part of a line fitted")
            self._torn = False
            if sync or time.monotonic() - self._synced_at >= SYNC_EVERY_S:
                os.fsync(self._descriptor)
                self._synced_at = time.monotonic()
        except OSError as error:
            raise self._failed(error, self.directory / INDEX_NAME) from error

    def _failed(self, error: OSError, path: Path) -> RecordingError:
        """Record the failure, and force the next picture to be stored even if it is unchanged."""
        self._failure = writing_error(error, path)
        self._last_picture, self._last_sequence = (), 0
        return self._failure


def _fingerprint(image: Image.Image) -> tuple[int, ...]:
    """A fast non-cryptographic fingerprint that detects changed pictures."""
    data = image.tobytes()
    return (*image.size, zlib.crc32(data), zlib.adler32(data))


def stored_size(screen: Size, short_side: int = SHORT_SIDE_PX) -> Size:
    """Scaled so that the short side fits; both sides even, as H.264's colour planes need."""
    factor = min(1.0, short_side / min(screen.width, screen.height))
    return Size(_even(screen.width * factor), _even(screen.height * factor))


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
