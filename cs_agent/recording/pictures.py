"""Draws the pictures of a replay: frames fitted onto one canvas, gestures as touch marks, shortened waits.

Rule: a picture is never stretched; what does not fill the canvas is letterboxed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from cs_agent.geometry import Size
from cs_agent.observation import as_rgb
from cs_agent.recording.index import TouchMark

_AGENT = (255, 64, 64)
_HUMAN = (48, 128, 255)
_RING_SHARE = 0.045  # of the picture's short side
_BAND_SHARE = 0.05  # of the picture's height


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a frame: gestures, and how long a wait really was."""

    touches: tuple[TouchMark, ...] = ()
    waited_s: float | None = None

    @property
    def empty(self) -> bool:
        return not self.touches and self.waited_s is None


def compose(frame: Image.Image, canvas: Size, overlay: Overlay) -> Image.Image:
    """The frame on the canvas with its overlay; touches move and scale with the frame."""
    fitted, offset = _letterboxed(as_rgb(frame), canvas)
    draw = ImageDraw.Draw(fitted, "RGBA")
    shown = Size(canvas.width - 2 * offset[0], canvas.height - 2 * offset[1])
    for touch in overlay.touches:
        _draw_touch(draw, touch, shown, offset)
    if overlay.waited_s is not None:
        _draw_wait(draw, canvas, overlay.waited_s)
    return fitted


def wait_label(seconds: float) -> str:
    """Understood in every language, and drawable without a Chinese font: `>> 1 min 12 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return ">> " + " ".join(parts or ["0 s"])


def _letterboxed(frame: Image.Image, canvas: Size) -> tuple[Image.Image, tuple[int, int]]:
    if frame.size == (canvas.width, canvas.height):
        return frame.copy(), (0, 0)
    factor = min(canvas.width / frame.width, canvas.height / frame.height)
    fitted = frame.resize((max(1, int(frame.width * factor)), max(1, int(frame.height * factor))))
    offset = ((canvas.width - fitted.width) // 2, (canvas.height - fitted.height) // 2)
    box = Image.new("RGB", (canvas.width, canvas.height))
    box.paste(fitted, offset)
    return box, offset


def _draw_touch(draw: ImageDraw.ImageDraw, touch: TouchMark, shown: Size, offset: tuple[int, int]) -> None:
    points = [
        (offset[0] + x * shown.width / touch.width, offset[1] + y * shown.height / touch.height)
        for x, y in zip(touch.touch[::2], touch.touch[1::2], strict=False)
    ]
    color = _HUMAN if touch.human else _AGENT
    radius = min(shown.width, shown.height) * _RING_SHARE
    if len(points) > 1:
        draw.line(points, fill=(*color, 160), width=max(2, int(radius / 2)))
        _disc(draw, points[0], radius / 2, (*color, 120))
    for point in points[-1:]:
        _disc(draw, point, radius, (*color, 110))
        draw.circle(point, radius, outline=(*color, 255), width=max(2, int(radius / 6)))


def _disc(draw: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, fill: tuple[int, ...]) -> None:
    draw.circle(at, radius, fill=fill)


def _draw_wait(draw: ImageDraw.ImageDraw, canvas: Size, seconds: float) -> None:
    height = max(16, int(canvas.height * _BAND_SHARE))
    draw.rectangle((0, canvas.height - height, canvas.width, canvas.height), fill=(0, 0, 0, 190))
    middle = (canvas.width / 2, canvas.height - height / 2)
    draw.text(middle, wait_label(seconds), fill=(255, 255, 255), font=_font(int(height * 0.6)), anchor="mm")


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
