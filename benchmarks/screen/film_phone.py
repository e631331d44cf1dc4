"""A virtual phone whose screen moves all the time at no cost: `python -m benchmarks.screen.film_phone --port PORT`.

A list that scrolls up and down, drawn once beforehand. A real phone draws and packs its pictures on its own processor;
a browser does it on those of the machine that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import signal
import time
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.phone import Identity, VirtualPhone
from cs_agent.demo.phone.server import PhoneServer

SIZE = (1080, 2400)
PICTURES = 12
PER_SECOND = 30  # as the film is played
_SCROLLED = 90  # pixels from one picture to the next
_ROW = 150


@dataclass(slots=True)
class FilmScreen(FakeScreen):
    """Shows the picture of this moment, forwards and backwards."""

    raw: list[bytes] = field(default_factory=list)
    png: list[bytes] = field(default_factory=list)

    async def screenshot_rgba(self) -> bytes:
        return self.raw[_now()]

    async def screenshot_png(self) -> bytes:
        return self.png[_now()]


def _now() -> int:
    at = int(time.monotonic() * PER_SECOND) % (2 * PICTURES - 2)
    return min(at, 2 * PICTURES - 2 - at)


def film() -> FilmScreen:
    pictures = [_picture(number * _SCROLLED) for number in range(PICTURES)]
    screen = FilmScreen(*SIZE)
    screen.raw = [picture.convert("RGBA").tobytes() for picture in pictures]
    screen.png = [_packed(picture) for picture in pictures]
    return screen


def _picture(scrolled: int) -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for row in range((SIZE[1] + scrolled) // _ROW + 1):
        top = row * _ROW - scrolled
        draw.ellipse((40, top + 25, 140, top + 125), fill=f"hsl({row * 47 % 360}, 60%, 50%)")
        draw.text((180, top + 25), f"Order 2024{row * 7919:08d}", fill="#222", font_size=44)
        draw.text((180, top + 85), f"Bluetooth headset, {row} pieces, paid", fill="#666", font_size=32)
        draw.line((0, top + _ROW - 1, SIZE[0], top + _ROW - 1), fill="#ddd", width=2)
    draw.rectangle((0, 0, SIZE[0], 160), fill="#1565c0")
    draw.text((60, 60), "Orders", fill="white", font_size=56)
    return image


def _packed(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


async def _serve(port: int) -> None:
    screen = film()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    with PhoneFiles() as files:
        identity = Identity(*SIZE, 420, serial=f"FILM{port}")
        async with PhoneServer(VirtualPhone(identity, screen, files, Faults()), "127.0.0.1", port):
            await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
