"""What the pages of the flow studio show, put together from rows: cards, a flow's life, previews, the printed flow."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Prefetch, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consoles.pages.studio import trial_pages
from consoles.templatetags.console import flow_name, name_of
from consoles.web import media
from tickets.errors import ServiceError
from tickets.flows import form
from tickets.flows.faults import faults
from tickets.flows.slots import SlotReading, read_slots
from tickets.flows.slots.kinds import KINDS
from tickets.models import (
    AttachmentKind,
    Department,
    FallBack,
    FlowDraft,
    FlowRequest,
    FlowTemplate,
    FlowVersion,
    Phone,
    PhoneUse,
    PracticeGrant,
    Release,
    RunStatus,
    Step,
    Ticket,
    VersionStage,
    VouchState,
)
from tickets.permissions import Permission, has
from tickets.services.flows import fall_backs, instructions, rehearsals, requests, reviews, robots, routes
from tickets.services.flows.recommendation import flow_fit
from tickets.services.people import access
from tickets.services.releasing import floors, releases, shadows, stages
from tickets.services.tickets import desk

WEEK = timedelta(days=7)
SAMPLED = 200  # the newest tickets that a draft's match words are tried on
_ENDED = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.HANDED_OFF)
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
    """One flow in the library. `runs` and `succeeded` count the last seven days."""

    template: FlowTemplate
    newest: int | None
    draft: FlowDraft | None
    releases: list[Release]
    waiting: int  # versions in review
    runs: int
    succeeded: int

    @property
    def rate(self) -> int | None:
        return round(100 * self.succeeded / self.runs) if self.runs else None


def cards() -> list[Card]:
    """Every flow, those at work first."""
    since = timezone.now() - WEEK
    ran = Q(versions__runs__created_at__gte=since, versions__runs__status__in=_ENDED)
    rows = FlowTemplate.objects.annotate(
        newest=Max("versions__number"),
        ran=Count("versions__runs", filter=ran, distinct=True),
        well=Count("versions__runs", filter=ran & Q(versions__runs__status=RunStatus.SUCCEEDED), distinct=True),
        waiting=Count("versions", filter=Q(versions__life__stage=VersionStage.IN_REVIEW), distinct=True),
    ).prefetch_related(
        Prefetch("drafts", FlowDraft.objects.filter(closed_at=None).select_related("author"), to_attr="open_drafts"),
        Prefetch("releases", releases.at_work().select_related("version", "department"), to_attr="at_work"),
    )
    found = [
        Card(row, row.newest, next(iter(row.open_drafts), None), row.at_work, row.waiting, row.ran, row.well)
        for row in rows
    ]
    return sorted(found, key=lambda card: (not card.releases, card.template.name))


@dataclass(frozen=True)
class Wish:
    request: FlowRequest
    score: float
    hours: float


def ranked_requests() -> list[Wish]:
    return [Wish(row, requests.score(row), round(requests.hours_a_week(row), 1)) for row in requests.ranked()]


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
        "releases": [(row, floors.measure(row), shadows.measure(row) if row.shadow else None) for row in at_work],
        "past": _past(template),
        "vouches": template.vouches.exclude(state=VouchState.ENDED).select_related("proposed_by", "given_by"),
        "draft": FlowDraft.objects.filter(template=template, closed_at=None).select_related("author").first(),
        "departments": Department.objects.order_by("name"),
        "shares": releases.SHARES,
        "sop": sop(shown.definition) if shown else [],
        "drifts": _drifts(user, shown) if shown and shown.route else [],
        "fall_back": FallBack.objects.filter(template=template).first(),
        "fall_back_offers": _fall_back_offers(user, template) if has(user, Permission.RELEASE_FLOWS) else [],
        **(_rehearsed(shown) if shown else {}),
        **trial_pages.panel_context(user, template),
    }


def _fall_back_offers(user: Any, template: FlowTemplate) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """What may happen when a run fails, in groups: (value, words, whether it is chosen)."""
    chosen = fall_backs.key_of(FallBack.objects.filter(template=template).first())
    english = (get_language() or "").startswith("en")
    others = FlowTemplate.objects.filter(active=True, releases__ended_at=None, releases__isnull=False).distinct()
    released = template.versions.filter(life__stage__in=fall_backs.REVIEWED).order_by("-number")
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
        "may_release": stage in {VersionStage.APPROVED, VersionStage.RELEASED, VersionStage.RETIRED}
        and has(user, Permission.RELEASE_FLOWS),
    }


def changes(old: FlowVersion, new: FlowVersion) -> list[tuple[str, str]]:
    """What differs, as (kind, line): `added`, `removed`, `place` or empty."""
    lines = difflib.unified_diff(
        _text(old.definition).splitlines(), _text(new.definition).splitlines(), lineterm="", n=2
    )
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [(kinds.get(line[:1], ""), line) for line in list(lines)[2:]]


def draft_context(template: FlowTemplate, draft: FlowDraft, *, expert: bool) -> dict[str, Any]:
    return {
        "template": template,
        "draft": draft,
        "expert": expert,
        "text": _text(draft.definition),
        "rows": form.rows_of(draft.definition),
        "problems": faults(draft.definition),
        "kinds": [(name, slot_kind(name)) for name in KINDS],
        "media_kinds": AttachmentKind.choices,
        "field_kinds": [("text", _("文字")), ("money", _("金额")), ("file", _("文件"))],
        "languages": [("zh", "中文"), ("en", "English")],
        "history": draft.changes.select_related("user").order_by("-revision")[:10],
    }


def slot_kind(name: str) -> str:
    """A kind of slot for people."""
    names = {
        "order_number": _("订单号"),
        "mobile": _("手机号"),
        "money": _("金额"),
        "choice": _("选项"),
        "attachment": _("附件"),
        "text": _("文字"),
        "id_card": _("身份证号"),
        "date_range": _("起止日期"),
    }
    return names.get(name, name)


@dataclass(frozen=True)
class Preview:
    """What a draft would do with the newest tickets and with a sample text."""

    problems: list[str]
    sampled: int
    hits: list[tuple[Ticket, int]]
    reading: SlotReading | None = None
    instruction: str = ""
    problem: str = ""
    missing: list[str] = field(default_factory=list)


def preview(user: Any, definition: Mapping[str, Any], sample: str) -> dict[str, Any]:
    """Nothing is stored. Reading needs a definition without faults; until then the faults are shown instead."""
    problems = faults(dict(definition))
    tickets = list(access.visible_tickets(user).order_by("-created_at")[:SAMPLED])
    hits = _hits(definition, tickets) if not problems or _has_words(definition) else []
    shown = Preview(problems, len(tickets), hits)
    if problems or not sample.strip():
        return {"preview": shown}
    ticket = Ticket(subject="", text=sample[:20_000])
    try:
        reading = read_slots(definition, ticket)
        lang = "en" if (get_language() or "").startswith("en") else "zh"
        instruction = "" if reading.missing else instructions.render(definition, reading, lang)
    except ServiceError as error:
        return {"preview": Preview(problems, len(tickets), hits, problem=error.message)}
    missing = [spec.label for spec, _offered in reading.asked]
    return {"preview": Preview(problems, len(tickets), hits, reading, instruction, missing=missing)}


def _has_words(definition: Mapping[str, Any]) -> bool:
    match = definition.get("match")
    keywords = match.get("keywords") if isinstance(match, dict) else None
    return isinstance(keywords, dict) and all(isinstance(weight, int | float) for weight in keywords.values())


def _hits(definition: Mapping[str, Any], tickets: list[Ticket]) -> list[tuple[Ticket, int]]:
    """The tickets that fit, with how well in percent, the best first."""
    scored = ((ticket, flow_fit(definition, f"{ticket.subject}\n{ticket.text}").fit) for ticket in tickets)
    return sorted(((ticket, round(min(fit, 1) * 100)) for ticket, fit in scored if fit >= 1), key=lambda hit: -hit[1])


def sop_context(template: FlowTemplate, version: FlowVersion) -> dict[str, Any]:
    return {"template": template, "version": version, "stage": stages.of(version), "sop": sop(version.definition)}


def sop(definition: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The flow as people read it: what it is for, what it needs, what it does, where it stops, who takes over."""
    rows = form.rows_of(definition)
    english = (get_language() or "").startswith("en")
    lang = "en" if english and rows["instruction"]["en"]["clauses"] else "zh"
    parts = [
        (_("适用的工单"), [_("提到:%s") % "、".join(row["word"] for row in rows["words"] if _positive(row["weight"]))]),
        (_("需要的信息"), [_slot_line(row, english) for row in rows["slots"]]),
        (_("步骤"), [_clause_line(clause) for clause in rows["instruction"][lang]["clauses"]]),
        (_("提交前由人确认"), [row["label"] for row in rows["fields"]]),
        (_("完成的证据"), rows["evidence"].splitlines()),
        (_("边界"), _borders(rows)),
        (_("例外由谁处理"), [_("智能体没有把握、页面与预期不符或三次恢复无效时,交给当班坐席接管。")]),
    ]
    return [(title, lines) for title, lines in parts if lines]


def _slot_line(row: Mapping[str, Any], english: bool) -> str:
    label = (row["label_en"] if english else "") or row["label_zh"] or row["name"]
    kind = slot_kind(row["kind"])
    return f"{label} ({kind})" if row["required"] else _("%(label)s(%(kind)s,可没有)") % {"label": label, "kind": kind}


def _clause_line(clause: Mapping[str, str]) -> str:
    return f"{clause['text']}  [{clause['when']}]" if clause["when"] else clause["text"]


def _borders(rows: Mapping[str, Any]) -> list[str]:
    lines = [_("只使用应用:%s") % "、".join(rows["app_names"].splitlines())] if rows["app_names"] else []
    if rows["read_only"]:
        lines.append(_("只查询,不做任何不可撤销的操作。"))
    if rows["second_approval_above"]:
        lines.append(_("金额高于 ¥%s 时需要两人确认。") % rows["second_approval_above"])
    if rows["refuse_above"]:
        lines.append(_("金额高于 ¥%s 时智能体拒绝执行。") % rows["refuse_above"])
    if rows["four_eyes"]:
        lines.append(_("启动的人不能自己确认。"))
    return lines


def _positive(weight: Any) -> bool:
    return isinstance(weight, int | float) and weight > 0


def _text(definition: Any) -> str:
    return json.dumps(definition, ensure_ascii=False, indent=2)
