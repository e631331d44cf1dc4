"""Plans trials: the sample size from earlier figures, the expected duration; begins and stops them.

Rule: all terms that determine a trial's result are fixed before its first run.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import fmean, stdev
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.metrics import comparing
from tickets.metrics.times import machine_seconds
from tickets.models import FlowTemplate, FlowVersion, Run, RunStatus, Trial, TrialMeasure, TrialState, TrialStop
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.releasing import releases, stages, trials

ALPHAS = (0.05, 0.01, 0.1)
POWERS = (0.8, 0.9)
MOST_RUNS = 100_000  # of each arm
LONG = 90  # days: a longer trial gets a warning
_LOOK_BACK = timedelta(days=28)
_MEASURED = 20  # runs needed to estimate the variance of times


@dataclass(frozen=True, slots=True)
class Terms:
    """A trial's terms, set by a person. `expected`, `floor`: 0-1; `difference`: 0-1 or seconds, by `measure`."""

    a: FlowVersion
    b: FlowVersion
    percent: int
    measure: TrialMeasure
    expected: float
    difference: float
    alpha: float = 0.05
    power: float = 0.8
    floor: float = 0.5


@dataclass(frozen=True, slots=True)
class Before:
    """The last four weeks of a flow: tickets a week, success rate (None without runs), seconds of successful runs."""

    tickets_a_week: float
    success: float | None
    times: list[float]


def plan(template: FlowTemplate, user: Any, terms: Terms) -> Trial:
    """Store the terms with the number of runs they need. Nothing begins yet."""
    require(user, Permission.RELEASE_FLOWS)
    _check(template, terms)
    known = before(template)
    runs_each = _runs_each(terms, known)
    times = known.times if terms.measure is TrialMeasure.TIME else []
    with transaction.atomic():
        releases.lock(template)
        _refuse_second(template)
        trial = Trial.objects.create(
            template=template,
            a=terms.a,
            b=terms.b,
            salt=secrets.token_hex(16),
            percent=terms.percent,
            measure=terms.measure,
            expected=terms.expected,
            difference=terms.difference,
            mean_s=fmean(times) if times else None,
            deviation_s=stdev(times) if times else None,
            alpha=terms.alpha,
            power=terms.power,
            floor=terms.floor,
            runs_each=runs_each,
            days=_days(runs_each, terms.percent, known.tickets_a_week),
            planned_by=user,
        )
        details = {
            "template": template.slug,
            "versions": f"v{terms.a.number}, v{terms.b.number}",
            "percent": terms.percent,
            "runs": runs_each,
        }
        audit.record("trial.planned", user=user, obj=trial, details=details)
    return trial


def begin(trial: Trial, user: Any) -> Trial:
    """Begin the trial: tickets of its share get its versions. Its preconditions are checked again."""
    require(user, Permission.RELEASE_FLOWS)
    with transaction.atomic():
        releases.lock(trial.template)
        _check_versions(trial.template, trial.a, trial.b)
        return trials.move(trial, TrialState.RUNNING, user=user)


def stop(trial: Trial, user: Any, note: str = "") -> Trial:
    """Stop the trial, or discard a planned one."""
    require(user, Permission.RELEASE_FLOWS)
    with transaction.atomic():
        return trials.move(trial, TrialState.STOPPED, user=user, stop_reason=TrialStop.PERSON, note=note.strip()[:300])


def before(template: FlowTemplate) -> Before:
    since = timezone.now() - _LOOK_BACK
    runs = Run.objects.serving().filter(
        flow_version__template=template, created_at__gte=since, started_at__isnull=False
    )
    ended = list(runs.filter(ended_at__isnull=False).values_list("pk", "status"))
    well = [pk for pk, status in ended if status == RunStatus.SUCCEEDED]
    weeks = _LOOK_BACK / timedelta(weeks=1)
    tickets = runs.values("ticket").distinct().count() / weeks
    return Before(tickets, len(well) / len(ended) if ended else None, list(machine_seconds(well).values()))


def caveats(trial: Trial) -> list[str]:
    """Reasons, for people, why the two versions would not handle comparable tickets."""
    a, b = trial.a.definition, trial.b.definition
    found = []
    if a.get("match") != b.get("match"):
        found.append(_("两个版本的匹配词不同:推荐给它们的工单可能不是同一类,结果可能来自工单而不是版本。"))
    if a.get("slots") != b.get("slots"):
        found.append(_("两个版本需要的信息不同:能启动的工单可能不同,结果可能来自工单而不是版本。"))
    return found


def _check(template: FlowTemplate, terms: Terms) -> None:
    _check_versions(template, terms.a, terms.b)
    if not 1 <= terms.percent <= 100:
        raise Invalid(_("工单比例应为 1 到 100 之间的整数。"), code="bad_trial")
    if terms.alpha not in ALPHAS or terms.power not in POWERS:
        raise Invalid(_("请选择给出的误判率和检出率。"), code="bad_trial")
    if not 0 < terms.expected < 1:
        raise Invalid(_("预计的成功率应在 1 % 与 99 % 之间。"), code="bad_trial")
    if not 0 <= terms.floor < terms.expected:
        raise Invalid(_("成功率下限应低于预计的成功率。"), code="bad_trial")
    if terms.difference <= 0:
        raise Invalid(_("值得知道的差别应大于 0。"), code="bad_trial")


def _check_versions(template: FlowTemplate, a: FlowVersion, b: FlowVersion) -> None:
    if a.pk == b.pk:
        raise Invalid(_("请选择两个不同的版本。"), code="bad_trial")
    if {a.template_id, b.template_id} != {template.pk}:
        raise Invalid(_("两个版本都应属于这个流程。"), code="bad_trial")
    for version in (a, b):
        if stages.of(version) not in releases.RELEASABLE:
            raise Conflict(_("v%s 还没有通过评审,不能参加对比。") % version.number, code="flow_stage")
    whole = releases.at_work().filter(template=template, shadow=False, percent=100, department=None)
    if not template.active or not whole.exists():
        raise Conflict(_("先把一个版本发布给所有工单:对比停止后,工单由它处理。"), code="nothing_released")


def _refuse_second(template: FlowTemplate) -> None:
    other = Trial.objects.filter(template=template, state__in=trials.OPEN).first()
    if other is not None:
        words = {"a": other.a.number, "b": other.b.number, "state": other.get_state_display()}
        raise Conflict(_("这个流程已有一个对比:v%(a)s 与 v%(b)s(%(state)s)。") % words, code="trial_exists")


def _runs_each(terms: Terms, known: Before) -> int:
    """Ended runs needed per arm. If time is measured only successful ones count, so more are needed."""
    rates = {"alpha": terms.alpha, "power": terms.power}
    if terms.measure is TrialMeasure.TIME:
        if len(known.times) < _MEASURED:
            words = {"few": len(known.times), "least": _MEASURED}
            raise Invalid(
                _("最近四周只有 %(few)s 次成功的处理,不足 %(least)s 次,不知道用时相差多少;请改为衡量成功率。") % words,
                code="bad_trial",
            )
        measured = comparing.runs_for_means(stdev(known.times), terms.difference, **rates)
        needed = ceil(measured / terms.expected)
    else:
        try:
            needed = comparing.runs_for_shares(terms.expected, terms.difference, **rates)
        except ValueError as error:
            raise Invalid(_("没有一个成功率与预计的相差这么多;请填写较小的差别。"), code="bad_trial") from error
    if needed > MOST_RUNS:
        raise Invalid(_("这样小的差别每组需要 %s 次处理,不会有结果;请填写较大的差别。") % needed, code="bad_trial")
    return needed


def _days(runs_each: int, percent: int, tickets_a_week: float) -> int | None:
    a_day = tickets_a_week / 7 * percent / 100 / 2
    return ceil(runs_each / a_day) if a_day else None
