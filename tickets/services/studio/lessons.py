"""Lessons: started on a phone for rehearsals, driven by hand, interrupted and continued.

Rule: a lesson reads its sample ticket and changes nothing of it; the phone is held by the lesson's own run, under the
same lease, takeover and record as any. Whatever ends a lesson early, what was taught is kept.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cs_agent.engine.screen.signature import PageSignature
from tickets import queues
from tickets.errors import Conflict, Invalid
from tickets.flows.slots import SlotReading, read_slots
from tickets.models import (
    FlowTemplate,
    FlowVersion,
    Lesson,
    LessonState,
    Phone,
    PhoneState,
    PhoneUse,
    Run,
    RunPurpose,
    RunStatus,
    Slot,
    Takeover,
    Ticket,
)
from tickets.permissions import Permission, require
from tickets.said import readers_language, said
from tickets.services.evidence import audit
from tickets.services.flows import publishing
from tickets.services.flows.routes import plans
from tickets.services.live import lesson_pages
from tickets.services.people import access, names
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import switches
from tickets.services.runs.transitions import ENDED
from tickets.services.studio import lesson_steps, offers

TEACHING_USES = (PhoneUse.REHEARSAL, PhoneUse.PRACTICE, PhoneUse.SHARED)
LESSON = "lesson"  # code of a lesson's takeover, and of its run's end


def start(
    template: FlowTemplate,
    user: Any,
    ticket: Ticket,
    phone: Phone,
    *,
    with_files: bool = False,
    again_from: int | None = None,
) -> Lesson:
    """Begin a lesson. `again_from`: the newest version's way for this ticket is taught again from that step on."""
    require(user, Permission.TEACH)
    access.require_visible(user, ticket)
    switches.require_not_paused()
    base = template.latest or _blank_version(template, user)
    way = _known_way(base, ticket) if again_from is not None else []
    if again_from is not None and not 0 <= again_from < len(way):
        raise Conflict(_("这个版本没有适合该工单的路线,不能从中间重教。"), code="no_way")
    kept = again_from or 0
    lesson = Lesson(template=template, base=base, ticket=ticket, phone=phone, with_files=with_files)
    lesson.way, lesson.tail, lesson.seeking = way[:kept], way[kept:], bool(way)
    with transaction.atomic():
        _begin(lesson, user)
        details = {"template": template.slug, "phone": phone.name, "again_from": again_from}
        audit.record("lesson.started", user=user, run=lesson.run, obj=lesson, details=details)
    return lesson


def go_on(lesson: Lesson, user: Any, phone: Phone) -> Lesson:
    """Take up a lesson that was left; what comes next is recorded once the page it had come to is shown again."""
    require(user, Permission.TEACH)
    access.require_visible(user, lesson.ticket)
    switches.require_not_paused()
    with transaction.atomic():
        lesson = Lesson.objects.select_for_update().get(pk=lesson.pk)
        if lesson.state != LessonState.KEPT:
            raise Conflict(_("这次示教不在中断状态。"), code="lesson_state")
        lesson.phone, lesson.state, lesson.ended_at = phone, LessonState.OPEN, None
        lesson_steps.resume(lesson)
        _begin(lesson, user)
        audit.record("lesson.resumed", user=user, run=lesson.run, obj=lesson, details={"phone": phone.name})
    return lesson


def again(lesson: Lesson, user: Any, number: int) -> Lesson:
    """Teach again from that step on: it and what follows are replaced once its page is shown."""
    with transaction.atomic():
        lesson = own(lesson, user)
        if not 0 <= number < len(lesson.way):
            raise Invalid(_("没有这一步。"))
        lesson.tail, lesson.way = lesson.way[number:], lesson.way[:number]
        lesson.seeking, lesson.end = True, None
        if (page := lesson_pages.get(lesson.run_id)) is not None:
            lesson_steps.take_up(lesson, page.seen)
        lesson.save(update_fields=["tail", "way", "seeking", "end"])
        audit.record("lesson.part_replaced", user=user, run=lesson.run, obj=lesson, details={"from": number + 1})
    return lesson


def joins_at(lesson: Lesson) -> int | None:
    """The step of the replaced part that the phone's page fits now; None where none does, or nothing was taught yet."""
    page = lesson_pages.get(lesson.run_id) if lesson.tail and not lesson.seeking else None
    if page is None:
        return None
    shown = lesson_steps.sight(page.seen, lesson)
    later = enumerate(lesson.tail[1:], 1)
    return next((n for n, item in later if shown.shows(PageSignature.from_json(item["mark"]["page"]))), None)


def join(lesson: Lesson, user: Any) -> Lesson:
    """The rest of the way is as it was, from the page that is shown now on."""
    with transaction.atomic():
        lesson = own(lesson, user)
        number = joins_at(lesson)
        if number is None:
            raise Conflict(_("手机现在的页面接不上原来的路线。"), code="no_join")
        lesson.way, lesson.tail = [*lesson.way, *lesson.tail[number:]], []
        lesson.save(update_fields=["way", "tail"])
    return lesson


def leave(lesson: Lesson, user: Any) -> Lesson:
    """Free the phone and keep what was taught."""
    with transaction.atomic():
        lesson = own(lesson, user)
        end_run(lesson, user, said("lesson.kept"))
        lesson_steps.close(lesson, LessonState.KEPT)
        audit.record("lesson.left", user=user, run=lesson.run, obj=lesson, details={"steps": len(lesson.way)})
    return lesson


def discard(lesson: Lesson, user: Any) -> None:
    require(user, Permission.TEACH)
    with transaction.atomic():
        lesson = Lesson.objects.select_for_update().get(pk=lesson.pk)
        if lesson.state == LessonState.OPEN:
            lesson = own(lesson, user)
            end_run(lesson, user, said("lesson.dropped"))
        lesson_steps.close(lesson, LessonState.DISCARDED)
        audit.record("lesson.discarded", user=user, run=lesson.run, obj=lesson)


def lose_phone(run: Run, words: str) -> None:
    """The phone cannot be had: the run ends with the reason, the lesson is kept. Called by the runner."""
    with transaction.atomic():
        run = runs.locked(run)
        if run.status in ENDED:
            return
        end_early(run, "phone_trouble", words)


def end_early(run: Run, code: str, words: str) -> None:
    """In the caller's transaction, with the run locked."""
    runs.end(run, RunStatus.CANCELLED, result=words, failure_code=code)
    runs.enqueue(run)
    for lesson in Lesson.objects.filter(run=run, state=LessonState.OPEN):
        lesson_steps.close(lesson, LessonState.KEPT)
        audit.record("lesson.left", run=run, obj=lesson, result="failure", details={"reason": code})


def own(lesson: Lesson, user: Any) -> Lesson:
    """The lesson, locked, if this person gives it now."""
    require(user, Permission.TEACH)
    if lesson.run is None:
        raise Conflict(_("这次示教已经结束。"), code="lesson_state")
    runs.locked(lesson.run)
    rows = Lesson.objects.select_for_update(of=("self",))
    row = rows.select_related("run__ticket", "base", "ticket", "phone", "template").get(pk=lesson.pk)
    if row.teacher_id != user.pk:
        raise Conflict(_("%s 正在示教。") % names.called(row.teacher), code="taken_by_other")
    if row.state != LessonState.OPEN:
        raise Conflict(_("这次示教已经结束。"), code="lesson_state")
    return row


def _begin(lesson: Lesson, user: Any) -> None:
    """A run of the lesson's own on the chosen phone; whoever teaches drives it as soon as it has the phone."""
    _refuse_phone(lesson)
    reading = _reading(lesson)
    lang = readers_language()
    lesson.teacher, lesson.state = user, LessonState.OPEN
    before = lesson.run
    run = Run.objects.create(
        ticket=lesson.ticket,
        flow_version=lesson.base,
        purpose=RunPurpose.LESSON,
        lang=lang,
        started_by=user,
        takeover_requested=True,
        instruction=lesson.template.name,
    )
    try:
        with transaction.atomic():
            lesson.run = run
            lesson.save()
    except IntegrityError as error:
        raise _busy(lesson.phone) from error
    _fill(run, lesson, reading, before)
    Takeover.objects.create(run=run, user=user, code=LESSON)
    audit.record("run.started", user=user, run=run, obj=run, details={"purpose": RunPurpose.LESSON.value})
    queues.enqueue(run.pk, lesson.phone.queue)


def _reading(lesson: Lesson) -> SlotReading:
    """The flow's slots as the ticket gives them, and its files where they go onto the phone."""
    known = list(lesson.base.definition.get("slots", ()))
    added = list(lesson.slots)
    if lesson.with_files:
        have = {spec["name"] for spec in added}
        added += [spec for spec in offers.files(lesson.ticket, [*known, *added]) if spec["name"] not in have]
        lesson.slots = added
    names = {spec["name"] for spec in known}
    return read_slots({"slots": [*known, *(spec for spec in added if spec["name"] not in names)]}, lesson.ticket)


def _fill(run: Run, lesson: Lesson, reading: SlotReading, before: Run | None) -> None:
    """What was read, and what the teacher gave in the run before."""
    found = {each.name: each for each in reading.found if each.value}
    rows = [
        Slot(
            run=run,
            name=each.name,
            label=each.label,
            value=each.value,
            source=each.source,
            start=each.start,
            end=each.end,
            attachment_id=each.attachment_id,
        )
        for each in found.values()
    ]
    given = before.slots.exclude(name__in=found) if before else ()
    rows += [Slot(run=run, name=row.name, label=row.label, value=row.value, source=row.source) for row in given]
    Slot.objects.bulk_create(rows)


def _refuse_phone(lesson: Lesson) -> None:
    phone = Phone.objects.get(pk=lesson.phone_id)
    if phone.use not in TEACHING_USES:
        raise Invalid(_("示教只能用演练或练习手机,不能用处理客户工单的手机。"), code="customers_phone")
    if phone.state != PhoneState.READY:
        raise Conflict(_("这台手机现在不可用:%s") % (phone.fault or phone.get_state_display()), code="phone_out")
    open_ones = Lesson.objects.filter(phone=phone, state=LessonState.OPEN).exclude(pk=lesson.pk)
    if phone.lease_run_id is not None or open_ones.exists():
        raise _busy(phone)


def _busy(phone: Phone) -> Conflict:
    other = Lesson.objects.filter(phone=phone, state=LessonState.OPEN).select_related("teacher").first()
    words = _("这台手机正在使用,请稍后再来。")
    if other is not None and other.teacher is not None:
        words = _("%s 正在这台手机上示教,请另选一台或稍后再来。") % names.called(other.teacher)
    return Conflict(words, code="phone_busy")


def _blank_version(template: FlowTemplate, user: Any) -> FlowVersion:
    """A run needs a version to stand on: one that does nothing, and that nobody can release without a review."""
    words = {"threshold": 1, "keywords": {template.name: 1}}
    clauses = {"clauses": [{"text": template.name}]}
    blank = {
        "match": words,
        "slots": [],
        "instruction": {"zh": clauses},
        "engine": {"success_evidence": [[template.name]], "read_only": True},
    }
    return publishing.new_version(template, blank, user, _("示教前的空白版本"))


def _known_way(version: FlowVersion, ticket: Ticket) -> list[dict[str, Any]]:
    found = {each.name: each.value for each in read_slots(version.definition, ticket).found}
    way = plans.of_version(version).way_for(found)
    return [{"mark": step.to_json(), "step": None} for step in way.steps] if way else []


def end_run(lesson: Lesson, user: Any, words: str) -> None:
    """In the caller's transaction, before anything that writes to the audit trail."""
    if lesson.run is None:
        return
    run = runs.locked(lesson.run)
    if run.status not in ENDED:
        runs.end(run, RunStatus.CANCELLED, result=words, failure_code=LESSON, user=user)
        runs.enqueue(run)
    transaction.on_commit(lambda: lesson_pages.forget(run.pk), robust=True)
