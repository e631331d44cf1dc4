"""Screenshots as a model takes them: scaled and compressed to a budget of pixels and bytes.

Rule: a picture is never sent larger than the budget, and never distorted.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from cs_agent.geometry import Size
from cs_agent.observation import as_rgb

_JPEG_QUALITIES = (85, 75, 60)  # below 60 small text starts to break up; then rather fewer pixels
_SHRINK = 0.8
_MIN_SIDE = 32


class PictureFormat(StrEnum):
    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    mime: str
    size: Size

    @property
    def url(self) -> str:
        """As a data URL."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode()}"


def fit_picture(
    image: Image.Image, *, max_pixels: int, max_bytes: int, form: PictureFormat = PictureFormat.JPEG
) -> Picture:
    """The picture within both budgets: quality goes first, then size. ValueError if nothing fits."""
    image = _scaled(as_rgb(image), math.sqrt(max_pixels / (image.width * image.height)))
    while min(image.size) >= _MIN_SIDE:
        for data in _encodings(image, form):
            if len(data) <= max_bytes:
                return Picture(data, f"image/{form}", Size(*image.size))
        image = _scaled(image, _SHRINK)
    raise ValueError(f"no readable picture fits into {max_bytes} bytes and {max_pixels} pixels")


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    if factor >= 1:
        return image
    size = (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encodings(image: Image.Image, form: PictureFormat) -> Iterator[bytes]:
    if form is PictureFormat.PNG:
        yield _encoded(image, form)
    else:
        yield from (_encoded(image, form, quality=quality) for quality in _JPEG_QUALITIES)


def _encoded(image: Image.Image, form: PictureFormat, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form.value, **options)
    return buffer.getvalue()
