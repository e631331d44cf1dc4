"""What the page of a lesson shows: the ticket's values, the acts in words, the marks, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from consoles.pages.studio.in_words import slot_kind
from consoles.pages.studio.labels import slot_labels, with_labels
from consoles.templatetags.console import name_of
from cs_agent.engine.routes.values import ActKind, RouteStep
from tickets.flows.lesson_draft import in_words
from tickets.flows.slots.kinds import ATTACHMENT, KINDS
from tickets.models import Lesson, LessonState, Phone, PhoneUse, RunStatus
from tickets.said import readers_language
from tickets.services.live import lesson_pages
from tickets.services.people import names
from tickets.services.studio import lessons, offers


@dataclass(frozen=True)
class Act:
    """`sure`: the route can take it by itself; else the model looks at that page."""

    number: int
    words: str
    commits: bool
    sure: bool


def context(lesson: Lesson, user: Any) -> dict[str, Any]:
    """`driving`: the reader gives the lesson now; a colleague may look on."""
    is_open = lesson.state == LessonState.OPEN
    driving = is_open and lesson.teacher_id == user.pk
    page = lesson_pages.get(lesson.run_id) if is_open else None
    offered = offers.of_lesson(lesson)
    return {
        "lesson": lesson,
        "template": lesson.template,
        "run": lesson.run,
        "page_mark": page.mark if page else "",
        "stage_mode": _mode(lesson, driving=driving),
        "driving": driving,
        "driven_by": names.called(lesson.teacher) if is_open and not driving and lesson.teacher else "",
        "offers": [offer for offer in offered if not offer.is_file],
        "files": [offer for offer in offered if offer.is_file],
        "acts": acts(lesson.way, slot_labels([*lesson.base.definition.get("slots", ()), *lesson.slots])),
        "tail": acts(lesson.tail, slot_labels([*lesson.base.definition.get("slots", ()), *lesson.slots])),
        "joins_at": lessons.joins_at(lesson),
        "marks": [(number, item, _mark_words(item, offered)) for number, item in enumerate(lesson.marks)],
        "missing": missing(lesson),
        "kinds": [(name, slot_kind(name)) for name in KINDS if name != ATTACHMENT.name],
        "practice": lesson.phone.use == PhoneUse.PRACTICE,
        "phones": teaching_phones(),
        "fault": _fault(lesson),
    }


def acts(items: list[dict[str, Any]], labels: Mapping[str, str]) -> list[Act]:
    return [_act(number, item, labels) for number, item in enumerate(items)]


def teaching_phones() -> list[Phone]:
    return list(Phone.objects.filter(use__in=lessons.TEACHING_USES).order_by("name"))


def phones_to_choose() -> list[tuple[Phone, str]]:
    """Each with the name of who gives a lesson on it now; empty for nobody."""
    teaching = Lesson.objects.filter(state=LessonState.OPEN).select_related("teacher")
    teachers = {lesson.phone_id: name_of(lesson.teacher) for lesson in teaching}
    return [(phone, teachers.get(phone.pk, "")) for phone in teaching_phones()]


def missing(lesson: Lesson) -> list[str]:
    """What has still to be shown before a draft can be made of it."""
    kinds = {item["kind"] for item in lesson.marks}
    wanted = [
        (not lesson.way, _("在手机画面上做一遍:打开应用,点、滑、输入;每一步都会记下")),
        (
            bool(lesson.way) and not lesson.reached_commit,
            _("做到提交前,用“标出提交”点一下提交按钮;只查询的流程没有提交,可直接完成"),
        ),
        (lesson.reached_commit and "confirm" not in kinds, _("用“框选要确认的值”在画面上拖过提交前要核对的内容")),
        ("success" not in kinds, _("用“框选成功证据”拖过证明成功的文字,或在“标记”里写出来")),
    ]
    return [words for is_missing, words in wanted if is_missing]


def _act(number: int, item: dict[str, Any], labels: Mapping[str, str]) -> Act:
    step = RouteStep.from_json(item["mark"])
    lang = readers_language()
    words = with_labels(in_words(step, lang), labels)
    return Act(number, words, step.commits, step.kind is not ActKind.GAP)


def _mark_words(item: dict[str, Any], offered: list[offers.Offer]) -> str:
    if item["kind"] == "success":
        return with_labels(str(item["text"]), slot_labels(offer.spec for offer in offered))
    labels = slot_labels(offer.spec for offer in offered)
    caption = _("、").join(item["labels"]) or item["sentence"]
    slot = labels.get(item["slot"], "")
    return f"{caption} = {slot}" if slot else caption


def _mode(lesson: Lesson, *, driving: bool) -> str:
    if lesson.state != LessonState.OPEN or lesson.run is None:
        return "ended"
    if lesson.run.status != RunStatus.TAKEN_OVER:
        return "queued"
    return "mine" if driving else "live"


def _fault(lesson: Lesson) -> str:
    """What is wrong with the phone, in the reader's language."""
    if lesson.state == LessonState.OPEN and lesson.phone.fault:
        return lesson.phone.fault
    run = lesson.run if lesson.state == LessonState.KEPT else None
    return run.result if run is not None and run.failure_code != lessons.LESSON else ""
