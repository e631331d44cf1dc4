"""The end of a lesson: what was taught becomes the flow's draft, definition and route."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cs_agent.engine.routes.record import way_of
from cs_agent.engine.routes.values import Route, Way
from cs_agent.engine.screen.signature import PageSignature
from tickets.errors import Invalid
from tickets.flows import lesson_draft
from tickets.flows.lesson_marks import MarkKind
from tickets.models import FlowDraft, Lesson, LessonState, Ticket
from tickets.said import said
from tickets.services.evidence import audit
from tickets.services.flows import drafts
from tickets.services.studio import lesson_steps, lessons, offers

_SAMPLED = 200  # other tickets that telling words are looked for in


def finish(lesson: Lesson, user: Any, *, amount_limit: float | None = None) -> FlowDraft:
    """Make the flow's draft of it: definition and route. Invalid says what is still to be shown."""
    with transaction.atomic():
        lesson = lessons.own(lesson, user)
        _refuse_unfinished(lesson)
        way = _way(lesson)
        lessons.end_run(lesson, user, said("lesson.done"))
        draft = drafts.open_draft(lesson.template, user)
        words = [] if draft.definition.get("match") else _telling_words(lesson)
        definition = lesson_draft.composed(
            draft.definition,
            slots=lesson.slots,
            steps=way.steps,
            marks=lesson.marks,
            apps=lesson.apps,
            keywords=words,
            amount_limit=amount_limit,
        )
        route = Route.from_json(draft.route or lesson.base.route).with_way(way).to_json()
        draft = drafts.save(draft, definition, user, revision=draft.revision, note=_("示教"), route=route)
        lesson_steps.close(lesson, LessonState.FINISHED)
        details = {"template": lesson.template.slug, "steps": len(lesson.way), "marks": len(lesson.marks)}
        audit.record("lesson.finished", user=user, run=lesson.run, obj=lesson, details=details)
    return draft


def _telling_words(lesson: Lesson) -> list[str]:
    others = Ticket.objects.exclude(pk=lesson.ticket_id).order_by("-pk").values_list("subject", "text")[:_SAMPLED]
    own_text = f"{lesson.ticket.subject}\n{lesson.ticket.text}"
    found = lesson_draft.telling_words(own_text, [f"{subject}\n{text}" for subject, text in others])
    return found or [lesson.template.name]


def _refuse_unfinished(lesson: Lesson) -> None:
    if not lesson.way:
        raise Invalid(_("还没有示教任何一步。"), code="nothing_taught")
    if lesson.seeking and lesson.tail:
        raise Invalid(_("要重教的那一步还没有重新做;请先把手机带到那一页。"), code="still_seeking")
    kinds = {mark["kind"] for mark in lesson.marks}
    if MarkKind.SUCCESS.value not in kinds:
        raise Invalid(_("请标出什么能证明成功:在画面上框选,或写出成功后会出现的文字。"), code="no_evidence")
    if lesson.reached_commit and MarkKind.CONFIRM.value not in kinds:
        raise Invalid(_("请框选提交前必须由人确认的值。"), code="no_fields")


def _way(lesson: Lesson) -> Way:
    """The way for tickets that fill the same slots."""
    values = offers.values(offer for offer in offers.of_lesson(lesson) if offer.used)
    end = PageSignature.from_json(lesson.end) if lesson.end else None
    return way_of(lesson_steps.steps_of(lesson), end, values)
