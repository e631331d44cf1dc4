"""Proposes the next act of a route for the screen that is shown, and says what the screen should show after it.

Rule: it proposes only what fits the current screen; otherwise the model is asked. Pure: the position on the way is part
of the run's state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image

from cs_agent.engine.actions.values import (
    Action,
    Back,
    DoubleTap,
    Home,
    Launch,
    LongPress,
    Swipe,
    Tap,
    Type,
)
from cs_agent.engine.routes.match import Sight, control_at, find_control, is_done, is_typed
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.scrolling import scroll_before
from cs_agent.engine.routes.slots import filled
from cs_agent.engine.routes.values import FIELD, NOTHING_PRIVATE, ActKind, Private, RouteControl, RouteStep, Way
from cs_agent.engine.routes.views import PageView, StepView
from cs_agent.engine.screen.compare import changed_share
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.engine.screen.targets import Target
from cs_agent.geometry import NormPoint
from cs_agent.observation import Observation

MOST_TRIES = 2  # of one step, before the model is asked
MOST_TAKES = 3  # of one step that took effect and was undone; a further one would lead in a circle
_TOUCHES: dict[ActKind, type[Tap | DoubleTap | LongPress]] = {
    ActKind.TAP: Tap,
    ActKind.DOUBLE_TAP: DoubleTap,
    ActKind.LONG_PRESS: LongPress,
}


@dataclass(frozen=True, slots=True)
class ExpectedPage:
    """A page, with the control that is acted on next; None where the way does not depend on it. `view`: how a picture
    shows the page, `held`: and the control."""

    page: PageSignature
    control: RouteControl | None = None
    view: PageView | None = None
    held: StepView | None = None

    def is_shown(self, sight: Sight) -> bool:
        """A page that is still loading may show its frame before the control appears."""
        if not sight.shows(self.page, self.view):
            return False
        return self.control is None or find_control(self.control, sight, self.held) is not None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the screen shows once an act took effect: one of these pages, and on this one its effect."""

    pages: tuple[ExpectedPage, ...]
    step: RouteStep | None  # whose effect shows on the page itself: a field with the focus, a choice made
    values: dict[str, str]
    private: Private
    focuses: bool = False  # that effect is a field's focus, and text is all that follows
    before: Image.Image | None = None  # the picture that the act was decided on
    commits: bool = False  # what is done next on one of the pages stops for a person

    def is_met(self, seen: Observation) -> bool:
        sight = Sight.of(seen, self.values, self.private)
        if self.step is None:
            return any(page.is_shown(sight) for page in self.pages)
        if sight.by_picture and self.focuses:
            return sight.is_at(self.step) and _has_reacted(self.step, sight, self.before)
        return sight.is_at(self.step) and _shows_effect(self.step, sight)

    @property
    def in_pictures(self) -> bool:
        """Whether a picture alone can show it."""
        if self.step is not None:
            told = self.step.view is not None and self.step.view.control is not None
            return told and (self.focuses or self.step.kind is ActKind.TYPE)
        return all(page.view and (page.control is None or (page.held and page.held.control)) for page in self.pages)


@dataclass(frozen=True, slots=True)
class Proposal:
    number: int
    step: RouteStep
    action: Action
    expects: Expectation | None  # None: the next act is on the same page, and nothing on it tells
    advances: bool = True  # False: it only scrolls to where its step can be taken

    @property
    def is_viewed(self) -> bool:
        """Whether its control is known by its picture: in words, look and surroundings."""
        return self.step.view is not None and self.step.view.control is not None


def next_act(
    way: Way, at: Position, seen: Observation, values: dict[str, str], private: Private = NOTHING_PRIVATE
) -> tuple[Position, Proposal | None]:
    """The next act on this screen and where the run stands then; no act where none fits."""
    sight = Sight.of(seen, values, private)
    number, left = _next_step(way, at, sight), at.taken + 1 if at.taken >= 0 else at.at
    if (number is None or number < at.at) and (scroll := _scroll(way, left, at, sight)):
        return replace(at, at=left, tries=_scrolls(at) + 1, taken=-1), scroll
    if number is None:
        return at.off_the_way(left), None
    tries = at.tries + 1 if number == at.taken else 0
    step = way.steps[number]
    worn = tries >= MOST_TRIES or at.takes.count(number) >= MOST_TAKES
    action = None if worn else _action(way, number, at, sight)
    if action is None:
        return at.off_the_way(number), None
    here = replace(at, at=number, tries=tries, taken=number)
    return here, Proposal(number, step, action, _expectation(way, number, action, sight))


def _scroll(way: Way, left: int, at: Position, sight: Sight) -> Proposal | None:
    """A scroll in search of the next step, before an earlier one is taken again or the model is asked, both of which
    follow if it is not found."""
    found = scroll_before(way.steps, left, sight)
    if found is None or left in at.detours or _scrolls(at) >= MOST_TRIES:
        return None
    x1, y1, x2, y2 = found.way
    step = way.steps[left]
    page = ExpectedPage(step.page, step.control, step.page_view, step.view)
    expects = Expectation((page,), None, sight.values, sight.private)
    return Proposal(left, found, Swipe(NormPoint(x1, y1), NormPoint(x2, y2)), expects, advances=False)


def _scrolls(at: Position) -> int:
    """Scrolls in search of the next step so far; tries of a step that was taken are others."""
    return at.tries if at.taken < 0 else 0


def proposed_before(
    way: Way, number: int, action: Action, seen: Observation, values: dict[str, str], private: Private = NOTHING_PRIVATE
) -> Proposal:
    """The proposal of that step, restored after a human approved its act; IndexError for an unknown step."""
    sight = Sight.of(seen, values, private)
    return Proposal(number, way.steps[number], action, _expectation(way, number, action, sight))


def is_at_end(
    way: Way, at: Position, seen: Observation, values: dict[str, str], private: Private = NOTHING_PRIVATE
) -> bool:
    """Whether all required steps are done and the last page is shown. A way that was taught only up to the commit has
    no last page; there the flow's success evidence alone decides."""
    left = way.steps[max(at.at, at.taken + 1) :]
    if not all(step.optional for step in left):
        return False
    return way.end is None or Sight.of(seen, values, private).shows(way.end, way.end_view)


def _next_step(way: Way, at: Position, sight: Sight) -> int | None:
    """The first step from the current position whose page this is and whose effect is not visible yet.

    Later steps are considered first, an earlier one only if no later one fits. A committing step is never skipped
    because a later page looks similar, and once it was taken nothing before it is taken again: the way would lead to
    it a second time. Whether the model took one that is a gap is not known, so it counts as taken once it is next.
    """
    fitting = [number for number, step in enumerate(way.steps) if sight.is_at(step)]
    ahead = [number for number in fitting if number >= at.at]
    passed = (n for n, step in enumerate(way.steps) if step.commits and (n < at.at or (n == at.at and _is_gap(step))))
    done = max(passed, default=-1)
    behind = [number for number in fitting if done < number < at.at]
    for number in ahead or behind:
        if not _is_behind(way, number, at, sight):
            return number
    return None


def _is_gap(step: RouteStep) -> bool:
    return step.kind is ActKind.GAP


def _is_behind(way: Way, number: int, at: Position, sight: Sight) -> bool:
    """Whether the tree shows that the step is unnecessary, or it is optional and impossible here. A gap is passed only
    by leaving its page."""
    step = way.steps[number]
    if _is_gap(step):
        return False
    if step.kind is ActKind.TYPE:
        return is_typed(step, sight)
    target = control_at(step, sight)
    if target is None:
        return step.optional
    following = way.steps[number + 1] if number + 1 < len(way.steps) else None
    focuses = _is_field(step, target) and following is not None and following.kind is ActKind.TYPE
    if focuses and following is not None and is_typed(following, sight):
        return True
    return is_done(step, target, sight)


def _action(way: Way, number: int, at: Position, sight: Sight) -> Action | None:
    step = way.steps[number]
    if sight.by_picture and number == at.taken:  # that it had no effect is for the tree to say
        return None
    match step.kind:
        case ActKind.TAP | ActKind.DOUBLE_TAP | ActKind.LONG_PRESS:
            target = control_at(step, sight)
            return _TOUCHES[step.kind](_point(target, sight)) if target else None
        case ActKind.TYPE:
            return _typing_unseen(way, number, at, sight) if sight.by_picture else _typing(step, sight)
        case ActKind.SWIPE:
            x1, y1, x2, y2 = step.way
            return Swipe(NormPoint(x1, y1), NormPoint(x2, y2))
        case ActKind.LAUNCH:
            return Launch(step.text)
        case ActKind.BACK:
            return Back()
        case ActKind.HOME:
            return Home()
    return None


def _typing(step: RouteStep, sight: Sight) -> Action | None:
    """Type only into the step's own field; if it lost the focus, touch it first."""
    text = filled(step.text, sight.values)
    target = control_at(step, sight)
    node = sight.node(target) if target else None
    if text is None or target is None or node is None:
        return None
    return Type(text) if node.focused else Tap(_point(target, sight))


def _typing_unseen(way: Way, number: int, at: Position, sight: Sight) -> Action | None:
    """No picture tells a field's focus for certain: type only right after the touch that gave it the focus, on a page
    that has no other field."""
    step, before = way.steps[number], way.steps[number - 1] if number else None
    text = filled(step.text, sight.values)
    just_touched = before is not None and before.kind is ActKind.TAP and before.control == step.control
    if text is None or not (just_touched and at.at == number and at.taken < 0):
        return None
    return Type(text) if step.view and step.view.control and control_at(step, sight) else None


def _point(target: Target, sight: Sight) -> NormPoint:
    place = target.box.center if target.box else target.point
    return place.to_norm(sight.observation.size)


def _expectation(way: Way, number: int, action: Action, sight: Sight) -> Expectation | None:
    step = way.steps[number]
    target = control_at(step, sight)
    fills = _is_field(step, target)
    sends = isinstance(action, Type) and action.text.endswith("\n")
    stays = isinstance(action, Type) or fills or (target is not None and target.choice)
    if stays and not sends:
        focuses = isinstance(action, Tap) and fills
        return Expectation((), step, sight.values, sight.private, focuses, sight.observation.screenshot.image)
    pages, following = tuple(_pages_after(way, number, sight)), way.steps[number + 1 : number + 2]
    commits = any(step.commits for step in following)
    return Expectation(pages, None, sight.values, sight.private, commits=commits) if pages else None


def _is_field(step: RouteStep, target: Target | None) -> bool:
    """A picture does not tell a field from other controls; the route does."""
    recorded = step.control is not None and step.control.signature.role == FIELD
    return target is not None and (target.editable or (target.node is None and recorded))


def _pages_after(way: Way, number: int, sight: Sight) -> Iterable[ExpectedPage]:
    """The pages of the next required step and of the optional ones before it, without the current page."""
    for step in way.steps[number + 1 :]:
        if sight.is_at(step):
            return
        yield ExpectedPage(step.page, None if step.optional else step.control, step.page_view, step.view)
        if not step.optional:
            return
    if way.end is not None and not sight.shows(way.end, way.end_view):
        yield ExpectedPage(way.end, view=way.end_view)


def _shows_effect(step: RouteStep, sight: Sight) -> bool:
    if step.kind is ActKind.TYPE:
        return is_typed(step, sight)
    target = control_at(step, sight)
    return target is not None and is_done(step, target, sight)


def _has_reacted(step: RouteStep, sight: Sight, before: Image.Image | None) -> bool:
    """Whether the picture has changed in and right around the field since the touch: a caret, a frame, another hint."""
    if step.view is None or step.view.control is None:
        return False
    focused = replace(step, view=replace(step.view, control=replace(step.view.control, room=None)))
    target, picture = control_at(focused, sight), sight.observation.screenshot.image
    if target is None or target.box is None or before is None or before.size != picture.size:
        return False
    around = target.box.grown(2 * target.box.height).clipped(sight.observation.size)
    return changed_share(before, picture, around) > 0
