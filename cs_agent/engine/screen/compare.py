"""Compares looks at the screen: what is the same, what has changed, and a mark for a screen's content."""

from __future__ import annotations

import hashlib
import re

import numpy as np
from PIL import Image

from cs_agent.engine.screen.text import fold
from cs_agent.geometry import Box, Size
from cs_agent.observation import Observation, Screenshot, UiNode

_USEFUL_LABELS = 3  # a tree with fewer is a canvas or a web page that tells nothing
_STATUS_BAR = 0.035
_GREY_STEP = 24
_REDUCED = 3  # px of the screen per pixel that is compared
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d+\s*(?:s|秒|分钟前|秒前|%)")


def grey_of(image: Image.Image, part: Box) -> np.ndarray:
    """Grey levels (rows x columns) of the part of a picture that lies on it; none where no part does."""
    inside = part.clipped(Size(*image.size))
    if not inside.area:
        return np.zeros((0, 0), dtype=np.int16)
    crop = image.crop((inside.left, inside.top, inside.right, inside.bottom))
    return np.asarray(crop.convert("L"), dtype=np.int16)


def is_useful(nodes: tuple[UiNode, ...] | None) -> bool:
    return sum(bool(node.label.strip()) for node in nodes or ()) >= _USEFUL_LABELS


def is_unmoved(before: Observation | None, now: Observation) -> bool:
    """Whether two looks tell the same, though something else on the screen moves."""
    return before is not None and (before.nodes, before.lines) == (now.nodes, now.lines)


def is_of(shot: Screenshot, found: Observation) -> bool:
    """Whether the tree was asked for after this picture was begun; a picture after it tells whether both still hold."""
    return found.nodes_at is not None and shot.captured_at <= found.nodes_at


def stands_as(before: Observation | None, now: Observation) -> bool:
    """Whether everything in the tree stands where it stood before, and the tree is the picture's."""
    if before is None or not before.nodes or not now.nodes or not is_of(now.screenshot, now):
        return False
    return [node.box for node in before.nodes] == [node.box for node in now.nodes]


def has_reacted(before: Image.Image | None, shot: Screenshot) -> bool:
    """Whether anything but the status bar differs from the picture before the act."""
    if before is None or before.size != shot.image.size:
        return True
    page = Box(0, int(_STATUS_BAR * before.height), before.width, before.height)
    return before is not shot.image and changed_share(before, shot.image, page) > 0


def changed_share(one: Image.Image, other: Image.Image, box: Box) -> float:
    """The share of pixels in the box that differ clearly."""
    region = (box.left, box.top, box.right, box.bottom)
    a, b = (np.asarray(image.reduce(_REDUCED, region).convert("L"), dtype=np.int16) for image in (one, other))
    return float((np.abs(a - b) > _GREY_STEP).mean()) if a.size else 0.0


def screen_mark(observation: Observation) -> str:
    """A short hash of the screen's content; equal for screens that differ only in the clock."""
    top = _STATUS_BAR * observation.size.height
    nodes = [f"{n.label}|{n.checked}" for n in observation.nodes or () if n.box.top > top and (n.label or n.checkable)]
    lines = [line.text for line in observation.lines if line.box.top > top]
    texts = nodes if is_useful(observation.nodes) else lines
    said = "\n".join(sorted(_CLOCK.sub("", fold(text)) for text in texts)) or _picture_mark(
        observation.screenshot.image
    )
    return hashlib.blake2s(f"{observation.app.package}\n{said}".encode(), digest_size=6).hexdigest()


def _picture_mark(image: Image.Image) -> str:
    small = np.asarray(image.convert("L").resize((9, 16)), dtype=np.int16)
    return "".join("1" if step > 0 else "0" for step in np.diff(small, axis=1).flatten())
