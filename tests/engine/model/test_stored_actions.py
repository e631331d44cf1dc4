"""Actions are kept as values: whatever they hold comes back, and what the release before kept is still read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.stored import from_json, from_v1, to_json, with_texts
from cs_agent.engine.actions.values import Interact, Tap, digest, digest_v1, render
from cs_agent.engine.run import human
from cs_agent.engine.run.pending import Pending, pending_of
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.state import IRREVERSIBLE_ACTS, CheckpointError, Phase, RunState
from cs_agent.geometry import NormPoint
from tests.engine.story import complaint

points = st.builds(NormPoint, st.integers(0, 999), st.integers(0, 999))
texts = st.text(max_size=30)
anything = st.one_of(
    st.builds(actions.Launch, texts),
    *(st.builds(kind, points, st.none() | texts) for kind in (actions.Tap, actions.DoubleTap, actions.LongPress)),
    st.builds(actions.Type, texts),
    st.builds(actions.Swipe, points, points),
    st.builds(actions.Wait, st.floats(0, 60)),
    st.builds(actions.Back),
    st.builds(actions.Home),
    *(st.builds(kind, texts) for kind in (actions.TakeOver, actions.Interact, actions.Note, actions.Finish)),
    st.builds(actions.CallApi, texts),
)
TAP = Tap(NormPoint(500, 930), "")
# As the release before wrote them: a run that waits for a yes, and one in the middle of an act.
OLD_PENDING = {
    "kind": "action",
    "action_text": 'do(action="Tap", element=[500,930], message="")',
    "digest": "",
    "thought": "提交",
    "confidence": 0.97,
    "irreversible": True,
    "fingerprint": "f1",
    "target": ["提交审核"],
    "fields": [["refund", "退款", "¥399.00"]],
    "verdict": None,
    "evidence_before": False,
    "target_there": True,
    "timings": {},
    "tokens": {},
}
OLD_DIGEST = "af17e6c2"


def old(phase: str, pending: dict | None) -> dict:
    return {
        "version": 1,
        "instruction": "处理投诉",
        "lang": "zh",
        "phase": phase,
        "step_no": 7,
        "history": [["user", "{}"]],
        "notes": [],
        "pending": pending,
        "approved": "",
        "counters": {"deeds": 1, "rung": 2},
        "trail": [],
        "message": "",
        "corrections": {},
        "focus": "提交审核",
        "seen": {"实付金额": "¥399.00"},
    }


@given(anything)
def test_whatever_an_action_holds_comes_back(action):
    assert from_json(json.loads(json.dumps(to_json(action)))) == action


@given(anything, anything)
def test_two_actions_share_a_digest_only_where_they_are_the_same(one, other):
    assert (digest(one) == digest(other)) == (one == other)
    assert len(digest(one)) <= 64


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "Explode"},
        {"action": "Tap"},
        {"action": "Tap", "element": [1]},
        {"action": "Tap", "element": "ab"},
        {"action": "Tap", "element": [1, 2000]},
        {"action": "Type", "text": 5},
        {"action": "Back", "more": 1},
        {"action": "Wait", "seconds": "soon"},
        {"action": ["Tap"]},
    ],
)
def test_what_is_no_action_is_refused(data):
    with pytest.raises(ValueError):
        from_json(data)


@given(anything)
def test_the_texts_of_an_action_can_be_redacted_and_nothing_else_changes(action):
    hidden = with_texts(action, lambda text: "*")
    assert type(hidden) is type(action)
    assert getattr(hidden, "element", None) == getattr(action, "element", None)
    said = [getattr(hidden, name, None) for name in ("app", "text", "message", "instruction")]
    assert set(said) <= {None, "", "*"}


def test_a_yes_that_waited_in_the_release_before_is_honoured():
    state = RunState.from_json(old("confirming", OLD_PENDING))
    assert state.counters == {IRREVERSIBLE_ACTS: 1, "recovery_level": 2}
    approved = human.approve(state, digest_v1(TAP))
    assert approved.phase is Phase.READY
    again = RunState.from_json(json.loads(json.dumps(approved.to_json())))
    assert pending_of(again).is_bound_to(again.approved)


def test_the_digest_of_the_release_before_does_not_change():
    assert digest_v1(TAP).startswith(OLD_DIGEST)


def test_a_yes_of_the_release_before_to_another_action_is_refused():
    with pytest.raises(IllegalTransition):
        human.approve(RunState.from_json(old("confirming", OLD_PENDING)), digest_v1(Tap(NormPoint(500, 930))))


def test_an_old_yes_is_carried_out_once():
    story = complaint()
    turn = story.until_pause()
    story.state = human.approve(story.state, digest_v1(turn.pause.action))
    story.turn()
    assert story.phone.ledger == ["refund"]


def test_an_act_that_the_release_before_was_in_the_middle_of_is_read():
    state = RunState.from_json(old("acting", {**OLD_PENDING, "kind": "act"}))
    assert pending_of(state) == Pending(
        "act", TAP, "提交", 0.97, True, "f1", ("提交审核",), (("refund", "退款", "¥399.00"),)
    )


def test_a_question_of_the_release_before_is_read():
    state = RunState.from_json(old("asking", {**OLD_PENDING, "kind": "question", "action_text": ""}))
    assert pending_of(state).action == Interact("提交")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 99},
        {"phase": "elsewhere"},
        {"history": [["one"]]},
        {"counters": None},
        {"more": 1},
        {"notes": 5},
    ],
)
def test_a_checkpoint_that_cannot_be_read_says_so(change):
    with pytest.raises(CheckpointError):
        RunState.from_json({**RunState("x").to_json(), **change})


@pytest.mark.parametrize(
    "pending",
    [
        {"kind": "act"},
        {"kind": "act", "action": {"action": "Fly"}},
        {"kind": "act", "action_text": "do(", "digest": ""},
        {"kind": "act", "action": {"action": "Back"}, "fields": [["x"]]},
        {"kind": "act", "action": 5},
    ],
)
def test_an_action_that_cannot_be_read_says_so(pending):
    with pytest.raises(CheckpointError):
        pending_of(RunState("x", pending=pending))


def test_a_reply_or_words_in_an_old_row_are_no_action():
    assert from_v1("点击 (10,20)") is None
    assert from_v1("") is None
    assert from_v1(render(TAP)) == TAP
