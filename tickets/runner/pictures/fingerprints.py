"""Pictures at stored size with fingerprints that identify equal ones.

Rule: a picture is used by several readers, so its fingerprint is computed once and the newest few are cached, without
keeping the original pictures alive.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.geometry import Size
from cs_agent.observation import as_rgb
from cs_agent.recording.writer import stored_size

_KEPT = 6  # fingerprints with their pictures, 3 MB each


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`small`: RGB at stored size; equal pictures have the same `name`."""

    small: Image.Image
    pixels: NDArray[np.uint8]
    name: str


_lately: deque[tuple[weakref.ref[Image.Image], Fingerprint]] = deque(maxlen=_KEPT)
_lock = threading.Lock()


def fingerprint_of(image: Image.Image) -> Fingerprint:
    with _lock:
        known = next((made for of, made in _lately if of() is image or made.small is image), None)
    if known is None:
        small = _shrunk(image)
        pixels = np.asarray(small)
        known = Fingerprint(small, pixels, _name(pixels))
        with _lock:
            _lately.append((weakref.ref(image), known))
    return known


def shrunk_size(image: Image.Image) -> Size:
    return stored_size(Size(*image.size))


def _shrunk(image: Image.Image) -> Image.Image:
    size = shrunk_size(image)
    rgb = as_rgb(image)
    if (size.width, size.height) == rgb.size:
        return rgb
    return rgb.resize((size.width, size.height), Image.Resampling.BILINEAR, reducing_gap=2.0)


def _name(pixels: NDArray[np.uint8]) -> str:
    content = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16).hexdigest()
    return f"{pixels.shape}{content}"
