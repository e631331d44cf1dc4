"""What reviewers say of single steps of a version's route, and what of it counts.

Rule: "it commits" counts at once, for it only makes the software ask; "it is harmless" counts from a person who neither
wrote nor submitted the version, while it is reviewed, and under a word of commitment from two of them. Whoever says
"it commits" afterwards has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.routes.values import Route, RouteStep, Way
from cs_agent.engine.screen.words import WEIGHTY, sense
from tickets.errors import Conflict, FourEyes, Invalid
from tickets.models import FlowVersion, NoteKind, RouteNote, VersionLife, VersionStage
from tickets.permissions import Permission, has, require
from tickets.services.evidence import audit
from tickets.services.releasing import stages

_LONGEST = 2000


def add(version: FlowVersion, user: Any, way: int, number: int, kind: NoteKind, text: str = "") -> RouteNote:
    """Write it down. Invalid for a step that is none, a comment without words; FourEyes for one's own version."""
    if not has(user, Permission.EDIT_FLOWS):
        require(user, Permission.REVIEW_FLOWS)
    text = text.strip()[:_LONGEST]
    if kind is NoteKind.COMMENT and not text:
        raise Invalid(_("请写下意见。"))
    ways = Route.from_json(version.route).ways
    if not (0 <= way < len(ways) and 0 <= number < len(ways[way].steps)):
        raise Invalid(_("没有这一步。"))
    with transaction.atomic():
        if kind is NoteKind.HARMLESS:
            _require_reviewer(version, user)
        row = RouteNote.objects.create(version=version, way=way, number=number, kind=kind, text=text, user=user)
        details = {"way": way + 1, "step": number + 1, "kind": kind.value, "comment": text}
        audit.record("flow.route_noted", user=user, obj=version, flow_version=str(version), details=details)
    return row


def applied(version: FlowVersion, route: Route) -> Route:
    """The route with what was said of its steps: which of them commit, and so stop for a person every time."""
    notes = list(RouteNote.objects.filter(version=version).exclude(kind=NoteKind.COMMENT).order_by("pk"))
    if not notes:
        return route
    return replace(route, ways=tuple(_way(number, way, notes) for number, way in enumerate(route.ways)))


def is_weighty(step: RouteStep) -> bool:
    """Whether a word of commitment stands on what is touched."""
    name = step.control.named if step.control else ""
    return sense(name).kind in WEIGHTY


def needs_two(route: Route) -> bool:
    """Whether a step that is said to commit nothing bears a word of commitment: a second reviewer must say so, too."""
    return bool(_passed_over(route))


def names_all(version: FlowVersion, route: Route) -> bool:
    """Whether the definition names each control with a word of commitment that the route passes over."""
    named = version.definition.get("engine", {}).get("named_controls", ())
    labels = {(each["page"].get("app"), label) for each in named for label in each["control"].get("label", ())}
    return all((step.page.app, step.control.named if step.control else "") in labels for step in _passed_over(route))


def _passed_over(route: Route) -> list[RouteStep]:
    return [step for way in route.ways for step in way.steps if not step.commits and is_weighty(step)]


def _way(number: int, way: Way, notes: Iterable[RouteNote]) -> Way:
    mine = [note for note in notes if note.way == number]
    return replace(way, steps=tuple(_step(n, step, mine) for n, step in enumerate(way.steps)))


def _step(number: int, step: RouteStep, notes: Iterable[RouteNote]) -> RouteStep:
    commits, agreed = step.commits, set[int | None]()
    for note in notes:
        if note.number != number:
            continue
        if note.kind == NoteKind.COMMITS:
            commits, agreed = True, set()
        else:
            agreed.add(note.user_id)
            commits = commits and len(agreed) < (2 if is_weighty(step) else 1)
    return replace(step, commits=commits)


def _require_reviewer(version: FlowVersion, user: Any) -> None:
    require(user, Permission.REVIEW_FLOWS)
    life = VersionLife.objects.select_for_update().filter(version=version).first()
    if user.pk in {version.created_by_id, life.submitted_by_id if life else None}:
        raise FourEyes(_("编写或提交这个版本的人不能认定它的步骤无害。"))
    if stages.of(version) is not VersionStage.IN_REVIEW:
        raise Conflict(_("只有评审中的版本可以认定步骤无害。"), code="flow_stage")
