"""Records a run from the screen feed, whether the agent, a human or nobody drives the phone.

Rules: everything is redacted before it is written (`redactors`), never on the feed's thread.
1. The writer thread writes each frame at once; unread parts are blurred.
2. The page reader thread reads stable pages and replaces their blurred pictures by sharp ones; pictures of steps wait
for it too. A frame shown only briefly stays blurred. A killed process loses nothing written. A recorder that cannot
write reports it (`works`, `error`) and retries with each new frame; the feed and the run go on, only sensitive steps
are blocked.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from django.conf import settings
from PIL import Image

from cs_agent.engine.run.state import StepRecord
from cs_agent.engine.run.wording import describe
from cs_agent.geometry import Size
from cs_agent.observation import Screenshot, TextLine, UiNode
from cs_agent.recording.errors import RecordingError, RecordingUnwritable
from cs_agent.recording.writer import FrameWriter
from cs_agent.vision.redaction import Audience
from tickets.models import Recording, RecordingState, Run
from tickets.runner.pictures import redactors
from tickets.runner.pictures.feed import FeedFrame, ScreenFeed
from tickets.runner.pictures.fingerprints import fingerprint_of, shrunk_size
from tickets.runner.pictures.page_reader import KeptPicture, PageReader
from tickets.runner.pictures.redactors import Redactor
from tickets.runner.pictures.viewers import ViewerStream
from tickets.runner.upkeep.threads import SupervisedThread
from tickets.said import said
from tickets.services import sealed_files
from tickets.services.evidence import pictures
from tickets.services.evidence.redaction import is_recorded

log = logging.getLogger(__name__)
_INBOX = 12  # frames, 8 MB each; the writer empties it many times a second
_CLOSE_S = 5.0  # how long closing waits for unread pages
_WRITE_S = 60.0  # for writing queued frames on a busy machine; no phone waits for it
_IDLE_S = 1.0
_open: WeakValueDictionary[uuid.UUID, RunRecorder] = WeakValueDictionary()


class RunRecorder:
    """Writes a run's recording while one worker drives; a later worker opens another on the same directory.

    `directory` None: a flow that is not recorded; its viewers still get redacted pictures.
    """

    def __init__(
        self,
        run_id: uuid.UUID,
        directory: Path | None,
        redactor: Redactor,
        viewers: ViewerStream | None = None,
        *,
        lang: str = "zh",
        is_driven: Callable[[], bool] = lambda: False,
    ) -> None:
        self.run_id = run_id
        self._lang = lang  # of the chapters
        self._directory = directory
        self._redactor = redactor
        self._viewers = viewers
        self._writer: FrameWriter | None = None
        self._writing = threading.Lock()
        self._error: RecordingError | None = None
        self._forget: Callable[[], None] = lambda: None
        self._screen = Size(0, 0)
        self._marked = 0
        self._closing = threading.Lock()
        self.has_left = False  # detached from the phone; queued frames are still written
        self._inbox: queue.Queue[FeedFrame | None] = queue.Queue(_INBOX)
        self._is_driven = is_driven
        self._page_reader = PageReader(redactor, self._sharpen, f"reader-{run_id}", self._reading_can_wait)
        self._writer_thread = SupervisedThread(f"writer-{run_id}", self._write_frames)

    @classmethod
    def open(cls, run_id: uuid.UUID, feed: ScreenFeed) -> RunRecorder:
        """Begin recording the feed; the row and the directory are created on the first activation."""
        redactor = redactors.of_run(run_id)
        lang = Run.objects.values_list("lang", flat=True).get(pk=run_id)
        viewers = ViewerStream(feed.phone_id, redactor)
        recorder = cls(run_id, _directory(run_id), redactor, viewers, lang=lang, is_driven=lambda: feed.is_driven)
        recorder.start()
        recorder._forget = feed.listen(recorder.add)
        _open[run_id] = recorder
        return recorder

    def start(self) -> None:
        self._page_reader.start()
        self._writer_thread.start()

    @property
    def works(self) -> bool:
        """Whether a sensitive step may be taken now: the writer runs, has room, did not fail and keeps up."""
        return self._alive() and self._try(lambda writer: writer.check())

    @property
    def error(self) -> str:
        if self._directory is None:
            return said("recording.off")
        if self._error is None and not self._alive():
            return said("recording.behind")
        return self._error.told(self._lang) if self._error else ""

    def add(self, frame: FeedFrame) -> None:
        """Called on the feed's thread: enqueues the frame without waiting."""
        self._screen = frame.screenshot.size
        try:
            self._inbox.put_nowait(frame)
        except queue.Full:
            log.error("recording of run %s: a frame was lost, the disk does not keep up", self.run_id)
            self._error = RecordingUnwritable("frames come faster than they can be written")

    def keep_picture(self, image: Image.Image, relative: str, *, now: bool = False) -> None:
        """Write a step's redacted picture to its path below MEDIA_ROOT, without waiting for OCR.

        `now`: a picture is on disk before this returns, with unread parts blurred; the sharp one follows. If the queue
        is full the same is done to the oldest picture in it, which stays blurred.
        """

        def at_once() -> None:
            self._write_at_once(image, relative)

        if now:
            at_once()
        kept = KeptPicture(image, lambda: self._write_picture(image, relative), (lambda: None) if now else at_once)
        if not self._page_reader.take(kept) and not now:
            at_once()

    def read_soon(self, image: Image.Image, then: Callable[[tuple[TextLine, ...], float, Redactor], None]) -> None:
        """Queue the picture for OCR; `then` is called on the page reader's thread with its lines at stored size, that
        size as a factor of the picture's, and the redactor. Not called if the picture cannot be read."""

        def read() -> None:
            try:
                lines = self._redactor.read(image)
            except redactors.Unreadable as error:
                log.warning("a touched page could not be read: %s", error)
                return
            then(lines, shrunk_size(image).width / image.width, self._redactor)

        self._page_reader.take(KeptPicture(image, read))

    def explain(self, image: Image.Image, nodes: Sequence[UiNode]) -> None:
        """Pass on the accessibility tree of the screen that this picture shows."""
        self._redactor.explain(image, nodes)
        self._page_reader.nudge()

    def mark(self, step: StepRecord) -> None:
        """Add a chapter and the touch point at a step's begin; outcomes add nothing."""
        if step.number == self._marked:
            return
        self._marked = step.number
        told = self._redactor.texts(step)
        self._try(lambda writer: writer.mark_step(told.number, _title(told, self._lang), told.thought))
        if step.touch:
            self._try(lambda writer: writer.mark_touch(step.touch, self._screen))

    def mark_human(self, number: int, title: str, touch: tuple[int, ...]) -> None:
        self._try(lambda writer: writer.mark_step(number, title))
        if touch:
            self._try(lambda writer: writer.mark_touch(touch, self._screen, human=True))

    def mark_wait(self, reason: str) -> None:
        self._try(lambda writer: writer.mark_wait(reason))

    def mark_resume(self) -> None:
        self._try(lambda writer: writer.mark_resume())

    def leave(self) -> None:
        """Stop taking frames, so that the phone can be used while this recording is closed."""
        self.has_left = True
        self._forget()

    def close(self) -> None:
        """Write the queued frames; pages not read within a few seconds stay blurred. A second call waits for the
        first."""
        self.leave()
        with self._closing:
            self._close()

    def _close(self) -> None:
        _open.pop(self.run_id, None)
        if self._writer_thread.is_alive():
            self._inbox.put(None)
            self._writer_thread.join(_WRITE_S)
        self._page_reader.close(_CLOSE_S)
        if self._writer is not None:
            self._try(lambda writer: writer.close())
        self._redactor.forget()

    def _reading_can_wait(self) -> bool:
        return self._is_driven() and not (self._viewers is not None and self._viewers.watched)

    def _alive(self) -> bool:
        return self._writer_thread.is_alive() and self._page_reader.alive

    def _write_frames(self) -> None:
        while True:
            try:
                frame = self._inbox.get(timeout=_IDLE_S)
            except queue.Empty:
                if self._viewers is not None:
                    self._viewers.show_again()
                continue
            if frame is None:
                return
            self._write_frame(frame.screenshot)

    def _write_frame(self, shot: Screenshot) -> None:
        small = fingerprint_of(shot.image).small
        unread = self._redactor.is_unread(small)
        self._add(self._redactor.at_once(small, Audience.STORED).image, shot.captured_at)
        if self._viewers is not None:
            self._viewers.show(shot, small)
        if unread:
            self._page_reader.see(small, shot.captured_at)

    def _sharpen(self, small: Image.Image, at: float) -> None:
        """Replace the blurred picture of that moment after its page has been read."""
        self._add(self._redactor.at_once(small, Audience.STORED).image, at)
        if self._viewers is not None:
            self._viewers.sharpen(at)

    def _add(self, covered: Image.Image, at: float) -> None:
        self._try(lambda writer: writer.add(Screenshot(covered, at)))

    def _write_at_once(self, image: Image.Image, relative: str) -> None:
        self._write_to(relative, self._redactor.at_once(image, Audience.STORED).image)

    def _write_picture(self, image: Image.Image, relative: str) -> None:
        self._write_to(relative, self._redactor.covered_or_blurred(image, Audience.STORED))

    def _write_to(self, relative: str, covered: Image.Image) -> None:
        try:
            pictures.write(covered, relative)
        except OSError as error:
            self._error = RecordingUnwritable(f"{relative}: {error.strerror or error}")
            log.error("picture of run %s: %s", self.run_id, error)
            raise self._error from error

    def _try(self, write: Callable[[FrameWriter], object]) -> bool:
        if self._directory is None:
            return False
        try:
            write(self._opened(self._directory))
        except RecordingError as error:
            if self._error is None:
                log.error("recording of run %s: %s", self.run_id, error)
            self._error = error
            return False
        self._error = None
        return True

    def _opened(self, directory: Path) -> FrameWriter:
        with self._writing:
            if self._writer is None:
                room = settings.CS_AGENT["CS_AGENT_RECORD_MIN_FREE_MB"] * 2**20
                self._writer = FrameWriter(directory, min_free_bytes=room, vault=sealed_files.RecordingVault())
            return self._writer


def of_run(run_id: uuid.UUID) -> RunRecorder | None:
    """The run's open recorder in this process."""
    return _open.get(run_id)


def _title(step: StepRecord, lang: str) -> str:
    """A step's chapter title; an unreadable reply is used as it is."""
    return describe(step.action, step.control, lang) if step.action else step.raw


def _directory(run_id: uuid.UUID) -> Path | None:
    """The directory of the run's frames; None for a flow that is not recorded."""
    definition = Run.objects.values_list("flow_version__definition", flat=True).get(pk=run_id)
    if not is_recorded(definition):
        return None
    row, _ = Recording.objects.get_or_create(run_id=run_id, defaults={"directory": f"recordings/{uuid.uuid4().hex}"})
    if row.state == RecordingState.DELETED:  # its customer was erased: nothing of it comes back
        return None
    return Path(settings.MEDIA_ROOT) / row.directory
