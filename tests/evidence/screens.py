"""Pages drawn for the tests, and a reader that knows what was drawn: OCR is tested elsewhere, and is slow."""

from __future__ import annotations

import itertools
import threading
import time

from PIL import Image, ImageDraw

from cs_agent.geometry import Box
from cs_agent.observation import Screenshot, TextLine
from tickets.runner.pictures.feed import FeedFrame

SIZE = (540, 1200)
MOBILE = "手机号 13800138000"
LINE_H = 40


def page(*texts: str, shade: int = 255) -> Image.Image:
    """A page with one text in every line; the text is drawn as a bar code of its own, black on the shade."""
    image = Image.new("RGB", SIZE, (shade, shade, shade))
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(texts):
        for place, char in enumerate(text.encode()):
            left = 20 + place * 6
            top = 100 + number * 100
            draw.rectangle((left, top, left + 1 + char % 4, top + LINE_H), fill=(0, 0, 0))
    return image


def box_of(number: int, text: str) -> Box:
    top = 100 + number * 100
    return Box(20, top, 20 + len(text.encode()) * 6 + 6, top + LINE_H + 1)


class KnowingReader:
    """Gives the lines that were announced for a page; counts its readings, and can be slow or fail."""

    def __init__(self, *, seconds: float = 0.0, fails: bool = False) -> None:
        self.seconds, self.fails = seconds, fails
        self.readings = 0
        self._texts: dict[bytes, tuple[str, ...]] = {}
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def knows(self, *texts: str, shade: int = 255) -> Image.Image:
        image = page(*texts, shade=shade)
        self.shows(image, *texts)
        return image

    def shows(self, image: Image.Image, *texts: str) -> None:
        """That picture holds these lines, at the places where `page` draws them."""
        self._texts[image.tobytes()] = texts

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        self.readings += 1
        self.began.set()
        self.may_end.wait(10)
        if self.seconds:
            time.sleep(self.seconds)
        if self.fails:
            raise RuntimeError("the OCR engine broke down")
        texts = self._texts.get(image.tobytes(), ())
        return tuple(TextLine(text, box_of(number, text)) for number, text in enumerate(texts))


def frame(image: Image.Image, at: float, sequence: int = 0) -> FeedFrame:
    return FeedFrame(Screenshot(image, at, sequence), at, True)


def ink(image: Image.Image, box: Box) -> int:
    """How strongly neighbouring pixels of a row differ at most: text is far above 100, a blur far below."""
    row = image.convert("L").crop((box.left, box.top + LINE_H // 2, box.right, box.top + LINE_H // 2 + 1))
    values = list(row.tobytes())
    return max((abs(a - b) for a, b in itertools.pairwise(values)), default=0)
