"""A corner's mark without words: the page is left by the system's Back, and nobody is asked."""

from __future__ import annotations

from cs_agent.engine.actions.values import Back
from cs_agent.engine.run.state import ConfirmationRequest, StepStatus
from cs_agent.testing.phone import FakeScreen
from tests.engine.story import Story

SPACE = ["text:甲", "text:乙", "text:丙", "text:丁"]  # so that the mark stands in the corner
SCREENS = {
    "list": FakeScreen(["title:订单", "text:全部", "button:刷新"], goes={"刷新": "list"}),
    "order": FakeScreen(
        [["icon:mark", "title:详情", *SPACE], "text:待发货", "button:联系"],
        goes={"back": "list"},
        does={"mark": "deleted"},
    ),
    "root": FakeScreen([["icon:mark", "title:首页", *SPACE], "text:待办", "button:联系"], does={"mark": "deleted"}),
}


def test_the_model_touches_the_mark_and_the_page_is_left_by_back():
    story = Story(SCREENS, ["mark", "raw:wait"], begins="order", bound=False)
    turn = story.turn()
    assert turn.pause is None
    assert (turn.step.status, turn.step.action) == (StepStatus.DONE, Back())
    assert (story.phone.shown, story.phone.ledger) == ("list", [])


def test_where_back_was_not_what_was_meant_a_human_is_asked():
    story = Story(SCREENS, ["mark", "mark"], begins="root", bound=False)
    assert story.turn().pause is None
    pause = story.turn().pause
    assert isinstance(pause, ConfirmationRequest)
    assert [reason.code for reason in pause.reasons] == ["corner"]
    assert story.phone.ledger == []
