"""The rows of the integrations."""

from integrations.models.connectors import Connector, DeliveryOutcome, IncomingDelivery, IntakeRule, LinkedTicket
from integrations.models.requests import IdempotencyKey
from integrations.models.webhooks import WebhookEndpoint

__all__ = [
    "Connector",
    "DeliveryOutcome",
    "IdempotencyKey",
    "IncomingDelivery",
    "IntakeRule",
    "LinkedTicket",
    "WebhookEndpoint",
]
