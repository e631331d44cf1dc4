"""Reads a run's checkpoint, and provides a substitute for an unreadable one.

Rule: an unreadable checkpoint never silently loses a run or an approval: the run waits for a person, who reads why,
looks at the phone and continues from what it shows.
"""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext_noop

from cs_agent.engine.run import human
from cs_agent.engine.run.pending import pending_of
from cs_agent.engine.run.state import CheckpointError, Phase, RunState, Unproven
from tickets.errors import Conflict
from tickets.models import Run, Step
from tickets.said import said

CODE = "checkpoint_unreadable"


class CheckpointUnreadable(Conflict):
    code = CODE
    default = gettext_noop("运行的进度无法读取,不能在此继续:请接管手机,核对画面后交还,或停止运行。")


def restored(run: Run) -> RunState:
    """The state the run continues from; CheckpointError if it, or the action in it, cannot be read."""
    state = RunState.from_json(run.checkpoint)
    pending_of(state)
    return state


def taken_over(run: Run) -> RunState:
    """The state for a takeover. If the checkpoint is unreadable, a state with only the instruction, marked as if an act
    with unseen effect had been done."""
    try:
        state = restored(run) if run.checkpoint else RunState(run.instruction, run.lang)
    except CheckpointError:
        return _lost(run)
    return state if state.phase is Phase.TAKEN_OVER else human.take_over(state)


def words_for_person() -> str:
    """Why such a run waits, in the active language."""
    return said("run.unreadable")


def _lost(run: Run) -> RunState:
    last = Step.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0
    return RunState(run.instruction, run.lang, phase=Phase.TAKEN_OVER, step_no=last, unproven=Unproven.AGENT)
