"""Tags and filters of the console for moments, deadlines and durations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tickets.models.ticket.tickets import FINISHED

register = template.Library()

SOON_S = 30 * 60  # an SLA that ends within half an hour is shown as urgent


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
