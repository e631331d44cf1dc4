"""At most once for the irreversible, at least once for the rest: a process that dies at any point of a turn."""

from __future__ import annotations

import pytest

from cs_agent.engine.actions.values import Back, Finish
from cs_agent.engine.run import human
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.engine.run.state import ConfirmationKind, ConfirmationRequest, Phase, RunState, StepRecord, StepStatus
from cs_agent.testing.phone import FakePhoneError, FakeScreen
from tests.engine.story import COMPLAINT, RULES, Story, complaint


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


def approved(*after, **options) -> Story:
    story = complaint(*after, **options)
    story.say_yes()
    return story


def kill_before_the_outcome(story: Story) -> None:
    """The act is done, its outcome never written."""

    def die(state: RunState, step: StepRecord) -> None:
        if step.status is StepStatus.DONE:
            raise Killed

    story.journal.on_save = die
    with pytest.raises(Killed):
        story.turn()
    story.journal.on_save = lambda state, step: None
    story.reload()


def kill_before_the_gesture(story: Story) -> None:
    """The intent is written, the phone never touched."""
    story.phone.fail("tap", FakePhoneError("gone"))
    with pytest.raises(PhoneError):
        story.turn()
    story.reload()


def test_a_cut_off_act_that_can_be_repeated_is_looked_at_afresh():
    story = complaint()
    kill_before_the_outcome(story)
    assert story.state.phase is Phase.ACTING
    turn = story.turn()
    assert turn.pause is None
    assert turn.step.status is StepStatus.UNCERTAIN
    assert story.state.phase is Phase.READY


def test_a_cut_off_submit_whose_evidence_is_on_the_screen_counts_as_done():
    story = approved(Finish("好"))
    kill_before_the_outcome(story)
    turn = story.turn()
    assert turn.pause is None
    assert turn.step.status is StepStatus.DONE
    assert story.phone.ledger == ["refund"]
    assert story.until_pause().pause.status == "succeeded"


def test_evidence_that_was_there_before_the_act_proves_nothing():
    screens = dict(COMPLAINT)
    screens["review"] = FakeScreen([*COMPLAINT["review"].rows, "text:提交成功后三日到账"], does={"提交审核": "refund"})
    story = Story(screens, ["提交审核"], begins="review", rules=RULES)
    story.say_yes()
    kill_before_the_outcome(story)
    assert story.turn().pause.kind is ConfirmationKind.UNCERTAIN


def test_a_submit_of_unknown_outcome_asks_a_human_with_the_picture_and_repeats_nothing():
    story = approved()
    kill_before_the_gesture(story)
    asked = story.turn().pause
    assert isinstance(asked, ConfirmationRequest)
    assert asked.kind is ConfirmationKind.UNCERTAIN
    assert asked.screenshot is not None
    assert asked.irreversible
    assert story.phone.ledger == []


def test_a_yes_to_an_unknown_outcome_does_it_again_once():
    story = approved()
    kill_before_the_gesture(story)
    asked = story.turn().pause
    story.state = human.approve(story.state, asked.action_digest)
    assert story.turn().pause is None
    assert story.phone.ledger == ["refund"]


def test_a_no_to_an_unknown_outcome_goes_on_without_repeating():
    story = approved(Back())
    kill_before_the_gesture(story)
    story.turn()
    story.state = human.reject(story.state, "已经提交过了", end=False)
    assert story.turn().step.action_name == "Back"
    assert "已经提交过了" in story.told
    assert story.phone.ledger == []


def test_a_yes_to_an_unknown_outcome_on_another_page_does_not_tap_what_lies_there_now():
    story = approved(Back())
    kill_before_the_gesture(story)
    story.phone.show("home")
    asked = story.turn().pause
    story.state = human.approve(story.state, asked.action_digest)
    turn = story.turn()
    assert turn.pause is None
    assert story.phone.ledger == []
    assert "tap" not in story.phone.acts[-1] or story.phone.acts[-1] == "tap:下一步"
    story.turn()
    assert "不在屏幕上" in story.told


@pytest.mark.parametrize("where", ["intent", "gesture", "outcome"])
def test_whenever_the_process_dies_around_the_submit_the_refund_is_filed_at_most_once(where):
    story = approved(Finish("好"))
    if where == "intent":
        story.journal.on_save = lambda state, step: (_ for _ in ()).throw(Killed)
        with pytest.raises(Killed):
            story.turn()
        story.journal.on_save = lambda state, step: None
    elif where == "gesture":
        kill_before_the_gesture(story)
    else:
        kill_before_the_outcome(story)
    for _ in range(6):
        turn = story.turn()
        if isinstance(turn.pause, ConfirmationRequest):
            story.state = human.approve(story.state, turn.pause.action_digest)
        elif turn.pause:
            break
    assert story.phone.ledger == ["refund"]


def test_a_phone_that_fails_after_the_submit_leaves_the_intent_standing():
    story = approved()
    story.phone.fail("after_tap", FakePhoneError("the line dropped"))
    with pytest.raises(PhoneError):
        story.turn()
    assert story.journal.checkpoint.phase is Phase.ACTING
    assert story.phone.ledger == ["refund"]
    story.reload()
    story.turn()
    assert story.phone.ledger == ["refund"]


def test_a_human_who_takes_over_a_cut_off_act_is_remembered_as_uncertain():
    story = approved(Back())
    kill_before_the_gesture(story)
    state = human.take_over(story.state)
    assert (state.phase, state.pending) == (Phase.TAKEN_OVER, None)
    story.state = human.handed_back(state, "已手工提交")
    story.turn()
    assert "不确定" in story.told
    assert "已手工提交" in story.told


def test_a_checkpoint_that_acts_on_nothing_is_refused():
    story = complaint()
    story.state = story.state.evolve(phase=Phase.ACTING)
    with pytest.raises(IllegalTransition):
        story.turn()
