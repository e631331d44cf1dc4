"""Builds what is put to a human: the fields as the screen shows them, the summary line, the fingerprint.

Rule: a yes covers exactly this. The fingerprint is made of the app, the control and the fields, so that a change of the
clock or of an advertisement does not void a yes, while a change of anything the human saw does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from cs_agent.engine.actions.touch import TOUCHES, touch_points
from cs_agent.engine.actions.values import Action, Swipe, Tap, Type
from cs_agent.engine.confirm.fields import read_view, set_beside_ticket
from cs_agent.engine.confirm.fields_generic import WINDOW, generic_fields
from cs_agent.engine.confirm.nearby import spot, text_near
from cs_agent.engine.confirm.submission import SubmissionReader
from cs_agent.engine.confirm.window_words import without_countdown
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.pending import Pending
from cs_agent.engine.run.state import (
    ConfirmationKind,
    ConfirmationRequest,
    FieldValue,
    RunState,
    Verdict,
)
from cs_agent.engine.run.wording import say, summary
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.engine.screen.signature import control_signature, page_signature
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """What a human is shown of one proposed action, and what it is bound to."""

    action: Action
    observation: Observation
    fields: tuple[FieldValue, ...]
    target: tuple[str, ...]
    box: Box | None
    fingerprint: str
    own_fields: bool  # the flow's, not found by a general look
    place: dict[str, Any] | None = None  # signatures of page and control of a tap; None where nothing stable tells them
    near: str = ""  # the text beside a control that has no name

    @property
    def label(self) -> str:
        return self.target[0] if self.target else ""


@dataclass(slots=True)
class ConfirmationReader:
    """Reads the screen for a confirmation, with care."""

    observer: ScreenObserver
    reader: SubmissionReader
    rules: FlowRules

    def show(
        self, action: Action, seen: Observation, state: RunState, *, irreversible: bool, by_tree: bool = False
    ) -> ConfirmationView:
        """Read the fields that the confirmation shows; for an irreversible action, scroll to find the flow's fields.

        `by_tree`: a route found the control in the accessibility tree, so its name is not read from the picture.

        Not for a swipe up or down: it sends nothing off, and would begin on another part of the page afterwards. Nor on
        the system's dialog for a permission, which holds no field of the flow's.
        """
        if not (by_tree and seen.nodes and target_labels(action, seen)):
            seen = self.observer.read_around(seen, *touch_points(action, seen.size))
        if irreversible and self.rules.confirm_fields and not (_scrolls(action) or seen.app.asks_permission):
            return self._show_submission(action, seen, state)
        seen, found = self.reader.view(
            seen, tuple(replace(field, required=False) for field in self.rules.confirm_fields)
        )
        wanted = [field for field in self.rules.confirm_fields if field.name in found]
        values = set_beside_ticket(wanted, found, seen=state.seen, corrections=state.corrections, lang=state.lang)
        return self._view(action, seen, values, state.lang)

    def in_picture(self, action: Action, seen: Observation, state: RunState) -> Observation | None:
        """The same screen, read with care at the touch point and at the flow's fields, without a tree; None unless it
        shows each field that the ticket has a value for, and nothing of a field but what the ticket says."""
        wanted = self.rules.confirm_fields
        seen = self.observer.read_around(seen, *touch_points(action, seen.size))
        boxes = [hit.box for hit in read_view(seen, wanted).values() if hit.box]
        seen = self.observer.read_rows(seen, boxes)
        found = read_view(seen, wanted)
        told = set_beside_ticket(wanted, found, seen=state.seen, corrections=state.corrections, lang=state.lang)
        expected = all(field.name in found for field in wanted if field.expected or field.name in state.corrections)
        agreed = all(field.ticket_value and not field.differs for field in told)
        return seen if told and expected and agreed else None

    def _show_submission(self, action: Action, seen: Observation, state: RunState) -> ConfirmationView:
        before = target_labels(action, seen)
        reading = self.reader.read(seen, self.rules.confirm_fields)
        fields = set_beside_ticket(
            self.rules.confirm_fields, reading.found, seen=state.seen, corrections=state.corrections, lang=state.lang
        )
        now = reading.observation
        if reading.scrolled:
            action = follow_target(action, before, now)
            now = self.observer.read_around(now, *touch_points(action, now.size))
        return self._view(action, now, fields, state.lang)

    def _view(self, action: Action, seen: Observation, fields: tuple[FieldValue, ...], lang: str) -> ConfirmationView:
        points = touch_points(action, seen.size)
        target = find_target(seen, points[0]) if points else None
        box = target.box if target else None
        own = bool(fields)
        fields = fields or generic_fields(seen, box, nameless=say("content", lang), asked=say("window", lang))
        labels = target.labels if target else ()
        place = _place(action, seen, target)
        near = ""
        if points and not labels:
            box = spot(points[0], box, seen)
            near = text_near(box, seen)
        mark = fingerprint(action, seen, labels, fields)
        return ConfirmationView(action, seen, fields, labels, box, mark, own, place, near)


def _place(action: Action, seen: Observation, target: Target | None) -> dict[str, Any] | None:
    control = control_signature(seen, target) if target is not None and isinstance(action, Tap) else None
    return {"page": page_signature(seen).to_json(), "control": control.to_json()} if control else None


def _scrolls(action: Action) -> bool:
    return isinstance(action, Swipe) and action.direction in {"up", "down"}


def fingerprint(action: Action, seen: Observation, labels: tuple[str, ...], fields: tuple[FieldValue, ...]) -> str:
    """SHA-256 (hex) of what the human approves; for typed text it includes the focused field."""
    shown = {
        "app": seen.app.package,
        "target": [squash(label) for label in labels],
        "fields": [[field.name, squash(_lasting(field)), squash(field.ticket_value)] for field in fields],
        "focus": _focus(seen) if isinstance(action, Type) else "",
    }
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _lasting(field: FieldValue) -> str:
    return without_countdown(field.screen_value) if field.name == WINDOW else field.screen_value


def target_labels(action: Action, seen: Observation) -> tuple[str, ...]:
    points = touch_points(action, seen.size)
    return find_target(seen, points[0]).labels if points else ()


def name_of(labels: tuple[str, ...]) -> str:
    """The name of a control that has several texts; "" for one without text."""
    return labels[0] if labels else ""


def follow_target(action: Action, labels: tuple[str, ...], seen: Observation) -> Action:
    """The same action on the same control after scrolling moved the page.

    Only if exactly one control has that name; otherwise the action is unchanged and the human sees where it would land.
    """
    if not isinstance(action, TOUCHES) or not labels or target_labels(action, seen) == labels:
        return action
    boxes = {node.box for node in seen.nodes or () if node.label == labels[0]}
    boxes = boxes or {line.box for line in seen.lines if line.text == labels[0]}
    if len(boxes) != 1:
        return action
    return replace(action, element=boxes.pop().center.to_norm(seen.size))


def pending_of_view(shown: ConfirmationView, verdict: Verdict, kind: ConfirmationKind, draft: Pending) -> Pending:
    return draft.evolve(
        kind=str(kind),
        action=shown.action,
        irreversible=verdict.irreversible,
        fingerprint=shown.fingerprint,
        target=shown.target,
        fields=tuple((field.name, field.label, field.screen_value) for field in shown.fields),
        verdict=verdict,
    )


def request_of(
    shown: ConfirmationView,
    verdict: Verdict,
    lang: str,
    *,
    kind: ConfirmationKind = ConfirmationKind.ACTION,
    text: str = "",
    changes: tuple[str, ...] = (),
) -> ConfirmationRequest:
    own = shown.own_fields and verdict.commits  # else the fields are not what is agreed to
    line = text or summary(shown.action, shown.label, shown.fields, only_fields=own, lang=lang)
    return ConfirmationRequest(
        summary=line,
        action=shown.action,
        fingerprint=shown.fingerprint,
        fields=shown.fields,
        reasons=verdict.reasons,
        screenshot=shown.observation.screenshot.image,
        target=shown.box,
        control=shown.label,
        near=shown.near,
        kind=kind,
        changes=changes,
        irreversible=verdict.irreversible,
        commits=verdict.commits or bool(text),
        place=shown.place,
    )


def changes_since(asked: Pending, shown: ConfirmationView, lang: str) -> tuple[str, ...]:
    """Sentences naming what changed since the human said yes; empty when nothing did."""
    if asked.fingerprint == shown.fingerprint and shown.action == asked.action:
        return ()
    changes = []
    if [squash(label) for label in asked.target] != [squash(label) for label in shown.target]:
        names = {"old": "/".join(asked.target) or "-", "new": "/".join(shown.target) or "-"}
        changes.append(say("target_changed", lang, **names))
    now = {field.name: field.screen_value for field in shown.fields}
    then = {name: value for name, _, value in asked.fields}
    labels = {name: label for name, label, _ in asked.fields} | {field.name: field.label for field in shown.fields}
    for name in dict.fromkeys((*then, *now)):
        if squash(then.get(name, "")) != squash(now.get(name, "")):
            old, new = then.get(name) or "-", now.get(name) or "-"
            changes.append(say("field_changed", lang, label=labels[name], old=old, new=new))
    return tuple(changes) or (say("screen_changed", lang),)


def _focus(seen: Observation) -> str:
    return next((f"{node.label}|{node.resource_id}" for node in seen.nodes or () if node.focused), "")
