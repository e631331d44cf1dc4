"""Redacts personal data in screenshots before they are stored, shown to viewers or sent to a model.

Rule: fail closed. Unread parts are blurred beyond recognition: a whole new page, or the rows that changed since the
last page that was read. OCR is slow (half a second or more of one core), done once per page and shared by all users of
the run's pictures. The accessibility tree makes it cheaper.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cs_agent.engine.actions.stored import with_texts
from cs_agent.engine.routes.views import PageView, StepView
from cs_agent.engine.run.protocols import TextReader
from cs_agent.engine.run.state import StepRecord
from cs_agent.geometry import Box, Size
from cs_agent.observation import TextLine, UiNode
from cs_agent.vision.incremental import changed_bands
from cs_agent.vision.labelled import LineFinder, labels_of, read_labelled
from cs_agent.vision.reader import IncrementalReader, RapidOcrReader
from cs_agent.vision.redaction import Audience, RedactionPolicy, redact_text
from cs_agent.vision.redaction.pictures import Mark, cover, marks_of
from tickets.models import Run
from tickets.runner.pictures.fingerprints import Fingerprint, fingerprint_of, shrunk_size
from tickets.runner.pictures.thread_priority import lower_priority
from tickets.services.evidence.redaction import policy_of

_BLOCK = 24  # pixels of a stored picture that become one: a headline of 60 px is 2 px high then
_KEPT_PAGES = 24
_KEPT_TEXTS = 1024  # names of controls come back at every step, in intent and outcome
_READER_THREADS = 1  # of the OCR engine, so that it leaves the agent its cores
_KEPT_RUNS = 64
_UNREADABLE = (RuntimeError, ValueError, OSError, MemoryError)


class Unreadable(Exception):
    """The text on a picture could not be read, so it is unknown what must be hidden."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A redacted picture. `sharp`: all of it was read; else unread parts are blurred."""

    image: Image.Image
    sharp: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """A read picture at stored size: its text and the personal data found."""

    pixels: NDArray[np.uint8]
    lines: tuple[TextLine, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Engine:
    """What pages are read with, one at a time."""

    reader: TextReader
    finder: LineFinder
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self, small: Image.Image, labels: Sequence[TextLine] | None) -> tuple[TextLine, ...]:
        return read_labelled(self.finder, small, labels) if labels else self.reader.read(small, thorough=True)


class Redactor:
    """Redacts the pictures of one run. Thread-safe.

    A picture that is `awaited`, as a person or a model is to see it next, is read by an engine of its own: it neither
    queues behind the pages that are read in the background, of whatever run, nor at their low priority.
    """

    def __init__(
        self, policy: RedactionPolicy, reader: TextReader | None = None, finder: LineFinder | None = None
    ) -> None:
        self.policy = policy
        ocr, agents = RapidOcrReader(threads=_READER_THREADS), RapidOcrReader()
        self._background = _Engine(reader or IncrementalReader(ocr), finder or ocr)
        self._at_once = _Engine(reader or agents, finder or agents)
        self._labels: OrderedDict[str, tuple[TextLine, ...]] = OrderedDict()
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._last: _Page | None = None
        self._redacted = lru_cache(_KEPT_TEXTS)(partial(redact_text, policy=policy))
        self._lock = threading.Lock()

    def hides(self, audience: Audience) -> bool:
        return bool(self.policy.hidden_from(audience))

    def at_once(self, image: Image.Image, audience: Audience) -> Covered:
        """The redacted picture at stored size, without OCR: unread parts are blurred."""
        seen = fingerprint_of(image)
        if not self.hides(audience):
            return Covered(seen.small, True)
        page = self._known(seen.name)
        if page is not None:
            return Covered(cover(seen.small, page.marks, self.policy, audience), True)
        return Covered(self._blurred_where_new(seen.small, seen.pixels, audience), False)

    def is_unread(self, image: Image.Image) -> bool:
        """Whether it is unread and reading it could show more to an audience from which data is hidden."""
        hiding = self.hides(Audience.STORED) or self.hides(Audience.VIEWER)
        return hiding and self._known(fingerprint_of(image).name) is None

    def explain(self, image: Image.Image, nodes: Sequence[UiNode]) -> None:
        """Add the accessibility tree of this screen, which makes reading the picture cheaper."""
        seen = fingerprint_of(image)
        labels = labels_of(nodes, seen.small.width / image.width)
        with self._lock:
            self._labels[seen.name] = labels
            while len(self._labels) > _KEPT_PAGES:
                self._labels.popitem(last=False)

    def reads_cheaply(self, image: Image.Image) -> bool:
        """Whether it was read before, or its tree is known."""
        name = fingerprint_of(image).name
        return name in self._labels or self._known(name) is not None

    def read(self, image: Image.Image) -> tuple[TextLine, ...]:
        """Read the picture for later calls of `at_once`; returns its lines at stored size. Raises Unreadable."""
        return self._page_of(image, self._background).lines

    def _page_of(self, image: Image.Image, engine: _Engine) -> _Page:
        seen = fingerprint_of(image)
        with engine.lock:
            page = self._known(seen.name)
            if page is None:
                try:
                    page = self._look(image, seen, engine)
                except _UNREADABLE as error:
                    raise Unreadable(f"{type(error).__name__}: {error}") from error
                self._remember(seen.name, page)
        return page

    def _look(self, image: Image.Image, seen: Fingerprint, engine: _Engine) -> _Page:
        """Read text at stored size; search codes and documents in the original picture."""
        lines = engine.lines(seen.small, self._labels.get(seen.name))
        factor = image.width / seen.small.width
        marks = marks_of(image, [replace(line, box=line.box.scaled(factor)) for line in lines])
        return _Page(seen.pixels, lines, tuple(replace(mark, box=mark.box.scaled(1 / factor)) for mark in marks))

    def covered(
        self, image: Image.Image, audience: Audience, keep: Iterable[Box] = (), *, awaited: bool = False
    ) -> Image.Image:
        """The redacted picture at full size without touching the `keep` boxes. Reads it if necessary; raises
        Unreadable."""
        if not self.hides(audience):
            return image
        page = self._page_of(image, self._at_once if awaited else self._background)
        factor = image.width / shrunk_size(image).width
        scaled = [replace(mark, box=mark.box.scaled(factor)) for mark in page.marks]
        return cover(image, scaled, self.policy, audience, keep=keep)

    def covered_or_blurred(
        self, image: Image.Image, audience: Audience, keep: Sequence[Box] = (), *, awaited: bool = False
    ) -> Image.Image:
        """As `covered`; an unreadable picture is blurred except for the `keep` boxes."""
        try:
            return self.covered(image, audience, keep, awaited=awaited)
        except Unreadable:
            blurred_image = blurred(image, [Box(0, 0, *image.size)])
            for box in (box.clipped(Size(*image.size)) for box in keep):
                corners = (box.left, box.top, box.right, box.bottom)
                blurred_image.paste(image.crop(corners), corners)
            return blurred_image

    def forget(self) -> None:
        """Forget the pages of an ended run; reading one again restores it."""
        with self._lock:
            self._pages.clear()
            self._labels.clear()
            self._last = None
        self._redacted.cache_clear()

    def text(self, text: str, audience: Audience = Audience.STORED) -> str:
        """The text without what the policy hides. If something is hidden, a `Said` becomes plain text, since its values
        alone may not be recognised as personal data."""
        hidden = self._redacted(text, audience=audience)
        return text if hidden == text else hidden

    def texts(self, step: StepRecord) -> StepRecord:
        """The step with redacted texts; its pictures are unchanged."""
        return replace(
            step,
            thought=self.text(step.thought),
            action=with_texts(step.action, self.text) if step.action else None,
            raw=self.text(step.raw),
            route_mark=self._mark(step.route_mark),
            control=self.text(step.control),
            goal=self.text(step.goal),
            outcome=self.text(step.outcome),
        )

    def _mark(self, mark: dict[str, Any] | None) -> dict[str, Any] | None:
        """The route step without the texts that the policy hides."""
        if not mark:
            return mark
        key = "end" if "end" in mark else "page"
        page = mark[key]
        kept = {
            "controls": [mark for mark in page["controls"] if self.text(mark) == mark],
            "captions": [mark for mark in page["captions"] if self.text(mark) == mark and not self._may_be_name(mark)],
        }
        title = page["title"] if self.text(page["title"]) == page["title"] else ""
        shown = {**mark, key: {**page, **kept, "title": title}}
        if not mark.get("view"):
            return shown
        view = (PageView if key == "end" else StepView).from_json(mark["view"])
        left = view.only(frozenset([*kept["controls"], *kept["captions"]])) if view else None
        return {**shown, "view": left.to_json() if left else None}

    def _may_be_name(self, mark: str) -> bool:
        """Whether it would be redacted as a person's name at a name's position."""
        named = f"姓名:{mark.partition(':')[2]}"
        return self.text(named) != named

    def _known(self, name: str) -> _Page | None:
        with self._lock:
            page = self._pages.get(name)
            if page is not None:
                self._pages.move_to_end(name)
                self._last = page
            return page

    def _remember(self, name: str, page: _Page) -> None:
        with self._lock:
            self._pages[name] = self._last = page
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)

    def _blurred_where_new(self, small: Image.Image, pixels: NDArray[np.uint8], audience: Audience) -> Image.Image:
        """Rows equal to the last read page are redacted like it; the others are blurred."""
        page = self._last
        if page is None or page.pixels.shape != pixels.shape:
            return blurred(small, [Box(0, 0, *small.size)])
        bands = changed_bands(page.pixels, pixels, [line.box for line in page.lines])
        boxes = [Box(0, start, small.width, end) for start, end in bands]
        return blurred(cover(small, page.marks, self.policy, audience), boxes)


def warm_up() -> None:
    """Load the OCR models on a low-priority thread, since the threads they start inherit its priority."""

    def load() -> None:
        lower_priority()
        RapidOcrReader(threads=_READER_THREADS).warm_up()

    threading.Thread(target=load, name="warm-up", daemon=True).start()


def of_run(run_id: uuid.UUID) -> Redactor:
    """The run's redactor in this process."""
    return _of_run(uuid.UUID(str(run_id)))


@lru_cache(maxsize=_KEPT_RUNS)
def _of_run(run_id: uuid.UUID) -> Redactor:
    definition = Run.objects.values_list("flow_version__definition", flat=True).get(pk=run_id)
    return Redactor(policy_of(definition))


def blurred(image: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy with pixelated boxes in which no text is legible."""
    copy = image.copy()
    block = max(_BLOCK, round(_BLOCK * min(image.size) / min(shrunk_size(image).width, shrunk_size(image).height)))
    for box in (box.clipped(Size(*image.size)) for box in boxes):
        if box.width > 0 and box.height > 0:
            corners = (box.left, box.top, box.right, box.bottom)
            tiny = (max(1, box.width // block), max(1, box.height // block))
            mean = image.crop(corners).resize(tiny, Image.Resampling.BOX)
            copy.paste(mean.resize((box.width, box.height), Image.Resampling.BILINEAR), corners)
    return copy
