"""The engine's phone: pictures come from the feed, and in a run every gesture checks the lease's token."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image

from cs_agent.engine.run.protocols import DatesTrees, ExpectsText, Key, Phone, TimesTrees, TypesUnread
from cs_agent.geometry import Point, Size
from cs_agent.observation import ForegroundApp, Screenshot, UiNode
from tickets.runner.drive.prefetch import Prefetch
from tickets.runner.holds import leases
from tickets.runner.pictures.feed import ScreenFeed

Explain = Callable[[Image.Image, tuple[UiNode, ...]], None]


class FeedPhone:
    """Implements the engine's Phone: gestures go to the phone, pictures come from its feed."""

    def __init__(self, phone: Phone, feed: ScreenFeed, explain: Explain = lambda image, nodes: None) -> None:
        """`explain` is called with each tree and the picture of the same screen."""
        self._explain = explain
        self._phone = phone
        self._feed = feed
        self._app, self._tree = Prefetch(phone.foreground), Prefetch(self._dated_nodes)
        self._tree_at: float | None = None
        self._touched_at = self._given_at = 0.0  # when the newest gesture ended, and just after the last picture began

    def size(self) -> Size:
        return self._phone.size()

    def screenshot(self) -> Screenshot:
        shot = self._feed.capture()
        self._app.seen(shot)
        self._tree.seen(shot)
        return shot

    def next_picture(self) -> Screenshot:
        """See FollowsScreen. Also requests the foreground app, which the next observation needs."""
        shot = self._feed.capture(after=max(self._touched_at, self._given_at))
        self._given_at = math.nextafter(shot.captured_at, math.inf)
        self._app.seen(shot, still_s=0.0)
        return shot

    def begin_picture(self) -> None:
        self._feed.await_begin(after=self._touched_at)

    def foreground(self) -> ForegroundApp:
        return self._app.take(self._feed.newest)

    def nodes(self) -> tuple[UiNode, ...] | None:
        before = self._feed.newest
        nodes, asked_at = self._tree.take(before)
        after, self._tree_at = self._feed.newest, asked_at
        if before and after and before.sequence == after.sequence:  # the screen stood still meanwhile
            self._tree_at = max(asked_at or 0.0, after.captured_at)
            if nodes:
                self._explain(after.image, nodes)
        return nodes

    def pair(self, shot: Screenshot, nodes: tuple[UiNode, ...]) -> None:
        self._explain(shot.image, nodes)

    def expect_tree(self) -> None:
        self._tree.begin(self._feed.newest)

    @property
    def tree_at(self) -> float | None:
        """When the newest tree was requested; for a screen unchanged since, when it was last seen."""
        return self._tree_at

    @property
    def tree_s(self) -> float | None:
        return self._phone.tree_s if isinstance(self._phone, TimesTrees) else None

    def _dated_nodes(self) -> tuple[tuple[UiNode, ...] | None, float | None]:
        nodes = self._phone.nodes()
        return nodes, self._phone.tree_at if isinstance(self._phone, DatesTrees) else None

    def tap(self, point: Point) -> None:
        with self._gesture():
            self._phone.tap(point)

    def double_tap(self, point: Point) -> None:
        with self._gesture():
            self._phone.double_tap(point)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        with self._gesture():
            self._phone.long_press(point, seconds)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        with self._gesture():
            self._phone.swipe(start, end, seconds)

    def expect_text(self) -> None:
        with self._gesture():
            if isinstance(self._phone, ExpectsText):
                self._phone.expect_text()

    def type_text(self, text: str) -> None:
        with self._gesture():
            self._phone.type_text(text)

    def type_unread(self, text: str) -> None:
        with self._gesture():
            if isinstance(self._phone, TypesUnread):
                self._phone.type_unread(text)
            else:
                self._phone.type_text(text)

    def press(self, key: Key) -> None:
        with self._gesture():
            self._phone.press(key)

    def launch(self, app: str) -> None:
        with self._gesture():
            self._phone.launch(app)

    @contextmanager
    def _gesture(self) -> Iterator[None]:
        self._before_gesture()
        try:
            yield
        finally:
            self._touched_at = time.time()

    def _before_gesture(self) -> None:
        self._app.gesture(self._feed.newest)
        self._tree.gesture(self._feed.newest)
        self._feed.hurry()


class LeasedPhone(FeedPhone):
    """A phone in a run. Gestures raise LeaseLost once the lease's token is no longer the newest."""

    def __init__(
        self, phone: Phone, feed: ScreenFeed, lease: leases.Lease, explain: Explain = lambda image, nodes: None
    ) -> None:
        super().__init__(phone, feed, explain)
        self._lease = lease
        self.refused = False  # a gesture was refused because the lease was lost

    def _before_gesture(self) -> None:
        try:
            leases.check(self._lease)
        except leases.LeaseLost:
            self.refused = True
            raise
        super()._before_gesture()
