"""Figures of a picture that several rules ask for, computed once a picture.

Rule: they are of the picture alone. The last few are kept, and none longer than its picture.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from PIL import Image

_KEPT = 4  # pictures
T = TypeVar("T")


def once_a_picture(compute: Callable[[Image.Image], T]) -> Callable[[Image.Image], T]:
    kept: deque[tuple[weakref.ref[Image.Image], T]] = deque(maxlen=_KEPT)

    def computed(image: Image.Image) -> T:
        for known, value in tuple(kept):
            if known() is image:
                return value
        value = compute(image)
        kept.append((weakref.ref(image), value))
        return value

    return computed


@once_a_picture
def eighth_grey(image: Image.Image) -> np.ndarray:
    """Grey levels of squares of 8 x 8 pixels; not to be written to."""
    grey = np.asarray(image.reduce(8).convert("L"), dtype=np.int16)
    grey.setflags(write=False)
    return grey
