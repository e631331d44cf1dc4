"""Finds photographed identity documents, to hide each as a whole: the face and the address on it are no text.

Rule: the words printed on a document give it away; its rectangle is looked for in the picture, and where none is found
a generous one around the words is taken. A page that asks for such a photograph has its pictures hidden, for a preview
may be too small to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine

Pixels = NDArray[np.uint8]

_SURE = re.compile(
    r"公民身份号码|居民身份证|签发机关|机动车驾驶证|准驾车型|机动车行驶证|港澳居民来往|台湾居民来往|往来港澳通行证|外国人永久居留"
    r"|PASSPORT\s*NO|TRAVEL\s*DOCUMENT|DRIV(?:ING|ER'?S?)\s*LICEN[CS]E|IDENTITY\s*CARD|RESIDENCE\s*PERMIT|P<[A-Z]{3}",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"^\s*(?:姓\s*名|性\s*别|民\s*族|出\s*生|住\s*址|有效期限?|国籍|中华人民共和国|初次领证|证号|车辆类型|所有人|护照"
    r"|surname|given\s*names?|nationality|date\s*of\s*(?:birth|issue|expiry)|place\s*of\s*(?:birth|issue)|authority|sex|passport)",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"身份证(?:正|反|人像|国徽|照|原件|复印|图|扫描)|人像面|国徽面|手持(?:身份|证件)|证件(?:照|图|影像|正|反)|护照(?:照片|首页|资料页|信息页)"
    r"|驾驶证(?:照|正|副|图)|行驶证(?:照|正|副|图)|(?:id|identity)\s?(?:card|document)?\s?(?:photo|picture|front|back)|passport\s(?:photo|picture|page)"
    r"|photo\s(?:of|id)",
    re.IGNORECASE,
)
_GROWN = 0.4  # of the words' extent, where no rectangle is found: the portrait has no words
_ASPECTS = (0.5, 2.2)  # width to height of a card or a booklet's page, held either way and at a slant
_FILLED = 0.5  # of its upright box, by a card at a slant
_LEAST_AREA, _MOST_AREA = 0.01, 0.97  # of the picture
_WORK_WIDTH = 540  # px; rectangles of cards are coarse
_TILE = 12  # px of the work picture
_COLOURFUL = 14  # colours in a tile (of 512): a photograph has many, an interface few
_LEAST_PHOTO = 0.008  # of the picture


def documents(image: Image.Image, lines: Sequence[TextLine]) -> tuple[Box, ...]:
    """Boxes of whole documents in the picture's pixels; `lines` in the same."""
    sure = [line for line in lines if _SURE.search(line.text)]
    asked = any(_ASKED_FOR.search(line.text) for line in lines)
    if not sure and not asked:
        return ()
    pixels, factor = _work_picture(image)
    size = Size(*image.size)
    cards = list(_cards(pixels, factor, sure, lines)) if sure else []
    pictures = [box.scaled(1 / factor) for box in photographs(pixels)] if asked else []
    return tuple(box.clipped(size) for box in (*cards, *pictures))


def _cards(pixels: Pixels, factor: float, sure: Sequence[TextLine], lines: Sequence[TextLine]) -> Iterator[Box]:
    """For each sure word, the rectangle around it and the words of its document."""
    rectangles = [box.scaled(1 / factor) for box in _rectangles(pixels)]
    for line in sure:
        around = [box for box in rectangles if box.contains(line.box.center) and _says_enough(box, lines)]
        yield min(around, key=lambda box: box.area) if around else _generous(line, lines)


def _says_enough(box: Box, lines: Sequence[TextLine]) -> bool:
    """Whether at least two lines of a document stand in the rectangle, so that it is no mere field of a form."""
    return (
        sum(bool(_SURE.search(line.text) or _ALSO.search(line.text)) for line in lines if box.contains(line.box.center))
        >= 2
    )


def _generous(line: TextLine, lines: Sequence[TextLine]) -> Box:
    """Around the document's words that stand near the sure one."""
    reach = 14 * min(line.box.height, line.box.width)
    near = [
        other.box
        for other in lines
        if _ALSO.search(other.text) or _SURE.search(other.text)
        if abs(other.box.center.y - line.box.center.y) <= reach
        and abs(other.box.center.x - line.box.center.x) <= 2 * reach
    ]
    box = Box.around([line.box, *near])
    return box.grown(round(_GROWN * max(box.width, box.height)))


def _work_picture(image: Image.Image) -> tuple[Pixels, float]:
    """The picture made small, and its size to that of the original."""
    factor = min(1.0, _WORK_WIDTH / min(image.size))
    small = image.convert("RGB").resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    return np.asarray(small), factor


def _rectangles(pixels: Pixels) -> list[Box]:
    """Upright boxes of four-sided outlines that may be a card."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    edges = cv2.dilate(cv2.Canny(grey, 20, 60), np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    whole = pixels.shape[0] * pixels.shape[1]
    boxes, (low, high) = [], _ASPECTS
    for outline in outlines:
        left, top, width, height = cv2.boundingRect(outline)
        fits = _LEAST_AREA * whole <= width * height <= _MOST_AREA * whole and low <= width / height <= high
        if fits and cv2.contourArea(cv2.convexHull(outline)) >= _FILLED * width * height:
            boxes.append(Box(left - 2, top - 2, left + width + 2, top + height + 2))
    return boxes


def photographs(pixels: Pixels) -> list[Box]:
    """Where a picture rather than an interface is: neighbouring tiles of many colours."""
    rows, columns = pixels.shape[0] // _TILE, pixels.shape[1] // _TILE
    if not rows or not columns:
        return []
    coarse = (pixels[: rows * _TILE, : columns * _TILE] >> 5).astype(np.uint16)
    names = coarse[:, :, 0] << 6 | coarse[:, :, 1] << 3 | coarse[:, :, 2]
    tiles = np.sort(names.reshape(rows, _TILE, columns, _TILE).swapaxes(1, 2).reshape(rows, columns, -1), axis=2)
    colours = 1 + np.count_nonzero(np.diff(tiles, axis=2), axis=2)
    busy = cv2.morphologyEx((colours >= _COLOURFUL).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(busy, connectivity=8)
    least = _LEAST_PHOTO * rows * columns
    return [
        Box(int(x - 1) * _TILE, int(y - 1) * _TILE, int(x + width + 1) * _TILE, int(y + height + 1) * _TILE)
        for x, y, width, height, _ in stats[1:count]
        if width * height >= least
    ]
