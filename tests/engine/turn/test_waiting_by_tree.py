"""Waiting for what a route expects on a phone that captures all the time and is quick with its tree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.geometry import Box, Size
from cs_agent.observation import Observation, Screenshot, UiNode
from cs_agent.testing.phone import FakePhone, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime

SMALL = Size(270, 600)
FORM = FakeScreen(["title:查询", "label:手机号", "input!:138", "button:搜索"])
TREE_S = 0.2


class NeverStill:
    def __init__(self, *, before=None):
        pass

    def add(self, screenshot):
        return False


@dataclass(slots=True)
class Followed(FakePhone):
    """A picture is always under way while a tree is read, and the page goes on changing for some of them."""

    changes: int = 0  # pictures after the act that differ from those before
    lower: int = 0  # how far down all stands since the act
    begins_with_tree: bool = False  # a picture is begun just before each tree
    trees: int = field(default=0, init=False)
    begun: list[Screenshot] = field(default_factory=list, init=False)
    paired: list[tuple[Screenshot, tuple[UiNode, ...]]] = field(default_factory=list, init=False)

    def pair(self, shot: Screenshot, nodes: tuple[UiNode, ...]) -> None:
        self.paired.append((shot, nodes))

    def next_picture(self) -> Screenshot:
        return self.begun.pop(0) if self.begun else self.screenshot()

    def begin_picture(self) -> None:
        if self.changes:
            self.changes -= 1
            self._changed()
        self.begun.append(self.screenshot())

    def nodes(self) -> tuple[UiNode, ...] | None:
        self.trees += 1
        if self.begins_with_tree:
            self.begin_picture()
        nodes = FakePhone.nodes(self) or ()
        self.now.sleep(TREE_S)  # type: ignore[attr-defined]
        return tuple(replace(node, box=_lowered(node.box, self.lower)) for node in nodes)


def _lowered(box: Box, by: int) -> Box:
    return Box(box.left, box.top + by, box.right, box.bottom + by)


def looked_at() -> tuple[Followed, ScreenObserver, Observation]:
    time = FakeTime()
    phone = Followed({"a": FORM}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, FakeReader(), NeverStill, EngineSettings(), time, time.sleep, lambda: None)
    before = view.look()
    phone.trees, phone.changes = 0, 1
    return phone, view, before


def test_an_effect_on_the_same_page_is_seen_in_one_tree_if_nothing_on_it_has_moved() -> None:
    phone, view, before = looked_at()
    assert view.wait_for(before.screenshot.image, lambda seen: seen.nodes is not None, stays_on=before)
    assert phone.trees == 1
    after = view.look()
    assert phone.trees == 1
    assert after.nodes_at is not None
    assert after.nodes_at >= after.screenshot.captured_at > before.screenshot.captured_at


def test_where_something_has_moved_with_the_effect_it_must_be_seen_to_stand_still() -> None:
    phone, view, before = looked_at()
    phone.lower = 40
    pictures = phone._captures
    assert view.wait_for(before.screenshot.image, lambda seen: seen.nodes is not None, stays_on=before)
    assert phone._captures - pictures >= 2


def test_a_tree_is_not_asked_for_again_for_a_picture_that_was_under_way_when_it_was() -> None:
    phone, view, _ = looked_at()
    phone.begins_with_tree, phone.changes = True, 1
    phone._changed()
    assert view.wait_for(None, lambda seen: seen.nodes is not None)
    assert phone.trees == 1
    assert view.look().screenshot.sequence == phone.screenshot().sequence


def test_the_phone_is_told_which_tree_belongs_to_the_picture_that_is_looked_at_next() -> None:
    phone, view, before = looked_at()
    phone.paired.clear()
    assert view.wait_for(before.screenshot.image, lambda seen: seen.nodes is not None, stays_on=before)
    after = view.look()
    assert [(shot is after.screenshot, nodes == after.nodes) for shot, nodes in phone.paired] == [(True, True)]
