"""What the secret store holds, for administrators: names, when and by whom they were set, and which no key opens.

Rule: never a value. Each is set anew where it belongs: on the page of its connector, webhook, button or model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cs_agent.command_line import command_line
from integrations.models import Connector, WebhookEndpoint
from tickets.declared import permitted
from tickets.models import HelpdeskButton, LanguageModel, Secret
from tickets.permissions import Permission
from tickets.services import secret_store


@dataclass(frozen=True, slots=True)
class Place:
    """What a secret is for, and the page where it is set."""

    title: str
    address: str = ""


@permitted(Permission.MANAGE_INTEGRATIONS)
def stored_secrets(request: HttpRequest) -> HttpResponse:
    rows = list(Secret.objects.select_related("changed_by").order_by("name"))
    closed = set(secret_store.unreadable())
    context: dict[str, Any] = {
        "rows": [{"row": row, "place": _place(row.name), "opens": row.name not in closed} for row in rows],
        "closed": len(closed),
        "keys": len(settings.CS_AGENT["CS_AGENT_SECRETS_KEYS"]),
        "production": settings.CS_AGENT["CS_AGENT_MODE"] == "production",
        "files": settings.CS_AGENT["CS_AGENT_ENCRYPT_FILES"],
        "new_key": command_line("secrets new-key"),
        "rotate": command_line("secrets rotate"),
        "check": command_line("secrets check"),
        "here_tab": "secrets",
    }
    return render(request, "integrations/secrets.html", context)


def _place(name: str) -> Place:
    kind, _slash, rest = name.partition("/")
    key = rest.partition("/")[0]
    find = _PLACES.get(kind)
    found = find(key) if find is not None else None
    return found or Place(str(_("其他")))


def _webhook(key: str) -> Place | None:
    row = WebhookEndpoint.objects.filter(pk=key).first() if key.isdecimal() else None
    return Place(f"Webhook · {row.name}", reverse("webhooks")) if row else None


def _connector(key: str) -> Place | None:
    row = Connector.objects.filter(key=key).first()
    return Place(f"{_('连接器')} · {row.name}", reverse("connector", args=[row.pk])) if row else None


def _button(key: str) -> Place | None:
    row = HelpdeskButton.objects.filter(pk=key).first() if key.isdecimal() else None
    return Place(f"{_('工单按钮')} · {row.name}", reverse("buttons")) if row else None


def _model(key: str) -> Place | None:
    row = LanguageModel.objects.filter(pk=key).first() if key.isdecimal() else None
    return Place(f"{_('模型')} · {row.name}", reverse("model", args=[row.pk])) if row else None


def _flows(key: str) -> Place | None:
    return Place(str(_("流程签名")), reverse("flow-exchange"))


_PLACES = {"webhook": _webhook, "connector": _connector, "button": _button, "model": _model, "flows": _flows}
