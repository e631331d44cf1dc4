"""`/metrics`: asked by Prometheus with a token of somebody who may see tickets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from integrations.observe.figures import Figures
from tickets.declared import GET, permitted
from tickets.permissions import Permission


@permitted(Permission.VIEW_TICKETS, GET, by_token=True)
def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
