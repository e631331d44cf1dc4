"""Lines that were recognised lately, known again by their pixels: headings and labels stand on page after page.

Rule: what is read of a line depends on that line alone, never on what is remembered or on the lines beside it, so each
is recognised by itself.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec.typings import TextRecInput, TextRecOutput

REMEMBERED = 2000  # lines; about 2 kB each, with the places of their letters
_Line = tuple[str, float, Any]  # letters, how sure, and where each letter stands


class RememberingRecognizer:
    """Stands in for RapidOCR's recogniser. Not safe to share between threads, as that one is not."""

    def __init__(self, recognise: Callable[[TextRecInput], TextRecOutput], *, remembered: int = REMEMBERED) -> None:
        self._recognise = recognise
        self._most = remembered
        self._known: OrderedDict[bytes, _Line] = OrderedDict()

    def __call__(self, asked: TextRecInput) -> TextRecOutput:
        crops = [asked.img] if isinstance(asked.img, np.ndarray) else list(asked.img or ())
        lines = [self._line(crop, asked.return_word_box) for crop in crops]
        texts, scores, words = zip(*lines, strict=True) if lines else ((), (), ())
        return TextRecOutput(crops, texts, list(scores), words, 0.0)

    def _line(self, crop: NDArray[np.uint8], with_words: bool) -> _Line:
        name = _name(crop)
        line = self._known.get(name)
        if line is None or (with_words and line[2] is None):
            read = self._recognise(TextRecInput(img=[crop], return_word_box=with_words))
            line = (read.txts[0], read.scores[0], read.word_results[0]) if read.txts else ("", 0.0, None)
            self._known[name] = line
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return line


def _name(crop: NDArray[np.uint8]) -> bytes:
    shape = str(crop.shape[1]).encode()
    return hashlib.blake2b(np.ascontiguousarray(crop).data, digest_size=16, salt=shape).digest()
