"""Records a route: one step from each act of a run that succeeded, several runs merged into one route.

Rule: only acts that made progress are kept (acts without effect and undone steps are dropped), and whatever differs
between runs is removed from the signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from cs_agent.engine.actions.touch import touch_points
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
from cs_agent.engine.routes import pictured, views
from cs_agent.engine.routes.match import Sight, control_at, control_of
from cs_agent.engine.routes.slots import is_template, templated
from cs_agent.engine.routes.values import (
    FIELD,
    NOTHING_PRIVATE,
    TOUCHES,
    ActKind,
    Filling,
    Private,
    RouteStep,
    Way,
)
from cs_agent.engine.screen.signature import PageSignature, stable_label
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.observation import Observation

_TOUCHES = {Tap: ActKind.TAP, DoubleTap: ActKind.DOUBLE_TAP, LongPress: ActKind.LONG_PRESS}


def step_of(
    action: Action,
    seen: Observation,
    values: dict[str, str],
    *,
    commits: bool,
    private: Private = NOTHING_PRIVATE,
    read: Observation | None = None,
) -> RouteStep | None:
    """The act on this screen as a route step; None for an action that does not touch the phone.

    `private`: further customer data, such as a name, that must not identify a page; `read`: the same screen with the
    lines of its picture, to remember what the picture shows beside what the tree says.
    """
    sight = Sight.of(seen, values, private)
    step = _step_on(sight, action, RouteStep(sight.learned, ActKind.GAP, commits=commits))
    return with_view(step, read, values, private) if step and read else step


def with_view(
    step: RouteStep, read: Observation, values: dict[str, str], private: Private = NOTHING_PRIVATE
) -> RouteStep:
    """The step with what the picture shows of it; unchanged where that is not enough to know the page by. `read`: the
    step's screen with its tree and the lines of its picture."""
    page = pictured.view_of_page(step.page, read) if read.nodes is not None else None
    if page is None:
        return step
    return replace(step, view=views.StepView(page, _view_of_control(step, page, read, values, private)))


def _view_of_control(
    step: RouteStep, page: views.PageView, read: Observation, values: dict[str, str], private: Private
) -> views.ControlView | None:
    """None also for a text's field among others, as no picture tells for certain which of them has the focus."""
    target = control_at(step, Sight.of(replace(read, lines=()), values, private))
    fields = sum(node.editable for node in read.nodes or ())
    if step.control is None or target is None or (step.kind is ActKind.TYPE and fields != 1):
        return None
    return pictured.view_of_control(step.control, target, page, read, values, focused=step.kind is ActKind.TYPE)


def view_of_end(end: PageSignature, read: Observation) -> views.PageView | None:
    """What the picture shows of the last page; `read` as in `with_view`."""
    return pictured.view_of_page(end, read) if read.nodes is not None else None


def _step_on(sight: Sight, action: Action, step: RouteStep) -> RouteStep | None:
    seen = sight.observation
    match action:
        case Tap() | DoubleTap() | LongPress():
            target = find_target(seen, touch_points(action, seen.size)[0])
            control = control_of(target, sight)
            if control is None:
                return step
            page = _without_entry(step.page, target) if control.holds else step.page
            return replace(step, page=page, kind=_TOUCHES[type(action)], control=control)
        case Type(text):
            return _typing(step, text, sight)
        case Launch(app):
            return replace(step, kind=ActKind.LAUNCH, text=app)
        case Swipe(start, end):
            return replace(step, kind=ActKind.SWIPE, way=(start.x, start.y, end.x, end.y))
        case Back():
            return replace(step, kind=ActKind.BACK)
        case Home():
            return replace(step, kind=ActKind.HOME)
    return None


def _without_entry(page: PageSignature, entry: Target) -> PageSignature:
    """The page without the texts of one list entry."""
    own = {stable_label(name) for name in entry.names}
    kept = frozenset(mark for mark in page.captions if mark.partition(":")[2] not in own)
    return replace(page, captions=kept)


def _typing(step: RouteStep, text: str, sight: Sight) -> RouteStep:
    """Typed text is stored as a slot only if it came from the ticket; any other text may be a customer's and becomes a
    gap."""
    enters = "\n" * (len(text) - len(text.rstrip("\n")))
    template = templated(text.strip(), sight.values)
    fields = [target for target in sight.controls if target.editable]
    focused = [target for target in fields if (node := sight.node(target)) and node.focused]
    target = focused[0] if focused else fields[0] if len(fields) == 1 else None
    control = control_of(target, sight) if target else None
    if control is None or not _only_slots(template):
        return step
    return replace(step, kind=ActKind.TYPE, text=template + enters, control=control)


def _only_slots(template: str) -> bool:
    return is_template(template) and template.startswith("{") and template.endswith("}") and template.count("{") == 1


def way_of(
    steps: Sequence[RouteStep],
    end: PageSignature | None,
    values: dict[str, str],
    end_view: views.PageView | None = None,
) -> Way:
    """The way of one run, without detours."""
    return Way(Filling.of(values), tuple(_straightened(steps)), end, end_view=end_view)


def merged(one: Way, other: Way) -> Way:
    """The common steps of both ways, with the steps of only one as optional. ValueError if what they fill in differs.

    What only one of them chose or pressed on a page that both acted on may depend on the ticket: it becomes a gap.
    """
    if not one.filling.fits(other.filling):
        raise ValueError("ways that fill in something else do not merge")
    keys = _Keys()
    left, right = [keys.of(step) for step in one.steps], [keys.of(step) for step in other.steps]
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    shared = [step for tag, i1, i2, _j1, _j2 in codes if tag == "equal" for step in one.steps[i1:i2]]
    steps: list[RouteStep] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "equal":
            steps += [_common(one.steps[i1 + n], other.steps[j1 + n]) for n in range(i2 - i1)]
        else:
            steps += [_aside(step, shared) for step in (*one.steps[i1:i2], *other.steps[j1:j2])]
    end, view = one.end, one.end_view
    if one.end and other.end and one.end.fits(other.end):
        end = _shared(one.end, other.end)
        view = one.end_view.shared(other.end_view) if one.end_view and other.end_view else None
        view = view.only(end.controls | end.captions) if view else None
    filling = one.filling if one.filling.amounts is not None else other.filling
    return Way(filling, tuple(steps), end, one.runs + other.runs, view)


def _aside(step: RouteStep, shared: Iterable[RouteStep]) -> RouteStep:
    """A step of only one way: a side way where the page is its own, a gap on a page that both acted on."""
    focuses = step.kind is ActKind.TAP and step.control is not None and step.control.signature.role == FIELD
    depends = step.kind in {*TOUCHES, ActKind.TYPE} and not focuses
    gap = depends and any(step.on_page_of(each) for each in shared)
    return replace(step.as_gap() if gap else step, optional=True)


class _Keys:
    """Numbers for steps, the same number for the same act on the same page."""

    def __init__(self) -> None:
        self._known: list[RouteStep] = []

    def of(self, step: RouteStep) -> int:
        for number, known in enumerate(self._known):
            if known.same_act(step):
                return number
        self._known.append(step)
        return len(self._known) - 1


def _common(one: RouteStep, other: RouteStep) -> RouteStep:
    page, view = _shared(one.page, other.page), views.shared(one.view, other.view)
    return replace(
        one,
        page=page,
        optional=one.optional or other.optional,
        commits=one.commits or other.commits,
        view=view.only(page.controls | page.captions) if view else None,
    )


def _shared(one: PageSignature, other: PageSignature) -> PageSignature:
    return replace(one, controls=one.controls & other.controls, captions=one.captions & other.captions)


def _straightened(steps: Iterable[RouteStep]) -> list[RouteStep]:
    """Without undone steps: an act followed by Back to the same page, and a text that was typed over, directly or after
    touching its field again."""
    kept: list[RouteStep] = []
    for step in steps:
        taken_back = len(kept) >= 2 and kept[-1].kind is ActKind.BACK and kept[-2].page.fits(step.page)
        if taken_back and not kept[-2].commits:
            del kept[-2:]
        if kept and _types_over(kept[-1], step):
            del kept[-1]
        elif len(kept) >= 2 and _types_over(kept[-2], step) and _same_field(kept[-1], step):
            del kept[-2:]
        kept.append(step)
    return kept


def _types_over(before: RouteStep, step: RouteStep) -> bool:
    return before.kind is step.kind is ActKind.TYPE and _same_field(before, step)


def _same_field(before: RouteStep, step: RouteStep) -> bool:
    """Whether both steps concern the same field, as far as it can be identified."""
    if before.control is None or step.control is None or before.commits:
        return False
    fields = [replace(each.signature, column=0) for each in (before.control, step.control)]
    return fields[0] == fields[1] and before.page.fits(step.page)
