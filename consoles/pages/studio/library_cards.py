"""What the library shows: every flow as a card, and what is asked for in the order in which it is worth building."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q
from django.utils import timezone

from consoles.pages.studio.life import TONES
from tickets.models import (
    FlowDraft,
    FlowRequest,
    FlowTemplate,
    FlowVersion,
    Rehearsal,
    Release,
    RunStatus,
    Ticket,
    TrialState,
    VersionStage,
)
from tickets.services.flows import rehearsals, requests
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.runs import transitions

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Card:
    """One flow in the library. `runs` counts the last seven days, `judged` without those of a trial before its end, and
    `succeeded` of these; `owner`: who made the newest version, `rehearsal`: the last one of any version, with `good`
    of `all` runs."""

    template: FlowTemplate
    stage: str  # of the newest version; empty where there is none
    tone: str
    draft: FlowDraft | None
    releases: list[Release]
    waiting: int  # versions in review
    runs: int
    judged: int
    succeeded: int
    owner: Any = None
    rehearsal: Rehearsal | None = None

    @property
    def serves(self) -> bool:
        return any(not release.shadow for release in self.releases)

    @property
    def rate(self) -> int | None:
        return round(100 * self.succeeded / self.judged) if self.judged else None


def cards() -> list[Card]:
    """Every flow, released ones first."""
    since = timezone.now() - WEEK
    ran = Q(versions__runs__created_at__gte=since, versions__runs__status__in=transitions.COUNTS_FOR_FLOW)
    judged = ran & ~Q(versions__runs__trial_member__trial__state=TrialState.RUNNING)
    rows = FlowTemplate.objects.annotate(
        ran=Count("versions__runs", filter=ran, distinct=True),
        judged=Count("versions__runs", filter=judged, distinct=True),
        well=Count("versions__runs", filter=judged & Q(versions__runs__status=RunStatus.SUCCEEDED), distinct=True),
        waiting=Count("versions", filter=Q(versions__life__stage=VersionStage.IN_REVIEW), distinct=True),
    ).prefetch_related(
        Prefetch("drafts", FlowDraft.objects.filter(closed_at=None).select_related("author"), to_attr="open_drafts"),
        Prefetch("releases", releases.at_work().select_related("version", "department"), to_attr="at_work"),
    )
    owners, rehearsed, newest = _owners(), _last_rehearsals(), _newest_stages()
    found = [
        Card(
            template=row,
            stage=str(newest[row.pk].label) if row.pk in newest else "",
            tone=TONES[newest[row.pk]] if row.pk in newest else "",
            draft=next(iter(row.open_drafts), None),
            releases=row.at_work,
            waiting=row.waiting,
            runs=row.ran,
            judged=row.judged,
            succeeded=row.well,
            owner=owners.get(row.pk),
            rehearsal=rehearsed.get(row.pk),
        )
        for row in rows
    ]
    return sorted(found, key=lambda card: (not card.releases, card.template.name))


def _owners() -> dict[int, Any]:
    rows = FlowVersion.objects.filter(created_by__isnull=False).select_related("created_by").order_by("number")
    return {row.template_id: row.created_by for row in rows.defer("definition", "route")}


def _newest_stages() -> dict[int, VersionStage]:
    rows = FlowVersion.objects.order_by("number").values_list("template", "life__stage")
    return {template: VersionStage(stage or VersionStage.DRAFT) for template, stage in rows}


def _last_rehearsals() -> dict[int, Rehearsal]:
    newest = Rehearsal.objects.values("version__template").annotate(newest=Max("pk")).values("newest")
    good = Count("runs", filter=Q(runs__outcome__in=rehearsals.GOOD))
    rows = Rehearsal.objects.filter(pk__in=newest).select_related("version").annotate(all=Count("runs"), good=good)
    return {row.version.template_id: row for row in rows}


@dataclass(frozen=True)
class Wish:
    """`examples`: those of its tickets that the reader may see."""

    request: FlowRequest
    score: float
    hours: float
    examples: list[Ticket]


def ranked_requests(user: Any) -> list[Wish]:
    return [
        Wish(
            row,
            requests.score(row),
            round(requests.hours_a_week(row), 1),
            [ticket for ticket in row.examples.all() if access.may_see(user, ticket)],
        )
        for row in requests.ranked()
    ]
