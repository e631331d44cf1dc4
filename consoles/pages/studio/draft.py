"""What the page of a draft shows: the form's rows, what is wrong in words, and what the draft would do with tickets."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from consoles.pages.studio import in_words, places, storyboard
from tickets.errors import ServiceError
from tickets.flows import form
from tickets.flows.faults import faults
from tickets.flows.slots import SlotReading, read_slots
from tickets.flows.slots.kinds import ATTACHMENT, KINDS
from tickets.models import AttachmentKind, DraftChange, FlowDraft, FlowTemplate, Ticket
from tickets.said import readers_language
from tickets.services.evidence import keeping
from tickets.services.flows import instructions
from tickets.services.flows.recommendation import flow_fit
from tickets.services.people import access

SAMPLED = 200  # the newest tickets that a draft's match words are tried on
_KEPT = 30  # newest saves that are listed


def context(user: Any, template: FlowTemplate, draft: FlowDraft, *, expert: bool) -> dict[str, Any]:
    rows = form.rows_of(draft.definition)
    return {
        "shots": [] if expert else storyboard.shots(user, draft),
        "template": template,
        "draft": draft,
        "expert": expert,
        "text": text_of(draft.definition),
        "rows": rows,
        "takes_files": any(row["kind"] == ATTACHMENT.name for row in rows["slots"]),
        "kept_recordings": keeping.days(keeping.Kind.RECORDINGS),
        "kept_pictures": keeping.days(keeping.Kind.PICTURES),
        "problems": problems(faults(draft.definition), draft.definition, expert=expert),
        "kinds": [(name, in_words.slot_kind(name)) for name in KINDS],
        "media_kinds": AttachmentKind.choices,
        "field_kinds": [("text", _("文字")), ("money", _("金额")), ("file", _("文件"))],
        "languages": [("zh", "中文"), ("en", "English")],
        "history": draft.changes.select_related("user").order_by("-revision")[:_KEPT],
    }


def problems(found: list[str], definition: Mapping[str, Any], *, expert: bool) -> list[places.Problem]:
    """Faults of a draft: in the words of the form, or by their place in JSON for experts."""
    return [places.Problem("", each) for each in found] if expert else places.in_form(found, definition)


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
    wrong = faults(dict(definition))
    tickets = list(access.visible_tickets(user).order_by("-created_at")[:SAMPLED])
    hits = _hits(definition, tickets) if not wrong or _has_words(definition) else []
    shown = Preview(wrong, len(tickets), hits)
    if wrong or not sample.strip():
        return {"preview": shown}
    ticket = Ticket(subject="", text=sample[:20_000])
    try:
        reading = read_slots(definition, ticket)
        lang = readers_language()
        instruction = "" if reading.missing else instructions.render(definition, reading, lang)
    except ServiceError as error:
        return {"preview": Preview(wrong, len(tickets), hits, problem=error.message)}
    missing = [spec.label for spec, _offered in reading.asked]
    return {"preview": Preview(wrong, len(tickets), hits, reading, instruction, missing=missing)}


def _has_words(definition: Mapping[str, Any]) -> bool:
    match = definition.get("match")
    keywords = match.get("keywords") if isinstance(match, dict) else None
    return isinstance(keywords, dict) and all(isinstance(weight, int | float) for weight in keywords.values())


def _hits(definition: Mapping[str, Any], tickets: list[Ticket]) -> list[tuple[Ticket, int]]:
    """The tickets that fit, with how well in percent, the best first."""
    scored = ((ticket, flow_fit(definition, f"{ticket.subject}\n{ticket.text}").fit) for ticket in tickets)
    return sorted(((ticket, round(min(fit, 1) * 100)) for ticket, fit in scored if fit >= 1), key=lambda hit: -hit[1])


def history_context(template: FlowTemplate, draft: FlowDraft, change: DraftChange) -> dict[str, Any]:
    """A save of the draft beside what it holds now: what going back to it would add and take away."""
    return {
        "template": template,
        "draft": draft,
        "change": change,
        "changes_in_words": in_words.changes_in_words(draft.definition, change.definition),
        "changes": changes(draft.definition, change.definition),
        "same": draft.definition == change.definition,
    }


def text_of(definition: Any) -> str:
    """As JSON for people."""
    return json.dumps(definition, ensure_ascii=False, indent=2)


def changes(old: Any, new: Any) -> list[tuple[str, str]]:
    """What differs between two definitions, as (kind, line): `added`, `removed`, `place` or empty."""
    lines = difflib.unified_diff(text_of(old).splitlines(), text_of(new).splitlines(), lineterm="", n=2)
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [(kinds.get(line[:1], ""), line) for line in list(lines)[2:]]
