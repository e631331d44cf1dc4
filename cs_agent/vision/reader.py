"""Reads the text on a screenshot with RapidOCR on the CPU, in the process that needs it.

Rule: a picture is never enlarged and never read through a coarser look than was asked for. One engine per
process and thread count, loaded at the first use and shared by every reader behind one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import openvino
from numpy.typing import NDArray
from PIL import Image
from rapidocr import EngineType, RapidOCR

from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine, as_rgb
from cs_agent.vision.incremental import IncrementalReader, Reading, Reuse
from cs_agent.vision.labels import Glyph, split_merged_labels
from cs_agent.vision.order import reading_order
from cs_agent.vision.remembering import RememberingRecognizer

__all__ = ["IncrementalReader", "RapidOcrReader", "Reading", "Reuse", "reading_order"]

FIRST_LOOK_SIDE = 960  # px; finds ordinary UI text on a 1080x2400 page in a fifth of the full-size time
MIN_SCORE = 0.5  # icons come back as stray letters below this
_LARGEST_SIDE = 10_000  # px; beyond any phone screen, so that a thorough read scales nothing down
_LARGE_AREA = 1_000_000  # px that the detector looks at
_LETTER_SIDE = 48  # px; a line is recognised at this height, and padded to no more than this width
_SMALLEST_SIDE = 32  # px; the detector needs this much: smaller crops are padded, not enlarged

_engines: dict[int, _Engine] = {}
_engines_lock = threading.Lock()


class RapidOcrReader:
    """A TextReader. Instances are cheap and may be shared between threads; all use one loaded engine."""

    def __init__(
        self,
        *,
        first_look_side: int = FIRST_LOOK_SIDE,
        min_score: float = MIN_SCORE,
        threads: int = -1,
        split_labels: bool = True,
    ) -> None:
        """`threads`: of one OCR operation; -1 lets onnxruntime take every core."""
        self._first_look_side = first_look_side
        self._min_score = min_score
        self._threads = threads
        self._split_labels = split_labels

    def warm_up(self) -> None:
        """Load the models now instead of at the first read."""
        _engine(self._threads)

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        """Lines top to bottom, left to right. A region outside the picture holds no lines; one inside it is looked at
        as coarsely as the whole picture would be, so that reading by parts finds the same."""
        box = (region or Box(0, 0, *image.size)).clipped(Size(*image.size))
        if not box.area:
            return ()
        crop = image.crop((box.left, box.top, box.right, box.bottom))
        side = _LARGEST_SIDE if thorough else self._side_of(crop, image)
        raw = _engine(self._threads).read(_bgr(crop), side)
        lines = [line for found in raw for line in self._lines(found, box)]
        return reading_order(lines)

    def _side_of(self, crop: Image.Image, whole: Image.Image) -> int:
        return max(_SMALLEST_SIDE, round(self._first_look_side * max(crop.size) / max(whole.size)))

    def places(self, image: Image.Image) -> tuple[Box, ...]:
        """Where lines of text are, by a first look, without reading them: a third of the time or less."""
        found = _engine(self._threads).find(_bgr(image), self._first_look_side)
        boxes = (box.clipped(Size(*image.size)) for box in found)
        return tuple(box for box in boxes if box.width > 1 and box.height > 1)

    def read_places(self, image: Image.Image, places: Sequence[Box]) -> tuple[TextLine, ...]:
        """The lines at places that were found before; none for a place that holds no letters."""
        if not places:
            return ()
        crops = [_bgr(image.crop((box.left, box.top, box.right, box.bottom))) for box in places]
        read = zip(places, _engine(self._threads).recognise(crops), strict=True)
        return tuple(
            TextLine(text.strip(), box, score)
            for box, (text, score) in read
            if text.strip() and score >= self._min_score
        )

    def _lines(self, found: _RawLine, offset: Box) -> list[TextLine]:
        if found.score < self._min_score:
            return []
        parts = split_merged_labels(found.text, found.box, found.glyphs) if self._split_labels else None
        return [
            TextLine(text, _moved(box, offset).clipped(Size(offset.right, offset.bottom)), found.score)
            for text, box in parts or [(found.text.strip(), found.box)]
        ]


@dataclass(frozen=True, slots=True)
class _RawLine:
    """One line as the engine gave it, in the coordinates of the crop."""

    text: str
    box: Box
    score: float
    glyphs: tuple[Glyph, ...]


class _Engine:
    """RapidOCR keeps its settings on itself during a call, so that only one thread may be inside."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        params = {
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            "Global.max_side_len": _LARGEST_SIDE,
            "Global.return_word_box": True,
            "Global.return_single_char_box": True,
            "Det.limit_type": "max",
            "Det.limit_side_len": FIRST_LOOK_SIDE,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.rec_img_shape": [3, _LETTER_SIDE, _LETTER_SIDE],
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
        self._ocr = ocr = cast(Any, RapidOCR(params=params))
        ocr(np.zeros((64, 64, 3), np.uint8))  # loads the detector, whose limit is set per call below
        self._detector = _in_full_precision(ocr.text_det.session.model, threads)
        ocr.text_det.session.session = self._detector.create_infer_request()
        ocr(np.zeros((_LETTER_SIDE, _LETTER_SIDE, 3), np.uint8), use_det=False)  # loads the recogniser
        ocr.text_rec = RememberingRecognizer(ocr.text_rec)

    def read(self, pixels: NDArray[np.uint8], side: int) -> list[_RawLine]:
        with self._lock:
            return _raw_lines(self._look(pixels, side, recognise=True))

    def recognise(self, crops: Iterable[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """One line each: letters, and how sure they are."""
        with self._lock:
            found = [self._ocr(crop, use_det=False, use_rec=True) for crop in crops]
        return [(str(one.txts[0]), float(one.scores[0])) if one.txts else ("", 0.0) for one in found]

    def find(self, pixels: NDArray[np.uint8], side: int) -> list[Box]:
        with self._lock:
            boxes = self._look(pixels, side, recognise=False).boxes
        return [] if boxes is None else [_box(quad) for quad in boxes]

    def _look(self, pixels: NDArray[np.uint8], side: int, *, recognise: bool) -> Any:
        """What a large picture needed, half a gigabyte, is given back; what the usual ones need is kept, for speed."""
        self._ocr.text_det.limit_side_len = side
        found = self._ocr(pixels, use_det=True, use_rec=recognise)
        height, width = pixels.shape[:2]
        if width * height * min(1.0, side / max(width, height)) ** 2 > _LARGE_AREA:
            self._detector.release_memory()
        return found


def _in_full_precision(model: Any, threads: int) -> Any:
    """The detector compiled anew: RapidOCR has no setting for the precision, and OpenVINO's own choice depends on the
    processor, so that one page could be read differently on two machines. On our pages this is also the faster one."""
    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads > 0:
        settings["INFERENCE_NUM_THREADS"] = threads
    return openvino.Core().compile_model(model, "CPU", settings)


def _engine(threads: int) -> _Engine:
    with _engines_lock:
        if threads not in _engines:
            _engines[threads] = _Engine(threads)
        return _engines[threads]


def _raw_lines(result: Any) -> list[_RawLine]:
    if result.txts is None or result.boxes is None:
        return []
    words = result.word_results
    if len(words) != len(result.txts):  # the engine drops entries it could not place: none can be trusted then
        words = [()] * len(result.txts)
    return [
        _RawLine(text, _box(quad), float(score), tuple(_glyph(word) for word in line_words))
        for text, quad, score, line_words in zip(result.txts, result.boxes, result.scores, words, strict=True)
    ]


def _glyph(word: Any) -> Glyph:
    text, _score, quad = word
    xs = [point[0] for point in quad]
    return Glyph(text, (min(xs) + max(xs)) / 2)


def _box(quad: Any) -> Box:
    xs, ys = [int(point[0]) for point in quad], [int(point[1]) for point in quad]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _moved(box: Box, offset: Box) -> Box:
    return Box(box.left + offset.left, box.top + offset.top, box.right + offset.left, box.bottom + offset.top)


def _bgr(image: Image.Image) -> NDArray[np.uint8]:
    """Pixels as the engine wants them; a crop too small for the detector gets its own border repeated."""
    pixels = np.asarray(as_rgb(image))[:, :, ::-1]
    below = max(0, _SMALLEST_SIDE - pixels.shape[0])
    beside = max(0, _SMALLEST_SIDE - pixels.shape[1])
    if below or beside:
        pixels = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
