"""The steps of a run for display: in words, with the gate's verdict and people's answers."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from consoles.pages.words import action_in_words, in_language
from consoles.web import media
from cs_agent.engine.run.state import StepSource
from tickets.models import ActMark, Confirmation, ConfirmationState, Run, Step, StepActor

TIMINGS = ("observe", "model", "gate", "read", "recheck", "act", "settle")
_NOT_AGREED = {
    ConfirmationState.REJECTED,
    ConfirmationState.EXPIRED,
    ConfirmationState.VOIDED,
    ConfirmationState.CORRECTED,
}


@dataclass(frozen=True)
class Touch:
    """Where the screen was touched, as percentages of its width and height, and how far a swipe went."""

    x: float
    y: float
    to_x: float | None = None
    to_y: float | None = None


@dataclass(frozen=True)
class StepView:
    """One line of the timeline."""

    step: Step
    words: str
    reasons: list[str]
    before: str = ""
    after: str = ""
    touch: Touch | None = None
    decisions: list[Confirmation] = field(default_factory=list)
    new_goal: str = ""  # the sub-goal that begins with this step
    fault: ActMark | None = None  # what a person marked as wrong in it

    @property
    def number(self) -> int:
        return self.step.number

    @property
    def mark(self) -> str:
        """Changes whenever what is shown changes."""
        told = [
            self.step.status,
            self.step.action_text,
            self.step.outcome,
            self.before,
            self.after,
            self.new_goal,
            self.step.control,
        ]
        told += [f"{item.pk}{item.version}" for item in self.decisions]
        told += [f"{self.fault.pk}"] if self.fault else []
        return hashlib.sha256("|".join(told).encode()).hexdigest()[:10]

    @property
    def answers(self) -> list[Confirmation]:
        """What people decided at this step."""
        return [item for item in self.decisions if item.state != ConfirmationState.PENDING]

    @property
    def decided(self) -> bool:
        return any(item.state == ConfirmationState.APPROVED for item in self.decisions)

    @property
    def notable(self) -> bool:
        """Whether its state is worth a word in the line: what was done as meant needs none, nor what was not agreed to
        and so is not under way any more."""
        latest = self.decisions[-1].state if self.decisions else ""
        return self.step.status != "done" and not (self.step.status == "intended" and latest in _NOT_AGREED)

    @property
    def human(self) -> bool:
        return self.step.actor == StepActor.HUMAN

    @property
    def may_be_marked(self) -> bool:
        """Whether the agent did something here that a person may call wrong."""
        return not self.human and self.step.status in {"done", "uncertain"}

    @property
    def picture(self) -> str:
        return self.after or self.before

    @property
    def source(self) -> str:
        """Who proposed it, where that is not the model; a person's gesture is marked as such."""
        return {"route": _("路线"), "engine": _("系统")}.get(self.step.source, "")

    @property
    def thought(self) -> str:
        """Why it was done; of a step that the route gave that is told by its source, in the reader's language."""
        return "" if self.step.source == StepSource.ROUTE else self.step.thought

    @property
    def percent(self) -> int | None:
        return None if self.step.confidence is None else round(self.step.confidence * 100)

    @property
    def unsure(self) -> bool:
        least = settings.CS_AGENT["CS_AGENT_MIN_CONFIDENCE"]
        return self.step.confidence is not None and self.step.confidence < least

    @property
    def touch_points(self) -> str:
        """The touch as the script reads it: percentages, comma separated."""
        if self.touch is None:
            return ""
        points = [self.touch.x, self.touch.y, self.touch.to_x, self.touch.to_y]
        return ",".join(f"{point:g}" for point in points if point is not None)

    @property
    def seconds(self) -> float | None:
        total = self.step.timings.get("total") if self.step.timings else None
        if total is None and self.step.ended_at:
            total = (self.step.ended_at - self.step.started_at).total_seconds()
        return total

    @property
    def timings(self) -> list[tuple[str, float]]:
        """Name and seconds, in the order things happen."""
        names = {
            "observe": _("观察"),
            "model": _("模型"),
            "gate": _("把关"),
            "read": _("读取字段"),
            "recheck": _("执行前复核"),
            "act": _("执行"),
            "settle": _("等待画面稳定"),
        }
        measured = self.step.timings or {}
        return [(names[key], measured[key]) for key in TIMINGS if key in measured]

    @property
    def verdict(self) -> str:
        return {
            "allow": _("放行"),
            "confirm": _("需确认"),
            "ask": _("询问"),
            "take_over": _("需接管"),
            "deny": _("拒绝"),
        }.get(self.step.verdict, "")

    @property
    def state(self) -> str:
        return {
            "intended": _("进行中"),
            "done": _("已执行"),
            "failed": _("失败"),
            "refused": _("未执行"),
            "uncertain": _("结果不确定"),
        }.get(self.step.status, self.step.status)


def timeline(run: Run, since: int = 0) -> list[StepView]:
    """Steps from number `since` on, each with the confirmations that were asked at it."""
    asked: dict[int, list[Confirmation]] = defaultdict(list)
    for confirmation in run.confirmations.select_related("decided_by").order_by("created_at"):
        asked[confirmation.step_number].append(confirmation)
    steps = run.steps.filter(number__gte=since).select_related("user").order_by("number")
    earlier = run.steps.filter(number__lt=since).exclude(goal="").order_by("-number") if since else None
    goal = earlier.values_list("goal", flat=True).first() or "" if earlier is not None else ""
    faults = {mark.step_id: mark for mark in ActMark.objects.filter(step__run=run, withdrawn_at=None)}
    views = []
    for step in steps:
        new_goal = step.goal if step.goal != goal else ""
        goal = step.goal or goal
        views.append(_view(run, step, asked.get(step.number, []), new_goal, faults.get(step.pk)))
    return views


def _view(run: Run, step: Step, decisions: list[Confirmation], new_goal: str, fault: ActMark | None) -> StepView:
    return StepView(
        step=step,
        words=action_in_words(step),
        reasons=[in_language(reason) for reason in step.reasons],
        before=_picture(step, "before"),
        after=_picture(step, "after"),
        touch=_touch(run, step.touch),
        decisions=decisions,
        new_goal=new_goal,
        fault=fault,
    )


def _picture(step: Step, which: str) -> str:
    return media.address(media.Kind.STEP, f"{step.pk}.{which}") if getattr(step, which) else ""


def _touch(run: Run, points: list[Any]) -> Touch | None:
    """None without a touch, or while the phone's size is not known."""
    phone = run.phone
    if len(points) not in (2, 4) or phone is None or not phone.width or not phone.height:
        return None
    across = [round(100 * value / phone.width, 1) for value in points[::2]]
    down = [round(100 * value / phone.height, 1) for value in points[1::2]]
    return Touch(across[0], down[0], *((across[1], down[1]) if len(across) == 2 else ()))
