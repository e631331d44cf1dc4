"""What a receiver wants behind the `?` of its address is a secret: called, and shown to nobody."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.test import Client
from django.urls import reverse

from integrations.models import WebhookEndpoint
from integrations.webhooks import carrier, endpoints
from tests.integrations.door.receiver import receiving
from tickets.models import AuditEvent, Secret
from tickets.services import secret_store
from tickets.services.outbox.carriers import Verdict

KEY = "key=never-shown-anywhere"
HERE = "127.0.0.0/8"


def rows() -> str:
    kept = [*WebhookEndpoint.objects.all(), *Secret.objects.all(), *AuditEvent.objects.all()]
    return str(serializers.serialize("json", kept))


def test_the_key_is_sent_and_stands_in_no_row_and_on_no_page(ann: User, client: Client) -> None:
    client.force_login(ann)
    with receiving() as receiver:
        endpoint, _secret = endpoints.make(ann, name="CRM", url=f"{receiver.url}?{KEY}", networks=[HERE])
        assert carrier.try_out(endpoint, "evt_1").verdict is Verdict.TAKEN
        assert receiver.paths == [f"/hook?{KEY}"]
    assert KEY not in rows()
    page = client.get(reverse("webhooks")).content.decode()
    assert "?•••" in page
    assert KEY not in page
    endpoints.delete(endpoint, ann)
    assert not Secret.objects.filter(name__startswith="webhook/").exists()


def test_an_address_without_one_is_called_as_it_is(ann: User, client: Client) -> None:
    client.force_login(ann)
    with receiving() as receiver:
        endpoint, _secret = endpoints.make(ann, name="CRM", url=receiver.url, networks=[HERE])
        carrier.try_out(endpoint, "evt_1")
    assert receiver.paths == ["/hook"]
    assert "?•••" not in client.get(reverse("webhooks")).content.decode()


@pytest.mark.parametrize("has_key", [True, False])
def test_an_upgrade_encrypts_what_was_readable_and_changes_no_call(ann: User, settings: Any, has_key: bool) -> None:
    endpoint, _secret = endpoints.make(ann, name="CRM", url="https://crm.example.com/hooks")
    WebhookEndpoint.objects.update(url=f"https://crm.example.com/hooks?{KEY}")
    mode = {} if has_key else {"CS_AGENT_MODE": "production", "CS_AGENT_SECRETS_KEYS": ()}
    settings.CS_AGENT = {**settings.CS_AGENT, **mode}
    import_module("integrations.migrations.0006_queries_of_webhooks").move(apps, None)
    assert (KEY not in rows()) is has_key
    endpoint.refresh_from_db()
    assert endpoints.address(endpoint) == f"https://crm.example.com/hooks?{KEY}"
    assert secret_store.has(endpoints.query_name(endpoint)) is has_key
