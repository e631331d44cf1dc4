"""The run's state is JSON and back, and its phases follow one table."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.actions.values import Tap, Type
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.pending import Pending, pending_of
from cs_agent.engine.run.phases import TRANSITIONS, Event, IllegalTransition, after
from cs_agent.engine.run.state import Phase, Reason, RunState, Verdict, VerdictKind
from cs_agent.geometry import NormPoint

texts = st.text(max_size=20)
pairs = st.dictionaries(texts, texts, max_size=3)
states = st.builds(
    RunState,
    instruction=texts,
    lang=st.sampled_from(["zh", "en"]),
    phase=st.sampled_from(Phase),
    step_no=st.integers(0, 1000),
    history=st.lists(st.tuples(texts, texts), max_size=4).map(tuple),
    notes=st.lists(texts, max_size=3).map(tuple),
    pending=st.none() | pairs,
    approved=texts,
    counters=st.dictionaries(texts, st.integers(0, 9), max_size=3),
    trail=st.lists(texts, max_size=3).map(tuple),
    message=texts,
    corrections=pairs,
    seen=pairs,
    focus=texts,
)
verdicts = st.builds(
    Verdict,
    kind=st.sampled_from(VerdictKind),
    reasons=st.lists(st.builds(Reason, code=texts, values=pairs), max_size=2).map(tuple),
    irreversible=st.booleans(),
)
pendings = st.builds(
    Pending,
    kind=st.sampled_from(["act", "action", "finish", "uncertain", "question"]),
    action=st.text(max_size=20).map(Type),
    thought=texts,
    confidence=st.none() | st.floats(0, 1),
    irreversible=st.booleans(),
    fingerprint=texts,
    target=st.lists(texts, max_size=2).map(tuple),
    fields=st.lists(st.tuples(texts, texts, texts), max_size=3).map(tuple),
    verdict=st.none() | verdicts,
    evidence_before=st.booleans(),
    target_there=st.booleans(),
)


@given(states)
def test_any_state_survives_a_checkpoint(state):
    assert RunState.from_json(json.loads(json.dumps(state.to_json()))) == state


@given(pendings)
def test_what_waits_survives_a_checkpoint(pending):
    kept = RunState("x", pending=json.loads(json.dumps(pending.to_json())))
    assert pending_of(kept) == pending


@pytest.mark.parametrize(
    "stored", [["commit_word", "会提交", "it submits"], {"code": "commit_word", "zh": "会提交", "en": "it submits"}]
)
def test_a_reason_that_an_older_release_wrote_out_is_told_as_it_was_written(stored):
    reason = Reason.from_json(stored)
    assert reason.code == "commit_word"
    assert (told(reason, "zh"), told(reason, "en")) == ("会提交", "it submits")
    assert told(Reason.from_json(reason.to_json()), "en") == "it submits"


@pytest.mark.parametrize("version", [0, 3, None, "1"])
def test_a_checkpoint_of_another_version_is_refused(version):
    with pytest.raises(ValueError, match="version"):
        RunState.from_json({**RunState("x").to_json(), "version": version})


def test_a_checkpoint_without_later_fields_is_still_read():
    old = RunState("x").to_json()
    for name in ("corrections", "seen", "focus"):
        del old[name]
    assert RunState.from_json(old) == RunState("x")


def test_the_digest_binds_every_part_of_an_action():
    point = NormPoint(1, 2)
    digests = {
        Pending("action", action).digest
        for action in (Tap(point), Tap(point, ""), Tap(NormPoint(2, 1)), Type("a"), Type("b"))
    }
    assert len(digests) == 5


@pytest.mark.parametrize(("phase", "event"), [(p, e) for p in Phase for e in Event if (p, e) not in TRANSITIONS])
def test_a_transition_that_is_not_in_the_table_raises(phase, event):
    with pytest.raises(IllegalTransition) as caught:
        after(phase, event)
    assert (caught.value.phase, caught.value.event) == (phase, event)


def test_an_ended_run_has_no_way_on_and_every_other_phase_has_one():
    leaving = {phase for phase, _ in TRANSITIONS}
    assert leaving == set(Phase) - {Phase.ENDED}


def test_only_a_human_gets_a_run_out_of_waiting():
    waiting = {Phase.CONFIRMING, Phase.ASKING, Phase.TAKEN_OVER}
    engine = {Event.INTEND, Event.OUTCOME, Event.NOTE, Event.PROPOSE, Event.DOUBT}
    engine |= {Event.ASK, Event.NEED_HUMAN, Event.END}
    assert not {event for phase, event in TRANSITIONS if phase in waiting} & engine


def test_flow_rules_fill_slots_and_name_a_wrong_key():
    data = {
        "success_evidence": [["提交成功"], ["订单{order}"]],
        "navigation_words": ["下一步"],
        "confirm_fields": [
            {"name": "refund", "label": "退款", "screen_labels": ["退款金额"], "kind": "money", "slot": "refund"}
        ],
    }
    rules = FlowRules.from_json(data, {"order": "1001", "refund": "399"})
    assert rules.success_evidence == (("提交成功",), ("订单1001",))
    assert rules.confirm_fields == (ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "399"),)
    assert rules.navigation_words == ("下一步",)
    with pytest.raises(ValueError, match="colour"):
        FlowRules.from_json({"colour": 1}, {})
