"""What the page of one flow shows: its versions, releases and rehearsals, what changed; and the printed flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from consoles.pages.studio import in_words, life, trial_pages
from consoles.pages.studio.draft import changes
from consoles.pages.studio.fall_back_choice import offers_of
from consoles.pages.studio.labels import filling_labels
from consoles.web import media
from tickets.models import (
    Department,
    FallBack,
    FlowDraft,
    FlowTemplate,
    FlowVersion,
    Phone,
    PhoneUse,
    PracticeGrant,
    Release,
    Step,
    VouchState,
)
from tickets.permissions import Permission, has
from tickets.services.flows import rehearsals
from tickets.services.flows.routes import drifts, learning
from tickets.services.people import access
from tickets.services.releasing import floors, releases, shadows, stages, trials


def flow_context(
    user: Any, template: FlowTemplate, shown: FlowVersion | None, other: FlowVersion | None
) -> dict[str, Any]:
    versions = list(template.versions.select_related("created_by", "life").order_by("-number"))
    shown = shown or (versions[0] if versions else None)
    before = next((item for item in versions if shown and item.number < shown.number), None)
    compared = other or before
    fall_back = FallBack.objects.filter(template=template).first()
    at_work = list(releases.at_work().filter(template=template).select_related("version", "department", "began_by"))
    return {
        "template": template,
        "versions": [(item, stage, life.TONES[stage]) for item in versions if (stage := stages.loaded(item))],
        "shown": shown,
        "life": life.life_of(user, shown) if shown else None,
        "compared": compared,
        "changes": changes(compared.definition, shown.definition) if shown and compared else [],
        "changes_in_words": in_words.changes_in_words(compared.definition, shown.definition)
        if shown and compared
        else [],
        "releases": [(row, floors.measure(row), shadows.measure(row) if row.shadow else None) for row in at_work],
        "back_to": releases.before(template) if at_work else None,
        "past": _past(template),
        "vouches": template.vouches.exclude(state=VouchState.ENDED).select_related("proposed_by", "given_by"),
        "draft": FlowDraft.objects.filter(template=template, closed_at=None).select_related("author").first(),
        "departments": Department.objects.order_by("name"),
        "sop": in_words.sop(shown.definition) + in_words.duties(fall_back) if shown else [],
        "drifts": _drifts(user, shown) if shown and shown.route else [],
        "unlearned": _unlearned(shown) if shown else [],
        "counts_shown": shown is None or not trials.is_compared_now(shown),
        "fall_back": fall_back,
        "fall_back_words": in_words.fall_back_in_words(fall_back) if fall_back else "",
        "fall_back_offers": offers_of(user, template) if has(user, Permission.RELEASE_FLOWS) else [],
        **(_rehearsed(shown) if shown else {}),
        **trial_pages.panel_context(user, template),
    }


def _rehearsed(version: FlowVersion) -> dict[str, Any]:
    """The version's rehearsals, and the grants and phones with which one may submit."""
    good = Count("runs", filter=Q(runs__outcome__in=rehearsals.GOOD))
    rows = version.rehearsals.select_related("started_by").annotate(all=Count("runs"), good=good)
    grants = PracticeGrant.objects.filter(version=version, runs_left__gt=0, expires_at__gt=timezone.now())
    return {
        "rehearsed": rows.order_by("-pk")[:5],
        "grants": grants.select_related("phone", "granted_by"),
        "practice_phones": Phone.objects.filter(use=PhoneUse.PRACTICE),
    }


@dataclass(frozen=True)
class Drifted:
    """A place where runs leave the route, with the addresses of both pictures for whoever may see the runs."""

    drift: drifts.Drift
    then: str
    now: str


def _unlearned(version: FlowVersion) -> list[tuple[str, list[str], int]]:
    """(a run's id, what it filled in, how many runs filled in the same)."""
    found = learning.unlearned(version)
    return [(str(each.runs[0].pk), filling_labels(each.filling, version), len(each.runs)) for each in found]


def _drifts(user: Any, version: FlowVersion) -> list[Drifted]:
    runs = access.visible_runs(user) if has(user, Permission.VIEW_TICKETS) else None

    def picture(step: Step | None) -> str:
        if step is None or not step.before or runs is None or not runs.filter(pk=step.run_id).exists():
            return ""
        return media.address(media.Kind.STEP, f"{step.pk}.before")

    return [Drifted(each, picture(each.then), picture(each.now)) for each in drifts.drift(version)]


def _past(template: FlowTemplate) -> list[Release]:
    rows = (
        Release.objects.filter(template=template)
        .exclude(ended_at=None)
        .select_related("version", "department", "ended_by")
    )
    return list(rows.order_by("-ended_at")[:8])


def sop_context(template: FlowTemplate, version: FlowVersion) -> dict[str, Any]:
    duties = in_words.duties(FallBack.objects.filter(template=template).first())
    return {
        "template": template,
        "version": version,
        "stage": stages.of(version),
        "sop": in_words.sop(version.definition) + duties + in_words.responsible(version),
    }
