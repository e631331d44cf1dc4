"""The bytes of screencap: whole pictures, and everything that is not."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from cs_agent.phone.screen.frames import BadFrame, Flaw, png_frame, raw_frame

_RED, _BLUE = (200, 30, 40), (10, 60, 220)
WARNING = (
    b"[Warning] Multiple displays were found, but no display id was specified! Defaulting to the first display "
    b"found, however this default is not guaranteed.\nA display ID can be specified with the [-d display-id] option.\n"
)


def picture() -> Image.Image:
    image = Image.new("RGB", (6, 9), _RED)
    image.putpixel((5, 0), _BLUE)
    return image


def raw(pixel_format: int = 1, header: int = 16, body: bytes | None = None) -> bytes:
    head = struct.pack("<IIII", 6, 9, pixel_format, 1)[:header]
    return head + (picture().convert("RGBA").tobytes() if body is None else body)


def png() -> bytes:
    buffer = io.BytesIO()
    picture().save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("header", [12, 16])
def test_raw_pixels_are_read_with_the_header_of_any_android(header: int) -> None:
    image = raw_frame(raw(header=header)).image
    assert (image.mode, image.size) == ("RGB", (6, 9))
    assert (image.getpixel((0, 8)), image.getpixel((5, 0))) == (_RED, _BLUE)


def test_other_pixel_formats_come_out_in_the_same_colours() -> None:
    bgra = b"".join(bytes((b, g, r, 255)) for r, g, b in zip(*[iter(picture().tobytes())] * 3, strict=True))
    assert raw_frame(raw(5, body=bgra)).image.getpixel((5, 0)) == _BLUE
    assert raw_frame(raw(3, body=picture().tobytes())).image.getpixel((5, 0)) == _BLUE


def test_a_png_is_read_as_rgb() -> None:
    image = png_frame(png()).image
    assert (image.mode, image.getpixel((5, 0))) == ("RGB", _BLUE)


@pytest.mark.parametrize("read", [(raw_frame, raw()), (png_frame, png())])
def test_a_warning_about_displays_is_noticed_and_does_not_spoil_the_picture(read) -> None:  # type: ignore[no-untyped-def]
    parse, data = read
    assert parse(WARNING + data).warned
    assert parse(WARNING + data).image.getpixel((5, 0)) == _BLUE
    assert not parse(data).warned


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (raw()[:-1], Flaw.TRUNCATED),
        (raw()[:40], Flaw.TRUNCATED),
        (b"", Flaw.TRUNCATED),
        (b"Failed to take screenshot. Status: -2147483648\n", Flaw.REFUSED),
        (b"Capturing failed.\n", Flaw.REFUSED),
        (b"/system/bin/sh: screencap: inaccessible or not found\n", Flaw.NO_PICTURE),
        (bytes(200), Flaw.NO_PICTURE),
    ],
)
def test_raw_bytes_that_are_no_whole_picture_say_why(data: bytes, flaw: Flaw) -> None:
    with pytest.raises(BadFrame) as caught:
        raw_frame(data)
    assert caught.value.flaw is flaw


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (png()[:-4], Flaw.TRUNCATED),
        (png()[:30], Flaw.TRUNCATED),
        (png()[:40] + png()[60:], Flaw.TRUNCATED),
        (b"", Flaw.TRUNCATED),
        (b"Failed to take screenshot. Status: -1", Flaw.REFUSED),
        (b"not a picture", Flaw.NO_PICTURE),
    ],
)
def test_png_bytes_that_are_no_whole_picture_say_why(data: bytes, flaw: Flaw) -> None:
    with pytest.raises(BadFrame) as caught:
        png_frame(data)
    assert caught.value.flaw is flaw


@example(228)  # as long as a picture with the shorter header
@given(st.integers(0, len(raw()) - 1))
def test_no_raw_picture_cut_anywhere_passes_for_a_whole_one(length: int) -> None:
    with pytest.raises(BadFrame):
        raw_frame(raw()[:length])


@given(st.binary(max_size=200))
def test_random_bytes_are_never_a_picture(data: bytes) -> None:
    with pytest.raises(BadFrame):
        png_frame(data)
