"""Observes the phone: captures the screen, waits until it settles, and reads as much of it as the question needs.

Rule: no decision is based on a moving or stale picture if that can be detected, and every wait is bounded and measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from PIL import Image

from cs_agent.engine.run.protocols import (
    BeginsPictures,
    DatesTrees,
    ExpectsTree,
    FollowsScreen,
    PairsTrees,
    Phone,
    PhoneError,
    SettleFactory,
    TextReader,
    TimesTrees,
)
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.screen.careful_places import band_around, joined, rows_of, surroundings
from cs_agent.engine.screen.compare import changed_share, has_reacted, is_of, is_unmoved, is_useful, stands_as
from cs_agent.engine.screen.hindrances import is_loading
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Screenshot

T = TypeVar("T")
Expected = Callable[[Observation], bool]

_TREE_RETRIAL = 6  # looks after which a phone with a slow tree is measured again
_CHANGED = 0.02  # of the pixels around a touch point
_DARK = "secure_screen"  # the PhoneError code of a window that forbids pictures


@dataclass(slots=True)
class ScreenObserver:
    """Observes one phone for one run. `by_pictures`: the run knows its pages by their pictures, so the tree is asked
    for only where it is known to be quick, or where a picture does not tell."""

    phone: Phone
    reader: TextReader
    settle: SettleFactory
    settings: EngineSettings
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    check: Callable[[], None]
    by_pictures: bool = False
    tree_wait_s: float = field(default=0.0, init=False)  # how long trees were waited for so far
    _frame: Screenshot | None = field(default=None, init=False)
    _frame_at: float = field(default=0.0, init=False)
    _ready: Observation | None = field(default=None, init=False)  # a look that a wait ended with
    _tree_s: float = field(default=0.0, init=False)
    _read_s: float = field(default=0.0, init=False)
    _looks_without_tree: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if isinstance(self.phone, TimesTrees):
            self._tree_s = self.phone.tree_s or 0.0

    def look(self, *, afresh: bool = False) -> Observation:
        """The settled screen. Waits, within bounds, for pages that say they are loading."""
        observation = self._observe(afresh)
        deadline = self.clock() + self.settings.slow_page_s
        while is_loading(observation) and self.clock() < deadline:
            self.check()
            self.wait_until_settled(None)
            self.sleep(self.settings.poll_s)
            observation = self._observe(afresh=True)
        return observation

    def look_closely(self) -> Observation:
        """A new capture with its tree; if the tree tells little, also all text a thorough OCR finds."""
        self._begin_tree()
        observation = self.with_tree(Observation(self._capture(), self._retrying(self.phone.foreground)))
        return observation if is_useful(observation.nodes) else self.read_all(observation)

    def look_at_picture(self) -> Observation:
        """A new capture with what the quick OCR reads, without its tree."""
        return self._with_lines(Observation(self._capture(), self._retrying(self.phone.foreground)))

    @property
    def spares_trees(self) -> bool:
        """Whether pages are told by their pictures on this phone, as trees are known to be slow."""
        return self._reads_pictures

    def expect_tree(self) -> None:
        """Have a slow phone read its tree while other things are done."""
        if self._tree_s > self.settings.slow_tree_s:
            self._begin_tree()

    def _begin_tree(self) -> None:
        if isinstance(self.phone, ExpectsTree):
            self.phone.expect_tree()

    def glance(self, observation: Observation) -> Observation:
        """The same screen with all text that the quick OCR finds, and its tree."""
        return replace(observation, lines=self.reader.read(observation.screenshot.image))

    def read_all(self, observation: Observation) -> Observation:
        """The same screen with all text that the thorough OCR finds, and its tree."""
        careful = observation if observation.nodes is not None else self.with_tree(observation)
        return replace(careful, lines=self.reader.read(observation.screenshot.image, thorough=True))

    def read_rows(self, observation: Observation, boxes: Iterable[Box]) -> Observation:
        """The same screen, with thorough OCR of the rows of these boxes and right above them."""
        return self._read_places(observation, [rows_of(box, observation) for box in boxes])

    def read_around(self, observation: Observation, *points: Point) -> Observation:
        """The same screen, with thorough OCR near these points; other lines are unchanged.

        If the tree has the control, only its surroundings are read; otherwise the whole row.
        """
        return self._read_places(observation, [surroundings(observation, point) for point in points])

    def _read_places(self, observation: Observation, places: list[Box]) -> Observation:
        lines = observation.lines
        for place in joined(places):
            near = self.reader.read(observation.screenshot.image, place, thorough=True)
            lines = (*(line for line in lines if not line.box.intersects(place)), *near)
        return replace(observation, lines=lines)

    def still_there(self, observation: Observation, point: Point) -> bool:
        """Whether the screen around the point looks as it did."""
        now = self._capture()
        if now.size != observation.size:
            return False
        box = band_around(observation, point)
        return changed_share(observation.screenshot.image, now.image, box) <= _CHANGED

    def wait_until_settled(self, before: Image.Image | None) -> None:
        """Wait for the screen to react and come to rest."""
        self.wait_for(before, None)

    def wait_for(
        self,
        before: Image.Image | None,
        expected: Expected | None,
        *,
        at_once: bool = False,
        in_pictures: bool = False,
        stays_on: Observation | None = None,
    ) -> bool:
        """Wait until the screen shows what is expected, or has come to rest without it; whether it does.

        It is looked for in the tree of a picture that is stable, or, where trees are quick, of any picture that differs
        from the one before the act. It is accepted if the picture, or the next tree, is unchanged around it: the next
        control then stands still, whatever else moves. `at_once`: accept the first tree of any picture, if nothing that
        follows depends on positions. `stays_on`: the look before an act whose effect shows on the same page; a tree in
        which all stands where it stood is then accepted at once too. The look that finds it is reused as the next look.
        A screen that settles without it is given a little more time. Where trees are slow, pictures are read instead if
        it can be shown by them (`in_pictures`); otherwise it is not looked for, which would take longer than the rest
        does.
        """
        reads = in_pictures and self._reads_pictures
        if not reads and self._tree_s > self.settings.slow_tree_s:
            expected = None
        detector, start = self.settle(before=before), self.clock()
        found = None if reads or not expected else self._shown_at_once(expected, at_once, stays_on)
        if found is not None and (at_once or stands_as(stays_on, found)):
            return self._keep(found)
        last, asked = -1, (-1, False)
        while True:
            shot = self._next_picture()
            if found is not None and shot.sequence == found.screenshot.sequence:
                return self._keep(found)
            settled = detector.add(shot)
            if found is not None and not reads and is_of(shot, found):
                found, last, asked = replace(found, screenshot=shot), shot.sequence, (shot.sequence, settled)
                continue
            stays = settled or shot.sequence == last
            asking, last = (shot.sequence, settled), shot.sequence
            if expected and asking != asked and (at_once or stays or self._may_show(before, shot, reads)):
                asked, previous, found = asking, found, self._shown(shot, expected, reads)
                if found is not None and at_once and not reads:
                    return self._keep(replace(found, screenshot=self._next_picture()))
                if found is not None and (stays or at_once or is_unmoved(previous, found)):
                    return self._keep(found)
            waited = self._frame_at - start
            rested = settled and (expected is None or waited >= self.settings.expected_s)
            if rested or waited >= self.settings.settle_cap_s:
                return False
            self.check()
            self._pause()

    def _shown_at_once(self, expected: Expected, at_once: bool, stays_on: Observation | None) -> Observation | None:
        """Look in a tree that is asked for right after the gesture, before any picture has come; if it shows what is
        expected, it is paired with a picture begun after the gesture."""
        if self._frame is None or not (at_once or stays_on):
            return None
        if not at_once and isinstance(self.phone, BeginsPictures):
            self.phone.begin_picture()
        found = self._shown(self._frame, expected, False)
        if found is None:
            return None
        shot = self._next_picture()
        return replace(found, screenshot=shot) if at_once or is_of(shot, found) else found

    def _may_show(self, before: Image.Image | None, shot: Screenshot, reads: bool) -> bool:
        """Whether to look at a moving screen: it shows something new, and it is read by its picture, or trees are known
        to be quick."""
        return (reads or 0 < self._tree_s <= self.settings.quick_tree_s) and has_reacted(before, shot)

    def _shown(self, shot: Screenshot, expected: Expected, reads: bool) -> Observation | None:
        """The picture with its lines or its tree if that shows what is expected, else None."""
        seen = Observation(shot, self._retrying(self.phone.foreground))
        seen = self._with_lines(seen) if reads else self.with_tree(seen)
        return seen if (reads or is_useful(seen.nodes)) and expected(seen) else None

    @property
    def _reads_pictures(self) -> bool:
        """Whether pages are told by their pictures: trees are known to be slow, and slower than reading is."""
        return self.by_pictures and self._tree_s > max(self.settings.slow_tree_s, self._read_s)

    def _keep(self, seen: Observation) -> bool:
        """Reuse this observation as the next look; it counts as captured when its tree was."""
        self._ready, self._frame, self._frame_at = seen, seen.screenshot, self.clock()
        if seen.nodes and isinstance(self.phone, PairsTrees):
            self.phone.pair(seen.screenshot, seen.nodes)
        return True

    def _next_picture(self) -> Screenshot:
        return self._captured_by(self.phone.next_picture if isinstance(self.phone, FollowsScreen) else None)

    def _pause(self) -> None:
        if not isinstance(self.phone, FollowsScreen):  # its next picture is waited for
            self.sleep(self.settings.poll_s)

    @property
    def newest(self) -> Screenshot | None:
        """The last frame that was captured."""
        return self._frame

    def _observe(self, afresh: bool) -> Observation:
        shot = self._frame if not afresh and self._is_recent() else None
        if shot is None:
            if 0 < self._tree_s <= self.settings.slow_tree_s:  # it is read while the picture is taken
                self._begin_tree()
            shot = self._capture()
        ready, self._ready = self._ready, None
        if ready is not None and ready.screenshot is shot:
            return ready
        observation = Observation(shot, self._retrying(self.phone.foreground))
        if self._tree_is_worth_it():
            observation = self.with_tree(observation)
        return observation if is_useful(observation.nodes) else self._with_lines(observation)

    def _with_lines(self, observation: Observation) -> Observation:
        """The same screen with what the quick OCR reads."""
        start = self.clock()
        read = replace(observation, lines=self.reader.read(observation.screenshot.image))
        self._read_s = self.clock() - start
        return read

    def _tree_is_worth_it(self) -> bool:
        """False if the tree takes long, and longer than OCR; measured again now and then. A route whose pages are told
        by their pictures asks for it where they are not."""
        if self.by_pictures:
            return not self._reads_pictures
        if self._tree_s <= max(self.settings.slow_tree_s, self._read_s):
            return True
        self._looks_without_tree += 1
        return self._looks_without_tree % _TREE_RETRIAL == 0

    def with_tree(self, observation: Observation) -> Observation:
        """The same screen with its tree, which is asked for now."""
        start = self.clock()
        nodes = self._retrying(self.phone.nodes)
        self.tree_wait_s += self.clock() - start
        told = self.phone.tree_s if isinstance(self.phone, TimesTrees) else None  # it may have been requested earlier
        self._tree_s = self.clock() - start if told is None else told
        asked_at = self.phone.tree_at if isinstance(self.phone, DatesTrees) else None
        return replace(observation, nodes=nodes, nodes_at=asked_at)

    def _is_recent(self) -> bool:
        return self._frame is not None and self.clock() - self._frame_at <= self.settings.fresh_s

    def _capture(self) -> Screenshot:
        return self._captured_by(None)

    def _captured_by(self, ask: Callable[[], Screenshot] | None) -> Screenshot:
        """Capture a picture that is not dark: a starting app or a rotating screen is dark for a moment."""
        deadline = self.clock() + self.settings.dark_s
        while True:
            try:
                self._frame = self._retrying(ask or self.phone.screenshot)
                self._frame_at = self.clock()
                return self._frame
            except PhoneError as error:
                if not _is_dark(error) or self.clock() >= deadline:
                    raise
                self.check()
                self.sleep(self.settings.poll_s)

    def _retrying(self, ask: Callable[[], T]) -> T:
        for pause in self.settings.retry_pauses_s:
            try:
                return ask()
            except PhoneError as error:
                if _is_dark(error) or not error.retryable:
                    raise
                self.check()
                self.sleep(pause)
        return ask()


def _is_dark(error: PhoneError) -> bool:
    """A page without a picture, which may be a moment's; `_retrying` covers the other faults."""
    return error.passes or error.code == _DARK
