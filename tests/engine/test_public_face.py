"""What others may build on: the names of the engine's package, and a run driven by nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cs_agent.engine as engine
from cs_agent.testing.model import ScriptedModel
from cs_agent.testing.phone import FakePhone, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, MemoryJournal, StillPicture

PUBLIC = """
    Action CheckpointError ConfirmField ConfirmationKind ConfirmationRequest EndStatus Ended Engine EngineSettings
    FieldKind FieldValue FlowRules GatePolicy IllegalTransition Interrupted Journal Key Message Model ModelError
    ParseError Pause Phase Phone PhoneError Prompt Question Reason Reply Route RoutePlan RunState SettleDetector
    SettleFactory StepRecord StepSource StepStatus TakeoverRequest TextReader Turn Verdict VerdictKind digest human
    load_prompt parse_reply render start
""".split()  # noqa: SIM905 - a list to be read


def test_the_public_names_are_these_and_each_is_there():
    assert sorted(engine.__all__) == sorted(PUBLIC)
    assert sorted(dir(engine)) == sorted(PUBLIC)
    assert all(getattr(engine, name) is not None for name in PUBLIC)


def test_any_other_name_is_none_of_ours():
    with pytest.raises(AttributeError, match="Robot"):
        _ = engine.Robot


def test_reading_a_reply_loads_nothing_that_reads_screens():
    code = "import sys; from cs_agent.engine import parse_reply; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_run_is_driven_by_the_public_names_alone():
    phone = FakePhone(
        {
            "home": FakeScreen(["title:订单", "row:订单 1001", "row:订单 1002"], goes={"订单 1001": "detail"}),
            "detail": FakeScreen(["title:订单 1001", "text:已签收"]),
        },
        "home",
    )
    time = FakeTime()
    tap = engine.parse_reply('do(action="Tap", element=[300,135])').action
    driver = engine.Engine(
        phone=phone,
        model=ScriptedModel([tap, 'finish(message="已签收")']),
        reader=FakeReader(),
        journal=MemoryJournal(),
        rules=engine.FlowRules(success_evidence=(("已签收",),)),
        settle=StillPicture,
        prompt=engine.load_prompt("zh"),
        clock=time,
        sleep=time.sleep,
    )
    state = engine.start("看看订单 1001")
    for _ in range(4):
        turn = driver.turn(state)
        if isinstance(turn.pause, engine.ConfirmationRequest):
            state = engine.human.approve(turn.state, turn.pause.action_digest)
        elif turn.pause is None:
            state = turn.state
        else:
            break
    assert isinstance(turn.pause, engine.Ended)
    assert phone.shown == "detail"
