"""A tree begun while the screen comes to rest is used where the screen has not changed since, and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PIL import Image

from cs_agent.geometry import Box
from cs_agent.observation import Screenshot, UiNode
from cs_agent.testing.phone import FakePhoneError
from tickets.runner.drive.prefetch import Prefetch

IMAGE = Image.new("RGB", (4, 4))
LIMIT_S = 5
Nodes = Prefetch[tuple[UiNode, ...]]


def shot(sequence: int, at: float) -> Screenshot:
    return Screenshot(IMAGE, at, sequence)


@dataclass
class Phone:
    """Gives trees that say how many were asked for before."""

    asked: int = 0
    fails: bool = False
    begun: threading.Event = field(default_factory=threading.Event)

    def nodes(self) -> tuple[UiNode, ...]:
        self.asked += 1
        self.begun.set()
        if self.fails:
            raise FakePhoneError("away")
        return (UiNode(str(self.asked), Box(0, 0, 1, 1)),)


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def ahead(phone: Phone) -> Nodes:
    return Prefetch(phone.nodes)


def come_to_rest(ahead: Nodes, sequence: int = 2) -> None:
    ahead.gesture(shot(1, 0.0))
    for at in (0.1, 0.15, 0.2):
        ahead.seen(shot(sequence, at))


def told(nodes: tuple[UiNode, ...] | None) -> str:
    assert nodes
    return nodes[0].text


def test_the_tree_of_a_screen_that_rests_is_there_when_it_is_asked_for(phone: Phone, ahead: Nodes) -> None:
    come_to_rest(ahead)
    assert phone.begun.wait(LIMIT_S)
    assert told(ahead.take(shot(2, 0.4))) == "1"
    assert phone.asked == 1


def test_a_tree_is_used_once(ahead: Nodes) -> None:
    come_to_rest(ahead)
    assert [told(ahead.take(shot(2, at))) for at in (0.4, 0.5)] == ["1", "2"]


@pytest.mark.parametrize(
    "happens",
    [
        lambda ahead: ahead.seen(shot(3, 0.3)),
        lambda ahead: ahead.gesture(shot(2, 0.3)),
    ],
    ids=["the screen changes", "a gesture is made"],
)
def test_a_tree_from_before_a_change_is_not_used(phone: Phone, ahead: Nodes, happens: Callable[[Nodes], None]) -> None:
    come_to_rest(ahead)
    assert phone.begun.wait(LIMIT_S)
    happens(ahead)
    assert told(ahead.take(shot(3, 0.4))) == "2"


def test_while_the_app_has_not_reacted_no_tree_is_begun(phone: Phone, ahead: Nodes) -> None:
    ahead.gesture(shot(1, 0.0))
    for at in (0.1, 0.3, 0.6):
        ahead.seen(shot(1, at))
    assert told(ahead.take(shot(1, 0.7))) == "1"
    assert phone.asked == 1


def test_while_the_screen_moves_no_tree_is_begun(phone: Phone, ahead: Nodes) -> None:
    ahead.gesture(shot(1, 0.0))
    for number in range(2, 12):
        ahead.seen(shot(number, number / 20))
    assert not phone.begun.is_set()


def test_without_a_gesture_no_tree_is_begun(phone: Phone, ahead: Nodes) -> None:
    for at in (0.1, 0.2, 0.4):
        ahead.seen(shot(2, at))
    assert not phone.begun.is_set()


def test_a_phone_that_fails_says_so_where_its_tree_is_asked_for(phone: Phone, ahead: Nodes) -> None:
    phone.fails = True
    come_to_rest(ahead)
    with pytest.raises(FakePhoneError):
        ahead.take(shot(2, 0.4))


def test_a_tree_that_was_begun_ahead_is_given_where_the_screen_has_not_changed_since(
    phone: Phone, ahead: Nodes
) -> None:
    ahead.begin(shot(3, 0.0))
    assert told(ahead.take(shot(3, 0.5))) == "1"
    ahead.begin(shot(3, 1.0))
    assert told(ahead.take(shot(4, 1.5))) == "3", "the second one is of a screen that is gone"
    ahead.begin(None)
    assert phone.asked == 3, "before the first picture there is nothing to compare with"
