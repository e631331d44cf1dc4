"""Delivers the outbox's events to webhook endpoints, signed by Standard Webhooks.

Rule: the body holds type, time, ids and states only. A repeat has the same `webhook-id`; the signed time is that of the
attempt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from standardwebhooks import Webhook

from integrations.models import WebhookEndpoint
from integrations.webhooks import endpoints, guard
from integrations.webhooks.post import Request, send
from tickets.errors import NotFound, SecretUnreadable
from tickets.models import Delivery, OutboxEvent
from tickets.said import gettext_said as _
from tickets.services import secret_store
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.web.given import whole_number

USER_AGENT = "cs_agent-webhooks/1"
_MINUTE, _HOUR = 60.0, 3600.0


class WebhookCarrier:
    """Lanes are `webhook:<endpoint>`. After the last delay, about a day after the first try, an event is given up."""

    name = "webhook"
    delays_s: tuple[float, ...] = (
        5.0,
        _MINUTE,
        5 * _MINUTE,
        30 * _MINUTE,
        2 * _HOUR,
        4 * _HOUR,
        6 * _HOUR,
        10 * _HOUR,
    )

    def places(self, event: OutboxEvent) -> Iterable[str]:
        mine = Q(departments=None) | Q(departments=event.department_id)
        rows = WebhookEndpoint.objects.filter(mine, active=True, created_at__lte=event.at).distinct()
        return [endpoints.lane(row) for row in rows if not row.types or event.type in row.types]

    def hand_over(self, delivery: Delivery) -> Answer:
        endpoint = _endpoint(delivery.lane)
        if endpoint is None or not endpoint.active:
            return Answer(Verdict.NEVER, _("接收端已停用或已删除"))
        event = delivery.event
        try:
            return send(request_to(endpoint, f"evt_{event.uid.hex}", event.type, event.at, event.data))
        except (SecretUnreadable, NotFound) as error:
            return Answer(Verdict.AGAIN, _("没有发送,密钥无法读取:%s") % error.code, whole_lane=True)

    def closed(self, lane: str, text: str) -> None:
        endpoint = _endpoint(lane)
        if endpoint is not None:
            endpoints.closed_by_receiver(endpoint, text)

    def title(self, lane: str) -> str:
        endpoint = _endpoint(lane)
        return endpoint.name if endpoint is not None else lane


def try_out(endpoint: WebhookEndpoint, message_id: str) -> Answer:
    """A `webhook.test` event now, past the outbox; the answer is shown to the administrator who asked."""
    return send(request_to(endpoint, message_id, "webhook.test", timezone.now(), {"endpoint": endpoint.name}))


def request_to(
    endpoint: WebhookEndpoint,
    message_id: str,
    type: str,
    at: datetime,
    data: dict[str, Any],
    now: datetime | None = None,
) -> Request:
    """The signed request; SecretUnreadable or NotFound when no secret can be had."""
    body = json.dumps({"type": type, "timestamp": at.astimezone(UTC).isoformat(), "data": data}, ensure_ascii=False)
    now = now or datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Content-Length": str(len(body.encode())),
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, body) for secret in _secrets(endpoint)),
    }
    return Request(endpoints.address(endpoint), body.encode(), headers, tuple(guard.networks(endpoint.networks)))


def _secrets(endpoint: WebhookEndpoint) -> list[str]:
    now_name, before_name = endpoints.secret_names(endpoint)
    found = [secret_store.get(now_name)]
    if endpoint.previous_until and endpoint.previous_until > timezone.now():
        found.append(secret_store.get(before_name))
    return found


def _endpoint(lane: str) -> WebhookEndpoint | None:
    number = whole_number(lane.partition(":")[2])
    return WebhookEndpoint.objects.filter(pk=number).first() if number else None
