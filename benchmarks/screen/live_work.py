"""The work of bench_live: `python -m benchmarks.screen.live_work SECONDS MOVES` prints a JSON line for each
number of viewers.

A run waits for its yes while the screen of its phone moves; viewers are websocket clients that acknowledge each frame
as the console does. A frame's age is measured twice: by the server when it sends, and by the clock on arrival.
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import django
from websockets.asyncio.client import connect

from benchmarks.figures import percentile
from benchmarks.pages.waiting_work import confirmation_of, make_tickets, session_of
from cs_agent.geometry import Point
from cs_agent.phone.adb.phone import AdbPhone

HEADER = struct.Struct("<IIII")  # age in ms, width, height, the frame's number
WARM_UP_S = 3.0
MANY = 20
ROWS = 400
PAGE = f"""<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width"><title>list</title>
<body style="font:18px sans-serif"><script>for (let n = 0; n < {ROWS}; n++) document.write(
"<p><b style='color:hsl(" + n * 37 % 360 + ",60%,40%)'>Order 2024" + (n * 7919 % 1e8) + "</b><br>Bluetooth headset, "
+ n + " pieces, to be sent again</p><hr>")</script>"""
_SWIPE_S = 0.9
_NAMES = ("lin", "bo")


@dataclass(slots=True)
class Seen:
    """What one viewer got after the warm-up: (number, told age, time of arrival) of each frame."""

    frames: list[tuple[int, float, float]] = field(default_factory=list)
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """Where the viewers look."""

    web: str  # host:port
    run: str
    phone: int
    cookies: list[str]


def main(seconds: float, moves: str) -> int:
    """`moves`: by itself, or by fingers."""
    django.setup()
    show, serial = _prepared()
    with _swiped(_phone(serial)) if moves == "fingers" else nullcontext():
        for count, stalled in ((1, 0), (MANY, 0), (MANY, 1)):
            told = asyncio.run(_measure(show, count, stalled, seconds))
            print(json.dumps({"viewers": count, "stalled": stalled, **told}), flush=True)
    return 0


def _prepared() -> tuple[Show, str]:
    """A run that holds the phone and waits for its yes, and sessions for all viewers."""
    from django.conf import settings
    from django.contrib.auth.models import User

    from tickets.models import FlowVersion, Phone, Run

    users = list(User.objects.filter(username__in=_NAMES))
    [ticket] = make_tickets(1, "L", users[0])
    version = FlowVersion.objects.filter(template__slug="resend_code").latest("pk")
    row = Phone.objects.get()
    run = Run.objects.create(
        ticket=ticket, flow_version=version, instruction="重发", status="awaiting_confirmation", phone=row
    )
    confirmation_of(run).save()
    Phone.objects.filter(pk=row.pk).update(lease_run=run, lease_token=1)
    cookies = [session_of(users[n % len(users)]) for n in range(MANY + 1)]
    web = f"127.0.0.1:{settings.CS_AGENT['CS_AGENT_PORT']}"
    return Show(web, str(run.pk), row.pk, cookies), row.serial


def _phone(serial: str) -> AdbPhone:
    """With a page longer than many screens in its browser."""
    from django.conf import settings

    phone = AdbPhone(serial, port=settings.CS_AGENT["CS_AGENT_ADB_PORT"])
    packed = base64.b64encode(PAGE.encode()).decode()
    phone.link.check(f"am start -a android.intent.action.VIEW -d 'data:text/html;base64,{packed}'")
    time.sleep(2)
    return phone


@contextmanager
def _swiped(phone: AdbPhone) -> Iterator[None]:
    """Its screen moves all the time: up and down, one finger after the other."""
    done = threading.Event()
    size = phone.size()
    low, high = Point(size.width // 2, size.height * 3 // 4), Point(size.width // 2, size.height // 4)

    def swipe() -> None:
        for start, end in cycle([(low, high), (low, high), (high, low), (high, low)]):
            if done.is_set():
                return
            phone.swipe(start, end, _SWIPE_S)

    thread = threading.Thread(target=swipe, name="fingers")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def _measure(show: Show, count: int, stalled: int, seconds: float) -> dict[str, Any]:
    begins = time.time() + WARM_UP_S
    views = [Seen() for _ in range(count)]
    captured: dict[int, float] = {}
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_watch(show, show.cookies[n], view, begins)) for n, view in enumerate(views)]
        tasks += [group.create_task(_stall(show, show.cookies[count + n])) for n in range(stalled)]
        tasks.append(group.create_task(_note_captures(show.phone, captured)))
        await asyncio.sleep(WARM_UP_S + seconds)
        for task in tasks:
            task.cancel()
    return _summed_up(views, captured, seconds)


async def _watch(show: Show, cookie: str, view: Seen, begins: float) -> None:
    async with _socket(show, cookie) as socket:
        async for message in socket:
            now = time.time()
            if isinstance(message, str):
                continue
            told, _width, _height, number = HEADER.unpack_from(message)
            if now >= begins:
                view.frames.append((number, told / 1000, now))
                view.bytes += len(message)
            await socket.send(json.dumps({"type": "ack", "seq": number}))


async def _stall(show: Show, cookie: str) -> None:
    """Looks, and never says that it has drawn anything."""
    async with _socket(show, cookie):
        await asyncio.Event().wait()


def _socket(show: Show, cookie: str) -> connect:
    headers = {"Cookie": f"sessionid={cookie}", "Origin": f"http://{show.web}"}
    return connect(f"ws://{show.web}/ws/runs/{show.run}/phone/", additional_headers=headers, open_timeout=30)


async def _note_captures(phone: int, captured: dict[int, float]) -> None:
    """When each frame was captured, by its number: one more reader, beside the web server."""
    from tickets.services.live.frames import FrameReader

    async with FrameReader(phone) as reader:
        async for frame in reader.frames():
            if frame is not None:
                captured[frame.sequence] = frame.captured_at


def _summed_up(views: list[Seen], captured: dict[int, float], seconds: float) -> dict[str, Any]:
    frames = [frame for view in views for frame in view.frames]
    arrived = [now - captured[number] for number, _told, now in frames if number in captured]
    told = [age for _number, age, _now in frames]
    rates = sorted(len(view.frames) / seconds for view in views)
    numbers = [number for number, _told, _now in frames]
    return {
        "rates": rates,
        "feed": (max(numbers) - min(numbers)) / seconds if numbers else 0.0,
        "told": [percentile(told, share) for share in (0.5, 0.95)] if told else [],
        "arrived": [percentile(arrived, share) for share in (0.5, 0.95)] if arrived else [],
        "frames": len(frames),
        "kilobytes": sum(view.bytes for view in views) / max(1, len(frames)) / 1000,
    }


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2]))
