"""Recognises controls in a picture without a tree: filled or outlined boxes, repeated list entries.

Pixels and boxes only. Rule: if the picture is ambiguous, a control counts as a button.
"""

from __future__ import annotations

import itertools
import re

import numpy as np
from PIL import Image

from cs_agent.engine.screen.structure import masked
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_STEP = 18  # grey levels between what is drawn and what it is drawn on
_LEAST_ENTRIES = 3
_REACH = 3  # heights of a field of an entry, to the entry's next one
_SAME = 0.02  # of the width: edges this near are one edge
_PITCH = 0.2  # of the distance between entries: how evenly they stand
_LEAST_DIGITS = 2
_INK = 60  # grey levels at least between words and every paper
_FILL = 2.5  # heights of its text, from a button's text to its edge
_ALONG = 0.8  # of a text's width: a line that runs along it
_FRAME = 3  # heights of its words: a field's frame is no further from them
_FIELD = 0.6  # of the width: a field is no narrower
_INSET = 0.12  # of the width, from a field's edge to its hint
_LINE = 4  # pixels: a frame's lines are no thicker
_FAINT_INK = 160  # grey levels from the paper: a hint is fainter than words are
_WHOLE = 0.85  # of a side: corners may be round
_FAINT = 9  # grey levels of an outline or of another fill, on the paper beside it
_ANY = re.compile("")
_COLOUR = 28  # of 255: a background further from grey is a colour, and so is a button


def stands_in_outline(seen: Observation, box: Box) -> bool:
    """Whether grey text is on a light background without colour: a field's hint, not a button's label."""
    around = _crop(seen.screenshot.image, box.grown(max(4, box.height // 3)))
    if around.size == 0:
        return False
    paper = np.median(around.reshape(-1, 3), axis=0)
    coloured = float(paper.max() - paper.min()) > _COLOUR
    away = np.abs(around.astype(np.float32).mean(axis=2) - paper.mean())
    ink = around.reshape(-1, 3)[int(away.argmax())].astype(np.float32)
    tinted = float(ink.max() - ink.min()) > _COLOUR
    return not (coloured or tinted) and paper.mean() > 200 and float(away.max()) < 190


def is_pale(seen: Observation, box: Box) -> bool:
    """Whether the words differ little from a light paper without colour, as hints do and words that are told do not."""
    around = _crop(seen.screenshot.image, box)
    if not stands_in_outline(seen, box) or not around.size:
        return False
    grey = around.astype(np.int16).mean(axis=2)
    return float(np.abs(grey - np.median(grey)).max()) <= _FAINT_INK


def room_beside(seen: Observation, box: Box) -> tuple[int, int]:
    """How far the text's background extends to its left and right, in device pixels."""
    image, middle = seen.screenshot.image, box.center.y
    band = _crop(image, Box(0, middle - box.height // 4, image.width, middle + box.height // 4 + 1)).astype(np.int16)
    own = _crop(image, box.grown(max(2, box.height // 3))).reshape(-1, 3)
    if not band.size or not len(own):
        return 0, 0
    twice = (2 * np.median(own, axis=0)).astype(np.int16)  # a median may lie halfway between two levels
    drawn = (np.abs(2 * band - twice).max(axis=2) > 2 * _FAINT).any(axis=0)
    before, behind = np.flatnonzero(drawn[: box.left][::-1]), np.flatnonzero(drawn[box.right :])
    left = int(before[0]) if len(before) else box.left
    right = int(behind[0]) if len(behind) else image.width - box.right
    return left, right


def room_on_ground(seen: Observation, box: Box) -> tuple[int, int]:
    """How far the background of the text, as seen right above and below it, is free to its left and right on the text's
    rows, in device pixels."""
    image, gap = seen.screenshot.image, max(2, box.height // 4)
    strips = (Box(box.left, box.top - gap, box.right, box.top), Box(box.left, box.bottom, box.right, box.bottom + gap))
    papers = [paper for strip in strips if (paper := _median(seen, strip)) is not None]
    band = _crop(image, Box(0, box.top, image.width, box.bottom)).astype(np.int16)
    if not papers or not band.size:
        return 0, 0
    drawn = (np.abs(band - papers[0]).max(axis=2) > _STEP).any(axis=0)
    left, right = max(0, box.left), min(image.width, box.right)
    before, behind = np.flatnonzero(drawn[:left][::-1]), np.flatnonzero(drawn[right:])
    return (
        int(before[0]) if len(before) else left,
        int(behind[0]) if len(behind) else image.width - right,
    )


def is_alone_in_frame(seen: Observation, box: Box) -> bool:
    """Whether faint words stand at the left of a wide frame of lines on the page's own paper, and nothing else is drawn
    in it: an empty field that its hint names. A button's words stand in the middle, a list that drops down has a mark.
    """
    width, tall = seen.size.width, box.height
    left, right = room_beside(seen, box)
    frame = Box(box.left - left, box.top - _FRAME * tall, box.right + right, box.bottom + _FRAME * tall)
    frame = frame.clipped(seen.size)
    if frame.left <= 0 or frame.right >= width or frame.width < _FIELD * width:
        return False
    if left > _INSET * width or right < 2 * left or not stands_in_outline(seen, box):
        return False
    part = _crop(seen.screenshot.image, frame.grown(_LINE).clipped(seen.size)).astype(np.int16)
    paper = np.median(_crop(seen.screenshot.image, box.grown(tall // 3)).reshape(-1, 3), axis=0)
    drawn = np.abs(part - paper).max(axis=2) > _FAINT
    if float(np.abs(_crop(seen.screenshot.image, box).astype(np.int16) - paper).max()) > _FAINT_INK:
        return False
    across = np.flatnonzero(drawn[:, 2 * _LINE : -2 * _LINE].mean(axis=1) >= _WHOLE)
    middle = box.center.y - max(0, frame.top - _LINE)
    over, under = across[across < middle], across[across > middle]
    if not len(over) or not len(under):
        return False
    within = drawn[over[-1] + _LINE : under[0] - _LINE]
    sides = within[:, : 2 * _LINE].any(axis=1), within[:, -2 * _LINE :].any(axis=1)
    first, last = box.left - frame.left + _LINE, box.right - frame.left + _LINE
    inner = within[:, 2 * _LINE : -2 * _LINE].copy()
    inner[:, max(0, first - 3 * _LINE) : last - _LINE] = False
    return all(len(side) and float(side.mean()) >= _WHOLE for side in sides) and not inner.any()


def is_pressed_out(seen: Observation, box: Box) -> bool:
    """Whether the text has a background of its own, different from the colour further out on both sides."""
    image = seen.screenshot.image
    near = _crop(image, box.grown(max(2, box.height // 4)))
    reach = int(1.2 * box.height)
    left = _crop(image, Box(box.left - reach, box.top, box.left - reach + 4, box.bottom))
    right = _crop(image, Box(box.right + reach - 4, box.top, box.right + reach, box.bottom))
    if not near.size:
        return True
    own = np.median(near.reshape(-1, 3), axis=0)
    sides = [np.median(side.reshape(-1, 3), axis=0) for side in (left, right) if side.size]
    return any(float(np.abs(side - own).max()) > _STEP for side in sides)


def is_boxed(seen: Observation, box: Box, row: Box | None = None) -> bool:
    """Whether lines run close above and below the text, as around an outlined button; those at the edges of the `row`
    that the text stands in part rows."""
    image, reach = seen.screenshot.image, box.height
    if row is not None:
        reach = max(1, min(reach, box.top - row.top, row.bottom - box.bottom))
    part = _crop(image, Box(box.left, box.top - reach, box.right, box.bottom + reach)).astype(np.int16)
    if not part.size:
        return True
    paper = np.median(part.reshape(-1, 3), axis=0)
    across = (np.abs(part - paper).max(axis=2) > _FAINT).mean(axis=1) >= _ALONG
    above = min(reach, box.top)
    return bool(across[:above].any() and across[len(across) - reach :].any())


def stands_out(seen: Observation, boxes: list[Box]) -> int | None:
    """Index of the box drawn in another colour than all others, on the same background; None unless exactly one is.

    Compares the mean colour of the pixels that differ from the background, regardless of how many there are.
    """
    papers, inks = zip(*(_paper_and_ink(_crop(seen.screenshot.image, box)) for box in boxes), strict=True)
    if any(ink is None for ink in inks) or any(np.abs(paper - papers[0]).max() > _STEP for paper in papers):
        return None
    odd = [
        place
        for place, ink in enumerate(inks)
        if all(np.abs(ink - other).max() > _COLOUR for number, other in enumerate(inks) if number != place)
    ]
    rest = [ink for place, ink in enumerate(inks) if place not in odd]
    alike = all(np.abs(one - two).max() <= _COLOUR for one, two in itertools.combinations(rest, 2))
    return odd[0] if len(odd) == 1 and alike else None


def is_raised(seen: Observation, boxes: list[Box]) -> int | None:
    """Index of the only box on a lighter background than the others, all with dark text and no colour: the selected
    segment of a segmented control. A filled button would be coloured or darker."""
    papers, inks = zip(*(_paper_and_ink(_crop(seen.screenshot.image, box)) for box in boxes), strict=True)
    if any(ink is None for ink in inks) or any(float(paper.max() - paper.min()) > _COLOUR for paper in papers):
        return None
    odd = [
        place
        for place, paper in enumerate(papers)
        if all(float((paper - other).min()) > _STEP for number, other in enumerate(papers) if number != place)
    ]
    rest = [paper for place, paper in enumerate(papers) if place not in odd]
    alike = all(np.abs(one - two).max() <= _STEP for one, two in itertools.combinations(rest, 2))
    dark = max(float(ink.max()) for ink in inks if ink is not None) < min(float(paper.min()) for paper in papers) - _INK
    grey = all(float(ink.max() - ink.min()) <= _COLOUR for ink in inks if ink is not None)
    return odd[0] if len(odd) == 1 and alike and dark and grey else None


def stands_on_other(seen: Observation, boxes: list[Box]) -> int | None:
    """Index of the only box on a coloured background, where the others share one without colour: the selected segment
    of a bar whose parts are filled."""
    papers, inks = zip(*(_paper_and_ink(_crop(seen.screenshot.image, box)) for box in boxes), strict=True)
    odd = [place for place, paper in enumerate(papers) if float(paper.max() - paper.min()) > _COLOUR]
    rest = [paper for place, paper in enumerate(papers) if place not in odd]
    alike = all(np.abs(one - two).max() <= _STEP for one, two in itertools.combinations(rest, 2))
    return odd[0] if len(odd) == 1 and alike and all(ink is not None for ink in inks) else None


def shares_paper(seen: Observation, one: Box, other: Box) -> bool:
    """Whether both are drawn on the same background."""
    papers = [_median(seen, box) for box in (one, other)]
    return papers[0] is not None and not _differs(papers[1], papers[0])


def even_column(seen: Observation, box: Box, above: int, form: re.Pattern[str] = _ANY) -> list[Box]:
    """Lines of that form below `above` with a common centre and even spacing; empty if the given box is not among
    them."""
    slack = _SAME * seen.size.width
    lines = (line for line in seen.lines if form.match(line.text.strip()) and line.box.top >= above)
    near = [line.box for line in lines if abs(line.box.center.x - box.center.x) <= slack]
    ordered = sorted(near, key=lambda each: each.center.y)
    steps = [two.center.y - one.center.y for one, two in itertools.pairwise(ordered)]
    even = bool(steps) and max(steps) - min(steps) <= _PITCH * max(steps)
    return ordered if even and box in ordered else []


def _paper_and_ink(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    flat = pixels.reshape(-1, 3).astype(np.float32)
    if not len(flat):
        return np.zeros(3, dtype=np.float32), None
    paper = np.median(flat, axis=0)
    drawn = flat[np.abs(flat - paper).max(axis=1) > 3 * _STEP]
    return paper, np.median(drawn, axis=0) if len(drawn) else None


def is_on_coloured_fill(seen: Observation, box: Box) -> bool:
    """Whether the text is on a coloured background that ends a little above and below it, as a button's does.

    White, grey or outlined controls may be buttons too; this does not recognise them.
    """
    gap = max(2, box.height // 4)
    above = _median(seen, Box(box.left, box.top - gap, box.right, box.top))
    below = _median(seen, Box(box.left, box.bottom, box.right, box.bottom + gap))
    if above is None or below is None or float(np.abs(above - below).max()) > _STEP:
        return False
    if float(above.max() - above.min()) <= _COLOUR:
        return False
    reach = int(_FILL * box.height)
    ups = (Box(box.left, y - 2, box.right, y) for y in range(box.top - gap, box.top - reach, -3))
    downs = (Box(box.left, y, box.right, y + 2) for y in range(box.bottom + gap, box.bottom + reach, 3))
    return all(any(_differs(_median(seen, strip), above) for strip in strips) for strips in (ups, downs))


def _median(seen: Observation, box: Box) -> np.ndarray | None:
    part = _crop(seen.screenshot.image, box)
    return np.median(part.reshape(-1, 3), axis=0) if part.size else None


def _differs(one: np.ndarray | None, other: np.ndarray) -> bool:
    return one is not None and float(np.abs(one - other).max()) > _STEP


def entry_lines(seen: Observation, box: Box) -> tuple[TextLine, ...]:
    """The lines that hold the same field of each entry of a list, the given one among them; empty if it is no list.

    At least three evenly spaced lines of the same form with different numbers, aligned at the left or right edge. Text
    that varies so between entries is no button's name.
    """
    slack = _SAME * seen.size.width
    own = next((line for line in seen.lines if line.box == box), None)
    if own is None or sum(char.isdigit() for char in own.text) < _LEAST_DIGITS:
        return ()
    alike = [line for line in seen.lines if masked(line.text) == masked(own.text)]
    left = [line for line in alike if abs(line.box.left - box.left) <= slack]
    right = [line for line in alike if abs(line.box.right - box.right) <= slack]
    for lines in (left, right):
        ordered = sorted(lines, key=lambda line: line.box.top)
        steps = [two.box.top - one.box.top for one, two in itertools.pairwise(ordered)]
        even = bool(steps) and max(steps) - min(steps) <= _PITCH * max(steps)
        if len(ordered) >= _LEAST_ENTRIES and even and len({line.text for line in ordered}) > 1:
            return tuple(ordered)
    return ()


def is_in_entry(seen: Observation, box: Box) -> bool:
    """Whether it is a field of a list's entries: at least three entries have, at the same place, a line with the same
    left or right edge. If it is below the lines that make the list, the place where an earlier entry would have it must
    be empty; otherwise the place in a later one. Else it could be a heading of the list, or what follows it."""
    near = [
        line for line in seen.lines if line.box != box and abs(line.box.center.y - box.center.y) < _REACH * box.height
    ]
    return any(_is_field_of(entry_lines(seen, line.box), line.box, seen, box) for line in near)


def _is_field_of(entries: tuple[TextLine, ...], head: Box, seen: Observation, box: Box) -> bool:
    if not entries:
        return False
    slack, away = _SAME * seen.size.width, box.top - head.top
    first, pitch = entries[0].box.top, (entries[-1].box.top - entries[0].box.top) / (len(entries) - 1)

    def stands_at(number: int) -> bool:
        top = first + number * pitch + away
        tops = (line.box for line in seen.lines if abs(line.box.top - top) <= slack)
        return any(min(abs(place.left - box.left), abs(place.right - box.right)) <= slack for place in tops)

    return all(map(stands_at, range(len(entries)))) and not stands_at(-1 if away > 0 else len(entries))


def _crop(image: Image.Image, box: Box) -> np.ndarray:
    kept = Box(max(0, box.left), max(0, box.top), min(image.width, box.right), min(image.height, box.bottom))
    if not kept.area:
        return np.zeros((0, 0, 3), dtype=np.uint8)
    return np.asarray(image.crop((kept.left, kept.top, kept.right, kept.bottom)).convert("RGB"))
