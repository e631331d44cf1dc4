"""The gate's rules for taps, double taps and long presses.

Rule: a touch passes only where something vouches for it: its own kind, the flow, its route, or a flow editor. Words can
only add: they make a question a confirmation, or withdraw what a kind had proven. Everything else asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cs_agent.engine.actions.values import DoubleTap, LongPress, Tap
from cs_agent.engine.gate import kinds
from cs_agent.engine.gate.findings import Finding, Scene
from cs_agent.engine.gate.labels import bids as entry_bids
from cs_agent.engine.gate.labels import entry_sense, target_sense
from cs_agent.engine.gate.lists.actions import does_something
from cs_agent.engine.gate.reasons import reason, voucher_reason
from cs_agent.engine.gate.vouches import Act, find_vouch
from cs_agent.engine.gate.windows.dialogs import is_closing_answer, is_closing_mark
from cs_agent.engine.gate.windows.pickers import is_titled
from cs_agent.engine.run.state import Reason, VerdictKind
from cs_agent.engine.screen.page import MONEY, SENSITIVE, Nature
from cs_agent.engine.screen.structure import is_reacting
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import (
    WEIGHTY,
    LabelKind,
    LabelSense,
    is_bidding,
    sense,
)
from cs_agent.observation import AppKind

_TELLING = (LabelKind.PLAIN, LabelKind.NOMINAL, LabelKind.SAFE, LabelKind.NONE)  # a caption, or blank paper
_FINGERTIP = 0.027  # of the width
_ACTS = {Tap: Act.TAP, DoubleTap: Act.DOUBLE_TAP, LongPress: Act.LONG_PRESS}
_WEIGHTY_ADVANCE = MONEY | {Nature.PERMISSION, Nature.FAILED}


def judge(action: Tap | DoubleTap | LongPress, scene: Scene) -> Iterator[Finding]:
    target, act = target_of(action, scene), _ACTS[type(action)]
    found = list(judge_target(target, scene, act))
    yield from found
    if all(finding.kind is VerdictKind.ALLOW for finding in found):
        yield from _beside(target, scene, act)


def _beside(target: Target, scene: Scene, act: Act) -> Iterator[Finding]:
    """Browsers give a touch to what stands within a fingertip of it: it is judged as if that were touched."""
    nodes, reach = scene.observation.nodes or (), int(_FINGERTIP * scene.observation.size.width)
    own = nodes[target.node].box if target.node is not None else None
    for node in nodes:
        if not is_reacting(node) or node.box == own or node.box.contains(target.point):
            continue
        if not node.box.area or not node.box.grown(reach).contains(target.point):
            continue
        other = find_target(scene.observation, node.box.center)
        if any(finding.kind is not VerdictKind.ALLOW for finding in judge_target(other, scene, act)):
            yield ask("near_commit", other.label, scene)
            return


def target_of(action: Tap | DoubleTap | LongPress, scene: Scene) -> Target:
    return find_target(scene.observation, action.element.to_point(scene.observation.size))


def judge_target(target: Target, scene: Scene, act: Act = Act.TAP) -> Iterator[Finding]:
    """What this act on it would mean on this page. A kind is proven for a tap; for others only a field's."""
    only_kinds = () if act is Act.TAP else (kinds.FIELD,)
    if _is_foreign(target, scene):
        yield ask("overlay", target.package, scene)
    label, meant = target_sense(target, scene)
    if _is_password_key(target, scene):
        yield Finding(VerdictKind.TAKE_OVER, reason("password"), irreversible=True)
    elif _is_on_flows_list(target, scene):
        yield confirm("flow_word", label or target.label, scene, meant.word)
    elif voucher := _voucher(target, scene, act):
        yield vouched(voucher, target.label)
    elif (kind := kinds.own_kind(target, scene)) and (not only_kinds or kind in only_kinds):
        yield from _of_kind(kind, target, scene)
    else:
        yield from _unproven(target, label, meant, scene)


def _voucher(target: Target, scene: Scene, act: Act) -> str:
    """Who vouches for just this act on it; on pages of payment, transfer, deletion, authorisation and PINs, nobody."""
    seen = scene.observation
    if scene.page.natures & MONEY or not (seen.nodes is None or kinds.tree_fits(seen)):
        return ""
    if not kinds.picture_agrees(target, seen):
        return ""
    return find_vouch(target, seen, scene.rules.named_controls, scene.vouches, act)


def _of_kind(kind: str, target: Target, scene: Scene) -> Iterator[Finding]:
    """Harmless by its kind, unless a word on it says otherwise."""
    label, meant = target_sense(target, scene)
    if kind == kinds.FIELD:
        bids = meant.kind in WEIGHTY if len(target.labels) > 1 else target.node is None and meant.kind not in _TELLING
    elif kind == kinds.CHOICE:
        bids = is_bidding(label) or (meant.kind in (LabelKind.COMMIT, LabelKind.HOLD) and not is_titled(scene))
    elif kind == kinds.RECORD:
        label, meant = entry_sense(target, scene)
        bids = target.node is not None and entry_bids(target, scene)  # in a picture that is a part of the proof
    elif kind == kinds.TAB:
        bids = any(map(does_something, target.names))
    else:
        bids = meant.kind is LabelKind.HOLD
    yield confirm("commit_word", label, scene, meant.word) if bids else vouched(f"kind:{kind}", target.label)


def _unproven(target: Target, label: str, meant: LabelSense, scene: Scene) -> Iterator[Finding]:
    """Nothing vouches for it: a confirmation where a word says what it does, else a question."""
    found = list(_by_words(label, meant, target, scene))
    yield from found
    if found:
        return
    if target.corner:
        yield ask("corner", "", scene)
    elif is_closing_mark(target, scene.observation):
        yield ask("closing_mark", "", scene)
    elif is_closing_answer(target, scene.observation, scene.window):
        yield ask("closing_answer", target.label, scene)
    elif not target.labels:
        near = [name for name in target.near if sense(name).kind is LabelKind.COMMIT]
        yield ask("near_commit" if near else "unnamed", near[0] if near else "", scene)
    elif scene.observation.nodes is not None and not kinds.tree_fits(scene.observation):
        yield ask("stale_tree", target.label, scene)
    else:
        yield ask("unproven", target.label, scene)


def _is_on_flows_list(target: Target, scene: Scene) -> bool:
    names = [fold(name) for name in target.names or target.labels]
    return any(fold(word) in name for word in scene.rules.sensitive_words if word for name in names)


def _by_words(label: str, meant: LabelSense, target: Target, scene: Scene) -> Iterator[Finding]:
    page = scene.page
    match meant.kind:
        case LabelKind.COMMIT if target.switch:
            yield confirm("switch", label, scene, meant.word)
        case LabelKind.COMMIT:
            yield confirm("commit_word", label, scene, meant.word)
        case LabelKind.HOLD:
            yield confirm("hold", label, scene)
        case LabelKind.AFFIRM if Nature.PERMISSION in page.natures:
            yield Finding(VerdictKind(scene.policy.permission), reason("permission", label=label), irreversible=True)
        case LabelKind.AFFIRM:
            yield confirm("affirms", label, scene)
        case LabelKind.OPTION if page.form or page.about_money or Nature.REFUND in page.natures:
            yield confirm("option", label, scene)
        case LabelKind.OPEN if page.form or page.dialog or page.about_money:
            yield confirm("opens_or_does", label, scene)
        case LabelKind.RETRY if page.sensitive:
            yield confirm("retries", label, scene)
        case LabelKind.ADVANCE if page.natures & _WEIGHTY_ADVANCE:
            yield confirm("advances", label, scene)
        case LabelKind.REFUSE:
            yield confirm("refuses", label, scene)


def _is_foreign(target: Target, scene: Scene) -> bool:
    """A window of another app lies over the foreground app at that place."""
    own = scene.observation.app.package
    if not target.package or not own or target.package == own or target.app_kind is AppKind.FILES:
        return False
    return target.package not in scene.rules.allowed_apps and target.package not in scene.policy.companion_apps


def _is_password_key(target: Target, scene: Scene) -> bool:
    digit = len(squash(target.label)) == 1 and target.label.strip().isdigit()
    return target.password or (digit and scene.page.keypad and Nature.PASSWORD in scene.page.natures)


def vouched(voucher: str, label: str) -> Finding:
    return Finding(VerdictKind.ALLOW, voucher_reason(voucher, label), vouched_by=voucher)


def confirm(code: str, label: str, scene: Scene, word: str = "") -> Finding:
    return Finding(VerdictKind.CONFIRM, _reason(code, label, scene, word), irreversible=True)


def ask(code: str, label: str, scene: Scene) -> Finding:
    return replace(confirm(code, label, scene), kind=VerdictKind.ASK)


def _reason(code: str, label: str, scene: Scene, word: str) -> Reason:
    natures = tuple(sorted(str(nature) for nature in scene.page.natures & SENSITIVE))
    return reason(code, label=label, word=word, natures=natures)
