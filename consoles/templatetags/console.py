"""Tags and filters of the console: icons, pills, names, numbers, addresses of stored files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consoles.pages.audit.words import event_in_words, fault_in_words, roles_in_words
from consoles.pages.words import TONES, action_in_words, in_language, told
from consoles.web import media
from tickets.models import ConfirmationState, CustomerReply, RunStatus
from tickets.said.carried import in_readers_words
from tickets.services.flows import vouches
from tickets.services.people import names
from tickets.services.runs.attention import takeover_due
from tickets.services.runs.decisions import REJECTED_CODE

register = template.Library()
register.filter("in_words", action_in_words)
register.filter("event_in_words", event_in_words)
register.filter("roles_in_words", roles_in_words)
register.filter("fault_in_words", fault_in_words)
register.filter("in_language", in_language)
register.filter("told", told)
register.filter("in_readers_words", in_readers_words)
register.filter("takeover_due", takeover_due)
register.filter("may_be_vouched", vouches.is_proposable)


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
def can_be_answered(turn: Any) -> bool:
    """Whether what the customer says now would count as the answer to this question."""
    return str(turn.row.state) != "answered"


@register.filter
def is_reply(note: Any) -> bool:
    """Whether a note is what the customer was told."""
    return isinstance(note, CustomerReply)


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
