"""A feed's phone says how old its tree is: as new as the picture while the screen stands still, older once it moved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from cs_agent.observation import UiNode
from cs_agent.testing.phone import FakePhone, FakeScreen
from tickets.runner.drive.phone import FeedPhone
from tickets.runner.pictures.feed import ScreenFeed

SCREENS = {"one": FakeScreen(["title:甲", "button:乙"]), "two": FakeScreen(["title:丙", "button:丁"])}


@dataclass(slots=True)
class TurningPhone(FakePhone):
    """Turns to another screen while it is asked for its tree, where it is told to."""

    feeds: list[ScreenFeed] = field(default_factory=list)

    def nodes(self) -> tuple[UiNode, ...] | None:
        nodes = FakePhone.nodes(self)
        for feed in self.feeds:
            self.show("two")
            feed.capture()
        return nodes


@pytest.fixture
def phone() -> TurningPhone:
    return TurningPhone(SCREENS, "one", now=time.time)


@pytest.fixture
def feed(phone: TurningPhone) -> Iterator[ScreenFeed]:
    feed = ScreenFeed(1, phone, live=False)
    feed.start()
    yield feed
    feed.stop()


def test_while_the_screen_stands_still_the_tree_is_of_the_picture(phone, feed):
    driven = FeedPhone(phone, feed)
    shot = driven.screenshot()
    assert driven.tree_at is None
    assert driven.nodes()
    assert driven.tree_at is not None
    assert driven.tree_at >= shot.captured_at


def test_a_screen_that_turned_meanwhile_is_newer_than_the_tree(phone, feed):
    driven = FeedPhone(phone, feed)
    driven.screenshot()
    phone.feeds.append(feed)
    assert driven.nodes()
    assert driven.tree_at is not None
    assert driven.tree_at < driven.screenshot().captured_at


def test_that_text_will_be_typed_reaches_the_phone_itself(phone, feed):
    FeedPhone(phone, feed).expect_text()
    assert phone.acts == ["expect text"]
