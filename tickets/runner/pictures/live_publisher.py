"""Publishes a phone's frames as live pictures on its own thread, so that it does not delay the capture.

Rule: only the newest frame is published; older ones are dropped.
"""

from __future__ import annotations

import logging
import threading
from io import BytesIO

import redis
from PIL import Image

from cs_agent.observation import Screenshot
from tickets.runner.upkeep.threads import SupervisedThread
from tickets.services.live import frames

log = logging.getLogger(__name__)

LIVE_WIDTH = 540  # pixels; half a common phone, enough to read and cheap to send
LIVE_QUALITY = 72
_LAST_S = 1.0


class LivePublisher:
    """The publisher of one phone, from `start` to `stop`."""

    def __init__(self, phone_id: int) -> None:
        self._phone_id = phone_id
        self._news = threading.Condition()
        self._frame: Screenshot | None = None  # to be published
        self._seen_at: float | None = None  # when the newest frame was last seen unchanged
        self._stopping = False
        self._thread = SupervisedThread(f"live-{phone_id}", self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop; returns after the publication under way, within a second."""
        with self._news:
            self._stopping = True
            self._news.notify()
        self._thread.stop()
        if self._thread.is_alive():
            self._thread.join(_LAST_S)

    def changed(self, frame: Screenshot) -> None:
        with self._news:
            self._frame, self._seen_at = frame, None
            self._news.notify()

    def unchanged(self, at: float) -> None:
        """Note that the screen still looked like the newest frame at that time (seconds since the epoch)."""
        with self._news:
            self._seen_at = at
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._stopping or self._frame is not None or self._seen_at is not None)
                if self._stopping:
                    break
                frame, seen_at = self._frame, self._seen_at
                self._frame = self._seen_at = None
            try:
                self._publish(frame, seen_at)
            except (redis.RedisError, OSError) as error:
                log.warning("feed %s: not published: %s", self._phone_id, error)

    def _publish(self, frame: Screenshot | None, seen_at: float | None) -> None:
        if frame is not None:
            width, height = frame.image.size
            jpeg = live_jpeg(frame.image)
            frames.publish(self._phone_id, frames.Frame(frame.sequence, frame.captured_at, width, height, jpeg))
        if seen_at is not None:
            frames.confirm(self._phone_id, seen_at)


def live_jpeg(image: Image.Image) -> bytes:
    """The picture at live-view size as JPEG."""
    height = round(image.height * LIVE_WIDTH / image.width)
    buffer = BytesIO()
    image.resize((LIVE_WIDTH, height), Image.Resampling.BILINEAR, reducing_gap=1.0).save(
        buffer, "JPEG", quality=LIVE_QUALITY
    )
    return buffer.getvalue()
