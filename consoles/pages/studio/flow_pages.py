"""What the pages of the flow studio show, put together from rows: cards, a flow's life, previews, the printed flow."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consoles.pages.studio import in_words, trial_pages
from consoles.pages.studio.draft import text_of
from consoles.templatetags.console import flow_name, name_of
from consoles.web import media
from tickets.models import (
    Department,
    FallBack,
    FlowDraft,
    FlowRequest,
    FlowTemplate,
    FlowVersion,
    Phone,
    PhoneUse,
    PracticeGrant,
    Rehearsal,
    Release,
    RunStatus,
    Step,
    Ticket,
    VersionStage,
    VouchState,
)
from tickets.permissions import Permission, has
from tickets.said import readers_language
from tickets.services.flows import fall_backs, rehearsals, requests, reviews, robots, routes
from tickets.services.people import access
from tickets.services.releasing import floors, releases, shadows, stages
from tickets.services.runs import transitions
from tickets.services.tickets import desk

WEEK = timedelta(days=7)
TONES = {
    VersionStage.DRAFT: "quiet",
    VersionStage.REHEARSED: "info",
    VersionStage.IN_REVIEW: "warn",
    VersionStage.APPROVED: "info",
    VersionStage.RELEASED: "ok",
    VersionStage.RETIRED: "quiet",
}


@dataclass(frozen=True)
class Card:
    """One flow in the library. `runs` and `succeeded` count the last seven days; `owner`: who made the newest version,
    `rehearsal`: the last one of any version, with `good` of `all` runs."""

    template: FlowTemplate
    newest: int | None
    draft: FlowDraft | None
    releases: list[Release]
    waiting: int  # versions in review
    runs: int
    succeeded: int
    owner: Any = None
    rehearsal: Rehearsal | None = None

    @property
    def serves(self) -> bool:
        return any(not release.shadow for release in self.releases)

    @property
    def rate(self) -> int | None:
        return round(100 * self.succeeded / self.runs) if self.runs else None


def cards() -> list[Card]:
    """Every flow, released ones first."""
    since = timezone.now() - WEEK
    ran = Q(versions__runs__created_at__gte=since, versions__runs__status__in=transitions.COUNTS_FOR_FLOW)
    rows = FlowTemplate.objects.annotate(
        newest=Max("versions__number"),
        ran=Count("versions__runs", filter=ran, distinct=True),
        well=Count("versions__runs", filter=ran & Q(versions__runs__status=RunStatus.SUCCEEDED), distinct=True),
        waiting=Count("versions", filter=Q(versions__life__stage=VersionStage.IN_REVIEW), distinct=True),
    ).prefetch_related(
        Prefetch("drafts", FlowDraft.objects.filter(closed_at=None).select_related("author"), to_attr="open_drafts"),
        Prefetch("releases", releases.at_work().select_related("version", "department"), to_attr="at_work"),
    )
    owners, rehearsed = _owners(), _last_rehearsals()
    found = [
        Card(
            template=row,
            newest=row.newest,
            draft=next(iter(row.open_drafts), None),
            releases=row.at_work,
            waiting=row.waiting,
            runs=row.ran,
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


def flow_context(
    user: Any, template: FlowTemplate, shown: FlowVersion | None, other: FlowVersion | None
) -> dict[str, Any]:
    versions = list(template.versions.select_related("created_by", "life").order_by("-number"))
    shown = shown or (versions[0] if versions else None)
    before = next((item for item in versions if shown and item.number < shown.number), None)
    compared = other or before
    at_work = list(releases.at_work().filter(template=template).select_related("version", "department", "began_by"))
    return {
        "template": template,
        "versions": [(item, stages.of(item), TONES[stages.of(item)]) for item in versions],
        "shown": shown,
        "life": _life(user, shown) if shown else None,
        "compared": compared,
        "changes": changes(compared, shown) if shown and compared else [],
        "changes_in_words": in_words.changes_in_words(compared.definition, shown.definition)
        if shown and compared
        else [],
        "releases": [(row, floors.measure(row), shadows.measure(row) if row.shadow else None) for row in at_work],
        "back_to": releases.before(template) if at_work else None,
        "past": _past(template),
        "vouches": template.vouches.exclude(state=VouchState.ENDED).select_related("proposed_by", "given_by"),
        "draft": FlowDraft.objects.filter(template=template, closed_at=None).select_related("author").first(),
        "departments": Department.objects.order_by("name"),
        "sop": in_words.sop(shown.definition) + in_words.duties(template) if shown else [],
        "drifts": _drifts(user, shown) if shown and shown.route else [],
        "fall_back": FallBack.objects.filter(template=template).first(),
        "fall_back_offers": _fall_back_offers(user, template) if has(user, Permission.RELEASE_FLOWS) else [],
        **(_rehearsed(shown) if shown else {}),
        **trial_pages.panel_context(user, template),
    }


def _fall_back_offers(user: Any, template: FlowTemplate) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """What may happen when a run fails, in groups: (value, words, whether it is chosen)."""
    chosen = fall_backs.key_of(FallBack.objects.filter(template=template).first())
    english = readers_language() == "en"
    others = FlowTemplate.objects.filter(active=True, releases__ended_at=None, releases__isnull=False).distinct()
    released = template.versions.filter(life__stage__in=fall_backs.CHOOSABLE).order_by("-number")
    groups = [
        (_("一个人"), [(f"person:{each.pk}", name_of(each)) for each in desk.colleagues(user)]),
        (_("一个部门"), [(f"team:{each.pk}", each.name) for each in access.departments(user).order_by("name")]),
        (_("另一个流程"), [(f"flow:{t.slug}", flow_name(t, english)) for t in others.exclude(pk=template.pk)]),
        (_("另一个版本"), [(f"version:{each.number}", f"v{each.number}") for each in released]),
        (_("机器人"), [(f"robot:{name}", name) for name in robots.names()]),
    ]
    return [(title, [(key, words, key == chosen) for key, words in rows]) for title, rows in groups if rows]


def _rehearsed(version: FlowVersion) -> dict[str, Any]:
    """The version's rehearsals, and the grants and phones with which one may submit."""
    good = Count("runs", filter=Q(runs__outcome__in=rehearsals.GOOD))
    rows = version.rehearsals.select_related("started_by").annotate(all=Count("runs"), good=good)
    grants = PracticeGrant.objects.filter(version=version, runs_left__gt=0, expires_at__gt=timezone.now())
    return {
        "rehearsed": rows.order_by("-pk")[:5],
        "grants": grants.select_related("phone"),
        "practice_phones": Phone.objects.filter(use=PhoneUse.PRACTICE),
    }


@dataclass(frozen=True)
class Drifted:
    """A place where runs leave the route, with the addresses of both pictures for whoever may see the runs."""

    drift: routes.Drift
    then: str
    now: str


def _drifts(user: Any, version: FlowVersion) -> list[Drifted]:
    runs = access.visible_runs(user) if has(user, Permission.VIEW_TICKETS) else None

    def picture(step: Step | None) -> str:
        if step is None or not step.before or runs is None or not runs.filter(pk=step.run_id).exists():
            return ""
        return media.address(media.Kind.STEP, f"{step.pk}.before")

    return [Drifted(each, picture(each.then), picture(each.now)) for each in routes.drift(version)]


def _past(template: FlowTemplate) -> list[Release]:
    rows = Release.objects.filter(template=template).exclude(ended_at=None).select_related("version", "ended_by")
    return list(rows.order_by("-ended_at")[:8])


def _life(user: Any, version: FlowVersion) -> dict[str, Any]:
    """Where the version stands, and what this reader may do with it now."""
    stage, life = stages.of(version), getattr(version, "life", None)
    own = user.pk in {version.created_by_id, life.submitted_by_id if life else None}
    needed = reviews.reviewers_needed(version)
    return {
        "stage": stage,
        "stages": VersionStage.choices,
        "tone": TONES[stage],
        "row": life,
        "needed": needed,
        "given": reviews.approvals(version).count(),
        "reviews": list(version.reviews.select_related("reviewer")),
        "may_submit": stage in {VersionStage.DRAFT, VersionStage.REHEARSED} and has(user, Permission.EDIT_FLOWS),
        "may_review": stage is VersionStage.IN_REVIEW and not own and has(user, Permission.REVIEW_FLOWS),
        "own_in_review": stage is VersionStage.IN_REVIEW and own,
        **_release_terms(user, version, stage),
        "next": _next_step(user, version, stage),
    }


def _release_terms(user: Any, version: FlowVersion, stage: VersionStage) -> dict[str, Any]:
    """How far the version may be released from where it is: to more tickets than it has, or at first as a shadow."""
    mine = [row for row in releases.at_work().filter(version=version) if not row.shadow]
    most = max((row.percent for row in mine if row.department_id is None), default=0)
    shares = [share for share in releases.SHARES if share > most]
    may = stage in stages.REVIEWED and has(user, Permission.RELEASE_FLOWS)
    return {"may_release": may and bool(shares), "offers_shadow": not mine, "shares": shares}


def _next_step(user: Any, version: FlowVersion, stage: VersionStage) -> str:
    """What this version waits for now, and who does it; empty where it waits for nothing."""
    match stage:
        case VersionStage.DRAFT:
            return _("演练这个版本(见下面的“演练”),看报告,再提交评审。")
        case VersionStage.REHEARSED:
            return _("看演练报告;满意就提交评审,不满意就改草稿再生成版本。")
        case VersionStage.IN_REVIEW:
            return _("由没有写也没有提交这个版本的同事评审:先看“路线”,再通过或退回。")
        case VersionStage.APPROVED:
            return _("发布:先作影子或给一个部门,再 5 %、25 %,最后全部工单。")
    shares = [row.percent for row in releases.at_work().filter(version=version, department=None, shadow=False)]
    if stage is VersionStage.RELEASED and max(shares, default=0) < max(releases.SHARES):
        return _("看“正在使用”里的数字;好就扩大比例,不好就退回上一版本。")
    return ""


def changes(old: FlowVersion, new: FlowVersion) -> list[tuple[str, str]]:
    """What differs, as (kind, line): `added`, `removed`, `place` or empty."""
    lines = difflib.unified_diff(
        text_of(old.definition).splitlines(), text_of(new.definition).splitlines(), lineterm="", n=2
    )
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [(kinds.get(line[:1], ""), line) for line in list(lines)[2:]]


def sop_context(template: FlowTemplate, version: FlowVersion) -> dict[str, Any]:
    return {
        "template": template,
        "version": version,
        "stage": stages.of(version),
        "sop": in_words.sop(version.definition) + in_words.duties(template),
    }
