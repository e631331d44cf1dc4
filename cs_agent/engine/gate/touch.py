"""The gate's rules for taps, double taps and long presses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cs_agent.engine.actions.values import DoubleTap, LongPress, Tap
from cs_agent.engine.gate.findings import Finding, Scene
from cs_agent.engine.gate.reasons import reason
from cs_agent.engine.run.state import Reason, VerdictKind
from cs_agent.engine.screen.page import MONEY, SENSITIVE, Nature, Page, is_search_page
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import RISK, LabelKind, LabelSense, ends_a_choice, is_bidding, sense
from cs_agent.geometry import Box, Point
from cs_agent.observation import AppKind, Observation

_CORNER = (0.16, 0.11)  # width and height of the corner where the way back is, parts of the screen
_KEYBOARD_TOP = 0.55  # of the screen's height; keyboards stand below
_EDITOR_KEYS = frozenset({"换行", "前往", "enter", "go", "return", "done", "下一项", "⏎", "↵", "发送", "完成"})
_WEIGHTY_ADVANCE = MONEY | {Nature.PERMISSION, Nature.FAILED}
_FORMS = frozenset({Nature.REFUND, Nature.SUBMIT, Nature.COMPOSE})


def judge(action: Tap | DoubleTap | LongPress, scene: Scene) -> Iterator[Finding]:
    target = target_of(action, scene)
    yield from judge_target(target, scene)
    if isinstance(action, Tap):
        return
    if scene.page.sensitive and not _is_harmless(target, scene):
        code = "long_press" if isinstance(action, LongPress) else "double_tap"
        yield ask(code, target.label, scene)


def target_of(action: Tap | DoubleTap | LongPress, scene: Scene) -> Target:
    return find_target(scene.observation, action.element.to_point(scene.observation.size))


def judge_target(target: Target, scene: Scene) -> Iterator[Finding]:
    """What touching this would mean on this page."""
    if _is_foreign(target, scene):
        yield ask("overlay", target.package, scene)
    if _is_password_key(target, scene):
        yield Finding(VerdictKind.TAKE_OVER, reason("password"), irreversible=True)
    elif not target.labels:
        yield from _unreadable(target, scene)
    elif _is_navigation(target, scene):
        yield Finding(VerdictKind.ALLOW, reason("flow_navigation", label=target.label))
    else:
        yield from _labelled(target, scene)


def target_sense(target: Target, scene: Scene) -> tuple[str, LabelSense]:
    """The riskiest of its names, and what it means."""
    words = scene.rules.sensitive_words
    senses = [(label, sense(label, button=target.button, sensitive_words=words)) for label in target.labels]
    return max(senses, key=lambda item: RISK[item[1].kind], default=("", LabelSense(LabelKind.NONE)))


def _labelled(target: Target, scene: Scene) -> Iterator[Finding]:
    label, meant = target_sense(target, scene)
    only_a_field = target.editable and _is_only_the_field(target, meant)
    only_a_choice = target.choice and not is_bidding(label)
    if _is_on_flows_list(label, scene):
        yield confirm("flow_word", label, scene, meant.word)
    elif only_a_field or only_a_choice:
        return
    elif target.switch and meant.word:
        yield confirm("switch", label, scene, meant.word)
    else:
        yield from _by_kind(meant, label, target, scene)


def _is_on_flows_list(label: str, scene: Scene) -> bool:
    return any(fold(word) in fold(label) for word in scene.rules.sensitive_words if word)


def _by_kind(meant: LabelSense, label: str, target: Target, scene: Scene) -> Iterator[Finding]:
    page = scene.page
    match meant.kind:
        case LabelKind.COMMIT:
            yield confirm("commit_word", label, scene, meant.word)
        case LabelKind.HOLD:
            yield confirm("hold", label, scene)
        case LabelKind.AFFIRM:
            yield from _affirm(label, meant.word, scene)
        case LabelKind.OPTION if page.form or page.about_money or Nature.REFUND in page.natures:
            yield confirm("option", label, scene)
        case LabelKind.OPEN if page.form or page.dialog or page.about_money:
            yield confirm("opens_or_does", label, scene)
        case LabelKind.RETRY if page.sensitive:
            yield confirm("retries", label, scene)
        case LabelKind.ADVANCE if page.natures & _WEIGHTY_ADVANCE:
            yield confirm("advances", label, scene)
        case LabelKind.REFUSE if Nature.PERMISSION not in page.natures:
            yield confirm("refuses", label, scene)
        case LabelKind.PLAIN:
            yield from _plain(label, target, scene)


def _affirm(label: str, word: str, scene: Scene) -> Iterator[Finding]:
    page = scene.page
    if Nature.PERMISSION in page.natures:
        yield Finding(VerdictKind(scene.policy.permission), reason("permission", label=label), irreversible=True)
    elif not _only_picks(word, page):
        yield confirm("affirms", label, scene)


def _only_picks(word: str, page: Page) -> bool:
    """A picker's own button: on a page that is nothing else, or 完成 under a picker's title."""
    if Nature.PICKER not in page.natures or page.dialog:
        return False
    others = page.natures & (SENSITIVE - {Nature.SELECTION})
    return not others or (page.picker and ends_a_choice(word) and not others & MONEY)


def _plain(label: str, target: Target, scene: Scene) -> Iterator[Finding]:
    """A word the gate does not know, on the button that such a page is about."""
    natures = scene.page.natures
    decides = natures & MONEY or (natures & _FORMS and _is_last_word(target, scene))
    if _is_editor_key(label, target, scene):
        yield ask("editor_key", label, scene)
    elif target.main_button and not target.card and decides:
        yield ask("main_button", label, scene)


def _is_last_word(target: Target, scene: Scene) -> bool:
    """At the bottom of a form that shows no other way to finish it."""
    height = scene.observation.size.height
    at_bottom = target.box is not None and target.box.bottom >= 0.8 * height and target.button
    kinds = {sense(text).kind for text in scene.observation.texts if fold(text) != fold(target.label)}
    return at_bottom and not kinds & {LabelKind.COMMIT, LabelKind.ADVANCE}


def _unreadable(target: Target, scene: Scene) -> Iterator[Finding]:
    if target.editable or target.choice or _is_corner(target.point, scene.observation):
        return
    commit = [label for label in target.near if sense(label).kind is LabelKind.COMMIT]
    if scene.page.sensitive:
        yield ask("unreadable_target", "", scene)
    elif commit:
        yield ask("near_commit", commit[0], scene)
    elif target.edge or _is_beside_filled_field(target, scene.observation):
        yield ask("send_icon", "", scene)


def _is_only_the_field(target: Target, meant: LabelSense) -> bool:
    """The picture shows nothing over the field that asks for a deed."""
    return len(target.labels) == 1 or meant.kind not in (LabelKind.COMMIT, LabelKind.HOLD, LabelKind.AFFIRM)


def _is_navigation(target: Target, scene: Scene) -> bool:
    """The flow's editor vouches for the label; never in a dialog, and never where it stands among several names."""
    known = {squash(word) for word in scene.rules.navigation_words if word}
    return all(squash(label) in known for label in target.labels) and not scene.page.dialog and not target.switch


def _is_foreign(target: Target, scene: Scene) -> bool:
    """A window of another app lies over the foreground app at that place."""
    own = scene.observation.app.package
    if not target.package or not own or target.package == own or target.app_kind is AppKind.FILES:
        return False
    return target.package not in scene.rules.allowed_apps and target.package not in scene.policy.companion_apps


def _is_password_key(target: Target, scene: Scene) -> bool:
    digit = len(squash(target.label)) == 1 and target.label.strip().isdigit()
    return target.password or (digit and scene.page.keypad and Nature.PASSWORD in scene.page.natures)


def _is_editor_key(label: str, target: Target, scene: Scene) -> bool:
    low = target.point.y >= _KEYBOARD_TOP * scene.observation.size.height
    return low and fold(label) in _EDITOR_KEYS and scene.page.sensitive


def _is_corner(point: Point, observation: Observation) -> bool:
    """Top left, where every app has its way back."""
    size = observation.size
    return point.x <= _CORNER[0] * size.width and point.y <= _CORNER[1] * size.height


def _is_beside_filled_field(target: Target, observation: Observation) -> bool:
    if is_search_page(observation):
        return False
    fields = [node.box for node in observation.nodes or () if node.editable and node.text]
    return any(_right_of(box, target.point) for box in fields)


def _right_of(box: Box, point: Point) -> bool:
    return point.x >= box.right and box.top - box.height <= point.y < box.bottom + box.height


def _is_harmless(target: Target, scene: Scene) -> bool:
    kind = target_sense(target, scene)[1].kind
    return target.editable or kind is LabelKind.SAFE


def confirm(code: str, label: str, scene: Scene, word: str = "") -> Finding:
    return Finding(VerdictKind.CONFIRM, _reason(code, label, scene, word), irreversible=True)


def ask(code: str, label: str, scene: Scene) -> Finding:
    return replace(confirm(code, label, scene), kind=VerdictKind.ASK)


def _reason(code: str, label: str, scene: Scene, word: str) -> Reason:
    natures = tuple(sorted(str(nature) for nature in scene.page.natures & SENSITIVE))
    return reason(code, label=label, word=word, natures=natures)
