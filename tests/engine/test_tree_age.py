"""A tree that is older than the picture proves nothing; one whose age the phone tells is as old as that."""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.engine.run.state import ConfirmationRequest, StepStatus
from cs_agent.observation import UiNode
from cs_agent.testing.phone import FakePhone
from tests.engine.story import COMPLAINT, SMALL, Story


@dataclass(slots=True)
class LatePhone(FakePhone):
    """Gives the tree that it had some time ago."""

    late_s: float = 0.0

    def nodes(self) -> tuple[UiNode, ...] | None:
        nodes = FakePhone.nodes(self)
        self.tree_at = self.now() - self.late_s
        return nodes


def ride(late_s: float) -> Story:
    story = Story(COMPLAINT, ["查询"])
    story.phone = LatePhone(story.screens, "home", screen_size=SMALL, now=story.time, late_s=late_s)
    story.engine = story.new_engine()
    return story


def test_an_old_tree_vouches_for_no_control_that_the_flow_names():
    pause = ride(late_s=0.5).until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert [reason.code for reason in pause.reasons] == ["stale_tree"]


def test_a_tree_as_old_as_the_picture_does():
    turn = ride(late_s=0.0).turn()
    assert (turn.pause, turn.step.status) == (None, StepStatus.DONE)
    assert turn.step.verdict is not None
    assert turn.step.verdict.vouched_by == "flow"
