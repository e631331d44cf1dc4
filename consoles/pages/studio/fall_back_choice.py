"""What may happen when a run of a flow fails, offered to whoever releases it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from consoles.templatetags.console import flow_name, name_of
from tickets.models import FallBack, FlowTemplate
from tickets.said import readers_language
from tickets.services.flows import fall_backs, robots
from tickets.services.people import access
from tickets.services.tickets import desk


def offers_of(user: Any, template: FlowTemplate) -> list[tuple[str, list[tuple[str, str, bool]]]]:
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
