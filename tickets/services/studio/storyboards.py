"""The route of a version as a storyboard: each page's picture, the control that is touched, the act with its slots, and
what vouches for it; and two versions side by side.

Rule: a route has no pictures of its own. A step is shown as the newest run of the flow saw it that took just this step,
with that run's picture, which goes when pictures have had their time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext as _

from cs_agent.engine.routes.values import TOUCHES, ActKind, Filling, Route, RouteStep
from cs_agent.engine.screen.signature import PageSignature
from tickets.models import ControlVouch, FlowDraft, FlowVersion, RouteNote, Step, VouchState
from tickets.services.flows.routes import plans
from tickets.services.releasing import stages
from tickets.services.studio import route_notes

_SEARCHED = 600  # newest steps of the flow's runs that pictures are looked for in


class Backing(StrEnum):
    """What lets the act pass without a question."""

    PERSON = "person"  # nothing: it commits, and a person is asked every time
    KIND = "kind"  # its kind does nothing that stays
    FLOW = "flow"  # a control that the definition names
    EDITOR = "editor"  # a flow editor's word
    ROUTE = "route"  # the reviewed route
    REVIEW = "review"  # will be the route, once the version is approved
    MODEL = "model"  # the model acts here, and its act is judged like any other

    @property
    def words(self) -> str:
        return {
            Backing.PERSON: _("每次由人确认"),
            Backing.KIND: _("这类操作本身无害"),
            Backing.FLOW: _("流程定义中指明的控件"),
            Backing.EDITOR: _("流程编辑认定无害"),
            Backing.ROUTE: _("经评审的路线"),
            Backing.REVIEW: _("评审通过后由路线担保,此前会询问"),
            Backing.MODEL: _("由模型判断,照常检查"),
        }[self]


@dataclass(frozen=True)
class Panel:
    """One step. `seen`: a run's step that shows it; None where no run has a picture of it."""

    way: int
    number: int
    step: RouteStep
    backing: Backing
    seen: Step | None
    notes: tuple[RouteNote, ...] = ()

    @property
    def weighty(self) -> bool:
        return route_notes.is_weighty(self.step)


@dataclass(frozen=True)
class Board:
    filling: Filling
    panels: tuple[Panel, ...]
    end: PageSignature | None
    runs: int


@dataclass(frozen=True)
class Pair:
    """A step of two versions: equal, changed, or only in one of them. That one was also seen as a picture, or in a
    later one, changes nothing of the step."""

    old: Panel | None
    new: Panel | None

    @property
    def is_same(self) -> bool:
        if self.old is None or self.new is None:
            return False
        return replace(self.old.step, view=None) == replace(self.new.step, view=None)


def of_version(version: FlowVersion) -> list[Board]:
    """One board for each way; none for a version that remembers nothing."""
    route = route_notes.applied(version, plans.of_version(version))
    seen = _pictures(version.template_id, route)
    notes: defaultdict[tuple[int, int], list[RouteNote]] = defaultdict(list)
    for note in version.notes.select_related("user"):
        notes[note.way, note.number].append(note)
    backed = _Backed(version)
    return [
        Board(
            way.filling,
            tuple(
                Panel(w, n, step, backed.of(step), seen.get(_key(step)), tuple(notes[w, n]))
                for n, step in enumerate(way.steps)
            ),
            way.end,
            way.runs,
        )
        for w, way in enumerate(route.ways)
    ]


def pictured(draft: FlowDraft) -> list[tuple[RouteStep, Step]]:
    """The steps of a draft's route of which some run has a picture, each with that run's step, in the route's order."""
    route = plans.of_draft(draft)
    seen = _pictures(draft.template_id, route)
    return [(step, seen[key]) for way in route.ways for step in way.steps if (key := _key(step)) in seen]


def side_by_side(old: Sequence[Board], new: Sequence[Board]) -> list[tuple[Filling, list[Pair]]]:
    """The ways of both versions, each with its steps in pairs."""
    olds, news = {board.filling: board for board in old}, {board.filling: board for board in new}
    empty = Board(Filling(()), (), None, 0)
    return [
        (filling, _paired(olds.get(filling, empty).panels, news.get(filling, empty).panels))
        for filling in dict.fromkeys([*news, *olds])
    ]


def _paired(old: Sequence[Panel], new: Sequence[Panel]) -> list[Pair]:
    keys = [_key(panel.step) for panel in old], [_key(panel.step) for panel in new]
    pairs: list[Pair] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        length = max(i2 - i1, j2 - j1)
        if tag == "equal":
            pairs += [Pair(old[i1 + n], new[j1 + n]) for n in range(length)]
        else:
            lefts, rights = [*old[i1:i2]], [*new[j1:j2]]
            pairs += [Pair(_at(lefts, n), _at(rights, n)) for n in range(length)]
    return pairs


def _at(panels: Sequence[Panel], number: int) -> Panel | None:
    return panels[number] if number < len(panels) else None


class _Backed:
    """What vouches for the steps of one version, looked up once."""

    def __init__(self, version: FlowVersion) -> None:
        rows = ControlVouch.objects.filter(template=version.template_id, state=VouchState.ACTIVE)
        self._vouches = [(PageSignature.from_json(row.page), row.label) for row in rows]
        engine = version.definition.get("engine", {})
        self._named = [
            (each["page"].get("app"), label)
            for each in engine.get("named_controls", ())
            for label in each["control"].get("label", ())
        ]
        self._reviewed = stages.of(version) in stages.REVIEWED

    def of(self, step: RouteStep) -> Backing:
        if step.commits:
            return Backing.PERSON
        if step.kind is ActKind.GAP:
            return Backing.MODEL
        field = step.control is not None and step.control.signature.role == "editable"
        if step.kind not in TOUCHES or field:
            return Backing.KIND
        name = step.control.named if step.control else ""
        if name and (step.page.app, name) in self._named:
            return Backing.FLOW
        if name and any(page.fits(step.page) and label == name for page, label in self._vouches):
            return Backing.EDITOR
        return Backing.ROUTE if self._reviewed else Backing.REVIEW


def _pictures(template_id: int, route: Route) -> dict[str, Step]:
    """For each step of the route the newest step of a run that is the same act, one whose control is known first."""
    wanted = {_key(step) for way in route.ways for step in way.steps}
    if not wanted:
        return {}
    ended = Step.objects.filter(run__flow_version__template=template_id, run__ended_at__isnull=False)
    rows = ended.filter(route_mark__isnull=False)  # of a run under way a picture may not be written yet
    found: dict[str, Step] = {}
    for row in rows.exclude(before="").select_related("run__ticket").order_by("-pk")[:_SEARCHED]:
        for key in _keys_of(row) & wanted:
            if key not in found or (row.box and not found[key].box):
                found[key] = row
    return found


def _keys_of(row: Step) -> set[str]:
    mark = row.route_mark
    if not isinstance(mark, dict) or "kind" not in mark:  # the mark of a run's end is none of a step
        return set()
    return {_key(RouteStep.from_json(mark))}


def _key(step: RouteStep) -> str:
    """Equal for the same act on a page of the same name, in whatever version it stands."""
    control = step.control.to_json() if step.control else None
    parts = [step.page.app, step.page.title, step.kind.value, control, step.text]
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)
