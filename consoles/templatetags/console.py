"""Tags and filters of the console: icons, pills, times, sizes, addresses of stored files."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consoles.pages.audit.words import event_in_words, fault_in_words, roles_in_words
from consoles.pages.words import TONES, action_in_words, in_language, run_language, told
from consoles.web import media
from tickets.flows.slots.money import FULL, HALF
from tickets.flows.slots.spec import parse_specs
from tickets.models import ConfirmationState, CustomerReply, RunStatus
from tickets.models.ticket.tickets import FINISHED
from tickets.services.flows import vouches
from tickets.services.people import names
from tickets.services.runs.attention import Why, takeover_due
from tickets.services.runs.decisions import REJECTED_CODE

_PLAIN_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
register = template.Library()
register.filter("in_words", action_in_words)
register.filter("event_in_words", event_in_words)
register.filter("roles_in_words", roles_in_words)
register.filter("fault_in_words", fault_in_words)
register.filter("in_language", in_language)
register.filter("told", told)
register.filter("takeover_due", takeover_due)
register.filter("may_be_vouched", vouches.is_proposable)
SOON_S = 30 * 60  # an SLA that ends within half an hour is shown as urgent


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("console/icons.svg"), name
    )


@register.simple_tag
def pill(status: str, label: str, live: bool = False) -> SafeString:
    """A coloured label, whose text carries the same information as its colour."""
    extra = " pill-live" if live else ""
    return format_html('<span class="pill pill-{}{}">{}</span>', TONES.get(status, "quiet"), extra, label)


@register.simple_tag
def run_pill(run: Any, takeover: Any = None) -> SafeString:
    """A run's status, with a beating dot while something happens or somebody is waited for.

    `takeover`: the open one, if known; one that nobody has begun gets its own label.
    """
    live = run.status in {RunStatus.RUNNING, RunStatus.AWAITING_CONFIRMATION, RunStatus.AWAITING_ANSWER}
    label = str(RunStatus(run.status).label)
    if run.status == RunStatus.TAKEN_OVER and takeover:
        label = _("接管中") if takeover.begun_at else _("待接管")
    if run.status == RunStatus.CANCELLED and run.failure_code == REJECTED_CODE:
        label = str(ConfirmationState.REJECTED.label)
    return pill(run.status, label, live)


@register.simple_tag
def ago(when: datetime | None) -> SafeString:
    """A time shown relative to now by the script; in full in its title and without scripts."""
    return _time(when, "ago")


@register.simple_tag
def lasting(when: datetime | None) -> SafeString:
    """How long something has lasted, kept right by the script; its beginning without scripts."""
    return _time(when, "for")


@register.simple_tag
def clock(when: datetime | None) -> SafeString:
    """Date and time, local."""
    return _time(when, "")


@register.filter(expects_localtime=True)
def minute(when: datetime) -> str:
    """Date and time among words, local."""
    return date_format(when, _("n月j日 H:i"))


@register.filter(expects_localtime=True)
def second(when: datetime) -> str:
    """Date and time to the second among words, local."""
    return date_format(when, _("n月j日 H:i:s"))


@register.simple_tag
def sla(ticket: Any) -> SafeString:
    """The time left until the ticket is due, counted down by the script."""
    if ticket.status in FINISHED:
        return format_html('<span class="muted">{}</span>', "—")
    return _time(ticket.due_at, "due", f"sla sla-{sla_state(ticket.due_at)}")


@register.simple_tag
def countdown(when: datetime) -> SafeString:
    return _time(when, "left", "countdown")


@register.filter
def seconds(value: float | None) -> str:
    """A short duration, e.g. 0.8 s or 2:05."""
    if value is None:
        return ""
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60}:{int(value) % 60:02d}"


@register.filter
def clock_position(value: float | None) -> str:
    """A place in a video, e.g. 0:07."""
    return f"{int(value or 0) // 60}:{int(value or 0) % 60:02d}"


@register.filter
def attachment_url(attachment: Any) -> str:
    return media.address(media.Kind.ATTACHMENT, attachment.pk)


@register.filter
def confirmation_url(confirmation: Any) -> str:
    return media.address(media.Kind.CONFIRMATION, confirmation.pk) if confirmation.screenshot else ""


@register.filter
def question_url(question: Any) -> str:
    return media.address(media.Kind.QUESTION, question.pk) if question.screenshot else ""


@register.filter
def name_of(user: Any) -> str:
    """How people are called in the console."""
    if user is None:
        return _("系统")
    return names.called(user)


@register.filter
def source_of(slot: Any) -> str:
    """Where a slot's value came from, in words; works for stored slots and for a reading."""
    return {
        "ticket": _("工单原文"),
        "attachment": _("工单附件"),
        "operator": _("坐席填写"),
        "record": _("客户资料"),
        "default": _("默认值"),
        "customer": _("客户回复"),
    }.get(str(slot.source), str(slot.source))


@register.filter
def can_be_answered(turn: Any) -> bool:
    """Whether what the customer says now would count as the answer to this question."""
    return str(turn.row.state) != "answered"


@register.filter
def listed(words: Any) -> str:
    """Words one after the other, as the reader's language parts them."""
    return _("、").join(str(word) for word in words)


@register.filter
def slot_words(value: Any) -> str:
    """Values that mean something said as people say it."""
    return {FULL: _("全额"), HALF: _("一半")}.get(str(value), str(value))


@register.filter
def value_in(slot: Any, version: Any) -> str:
    """What a stored slot or a reading holds, in the reader's language; a file is called by its name."""
    attachment = getattr(slot, "attachment", None)
    if attachment is not None:
        return str(attachment.name)
    return getattr(slot, "display", "") or value_words(version, slot.name, slot.value)


@register.simple_tag
def value_words(version: Any, name: str, value: Any) -> str:
    """A value of the slot of that name in the reader's language."""
    specs = parse_specs(version.definition) if version is not None else ()
    spec = next((each for each in specs if each.name == name), None)
    return slot_words(spec.shown(str(value)) if spec else value)


@register.filter
def summary_in(confirmation: Any, version: Any) -> str:
    """What is confirmed, in the reader's language. Where a value was not read, the stored words say what is done."""
    stored = str(confirmation.summary)
    if not all(field.get("screen_value") for field in confirmation.fields) or not confirmation.fields:
        for field in confirmation.fields:
            stored = stored.replace(f"{field.get('label')}:", f"{slot_label(field, version)}: ")
        return stored
    parts = [
        _("%(label)s:%(value)s") % {"label": slot_label(field, version), "value": field.get("screen_value") or "—"}
        for field in confirmation.fields
    ]
    return f"[{_('确认')}] " + " | ".join(parts)


@register.filter
def item_words(item: Any) -> str:
    """What something that waits is about; a confirmation's values in the reader's language."""
    if item.why is Why.CONFIRMATION and item.run is not None:
        return summary_in(item.source, item.run.flow_version)
    return str(item.text)


@register.filter
def ticket_value_in(field: Any, cockpit: Any) -> str:
    """The ticket's side of a field, an amount written as the screen's; an attachment is called as on the ticket."""
    files = [slot for slot in cockpit.slots if slot.attachment is not None]
    told = str(field.get("ticket_value") or "")
    for slot in files:
        if slot.name == field.get("name") or slot.value == told:  # told by the name that the file has on the phone
            return str(slot.attachment.name)
    value = value_words(cockpit.run.flow_version, str(field.get("name")), field.get("ticket_value") or "")
    sign = str(field.get("screen_value") or "")[:1]
    return f"{sign}{value}" if sign in ("¥", "\uffe5") and _PLAIN_AMOUNT.fullmatch(value) else value


@register.filter
def original_of(slot: Any, edit: Any) -> str:
    """What was there before a person changed the value; "" where nobody did."""
    return (edit.original if edit else "") or getattr(slot, "original", "")


@register.filter
def is_reply(note: Any) -> bool:
    """Whether a note is what the customer was told."""
    return isinstance(note, CustomerReply)


@register.filter
def editor_in(slot: Any, cockpit: Any) -> Any:
    """The editor of a slot or of a confirmation's field; None where it cannot be changed."""
    return cockpit.editors.get(slot["name"] if isinstance(slot, dict) else slot.name)


@register.filter
def slot_label(slot: Any, version: Any) -> str:
    """The slot's name in the reader's language: stored slots and fields keep the Chinese one. A field that only shows a
    slot's value under the app's name for it is called as the slot."""
    name, label = (slot.get("name"), slot.get("label")) if isinstance(slot, dict) else (slot.name, slot.label)
    if run_language() == "zh" or version is None:
        return str(label)
    fields = version.definition.get("engine", {}).get("confirm_fields", ())
    shown = next((field.get("slot") for field in fields if field.get("name") == name), None)
    labels = {spec.name: spec.label for spec in parse_specs(version.definition)}
    return str(labels.get(str(name)) or labels.get(str(shown)) or label)


@register.filter
def connector_name(connector: str) -> str:
    """Where a ticket came from; a connector of the installation's own is called as it calls itself."""
    known = {"": _("控制台"), "web": _("网页"), "api": "API", "demo": _("演示")}
    return str(known.get(connector, connector))


@register.simple_tag(takes_context=True)
def in_console(context: Any, name: str, *values: object) -> str:
    """An address of the console; in a panel inside a helpdesk's page, of the console outside it."""
    panel = context.get("panel")
    return str(panel.in_console(name, *values) if panel else reverse(name, args=values))


@register.filter
def unlocal(value: float) -> str:
    """A number as SVG reads it, whatever the language."""
    return f"{value:g}"


@register.filter
def unlocal_int(value: int) -> str:
    """Without thousands separators, so that it can be copied."""
    return str(value)


@register.filter
def plain_number(value: Decimal) -> str:
    """As it was typed: 0.800 → 0.8, 12.000 → 12, without separators."""
    return f"{value.normalize():f}"


@register.filter
def percent(share: float) -> str:
    """0.8 → 80 %."""
    return f"{share:.0%}".replace("%", " %")


@register.filter
def part_name(part: str) -> str:
    return {
        "database": _("数据库"),
        "redis": "Redis",
        "worker": _("任务进程"),
        "upkeep": _("维护进程"),
        "phone_host": _("手机主机"),
        "threads": _("手机主机的线程"),
        "model": _("模型"),
        "beat": _("定时任务"),
    }.get(part, part)


@register.filter
def in_studio(here: str | None) -> bool:
    """Whether a page of that name belongs to the flow studio."""
    return bool(here) and str(here).startswith(("flow", "lesson", "rehearsal", "storyboard", "trial", "signer"))


@register.filter
def flow_name(flow: Any, english: bool = False) -> str:
    return (flow.name_en if english else "") or flow.name


@register.filter
def flow_words(flow: Any, english: bool = False) -> str:
    """What the flow says of itself."""
    return (flow.description_en if english else "") or flow.description


def sla_state(due_at: datetime) -> str:
    """late, soon or ok."""
    left = (due_at - timezone.now()).total_seconds()
    if left < 0:
        return "late"
    return "soon" if left < SOON_S else "ok"


def _time(when: datetime | None, kind: str, classes: str = "") -> SafeString:
    if when is None:
        return mark_safe("—")
    local = timezone.localtime(when)
    same_year = local.year == timezone.localdate().year
    text = date_format(local, _("n月j日 H:i") if same_year else _("Y年n月j日 H:i"))
    full = date_format(local, _("Y年n月j日 H:i:s"))
    return format_html(
        '<time datetime="{}" title="{}" data-when="{}" class="{}">{}</time>',
        when.isoformat(),
        full,
        kind,
        classes,
        text,
    )
