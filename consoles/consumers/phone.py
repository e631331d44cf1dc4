"""The live phone: sends the newest frame to each viewer, and passes on the takeover holder's gestures.

Rule: one frame in flight per viewer; the next goes out when the viewer has drawn the last, and it is the newest then.
An unchanged screen sends its age and no picture. A gesture is passed on only for the holder of a takeover that began.

A binary message is a header of four little-endian uint32 (age in ms, width and height of the phone's screen, the
frame's number) and the JPEG. Text messages: `waiting`, `fresh` {age}, `ended`, `pong`, `sent` {id}, `error` {id}.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from consoles.access import command
from consoles.consumers.base import CHECK_EVERY_S, ConsoleConsumer
from consoles.consumers.gestures import read_gesture, refuse_late
from tickets.errors import NotFound, NotPending
from tickets.models import Run, Takeover
from tickets.permissions import Permission, has_now
from tickets.services.live import gestures
from tickets.services.live.events import ticket_group
from tickets.services.live.frames import Frame
from tickets.services.live.gestures import Gesture
from tickets.services.live.shared_frames import SharedReader
from tickets.services.people import access
from tickets.services.runs.transitions import ENDED

log = logging.getLogger(__name__)

HEADER = struct.Struct("<IIII")
RETRY_S = 1.0
HOLD_CHECK_S = 5.0  # how long the next run of the phone could be seen, should every event of the loss be lost
ACK_TRUST_S = 2.0
FRESH_EVERY_S = 1.0  # an unchanged screen says its age so often
_UINT32 = 0xFFFFFFFF


class PhoneConsumer(ConsoleConsumer):
    permission = Permission.VIEW_TICKETS
    _phone: int | None = None  # whose frames are streamed
    _stream: asyncio.Task[None] | None = None
    _opened_at = 0.0  # monotonic

    async def open(self) -> tuple[str, ...]:
        self._following = asyncio.Lock()
        self._drawn = asyncio.Event()
        self._size = (0, 0)
        run = await self._run_now()
        return (ticket_group(run.ticket_id),)

    async def opened(self) -> None:
        self._opened_at = time.monotonic()
        await self._follow()

    async def disconnect(self, code: int) -> None:
        await self._stop()
        await super().disconnect(code)

    async def live_event(self, message: dict[str, Any]) -> None:
        """The run may have got or lost its phone."""
        event = message["event"]
        here = event["run"] == str(self.scope["url_route"]["kwargs"]["run_id"])
        if event["kind"] == gestures.LATE and here and event["data"]["user"] == self.user.pk:
            await self.tell({"type": "error", "code": "late", "message": self._late()})
        if event["kind"] != "run.changed":
            return
        try:
            await self._follow()
        except DatabaseError as error:
            log.warning("phone socket: the run could not be read (%s); it is at the next event", error)

    def _late(self) -> str:
        with translation.override(self._language()):
            return _("手机还在处理前面的操作,刚才那一下没有执行,请再做一次。")

    @command("ack", Permission.VIEW_TICKETS, trust_s=ACK_TRUST_S)
    async def ack(self, message: dict[str, Any]) -> None:
        self._drawn.set()

    @command("beat", Permission.VIEW_TICKETS, trust_s=CHECK_EVERY_S)
    async def beat(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "beat"})

    @command("ping", Permission.VIEW_TICKETS)
    async def ping(self, message: dict[str, Any]) -> None:
        await self.tell({"type": "pong", "id": message.get("id")})

    @command("gesture", Permission.TAKE_OVER)
    async def gesture(self, message: dict[str, Any]) -> None:
        await self._pass_on(message)

    async def _pass_on(self, message: dict[str, Any], *, lesson: bool = False) -> None:
        takeover = await self._held()
        holder, size = self.user.pk, self._size
        gesture = read_gesture(message, takeover=str(takeover.pk), user_id=holder, size=size, lesson=lesson)
        refuse_late(message, time.monotonic() - self._opened_at)
        await self._refuse_unfit(gesture)
        phone = takeover.run.phone_id
        if phone is None:
            raise NotPending
        await gestures.send(phone, gesture)
        await self.tell({"type": "sent", "id": message.get("id")})

    async def _refuse_unfit(self, gesture: Gesture) -> None:
        """A takeover lets its holder do everything; a lesson does not."""

    async def checked(self) -> None:
        await self._follow()

    async def _follow(self) -> None:
        """Stream the phone the run holds now; say so while it holds none."""
        async with self._following:
            run = await self._run_now()
            if run.status in ENDED:
                await self._stop()
                await self.tell({"type": "ended"})
            elif run.phone_id is None:
                await self._stop()
                await self.tell({"type": "waiting"})
            elif run.phone_id != self._phone:
                await self._stop()
                self._phone = run.phone_id
                self._stream = asyncio.create_task(self._frames(run.phone_id))

    async def _stop(self) -> None:
        self._phone = None
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError):
                await self._stream
            self._stream = None

    async def _frames(self, phone_id: int) -> None:
        """Send frames until cancelled or until the run has lost the phone, retrying while Redis or the database is
        unreachable. The event of the loss may itself be lost, and the next run is of any department."""
        while True:
            try:
                if not await self._holds(phone_id):
                    break
                sees_all = await self._sees_all()
                async with SharedReader(phone_id, covered=not sees_all) as reader:
                    await self._send_newest(reader, phone_id, sees_all)
            except (RedisError, DatabaseError, OSError) as error:
                log.warning("phone socket: no frames of phone %s (%s); tried again", phone_id, error)
                await self.tell({"type": "waiting"})
                await asyncio.sleep(RETRY_S)
        self._phone = None
        await self.tell({"type": "waiting"})

    async def _holds(self, phone_id: int) -> bool:
        """Whether the phone still shows this run's work."""
        with suppress(NotFound):
            run = await self._run_now()
            return run.phone_id == phone_id and run.status not in ENDED
        return False

    async def _sees_all(self) -> bool:
        """Whoever may decide or take over sees the screen as it is; everybody else, and everybody on a wall that
        others pass by (`?covered`), with personal data covered."""
        if b"covered" in self.scope["query_string"].split(b"&"):
            return False
        return await database_sync_to_async(_works_tickets)(self.user.pk)

    async def _send_newest(self, reader: SharedReader, phone_id: int, sees_all: bool) -> None:
        """Until the run has lost the phone, or the reader's rights to see the whole screen change."""
        checked_at = time.monotonic()
        shown: Frame | None = None
        told_at = 0.0
        async for frame in reader.frames():
            if time.monotonic() - checked_at >= HOLD_CHECK_S:
                checked_at = time.monotonic()
                if not await self._holds(phone_id) or await self._sees_all() != sees_all:
                    return
            if frame is not None and (shown is None or frame.sequence != shown.sequence):
                await self._send_frame(frame, await _seen_at(reader, frame) if shown is None else frame.captured_at)
            elif time.monotonic() - told_at >= FRESH_EVERY_S:
                told_at = time.monotonic()
                await self._tell_age(reader, frame or shown)
            shown = frame or shown

    async def _tell_age(self, reader: SharedReader, frame: Frame | None) -> None:
        if frame is None:
            await self.tell({"type": "waiting"})
        else:
            await self.tell({"type": "fresh", "age": _age_ms(await _seen_at(reader, frame))})

    async def _send_frame(self, frame: Frame, seen_at: float) -> None:
        self._drawn.clear()
        self._size = (frame.width, frame.height)
        header = HEADER.pack(_age_ms(seen_at), frame.width, frame.height, frame.sequence & _UINT32)
        await self.send(bytes_data=header + frame.jpeg)
        await self._drawn.wait()

    async def _run_now(self) -> Run:
        run_id = self.scope["url_route"]["kwargs"]["run_id"]
        return await database_sync_to_async(access.get_run)(self.user, run_id)

    async def _held(self) -> Takeover:
        """The reader's own takeover of this run; NotPending if there is none now."""
        run_id = self.scope["url_route"]["kwargs"]["run_id"]
        return await database_sync_to_async(_takeover_of)(run_id, self.user.pk)


async def _seen_at(reader: SharedReader, frame: Frame) -> float:
    """When the screen was last known to look like this frame."""
    return max(frame.captured_at, await reader.current_at() or 0.0)


def _works_tickets(user_id: int) -> bool:
    return has_now(user_id, Permission.DECIDE) or has_now(user_id, Permission.TAKE_OVER)


def _takeover_of(run_id: Any, user_id: int) -> Takeover:
    held = Takeover.objects.filter(run_id=run_id, user_id=user_id, begun_at__isnull=False, ended_at=None)
    takeover = held.select_related("run").first()
    if takeover is None:
        raise NotPending
    return takeover


def _age_ms(captured_at: float) -> int:
    return max(0, min(round((time.time() - captured_at) * 1000), _UINT32))
