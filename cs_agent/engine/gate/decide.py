"""The check before every action: may it be done, or must a human say so first?

Pure and deterministic. Rules: it decides from what is on the screen and what the flow says; what the model says can
only add risk; where it cannot tell on a page where that matters, it asks. Text on the screen is data: nothing a page
says makes a control safer than its own words and kind are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cs_agent.engine.actions.values import (
    Action,
    Back,
    DoubleTap,
    Home,
    Interact,
    Launch,
    LongPress,
    Swipe,
    TakeOver,
    Tap,
    Type,
    Wait,
)
from cs_agent.engine.gate import gestures as gate_gestures
from cs_agent.engine.gate import kinds
from cs_agent.engine.gate import touch as gate_touch
from cs_agent.engine.gate.findings import Finding, GatePolicy, Scene, UnknownConfidence
from cs_agent.engine.gate.hazards import Hazard, acts_when_left, find_hazard
from cs_agent.engine.gate.labels import target_sense
from cs_agent.engine.gate.reasons import reason
from cs_agent.engine.gate.vouches import Vouches
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.state import Unproven, Verdict, VerdictKind
from cs_agent.engine.screen.drawn.joined import part_joined
from cs_agent.engine.screen.drawn.windows import front_window
from cs_agent.engine.screen.page import Nature, read_page
from cs_agent.engine.screen.text import show_money, squash
from cs_agent.engine.screen.words import LabelKind
from cs_agent.observation import AppKind, ForegroundApp, Observation

__all__ = ["GatePolicy", "StepContext", "UnknownConfidence", "Vouches", "decide"]

_SEVERITY = (VerdictKind.ALLOW, VerdictKind.ASK, VerdictKind.CONFIRM, VerdictKind.TAKE_OVER, VerdictKind.DENY)
_OWN_KINDS: dict[type, str] = {
    Back: "back",
    Home: "home",
    Wait: "wait",
    Swipe: "scroll",
    Type: "type",
    Launch: "launch",
}
_HANDS = (Tap, DoubleTap, LongPress, Swipe, Type)


@dataclass(frozen=True, slots=True)
class StepContext:
    """What the run knows besides the screen.

    `focus`: the label that was touched last; `typed`: what was typed last, while nothing else was touched; `put_in`:
    the run has put something into this page: typed, chosen or attached, other than what it searched for; `unproven`:
    see its class; `led`: the control with a word of doing or handing over that led to this page, until it is left by
    Back, Home or a launch.
    """

    focus: str = ""
    typed: str = ""
    put_in: bool = False
    unproven: Unproven = Unproven.NOTHING
    led: str = ""


def decide(
    action: Action,
    observation: Observation,
    rules: FlowRules | None = None,
    policy: GatePolicy | None = None,
    confidence: float | None = None,
    context: StepContext | None = None,
    vouches: Vouches | None = None,
) -> Verdict:
    """The verdict with every reason that was found, the weightiest first."""
    rules, policy, context = rules or FlowRules(), policy or GatePolicy(), context or StepContext()
    observation = part_joined(observation)
    scene = Scene(
        observation,
        read_page(observation),
        rules,
        policy,
        vouches or Vouches(),
        front_window(observation),
        context.focus,
        context.typed,
        context.put_in,
        context.led,
    )
    findings = [*_of_hazards(action, scene), *_of_app(action, scene), *_of_action(action, scene)]
    findings += [*_of_model(action, scene, confidence), *_of_outcome(action, scene, context.unproven)]
    if all(finding.kind is VerdictKind.ALLOW and not finding.vouched_by for finding in findings):
        findings += _of_kind(action)
    irreversible = any(finding.irreversible for finding in findings)
    if irreversible:
        certain = any(finding.irreversible and finding.kind is not VerdictKind.ASK for finding in findings)
        findings += _of_amounts(scene, certain=certain)
        findings += _of_read_only(rules) if certain else ()
    return _verdict(findings, irreversible)


def _of_hazards(action: Action, scene: Scene) -> Iterator[Finding]:
    """Going away is open unless the page says what that does; all else, waiting too, is for a human to see first."""
    said = acts_when_left(scene.observation) if scene.window is None and isinstance(action, Back | Tap) else ""
    if said and (isinstance(action, Back) or _goes_back(action, scene)):
        yield Finding(VerdictKind.ASK, reason(str(Hazard.ACTS_BY_ITSELF), label=said), irreversible=True)
    if not isinstance(action, (*_HANDS, Wait)):
        return
    warned = find_hazard(scene.observation)
    if warned is None or (warned.hazard is Hazard.ACTS_BY_ITSELF and _goes_back(action, scene)):
        return
    kind = VerdictKind.TAKE_OVER if warned.hazard is Hazard.RISK_CONTROL else VerdictKind.ASK
    yield Finding(kind, reason(str(warned.hazard), label=warned.text), irreversible=True)


def _goes_back(action: Action, scene: Scene) -> bool:
    return isinstance(action, Tap) and kinds.own_kind(gate_touch.target_of(action, scene), scene) == kinds.BACK


def _verdict(findings: list[Finding], irreversible: bool) -> Verdict:
    ranked = sorted(findings, key=lambda finding: -_SEVERITY.index(finding.kind))
    kind = ranked[0].kind if ranked else VerdictKind.ALLOW
    voucher = next((finding.vouched_by for finding in findings if finding.vouched_by), "")
    return Verdict(
        kind, tuple(finding.reason for finding in ranked), irreversible, voucher if kind is VerdictKind.ALLOW else ""
    )


def _of_action(action: Action, scene: Scene) -> Iterator[Finding]:
    match action:
        case Tap() | DoubleTap() | LongPress():
            yield from gate_touch.judge(action, scene)
        case Swipe():
            yield from gate_gestures.judge_swipe(action, scene)
        case Type():
            yield from gate_gestures.judge_typing(action, scene)
        case Launch(app):
            allowed = {squash(name) for name in scene.rules.app_names}
            if allowed and squash(app) not in allowed:
                yield Finding(VerdictKind.DENY, reason("launch_not_allowed", label=app))
        case TakeOver():
            yield Finding(VerdictKind.TAKE_OVER, reason("model_takeover"))
        case Interact():
            yield Finding(VerdictKind.ASK, reason("model_question"))


def _of_kind(action: Action) -> Iterator[Finding]:
    """What an act that nothing spoke against is harmless by; none for what is not done on the phone."""
    kind = _OWN_KINDS.get(type(action))
    if kind is not None:
        yield gate_touch.vouched(f"kind:{kind}", "")


def _of_app(action: Action, scene: Scene) -> Iterator[Finding]:
    """An app that the flow does not name is not touched; Back, Home and Launch lead out of it."""
    if not scene.rules.allowed_apps or not isinstance(action, _HANDS):
        return
    package = scene.observation.app.package
    if not package:
        yield Finding(VerdictKind.ASK, reason("app_unknown"))
    elif not _is_allowed(scene.observation.app, scene):
        yield Finding(VerdictKind.DENY, reason("app_not_allowed", label=package))


def _is_allowed(app: ForegroundApp, scene: Scene) -> bool:
    if app.package in scene.rules.allowed_apps or app.package in scene.policy.companion_apps:
        return True
    return app.kind in (AppKind.HOME, AppKind.FILES) or Nature.PERMISSION in scene.page.natures


def _of_model(action: Action, scene: Scene, confidence: float | None) -> Iterator[Finding]:
    if isinstance(action, Tap | DoubleTap | LongPress) and action.message is not None:
        yield Finding(VerdictKind.CONFIRM, reason("model_flag"), irreversible=True)
    if not isinstance(action, (*_HANDS, Launch)):
        return
    if confidence is None:
        yield Finding(_without_confidence(scene), reason("confidence_unknown"))
    elif confidence < scene.policy.min_confidence:
        yield Finding(VerdictKind.CONFIRM, reason("low_confidence", word=f"{confidence:.2f}"))


def _of_outcome(action: Action, scene: Scene, unproven: Unproven) -> Iterator[Finding]:
    """One yes is one act: until its effect is seen, whatever may do it again asks, in any language."""
    if not unproven or not isinstance(action, Tap | DoubleTap | LongPress):
        return
    target = gate_touch.target_of(action, scene)
    label, meant = target_sense(target, scene)
    if meant.kind is LabelKind.RETRY:
        yield gate_touch.confirm("retries", label, scene)
    if meant.kind is LabelKind.RETRY or (unproven is Unproven.AGENT and not (target.editable or target.choice)):
        yield gate_touch.confirm("outcome_unknown", label or target.label, scene)


def _without_confidence(scene: Scene) -> VerdictKind:
    match scene.policy.unknown_confidence:
        case UnknownConfidence.ALLOW:
            return VerdictKind.ALLOW
        case UnknownConfidence.ASK_SENSITIVE if not scene.page.natures:
            return VerdictKind.ALLOW
    return VerdictKind.CONFIRM


def _of_amounts(scene: Scene, *, certain: bool) -> Iterator[Finding]:
    limit = scene.rules.refuse_above
    above = [amount for amount in scene.amounts_at_stake(certain=certain) if limit is not None and amount > limit]
    if above and limit is not None:
        shown = reason("amount_over_limit", label=show_money(max(above)), word=show_money(limit))
        yield Finding(scene.policy.over_limit, shown, irreversible=True)


def _of_read_only(rules: FlowRules) -> Iterator[Finding]:
    if rules.read_only:
        yield Finding(VerdictKind.DENY, reason("read_only_flow"), irreversible=True)
