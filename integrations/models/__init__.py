"""The rows of what the world plugs into."""

from integrations.models.requests import IdempotencyKey
from integrations.models.webhooks import WebhookEndpoint

__all__ = ["IdempotencyKey", "WebhookEndpoint"]
