"""What the pages of a trial show: the form with what is known, the size, the progress, and what came out, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.metrics.comparing import Difference
from tickets.models import (
    FlowTemplate,
    FlowVersion,
    Trial,
    TrialMeasure,
    TrialState,
)
from tickets.permissions import Permission, has
from tickets.services.releasing import releases, trial_plans, trial_results, trials

_TONES = {
    TrialState.PLANNED: "info",
    TrialState.RUNNING: "info",
    TrialState.ENDED: "ok",
    TrialState.SAFETY: "danger",
    TrialState.STOPPED: "quiet",
}


def panel_context(user: Any, template: FlowTemplate) -> dict[str, Any]:
    """For the page of a flow: its trials, the newest first, and whether another may be planned."""
    rows = list(template.trials.select_related("a", "b").order_by("-pk")[:5])
    going_on = any(row.state in trials.OPEN for row in rows)
    may = has(user, Permission.RELEASE_FLOWS) and not going_on and len(_candidates(template)) > 1
    return {"trials": [(row, tone(row)) for row in rows], "may_compare": may, "trial_going_on": going_on}


def tone(trial: Trial) -> str:
    return _TONES[TrialState(trial.state)]


def form_context(template: FlowTemplate, typed: Mapping[str, str]) -> dict[str, Any]:
    known = trial_plans.before(template)
    return {
        "template": template,
        "candidates": [(version, str(version.number)) for version in _candidates(template)],
        "known": known,
        "weekly": round(known.tickets_a_week),
        "typed": _guesses(template, known) | dict(typed),
        "measures": TrialMeasure.choices,
        "alphas": [(str(value), round(value * 100)) for value in trial_plans.ALPHAS],
        "powers": [(str(value), round(value * 100)) for value in trial_plans.POWERS],
    }


def page_context(trial: Trial) -> dict[str, Any]:
    shown = trial_results.result(trial) if trial.state not in trials.OPEN and trial.began_at else None
    better = shown.better if shown else None
    at_work = {row.version_id for row in releases.at_work().filter(template=trial.template, shadow=False, percent=100)}
    return {
        "template": trial.template,
        "trial": trial,
        "tone": tone(trial),
        "difference": _size(trial, trial.difference),
        "confidence": f"{1 - trial.alpha:.0%}".replace("%", " %"),
        "caveats": trial_plans.caveats(trial),
        "too_long": trial.days is None or trial.days > trial_plans.LONG,
        "progress": trial_results.progress(trial) if trial.state == TrialState.RUNNING else [],
        "result": shown,
        "lines": result_in_words(trial, shown) if shown else [],
        "arms": [("A", shown.a), ("B", shown.b)] if shown else [],
        "better": better,
        "better_at_work": better is not None and better.pk in at_work,
        "shares": releases.SHARES,
    }


def result_in_words(trial: Trial, result: trial_results.Result) -> list[str]:
    """What the figures show and what they do not."""
    lines = [_marked(result)] if result.a.marked or result.b.marked else []
    if trial.state != TrialState.ENDED:
        lines.append(_("对比在样本满之前停止:这些数字不说明哪个版本更好。"))
    for name, difference in (("success", result.success), ("time", result.time)):
        asked = trial.measure == name
        if difference is None:
            lines += [_("至少一组没有足够的处理,没有可比的。")] if asked else []
        elif trial.state == TrialState.ENDED and (asked or difference.shown):
            lines.append(_difference_in_words(trial, name, difference))
    if trial.state == TrialState.ENDED and trial.measure == TrialMeasure.TIME and _quicker_but_worse(result):
        lines.append(_("较快的版本成功得较少:不建议据此发布。"))
    return lines


def _difference_in_words(trial: Trial, name: str, found: Difference) -> str:
    """Of the version with more success, or with longer times, where the interval leaves out zero."""
    turned = found.shown and found.value < 0
    more, less = (trial.a, trial.b) if turned else (trial.b, trial.a)
    low, high = (-found.high, -found.low) if turned else (found.low, found.high)
    words = {
        "more": f"v{more.number}",
        "less": f"v{less.number}",
        "by": _size(trial, abs(found.value), name),
        "low": _size(trial, low, name),
        "high": _size(trial, high, name),
    }
    if not found.shown:
        words["what"] = _("成功率") if name == "success" else _("用时")
        text = _("看不出%(what)s的差别:%(more)s 减 %(less)s 的区间 %(low)s 到 %(high)s 包含 0。这不等于两个版本一样。")
    elif name == "success":
        text = _("%(more)s 的成功率比 %(less)s 高 %(by)s(差的区间 %(low)s 到 %(high)s,不含 0)。")
    else:
        text = _("%(more)s 的用时比 %(less)s 长 %(by)s(差的区间 %(low)s 到 %(high)s,不含 0)。")
    return text % words


def _quicker_but_worse(result: trial_results.Result) -> bool:
    both = result.time is not None and result.success is not None and result.time.shown and result.success.shown
    return bool(both and (result.time.value < 0) == (result.success.value < 0))  # type: ignore[union-attr]


def _marked(result: trial_results.Result) -> str:
    number = result.a.marked + result.b.marked
    text = ngettext("有 %d 步被人标记为有误,先看它再决定。", "有 %d 步被人标记为有误,先看它们再决定。", number)
    return text % number


def _size(trial: Trial, value: float, name: str = "") -> str:
    """A difference for people: percentage points, or seconds."""
    if (name or trial.measure) == TrialMeasure.SUCCESS:
        return _("%s 个百分点") % f"{100 * value:.1f}".removesuffix(".0")
    return _("%s 秒") % f"{value:.1f}".removesuffix(".0")


def _candidates(template: FlowTemplate) -> list[FlowVersion]:
    """Versions that may take part, the newest first."""
    return list(template.versions.filter(life__stage__in=releases.RELEASABLE).order_by("-number"))


def _guesses(template: FlowTemplate, known: trial_plans.Before) -> dict[str, str]:
    """Initial values of the form: the released version against the newest other one."""
    row = releases.at_work().filter(template=template, shadow=False, percent=100, department=None).first()
    mine = row.version.number if row else 0
    others = [version.number for version in _candidates(template) if version.number != mine]
    expected = round(100 * known.success) if known.success is not None else 90
    return {
        "a": str(mine),
        "b": str(others[0]) if others else "",
        "percent": "50",
        "measure": TrialMeasure.SUCCESS.value,
        "expected": str(min(99, max(1, expected))),
        "difference": "5",
        "alpha": "0.05",
        "power": "0.8",
        "floor": str(max(0, min(50, expected - 20))),
    }
