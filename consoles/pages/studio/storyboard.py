"""The storyboard of a version: its steps as pictures with what vouches for each, alone or beside another version's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from consoles.pages.studio.labels import filling_labels, slot_labels, with_labels
from consoles.web import media
from cs_agent.engine.routes.values import ActKind, RouteStep
from cs_agent.engine.screen.signature import PageSignature
from tickets.flows.lesson_draft import in_words
from tickets.models import FlowDraft, FlowTemplate, FlowVersion, Phone, RouteNote, Step, VersionStage
from tickets.permissions import Permission, has
from tickets.said import readers_language
from tickets.services.people import access
from tickets.services.releasing import stages
from tickets.services.studio import storyboards
from tickets.services.studio.storyboards import Backing, Board, Panel

_TONES = {
    Backing.PERSON: "danger",
    Backing.REVIEW: "warn",
    Backing.MODEL: "warn",
    Backing.ROUTE: "ok",
    Backing.FLOW: "ok",
    Backing.EDITOR: "ok",
    Backing.KIND: "quiet",
}


@dataclass(frozen=True)
class Frame:
    """A panel for a page. `box`: x, y, width and height of what is touched; `size`: of the picture, both in pixels."""

    panel: Panel
    words: str
    page: str
    picture: str
    box: tuple[int, ...]
    spot: tuple[int, ...]
    size: tuple[int, int]

    @property
    def tone(self) -> str:
        return _TONES[self.panel.backing]

    @property
    def notes(self) -> tuple[RouteNote, ...]:
        return self.panel.notes


def context(user: Any, template: FlowTemplate, version: FlowVersion, other: FlowVersion | None) -> dict[str, Any]:
    """`other`: the version it is set beside, or None."""
    boards = storyboards.of_version(version)
    draw = _Drawing(user, _known(*([other] if other else []), version), _app_names(boards))
    stage = stages.of(version)
    life = getattr(version, "life", None)
    own = user.pk in {version.created_by_id, life.submitted_by_id if life else None}
    reviews = stage is VersionStage.IN_REVIEW and not own and has(user, Permission.REVIEW_FLOWS)
    return {
        "template": template,
        "version": version,
        "stage": stage,
        "other": other,
        "others": [row for row in template.versions.order_by("-number") if row.pk != version.pk],
        "boards": [
            (board, filling_labels(board.filling, version), [draw.frame(panel) for panel in board.panels])
            for board in boards
        ],
        "pairs": _pairs(draw, other, boards, version) if other else [],
        "may_note": has(user, Permission.EDIT_FLOWS) or has(user, Permission.REVIEW_FLOWS),
        "may_call_harmless": reviews,
    }


@dataclass(frozen=True)
class Shot:
    """A stored picture of one page of a flow. `which`: before or after that step."""

    step: int
    which: str
    page: str
    picture: str
    size: tuple[int, int]


def shots(user: Any, draft: FlowDraft) -> list[Shot]:
    """The pages of a draft's route as the reader may see them, the page after the last step at the end."""
    if not has(user, Permission.VIEW_REPLAYS):
        return []
    seen = [(step, row) for step, row in storyboards.pictured(draft) if access.may_see(user, row.run.ticket)]
    first: dict[object, tuple[RouteStep, Step]] = {}
    for step, row in seen:
        first.setdefault((step.page.app, step.page.title) if step.page.title else step.page, (step, row))
    apps = _names_of_apps([step for step, _row in seen])
    pages = [_shot(user, row, "before", page_name(step.page, apps)) for step, row in first.values()]
    last = seen[-1][1] if seen else None
    return [*pages, _shot(user, last, "after", _("最后一步之后"))] if last is not None and last.after else pages


def _shot(user: Any, row: Step, which: str, page: str) -> Shot:
    picture = media.address(media.Kind.STEP, f"{row.pk}.{which}", user)
    return Shot(row.pk, which, page, picture, _size_of(row.run.phone))


def _pairs(draw: _Drawing, other: FlowVersion, boards: Sequence[Board], version: FlowVersion) -> list[Any]:
    return [
        (
            filling_labels(filling, version, other),
            [
                (pair, draw.frame(pair.old) if pair.old else None, draw.frame(pair.new) if pair.new else None)
                for pair in pairs
            ],
        )
        for filling, pairs in storyboards.side_by_side(storyboards.of_version(other), boards)
    ]


class _Drawing:
    """Panels as one reader may see them: pictures only of tickets of the reader's own departments."""

    def __init__(self, user: Any, labels: Mapping[str, str], apps: Mapping[str, str]) -> None:
        self._user, self._labels, self._apps = user, labels, apps
        self._sees = has(user, Permission.VIEW_REPLAYS)
        self._lang = readers_language()

    def frame(self, panel: Panel) -> Frame:
        step, seen = panel.step, panel.seen
        visible = seen is not None and self._sees and access.may_see(self._user, seen.run.ticket)
        picture = media.address(media.Kind.STEP, f"{seen.pk}.before", self._user) if visible and seen else ""
        phone = seen.run.phone if seen else None
        left, top, right, bottom = seen.box if seen and len(seen.box) == 4 else (0, 0, 0, 0)
        box = (left, top, right - left, bottom - top) if right > left else ()
        spot = tuple(seen.touch[:2]) if seen and not box else ()
        return Frame(
            panel,
            with_labels(in_words(step, self._lang), self._labels),
            page_name(step.page, self._apps),
            picture,
            box,
            spot,
            _size_of(phone),
        )


def page_name(page: PageSignature, apps: Mapping[str, str]) -> str:
    """What people call a page: its title; the home screen and pages without a title by their app, of whose package
    `apps` has the name."""
    return page.title or (_("主屏幕") if "launcher" in page.app else apps.get(page.app, page.app))


def _app_names(boards: Sequence[Board]) -> dict[str, str]:
    """What the apps are called that a step opens, by their packages."""
    return _names_of_apps([panel.step for board in boards for panel in board.panels])


def _names_of_apps(steps: Sequence[RouteStep]) -> dict[str, str]:
    opened = pairwise(steps)
    return {after.page.app: step.text for step, after in opened if step.kind is ActKind.LAUNCH}


def _size_of(phone: Phone | None) -> tuple[int, int]:
    return (phone.width, phone.height) if phone is not None and phone.width else (1080, 2400)


def _known(*versions: FlowVersion) -> dict[str, str]:
    return slot_labels(slot for version in versions for slot in version.definition.get("slots", ()))
