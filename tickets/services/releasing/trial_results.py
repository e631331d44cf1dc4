"""The results of a trial. Rule: not disclosed before it has ended; until then only the number of ended runs is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.metrics import comparing
from tickets.metrics.comparing import Difference
from tickets.metrics.shares import Share
from tickets.metrics.times import machine_seconds
from tickets.models import ActMark, Arm, FlowVersion, RunStatus, Trial, TrialMeasure, TrialState
from tickets.services.releasing import trial_runs, trials


@dataclass(frozen=True, slots=True)
class Progress:
    version: FlowVersion
    ended: int
    needed: int


@dataclass(frozen=True, slots=True)
class ArmResult:
    """`seconds`: machine time of successful runs; `left_out`: runs cancelled before a phone began."""

    version: FlowVersion
    share: Share
    seconds: list[float]
    left_out: int
    marked: int

    @property
    def mean(self) -> float | None:
        return fmean(self.seconds) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Result:
    """`success`, `time`: B minus A; None if an arm has too few runs. `better` is None if there is no significant
    difference."""

    a: ArmResult
    b: ArmResult
    success: Difference | None
    time: Difference | None
    better: FlowVersion | None


def progress(trial: Trial) -> list[Progress]:
    return [Progress(trial.version(arm), len(trial_runs.counted(trial, arm)), trial.runs_each) for arm in Arm]


def result(trial: Trial) -> Result:
    """The result; Conflict while the trial has not ended."""
    if trial.state in trials.OPEN:
        raise Conflict(_("对比结束之前不给出结果。"), code="trial_running")
    a, b = (_arm(trial, arm) for arm in Arm)
    success = comparing.difference_of_shares(a.share.good, a.share.all, b.share.good, b.share.all, trial.alpha)
    time = comparing.difference_of_means(a.seconds, b.seconds, trial.alpha)
    return Result(a, b, success, time, _better(trial, success, time))


def _arm(trial: Trial, arm: Arm) -> ArmResult:
    runs = trial_runs.counted(trial, arm)
    well = [run.pk for run in runs if run.status == RunStatus.SUCCEEDED]
    marks = ActMark.objects.filter(withdrawn_at=None, step__run__trial_member__trial=trial)
    return ArmResult(
        trial.version(arm),
        Share(len(well), len(runs)),
        list(machine_seconds(well).values()),
        trial_runs.left_out(trial, arm),
        marks.filter(step__run__trial_member__arm=arm).count(),
    )


def _better(trial: Trial, success: Difference | None, time: Difference | None) -> FlowVersion | None:
    """The better arm of a trial that reached its size; never one that is quicker but succeeds less often."""
    if trial.state != TrialState.ENDED:
        return None
    succeeds = _sign(success)
    if trial.measure == TrialMeasure.SUCCESS:
        return _of(trial, succeeds)
    quicker = -_sign(time)
    return _of(trial, quicker) if succeeds in {0, quicker} else None


def _sign(difference: Difference | None) -> int:
    if difference is None or not difference.shown:
        return 0
    return 1 if difference.value > 0 else -1


def _of(trial: Trial, sign: int) -> FlowVersion | None:
    return {1: trial.b, -1: trial.a}.get(sign)
