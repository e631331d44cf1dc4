"""A run's checkpoint read back, and what stands for one that cannot be read.

Rule: a checkpoint that this release cannot read costs neither the run nor a yes in silence: its run waits for a
person, who is told why, looks at the phone and goes on from what it shows.
"""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext_lazy

from cs_agent.engine.run import human
from cs_agent.engine.run.pending import pending_of
from cs_agent.engine.run.state import CheckpointError, Phase, RunState, Unproven
from tickets.errors import Conflict
from tickets.models import Run, Step
from tickets.said import said

CODE = "checkpoint_unreadable"


class CheckpointUnreadable(Conflict):
    code = CODE
    default = gettext_lazy("运行的进度无法读取,不能在此继续:请接管手机,核对画面后交还,或停止运行。")


def restored(run: Run) -> RunState:
    """The state the run goes on from; CheckpointError where it, or the action in it, cannot be read."""
    state = RunState.from_json(run.checkpoint)
    pending_of(state)
    return state


def taken_over(run: Run) -> RunState:
    """The state with a person at the phone. Where the checkpoint cannot be read, one that knows nothing but the
    instruction, and that an act may have been done whose effect nobody has seen."""
    try:
        state = restored(run) if run.checkpoint else RunState(run.instruction, run.lang)
    except CheckpointError:
        return _lost(run)
    return state if state.phase is Phase.TAKEN_OVER else human.take_over(state)


def words_for_person() -> str:
    """Why such a run waits, in the language that is active."""
    return said("run.unreadable")


def _lost(run: Run) -> RunState:
    last = Step.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0
    return RunState(run.instruction, run.lang, phase=Phase.TAKEN_OVER, step_no=last, unproven=Unproven.AGENT)
