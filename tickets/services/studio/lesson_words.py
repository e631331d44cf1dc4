"""What a teacher says besides driving: which text is which slot, what must be confirmed, what proves success, and what
looks like a commit before it is touched.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.routes.slots import plain
from cs_agent.engine.screen.targets import find_target
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation
from tickets.errors import Conflict, Invalid
from tickets.flows import lesson_marks
from tickets.flows.lesson_marks import MarkKind
from tickets.flows.slots import read_slots
from tickets.flows.slots.kinds import ATTACHMENT, KINDS
from tickets.models import Lesson, PhoneUse, Run, SlotSource, Ticket
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.live import lesson_pages
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.live.lesson_pages import LessonPage
from tickets.services.studio import lesson_steps, lessons, offers

ASKED = "lesson.asked"
_MOST_SLOTS = 40
_MOST_MARKS = 60
_LONGEST_LABEL = 30
_LONGEST_VALUE = 2000


def add_value(lesson: Lesson, user: Any, *, label: str, kind: str, value: str, fixed: bool) -> str:
    """A value that the list did not have, as a slot; its name. `fixed`: the same text in every run."""
    label, value = label.strip(), value.strip()
    if not label or len(label) > _LONGEST_LABEL:
        raise Invalid(_("请用不超过 %d 个字写明这是什么。") % _LONGEST_LABEL)
    if not value or len(value) > _LONGEST_VALUE:
        raise Invalid(_("请填写值,最长 %d 个字。") % _LONGEST_VALUE)
    if not fixed and (kind not in KINDS or kind == ATTACHMENT.name):
        raise Invalid(_("请选择这个值的类型。"))
    with transaction.atomic():
        lesson = lessons.own(lesson, user)
        known = {spec["name"] for spec in [*lesson.base.definition.get("slots", ()), *lesson.slots]}
        if len(known) >= _MOST_SLOTS:
            raise Conflict(_("信息项太多了。"))
        name = next(f"value_{n}" for n in range(1, len(known) + 2) if f"value_{n}" not in known)
        spec = _spec(name, label, kind, value, lesson.ticket, fixed=fixed)
        source = SlotSource.DEFAULT if fixed else SlotSource.OPERATOR
        offers.add(lesson, offers.Offer(spec, value, source))
        lesson.save(update_fields=["slots"])
        _changed(lesson)
    return name


def _spec(name: str, label: str, kind: str, value: str, ticket: Ticket, *, fixed: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": name, "kind": "text" if fixed else kind, "label": {"zh": label, "en": label}}
    needs = {key for keys in KINDS[spec["kind"]].needs for key in keys}
    if "words" in needs:
        spec["words"] = list(dict.fromkeys(filter(None, [offers.words_before(ticket.text, value), label])))
    if "options" in needs:
        spec["options"] = [{"value": value, "phrases": [value]}]
    if fixed:
        spec["default"] = value
    elif spec["kind"] == "text" and _read(spec, ticket) != value:
        longer = {**spec, "to_line_end": True}
        return longer if _read(longer, ticket) == value else spec
    return spec


def _read(spec: dict[str, Any], ticket: Ticket) -> str:
    """What the ticket says for a slot of this kind; empty for nothing, or nothing certain."""
    found = read_slots({"slots": [spec]}, ticket).found
    return found[0].value if found else ""


def mark(
    lesson: Lesson, user: Any, kind: MarkKind, area: tuple[float, ...], page_mark: str, *, begun_at: float | None = None
) -> None:
    """`area`: left, top, right, bottom as fractions of the screen, on the page that the teacher saw: the one of that
    mark, or one that the phone showed already when the dragging began (`begun_at`, seconds since the epoch), as the
    picture is there before the page has been read."""
    with transaction.atomic():
        lesson = lessons.own(lesson, user)
        page = shown(lesson)
        if lesson_pages.is_reading(lesson.run_id):
            raise Conflict(_("页面还没有读完,请稍候。"), code="no_page")
        if page.mark != page_mark and (begun_at is None or page.since > begun_at):
            raise Conflict(_("页面在框选时变了,请在现在的页面上重新框选。"), code="page_changed")
        size = page.seen.size
        box = Box(*(int(part * (size.width, size.height)[n % 2]) for n, part in enumerate(area)))
        found = lesson_marks.marked(kind, box, page.seen, offers.values(offers.of_lesson(lesson)))
        _keep(lesson, [{**item, "at": len(lesson.way), "area": [round(part, 4) for part in area]} for item in found])
        if kind is MarkKind.SUCCESS:
            lesson.end = lesson_steps.sight(page.seen, lesson).learned.to_json()
            lesson.save(update_fields=["end"])


def say_success(lesson: Lesson, user: Any, text: str) -> None:
    """What the app will show after the commit, which a lesson on a phone for rehearsals does not make."""
    with transaction.atomic():
        lesson = lessons.own(lesson, user)
        _keep(lesson, [{**lesson_marks.spoken(text), "at": len(lesson.way), "area": []}])


def drop_mark(lesson: Lesson, user: Any, number: int) -> None:
    with transaction.atomic():
        lesson = lessons.own(lesson, user)
        if not 0 <= number < len(lesson.marks):
            raise Invalid(_("没有这个标记。"))
        lesson.marks = [item for at, item in enumerate(lesson.marks) if at != number]
        lesson.save(update_fields=["marks"])
        _changed(lesson)


def shown(lesson: Lesson) -> LessonPage:
    page = lesson_pages.get(lesson.run_id)
    if page is None:
        raise Conflict(_("页面还没有读完,请稍候。"), code="no_page")
    return page


def check(lesson: Lesson, gesture: Gesture) -> None:
    """Before a teacher's gesture is sent: what is typed is a slot's value, and nothing is touched after the commit; on
    the way back to its page, after an interruption, everything may be."""
    practice = lesson.phone.use == PhoneUse.PRACTICE
    if lesson.reached_commit and not (practice or lesson.seeking):
        raise Conflict(_("已经到提交这一步,示教到此为止;要改请从某一步重教。"), code="committed")
    if gesture.kind is GestureKind.TYPE:
        _check_typed(lesson, gesture)


def stops(gesture: Gesture, seen: Observation, run_id: uuid.UUID) -> bool:
    """Whether this touch, on the page as it is now, looks like a commit: then it is not made, and its teacher is asked.

    Called by the phone's host right before the gesture; the page that the browser showed may have passed.
    """
    if gesture.sure or gesture.kind not in {GestureKind.TAP, GestureKind.LONG_PRESS}:
        return False
    labels = find_target(seen, Point(*gesture.points[:2])).labels
    label = next((label for label in labels if sense(label).kind is LabelKind.COMMIT), "")
    if label:
        live.publish_run(Run.objects.select_related("ticket").get(pk=run_id), ASKED, {"label": label})
    return bool(label)


def _check_typed(lesson: Lesson, gesture: Gesture) -> None:
    values = offers.values(offers.of_lesson(lesson))
    value = values.get(gesture.slot, "")
    if not value or gesture.text not in {value, plain(value)}:
        raise Conflict(_("请先说明这段文字是什么:选一个值,或添加为新的值。"), code="unnamed_text")


def _keep(lesson: Lesson, found: list[dict[str, Any]]) -> None:
    if len(lesson.marks) + len(found) > _MOST_MARKS:
        raise Conflict(_("标记太多了。"))
    named = [item.get("slot", "") for item in found]
    offers.adopt(lesson, {name for name in named if name})
    lesson.marks = [*lesson.marks, *(item for item in found if item not in lesson.marks)]
    lesson.save(update_fields=["marks", "slots"])
    _changed(lesson)
    details = {"kinds": [item["kind"] for item in found]}
    audit.record("lesson.marked", run=lesson.run, obj=lesson, user=lesson.teacher, details=details)


def _changed(lesson: Lesson) -> None:
    if lesson.run is not None:
        live.publish_run(lesson.run, "lesson.changed")
