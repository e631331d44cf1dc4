"""The URLs of the integrations; permissions are declared on views and operations."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path
from django.views.generic import RedirectView

from integrations.api import door
from integrations.api.v1 import PREFIX, api
from integrations.hooks import hook
from integrations.observe.views import metrics
from integrations.pages import buttons, connectors, outbox, reference, stored_secrets, tokens, webhooks
from tickets.declared import Access, Declaration, permitted
from tickets.permissions import Permission

home = permitted(Permission.MANAGE_INTEGRATIONS)(RedirectView.as_view(pattern_name="api-tokens"))
not_there: Any = door.not_there
not_there.declarations = (Declaration(Access.PUBLIC, ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")),)
not_there.csrf_exempt = True

urlpatterns = [
    *door.addresses(api, PREFIX),
    path(f"{PREFIX}/openapi.json", reference.openapi, name="api-document"),
    re_path(r"^api/v\d+(?:/(?P<rest>.*))?$", not_there, name="api-not-there"),
    path("metrics", metrics, name="metrics"),
    path("hooks/<slug:hook>/", hook, name="connector-hook"),
    path("integrations/", home, name="integrations"),
    path("integrations/api/", reference.reference, name="api-reference"),
    path("integrations/tokens/", tokens.tokens, name="api-tokens"),
    path("integrations/tokens/<int:pk>/rotate/", tokens.token_rotate, name="token-rotate"),
    path("integrations/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("integrations/webhooks/", webhooks.webhooks, name="webhooks"),
    path("integrations/webhooks/<int:pk>/test/", webhooks.webhook_test, name="webhook-test"),
    path("integrations/webhooks/<int:pk>/rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("integrations/webhooks/<int:pk>/switch/", webhooks.webhook_switch, name="webhook-switch"),
    path("integrations/webhooks/<int:pk>/delete/", webhooks.webhook_delete, name="webhook-delete"),
    path("integrations/secrets/", stored_secrets.stored_secrets, name="secrets"),
    path("integrations/buttons/", buttons.buttons_page, name="buttons"),
    path("integrations/buttons/<int:pk>/", buttons.button_change, name="button-change"),
    path("integrations/buttons/<int:pk>/rotate/", buttons.button_rotate, name="button-rotate"),
    path("integrations/connectors/", connectors.connectors, name="connectors"),
    path("integrations/connectors/<int:pk>/", connectors.connector, name="connector"),
    path("integrations/connectors/<int:pk>/test/", connectors.connector_test, name="connector-test"),
    path("integrations/connectors/<int:pk>/switch/", connectors.connector_switch, name="connector-switch"),
    path("integrations/connectors/<int:pk>/delete/", connectors.connector_delete, name="connector-delete"),
    path("integrations/connectors/<int:pk>/preview/", connectors.connector_preview, name="connector-preview"),
    path("integrations/connectors/<int:pk>/secrets/<slug:name>/", connectors.connector_secret, name="connector-secret"),
    path(
        "integrations/connectors/<int:pk>/again/<int:linked>/",
        connectors.connector_read_again,
        name="connector-read-again",
    ),
    path("integrations/outbox/", outbox.outbox, name="outbox"),
    path("integrations/outbox/<uuid:pk>/again/", outbox.delivery_again, name="delivery-again"),
    path("integrations/outbox/<uuid:pk>/give-up/", outbox.delivery_give_up, name="delivery-give-up"),
]
