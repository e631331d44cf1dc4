"""What a lesson remembers of each gesture: written by the phone's host, right after the gesture was made.

Rule: a gesture is on the record first, as any human's is (`takeovers.begin_gesture`); here it only becomes an act of
the way, with slots in place of the ticket's values.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from cs_agent.engine.actions.values import Action, Back, Home, LongPress, Swipe, Tap, Type
from cs_agent.engine.routes.match import Sight
from cs_agent.engine.routes.record import step_of
from cs_agent.engine.routes.values import ActKind, Private, RouteStep
from cs_agent.engine.routes.views import StepView
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Point, Size
from cs_agent.observation import AppKind, Observation
from tickets.models import Lesson, LessonState, Run, RunPurpose, RunStatus, Step
from tickets.services.flows.routes import plans
from tickets.services.live import events as live
from tickets.services.live import lesson_pages
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import lifecycle as runs
from tickets.services.studio import offers

_SLOT = re.compile(r"\{(\w+)(?::plain)?\}")
_KEYS: dict[str, Action] = {"back": Back(), "home": Home()}


def open_on(phone_id: int) -> uuid.UUID | None:
    """The run of the lesson that a person gives on this phone now."""
    rows = Run.objects.filter(leased_phone=phone_id, purpose=RunPurpose.LESSON, status=RunStatus.TAKEN_OVER)
    return rows.values_list("pk", flat=True).first()


def note_page(run_id: uuid.UUID, seen: Observation) -> bool:
    """A page was read: its app belongs to the flow, and one that was looked for has been found.

    Whether the app was opened just now and has not been in the flow: it may show what it was left at, where every run
    will find its first page. Its teacher is shown the page that is read after a restart.
    """
    with transaction.atomic():
        lesson = _locked(run_id)
        if lesson is None:
            return False
        take_up(lesson, seen)
        is_new = bool(seen.app.package) and seen.app.package not in lesson.apps
        ended_before = seen.app.package in lesson.base.definition.get("engine", {}).get("allowed_apps", ())
        is_left_over = _name_opened_app(lesson, seen) and is_new and not ended_before
        if is_new:
            lesson.apps = [*lesson.apps, seen.app.package]
        lesson.save(update_fields=["apps", "seeking", "way"])
        if not is_left_over:
            live.publish_run(_run(lesson), "lesson.changed")
        return is_left_over


def record(step: Step, gesture: Gesture, seen: Observation, read: Observation | None = None) -> None:
    """The gesture as the lesson's next act; the page that it led to is read next, and told with it (`note_page`). While
    the page of a part that is taught again is looked for, nothing. `read`: the page with the lines of its picture."""
    with transaction.atomic():
        lesson = _locked(step.run_id)
        if lesson is None:
            return
        offered = offers.of_lesson(lesson)
        mark = _mark(gesture, seen, offers.values(offered, gesture.slot), plans.private_of(lesson.ticket), read)
        target = find_target(seen, Point(*gesture.points[:2])) if gesture.points else None
        box = target.box if target else None
        place = [box.left, box.top, box.right, box.bottom] if box else []
        Step.objects.filter(pk=step.pk).update(
            route_mark=mark.to_json(), box=place, control=(target.label if target else "")[:200], app=seen.app.package
        )
        if gesture.key == "enter" and _ends_with_enter(lesson):
            lesson.save(update_fields=["way"])
        elif not lesson.seeking:
            offers.adopt(lesson, {gesture.slot, *_slots_in(mark)} - {""})
            lesson.way = [*lesson.way, {"mark": mark.to_json(), "step": step.pk}]
            lesson.save(update_fields=["way", "slots"])


def _ends_with_enter(lesson: Lesson) -> bool:
    """Enter right after a text is part of its typing; whether it was made so."""
    last = RouteStep.from_json(lesson.way[-1]["mark"]) if lesson.way and not lesson.seeking else None
    if last is None or last.kind is not ActKind.TYPE:
        return False
    typed = replace(last, text=last.text.rstrip("\n") + "\n")
    lesson.way = [*lesson.way[:-1], {**lesson.way[-1], "mark": typed.to_json()}]
    return True


def steps_of(lesson: Lesson) -> list[RouteStep]:
    return [RouteStep.from_json(item["mark"]) for item in lesson.way]


def sight(seen: Observation, lesson: Lesson) -> Sight:
    return Sight.of(seen, offers.values(offers.of_lesson(lesson)), plans.private_of(lesson.ticket))


def _mark(
    gesture: Gesture, seen: Observation, values: dict[str, str], private: Private, read: Observation | None
) -> RouteStep:
    action = _action(gesture, seen.size)
    commits = gesture.kind is GestureKind.COMMIT
    step = step_of(action, seen, values, commits=commits, private=private, read=read) if action else None
    return step or RouteStep(Sight.of(seen, values, private).learned, ActKind.GAP)


def _action(gesture: Gesture, size: Size) -> Action | None:
    """None for a key that no route presses."""
    points = [Point(*gesture.points[i : i + 2]).to_norm(size) for i in range(0, len(gesture.points), 2)]
    match gesture.kind:
        case GestureKind.TAP | GestureKind.COMMIT:
            return Tap(points[0])
        case GestureKind.LONG_PRESS:
            return LongPress(points[0])
        case GestureKind.SWIPE:
            return Swipe(points[0], points[1])
        case GestureKind.TYPE:
            return Type(gesture.text)
        case GestureKind.KEY:
            return _KEYS.get(gesture.key)
    return None


def _slots_in(mark: RouteStep) -> set[str]:
    control = mark.control
    texts = [mark.text, *([control.named, *control.holds] if control else [])]
    return {name for text in texts for name in _SLOT.findall(text)}


def take_up(lesson: Lesson, seen: Observation) -> None:
    """Record again from here on where this is the page that is looked for: the one that a lesson had come to when it
    was left, else the first of the part that is taught again. The caller saves."""
    if not lesson.seeking:
        return
    left_at = lesson.way[-1].get("then") if lesson.way else None
    wanted = PageSignature.from_json(left_at or lesson.tail[0]["mark"]["page"])
    lesson.seeking = not sight(seen, lesson).shows(wanted)
    if left_at and not lesson.seeking:
        lesson.way = [*lesson.way[:-1], {key: value for key, value in lesson.way[-1].items() if key != "then"}]


def resume(lesson: Lesson) -> None:
    """Look for the page that the lesson had come to. Where that was never read, its last act is made again. The caller
    saves."""
    if lesson.seeking or not lesson.way:
        return
    lesson.seeking = True
    if "then" not in lesson.way[-1]:
        lesson.way, lesson.tail = lesson.way[:-1], [lesson.way[-1], *lesson.tail]


def began_anew(run_id: uuid.UUID, before: Observation, seen: Observation) -> bool:
    """Whether the phone, which did not answer for a while, is on its home screen and was in an app before: it was
    started again. The page that the lesson had come to is looked for then, as after a lesson was left."""
    if seen.app.kind is not AppKind.HOME or before.app.kind is AppKind.HOME:
        return False
    with transaction.atomic():
        lesson = _locked(run_id)
        if lesson is not None and lesson.way and not lesson.seeking:
            lesson.way = [*lesson.way[:-1], {**lesson.way[-1], "then": sight(before, lesson).learned.to_json()}]
            lesson.seeking = True
            lesson.save(update_fields=["way", "seeking"])
    return True


def _name_opened_app(lesson: Lesson, seen: Observation) -> bool:
    """A tap on the home screen that opened an app is remembered as opening it, wherever its icon will stand; whether
    this is one."""
    if lesson.seeking or not lesson.way or seen.app.kind is AppKind.HOME or not seen.app.package:
        return False
    last = RouteStep.from_json(lesson.way[-1]["mark"])
    row = Step.objects.filter(pk=lesson.way[-1]["step"], run=lesson.run).first()
    was_home = last.kind is ActKind.TAP and row is not None and last.page.app == _home_of(lesson)
    if not was_home or row is None or not row.control or last.page.app == seen.app.package:
        return False
    view = StepView(last.view.page) if last.view else None
    opened = RouteStep(last.page, ActKind.LAUNCH, text=row.control, view=view)
    lesson.way = [*lesson.way[:-1], {**lesson.way[-1], "mark": opened.to_json()}]
    Step.objects.filter(pk=row.pk).update(route_mark=opened.to_json())
    return True


def _home_of(lesson: Lesson) -> str:
    """A lesson begins on the home screen."""
    return lesson.apps[0] if lesson.apps else ""


def _locked(run_id: Any) -> Lesson | None:
    runs.locked(Run(pk=run_id))
    rows = Lesson.objects.select_for_update(of=("self",)).select_related("ticket", "base", "run__ticket")
    return rows.filter(run=run_id, state=LessonState.OPEN).first()


def _run(lesson: Lesson) -> Run:
    """One that was found by its run has one."""
    if lesson.run is None:
        raise Lesson.DoesNotExist
    return lesson.run


def close(lesson: Lesson, state: LessonState) -> None:
    """In the caller's transaction. A lesson that is kept remembers the page that its last act led to."""
    page = lesson_pages.get(lesson.run_id) if state is LessonState.KEPT and lesson.way and not lesson.seeking else None
    if page is not None and not lesson_pages.is_reading(lesson.run_id):
        lesson.way = [*lesson.way[:-1], {**lesson.way[-1], "then": sight(page.seen, lesson).learned.to_json()}]
    lesson.state, lesson.ended_at = state, timezone.now()
    lesson.save(update_fields=["state", "ended_at", "way"])
