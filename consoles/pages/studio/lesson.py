"""What the page of a lesson shows: the ticket's values, the acts in words, the marks, and what is still missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from consoles.pages.studio.in_words import slot_kind
from cs_agent.engine.routes.values import ActKind, RouteStep
from tickets.flows.lesson_draft import in_words
from tickets.flows.slots.kinds import ATTACHMENT, KINDS
from tickets.models import Lesson, LessonState, Phone, PhoneUse, RunStatus
from tickets.said import readers_language
from tickets.services.live import lesson_pages
from tickets.services.studio import lessons, offers

_SLOT = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Act:
    """`sure`: the route can take it by itself; else the model looks at that page."""

    number: int
    words: str
    commits: bool
    sure: bool


def context(lesson: Lesson) -> dict[str, Any]:
    page = lesson_pages.get(lesson.run_id) if lesson.state == LessonState.OPEN else None
    offered = offers.of_lesson(lesson)
    return {
        "lesson": lesson,
        "template": lesson.template,
        "run": lesson.run,
        "page_mark": page.mark if page else "",
        "mode": _mode(lesson),
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


def slot_labels(specs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What people call each slot, in the reader's language."""
    english = readers_language() == "en"
    found = {}
    for spec in specs:
        label = spec.get("label") or {}
        found[spec.get("name", "")] = (label.get("en") if english else "") or label.get("zh", "")
    return found


def with_labels(words: str, labels: Mapping[str, str]) -> str:
    """The slots' places in a text as people read them."""
    return _SLOT.sub(lambda found: f"〔{labels.get(found[1]) or found[1]}〕", words)


def teaching_phones() -> list[Phone]:
    return list(Phone.objects.filter(use__in=lessons.TEACHING_USES).order_by("name"))


def missing(lesson: Lesson) -> list[str]:
    """What has still to be shown before a draft can be made of it."""
    kinds = {item["kind"] for item in lesson.marks}
    wanted = [
        (not lesson.way, _("示教至少一步")),
        (bool(lesson.way) and not lesson.reached_commit, _("标出提交;只查询的流程没有提交,可直接完成")),
        (lesson.reached_commit and "confirm" not in kinds, _("框选提交前要确认的值")),
        ("success" not in kinds, _("标出什么能证明成功")),
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


def _mode(lesson: Lesson) -> str:
    if lesson.state != LessonState.OPEN or lesson.run is None:
        return "ended"
    return "mine" if lesson.run.status == RunStatus.TAKEN_OVER else "queued"


def _fault(lesson: Lesson) -> str:
    """What is wrong with the phone, in the reader's language."""
    if lesson.state == LessonState.OPEN and lesson.phone.fault:
        return lesson.phone.fault
    run = lesson.run if lesson.state == LessonState.KEPT else None
    return run.result if run is not None and run.failure_code != lessons.LESSON else ""
