"""What people may do to a run, and in which phase."""

from __future__ import annotations

import pytest

from cs_agent.engine.actions.values import Tap, render
from cs_agent.engine.run import human
from cs_agent.engine.run.conversation import Entry
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.state import Phase, RunState
from cs_agent.geometry import NormPoint

ACTION = Tap(NormPoint(1, 2))
WAITING = Pending("action", ACTION, irreversible=True, fields=(("refund", "退款", "¥399.00"),))


def run(phase: Phase, pending: Pending | None = WAITING, **changes) -> RunState:
    return RunState("x", phase=phase, pending=pending.to_json() if pending else None).evolve(**changes)


def operator_words(state: RunState) -> str:
    return "\n".join(text for role, text in state.history if role == Entry.OPERATOR)


MOVES = {
    "approve": (lambda s: human.approve(s, WAITING.digest), {Phase.CONFIRMING}),
    "reject": (lambda s: human.reject(s, "不", end=False), {Phase.CONFIRMING}),
    "end": (lambda s: human.reject(s, "不", end=True), {Phase.CONFIRMING}),
    "correct": (lambda s: human.correct(s, "refund", "300"), {Phase.CONFIRMING}),
    "answer": (lambda s: human.answer(s, "好"), {Phase.ASKING}),
    "take over": (human.take_over, set(Phase) - {Phase.ENDED}),
    "hand back": (lambda s: human.handed_back(s, ""), {Phase.TAKEN_OVER}),
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("move", MOVES)
def test_each_move_fits_its_phases_and_no_other(move, phase):
    make, fits = MOVES[move]
    if phase in fits:
        assert make(run(phase)).phase is not phase or phase is Phase.TAKEN_OVER
    else:
        with pytest.raises(IllegalTransition):
            make(run(phase))


def test_a_yes_is_bound_to_its_action_and_leaves_everything_else():
    state = run(Phase.CONFIRMING, counters={"no_effect": 1})
    approved = human.approve(state, WAITING.digest, "金额已核对")
    assert (approved.phase, approved.approved) == (Phase.READY, WAITING.digest)
    assert approved.pending["note"] == "金额已核对"
    assert approved.history == state.history


@pytest.mark.parametrize("digest", ["", "0" * 64, WAITING.digest.upper()])
def test_a_yes_to_anything_else_is_refused(digest):
    with pytest.raises(IllegalTransition):
        human.approve(run(Phase.CONFIRMING), digest)


def test_a_yes_where_nothing_waits_is_refused():
    with pytest.raises(IllegalTransition):
        human.approve(run(Phase.CONFIRMING, None), WAITING.digest)


@pytest.mark.parametrize("note", ["先改地址", ""])
def test_a_no_clears_what_waited_and_tells_the_agent(note):
    state = human.reject(run(Phase.CONFIRMING), note, end=False)
    assert (state.phase, state.pending, state.approved) == (Phase.READY, None, "")
    assert note in operator_words(state)
    assert render(ACTION) in operator_words(state)


def test_a_no_that_ends_keeps_its_note_as_the_result():
    state = human.reject(run(Phase.CONFIRMING), "客户撤回", end=True)
    assert (state.phase, state.message) == (Phase.ENDED, "客户撤回")
    assert operator_words(state) == ""


def test_a_no_to_an_unknown_outcome_says_that_it_is_not_to_be_repeated():
    state = human.reject(run(Phase.CONFIRMING, WAITING.evolve(kind="uncertain")), "", end=False)
    assert "无需重复" in operator_words(state)


def test_a_correction_names_the_field_by_its_label_and_is_kept():
    state = human.correct(run(Phase.CONFIRMING), "refund", "300")
    assert state.corrections == {"refund": "300"}
    assert "退款" in operator_words(state)
    assert "300" in operator_words(state)
    again = human.correct(state.evolve(phase=Phase.CONFIRMING, pending=WAITING.to_json()), "refund", "200")
    assert again.corrections == {"refund": "200"}


def test_an_answer_is_told_together_with_the_question():
    state = human.answer(run(Phase.ASKING, Pending("question", ACTION, thought="哪一个?")), "第二个")
    assert "哪一个?" in operator_words(state)
    assert "第二个" in operator_words(state)


def test_a_takeover_voids_what_waited():
    state = human.take_over(run(Phase.CONFIRMING, approved="x"))
    assert (state.phase, state.pending, state.approved) == (Phase.TAKEN_OVER, None, "")


def test_a_handback_starts_recovery_and_the_trail_anew():
    state = run(Phase.TAKEN_OVER, None, trail=("a", "a"), counters={"recovery_level": 3, "no_effect": 2, "popup": 1})
    back = human.handed_back(state, "登录了")
    assert (back.phase, back.trail, back.counters) == (Phase.READY, (), {"popup": 1, "irreversible_acts": 1})
    assert "登录了" in operator_words(back)


@pytest.mark.parametrize("move", MOVES)
def test_no_move_changes_the_state_it_is_given(move):
    make, fits = MOVES[move]
    for phase in fits:
        state = run(phase)
        before = state.to_json()
        make(state)
        assert state.to_json() == before
