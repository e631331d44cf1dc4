"""Reads the bytes that `screencap` prints into a picture: raw pixels or PNG, checked to be whole.

Rule: bytes that are not a whole picture raise BadFrame with the reason; nothing is ever filled in.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from PIL import Image

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PNG_SIDES = struct.Struct(">II")  # width and height …
_PNG_SIDES_AT = 16  # … from the signature on
_AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
_WARNING_SPAN = 2048  # bytes in front of a picture that may hold a warning
_LARGEST = 16_384  # px; a larger side is no header
_SHORT, _LONG = 12, 16  # bytes of the header: up to Android 8, and since, with the colour space
_COLOUR_SPACES = (0, 1, 2)  # unknown, sRGB, Display P3
_COMPLAINTS = (b"Failed to take screenshot", b"Capturing failed", b"Error opening", b"Unable to", b"Status:")

# Android's pixel formats: Pillow's raw mode and bytes per pixel.
_FORMATS: dict[int, tuple[str, int]] = {
    1: ("RGBX", 4),  # RGBA_8888; a screen has no transparency
    2: ("RGBX", 4),
    3: ("RGB", 3),
    4: ("BGR;16", 2),
    5: ("BGRX", 4),
}


class Flaw(StrEnum):
    TRUNCATED = "truncated"
    REFUSED = "refused"  # screencap says that it failed
    NO_PICTURE = "no_picture"


class BadFrame(ValueError):
    """The bytes are not a whole picture; `flaw` says in which way."""

    def __init__(self, flaw: Flaw, message: str) -> None:
        super().__init__(message)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole picture; `warned`: screencap complained of several displays first."""

    image: Image.Image
    warned: bool = False


def png_frame(data: bytes) -> Frame:
    """From `screencap -p`."""
    start = data.find(_PNG_SIGNATURE, 0, _WARNING_SPAN)
    if start < 0:
        raise _no_picture(data)
    if not data.endswith(_PNG_END):
        raise BadFrame(Flaw.TRUNCATED, f"PNG of {len(data) - start} bytes without its end")
    return Frame(_decoded_png(data, start), warned=start > 0)


def _decoded_png(data: bytes, start: int) -> Image.Image:
    """By OpenCV, which is three times as quick as Pillow, and takes no picture with a wrong checksum."""
    at = start + _PNG_SIDES_AT
    sides = _PNG_SIDES.unpack(data[at : at + _PNG_SIDES.size].ljust(_PNG_SIDES.size, b"\0"))
    if not all(0 < side <= _LARGEST for side in sides):
        raise BadFrame(Flaw.TRUNCATED, f"PNG of {sides} pixels")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8, offset=start), _AS_STORED)
    except cv2.error as error:
        raise BadFrame(Flaw.TRUNCATED, f"broken PNG: {error}") from error
    if pixels is None:
        raise BadFrame(Flaw.TRUNCATED, "broken PNG")
    return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def raw_frame(data: bytes) -> Frame:
    """From `screencap` without options: a header and pixels, row by row."""
    for start in _starts(data):
        frame = _raw_at(data, start)
        if frame is not None:
            return frame
    if len(data) >= _SHORT and _header(data, _starts(data)[-1]) is not None:
        raise BadFrame(Flaw.TRUNCATED, f"{len(data)} bytes are less than the header promises")
    raise _no_picture(data)


def _starts(data: bytes) -> list[int]:
    """Where the header can begin: at once, or behind the lines of a warning."""
    if not data.startswith(b"["):
        return [0]
    starts = [0]
    place = data.find(b"\n", 0, _WARNING_SPAN)
    while place >= 0:
        starts.append(place + 1)
        place = data.find(b"\n", place + 1, _WARNING_SPAN)
    return starts


def _raw_at(data: bytes, start: int) -> Frame | None:
    header = _header(data, start)
    if header is None:
        return None
    width, height, (mode, depth) = header
    length = _header_length(data, start)
    if len(data) - start != length + width * height * depth:
        return None
    pixels = memoryview(data)[start + length :]
    return Frame(Image.frombytes("RGB", (width, height), pixels, "raw", mode), warned=start > 0)


def _header_length(data: bytes, start: int) -> int:
    """The fourth word tells: a colour space, or the first pixel, which is opaque and so a large number."""
    fourth = int.from_bytes(data[start + _SHORT : start + _LONG], "little")
    return _LONG if fourth in _COLOUR_SPACES else _SHORT


def _header(data: bytes, start: int) -> tuple[int, int, tuple[str, int]] | None:
    if len(data) < start + _SHORT:
        return None
    width, height, pixel_format = struct.unpack_from("<III", data, start)
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST and pixel_format in _FORMATS):
        return None
    return width, height, _FORMATS[pixel_format]


def _no_picture(data: bytes) -> BadFrame:
    text = data[:300].decode("utf-8", "replace").strip()
    if any(complaint in data[:_WARNING_SPAN] for complaint in _COMPLAINTS):
        return BadFrame(Flaw.REFUSED, text)
    return BadFrame(Flaw.NO_PICTURE if data else Flaw.TRUNCATED, text or "no bytes at all")
