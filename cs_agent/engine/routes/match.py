"""Finds the page of a route that the screen shows, and on it the control of a step.

Rule: a page that only looks similar does not match, nor does a control that is missing, duplicated or renamed. Without
a match the model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cs_agent.engine.routes import pictured
from cs_agent.engine.routes.slots import filled, templated
from cs_agent.engine.routes.values import NOTHING_PRIVATE, Private, RouteControl, RouteStep
from cs_agent.engine.routes.views import PageView, StepView
from cs_agent.engine.screen.signature import (
    ControlSignature,
    PageSignature,
    control_signature,
    page_signature,
    role_of,
)
from cs_agent.engine.screen.structure import is_reacting
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Point
from cs_agent.observation import Observation, UiNode

_NUMBER = re.compile(r"\d{4,}")  # in a label: an id or a phone number, never part of a route
_OPTIONS = ("radio:", "check_box:")  # marks of a page that offer something to choose
_CERTAIN = (*_OPTIONS, "button:", "edit:", "search:", "switch:", "slider:", "picker:", "tab:")
_ENOUGH = 2
_LEAST_WORD = 2
_DIGITS = re.compile(r"\d+")
_MAIL_SIGN = "@"
_NO_LETTER = re.compile(r"[\W\d_]+")
_OF_THE_DAY = re.compile(
    "星期|周[一二三四五六日天]|月日|[今昨明]天|上午|下午|刚刚|前$|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|ago$"
)
_LONG = 40  # characters; a longer name is content
_OF_PICTURES = "control"  # what every control is called that was recorded without a tree


@dataclass(frozen=True, slots=True)
class Sight:
    """One screen prepared for comparison with a way: its signature without the run's values, and each control once."""

    observation: Observation
    values: dict[str, str]
    private: Private
    page: PageSignature
    learned: PageSignature  # as a route may remember it
    controls: tuple[Target, ...]

    @classmethod
    def of(cls, observation: Observation, values: dict[str, str], private: Private = NOTHING_PRIVATE) -> Sight:
        page = without_values(page_signature(observation), values)
        learned = without_private(page, private)
        return cls(observation, values, private, page, learned, tuple(_controls(observation)))

    def shows(self, page: PageSignature, view: PageView | None = None) -> bool:
        """Whether the screen shows this page; compared by the picture if it has no tree and the page was recorded with
        one."""
        if self.by_picture and not page.pictured:
            return pictured.fits(page, self.observation, view)
        return page.fits(self.page) or page.fits(self.learned)

    def is_at(self, step: RouteStep) -> bool:
        """Whether the screen shows the page of the step."""
        return self.shows(step.page, step.page_view)

    @property
    def by_picture(self) -> bool:
        """Whether there is no tree to compare with."""
        return self.observation.nodes is None

    def node(self, target: Target) -> UiNode | None:
        return self.observation.nodes[target.node] if self.observation.nodes and target.node is not None else None


def without_private(page: PageSignature, private: Private) -> PageSignature:
    """The page without marks that hold one of the customer's words (two characters or more), with or without their
    numbers, and without those that say the ticket's subject and nothing else."""
    if private == NOTHING_PRIVATE:
        return page
    told, subject = _forms(private.words), _letters(private.subject)

    def is_page(mark: str) -> bool:
        said = mark.partition(":")[2] or mark
        return not _holds(mark, told) and not (len(subject) >= _LEAST_WORD and _letters(said) == subject)

    controls, captions = (frozenset(filter(is_page, marks)) for marks in (page.controls, page.captions))
    return replace(page, title=page.title if is_page(page.title) else "", controls=controls, captions=captions)


def _letters(text: str) -> str:
    """Without numbers and signs, as `#20417: subject` is said of the same thing as `subject`."""
    return _NO_LETTER.sub("", squash(text))


def without_values(page: PageSignature, values: dict[str, str]) -> PageSignature:
    """Drop from the page what depends on the run's values, on the date, or on the entries of its lists.

    Options stay: they are the app's. Where a page has too few controls of a known kind, all of them count.
    """
    told = _forms(values.values())

    def is_page(mark: str) -> bool:
        said = mark.partition(":")[2] or mark
        return not _holds(mark, told) and not _OF_THE_DAY.search(said) and _MAIL_SIGN not in said

    controls = frozenset(mark for mark in page.controls if mark.startswith(_OPTIONS) or is_page(mark))
    certain = frozenset(mark for mark in controls if mark.startswith(_CERTAIN))
    captions = frozenset(mark for mark in page.captions if is_page(mark))
    return replace(
        page,
        title=page.title if is_page(page.title) else "",
        controls=certain if len(certain) >= _ENOUGH else controls,
        captions=captions,
    )


def _forms(words: Iterable[str]) -> frozenset[str]:
    """As marks of a page may show them: whole, and without the numbers that no mark holds."""
    forms = {form for word in words for form in (squash(word), squash(_DIGITS.sub("", word)))}
    return frozenset(form for form in forms if len(form) >= _LEAST_WORD)


def _holds(mark: str, told: frozenset[str]) -> bool:
    tight = squash(mark)
    return any(form in tight for form in told)


def find_control(control: RouteControl, sight: Sight, view: StepView | None = None) -> Target | None:
    """The control that matches; None if none does, if the number of matches differs from the recorded one, or if a slot
    it names is empty. Without a tree it is found by the view of it."""
    if sight.by_picture and control.signature.role != _OF_PICTURES:
        if view is None:
            return pictured.find_button(control, filled(control.named, sight.values) or "", sight.observation)
        if view.control is None:
            return None
        return pictured.find_control(control, view.control, view.page, sight.observation, sight.values)
    found = _answering(control, sight)
    if found is None or len(found) != control.alike:
        return None
    found = [target for target in found if role_of(target) == control.signature.role]
    if control.alike > 1:
        found = [target for target in found if _stands_as(target, control.signature, sight)]
    return found[0] if len(found) == 1 and _is_clear(found[0], sight) else None


def control_at(step: RouteStep, sight: Sight) -> Target | None:
    """The control of the step on this screen; see `find_control`."""
    return find_control(step.control, sight, step.view) if step.control else None


def touched_by(step: RouteStep, point: Point, sight: Sight) -> Target | None:
    """The control of the step, if a touch at this point reaches just that."""
    target, touched = control_at(step, sight), find_target(sight.observation, point)
    return target if target and (touched.node, touched.box) == (target.node, target.box) else None


def is_done(step: RouteStep, target: Target, sight: Sight) -> bool:
    """Whether the tree already shows the effect of the touch: the choice made, the field focused."""
    node = sight.node(target)
    if node is None:
        return False
    if target.choice:
        return node.checked or any(child.checked for child in _children(sight.observation, target))
    return target.editable and node.focused


def is_typed(step: RouteStep, sight: Sight) -> bool:
    """Whether the step's text is in its field. Unknown, hence False, for a text that ends with Enter."""
    if step.text.endswith("\n"):
        return False
    text = filled(step.text, sight.values)
    if sight.by_picture and text and step.view and step.view.control:
        return pictured.shows_text(text, step.view.control, step.view.page, sight.observation)
    target = control_at(step, sight)
    node = sight.node(target) if target else None
    return bool(text) and node is not None and squash(node.text) == squash(text or "")


def control_of(target: Target, sight: Sight) -> RouteControl | None:
    """The description by which a route finds this control again; None if it cannot be distinguished from others."""
    signature = control_signature(sight.observation, target)
    role = role_of(target)
    bare = ControlSignature(role, ())
    if target.editable:
        return _told_apart(RouteControl(replace(signature, labels=()) if signature else bare), target, sight)
    held = tuple(f"{{{name}}}" for name, value in sight.values.items() if _shows(target, value))
    name = _own_name(target)
    if held and (len(_names(target)) > 1 or name is None):
        return _told_apart(RouteControl(bare, holds=held), target, sight)
    if name is None:
        return None
    place = replace(signature, labels=()) if signature else bare
    return _told_apart(RouteControl(place, named=templated(name, sight.values)), target, sight)


def _told_apart(control: RouteControl, target: Target, sight: Sight) -> RouteControl | None:
    """With the number of controls that match it now; None if it would still not be found again."""
    counted = replace(control, alike=len(_answering(control, sight) or ()))
    found = find_control(counted, sight)
    if found is None or (found.node, found.box) != (target.node, target.box):
        return None
    if counted.alike == 1 and (counted.named or counted.holds):  # what stands beside it may be a customer's
        return replace(counted, signature=ControlSignature(control.signature.role, ()))
    return counted


def _answering(control: RouteControl, sight: Sight) -> list[Target] | None:
    """Every control of the page that the description fits. Named controls match whatever their role: a button and a
    check box of one name count as two. None if a slot in the description is empty."""
    alike = [target for target in sight.controls if role_of(target) == control.signature.role]
    if control.holds:
        pieces = [filled(template, sight.values) for template in control.holds]
        if any(piece is None or len(squash(piece)) < pictured.LEAST_PIECE for piece in pieces):
            return None
        return [target for target in alike if all(_shows(target, piece or "") for piece in pieces)]
    if control.named:
        name = filled(control.named, sight.values)
        if name is None:
            return None
        return [t for t in sight.controls if any(squash(shown) == squash(name) for shown in _names(t)[:1])]
    return [target for target in alike if _beside(target, sight) == control.signature.beside]


def _is_clear(target: Target, sight: Sight) -> bool:
    """No other clickable control covers the touch point, except its own ancestors and descendants."""
    nodes, own = sight.observation.nodes or (), target.node
    if own is None or target.box is None:
        return True
    point = target.box.center
    others = [i for i, node in enumerate(nodes) if i != own and is_reacting(node) and node.box.contains(point)]
    return all(own in _ancestors(nodes, i) or i in _ancestors(nodes, own) for i in others)


def _ancestors(nodes: tuple[UiNode, ...], index: int) -> set[int]:
    found: set[int] = set()
    while (index := nodes[index].parent) >= 0 and index not in found:
        found.add(index)
    return found


def _stands_as(target: Target, wanted: ControlSignature, sight: Sight) -> bool:
    own = control_signature(sight.observation, target)
    return own is not None and (own.place, own.column, own.beside) == (wanted.place, wanted.column, wanted.beside)


def _beside(target: Target, sight: Sight) -> str:
    own = control_signature(sight.observation, target)
    return own.beside if own else ""


def _shows(target: Target, value: str) -> bool:
    return any(pictured.shows_value(name, value) for name in _names(target))


def _own_name(target: Target) -> str | None:
    """The name of a button or an option; None for content, and for what holds an id or a phone number."""
    names = _names(target)
    if not names or len(names[0]) > _LONG:
        return None
    return None if _NUMBER.search(names[0]) else names[0]


def _names(target: Target) -> tuple[str, ...]:
    return target.names or target.labels


def _children(observation: Observation, target: Target) -> list[UiNode]:
    return [node for node in observation.nodes or () if node.parent == target.node]


def _controls(observation: Observation) -> list[Target]:
    """Every control once; of a picture, every line of text."""
    if observation.nodes is None:
        return [find_target(observation, line.box.center) for line in observation.lines]
    found: dict[int, Target] = {}
    for node in observation.nodes:
        if is_reacting(node) and node.enabled and node.box.area:
            target = find_target(observation, node.box.center)
            if target.node is not None:
                found.setdefault(target.node, target)
    return list(found.values())
