"""The live view for people who may not decide: the same frames with personal data redacted.

Rule: a frame is published at once with unread parts blurred, and again sharp once it has been read. Nothing is
published without viewers.
"""

from __future__ import annotations

import logging
from io import BytesIO

import redis
from PIL import Image

from cs_agent.observation import Screenshot
from cs_agent.vision.redaction import Audience
from tickets.runner.pictures.redactors import Redactor
from tickets.services.live import frames

log = logging.getLogger(__name__)
_QUALITY = 72


class ViewerStream:
    """One phone's covered frames in Redis, for the run that holds it."""

    def __init__(self, phone_id: int, redactor: Redactor) -> None:
        self._phone_id = phone_id
        self._redactor = redactor
        self._shot: Screenshot | None = None
        self._small: Image.Image | None = None
        self._shown = False
        self._sent = 0

    @property
    def watched(self) -> bool:
        """Whether somebody saw the newest frame."""
        return self._shown

    def show(self, shot: Screenshot, small: Image.Image) -> None:
        self._shot, self._small, self._shown = shot, small, False
        self._publish()

    def show_again(self) -> None:
        """Publish the frame again for a viewer who arrived after the screen settled."""
        if not self._shown:
            self._publish()

    def sharpen(self, at: float) -> None:
        """Publish the frame of that moment again, sharp, if it is still the newest."""
        if self._shot is not None and self._shot.captured_at == at:
            self._publish()

    def _publish(self) -> None:
        shot, small = self._shot, self._small
        if shot is None or small is None:
            return
        try:
            if not frames.watched(self._phone_id, covered=True):
                return
            picture = self._redactor.at_once(small, Audience.VIEWER).image
            self._sent += 1
            frames.publish(self._phone_id, self._frame(shot, picture), covered=True)
            self._shown = True
        except redis.RedisError as error:
            log.warning("viewers of phone %s: frame not published: %s", self._phone_id, error)

    def _frame(self, shot: Screenshot, picture: Image.Image) -> frames.Frame:
        """The frame with a new sequence number: the same screen is sent twice, and readers skip known numbers."""
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY)
        width, height = shot.image.size
        at = shot.captured_at + self._sent % 100 * 1e-6
        return frames.Frame(self._sent, at, width, height, buffer.getvalue())
