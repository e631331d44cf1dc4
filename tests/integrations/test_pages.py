"""The administrator's pages of the integrations: what they show once, what they never show, who gets in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from integrations.models import WebhookEndpoint
from integrations.webhooks import endpoints
from tests.integrations.conftest import Program
from tickets.models import ApiToken, Delivery, DeliveryState, Ticket
from tickets.services import secret_store
from tickets.services.outbox import drain
from tickets.services.outbox.spread import spread
from tickets.services.panels import buttons

PAGES = ("api-tokens", "webhooks", "secrets", "buttons", "outbox", "api-reference")


@pytest.fixture
def as_ann(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_there_in_both_languages(as_ann: Client, name: str, language: str) -> None:
    as_ann.cookies["django_language"] = language
    page = as_ann.get(reverse(name))
    assert page.status_code == 200
    assert ("接入" in page.content.decode()) is (language == "zh-hans")


@pytest.mark.parametrize("name", [name for name in PAGES if name != "api-reference"])
def test_only_administrators_get_in(sun: User, client: Client, name: str) -> None:
    client.force_login(sun)
    assert client.get(reverse(name)).status_code == 403


def test_a_token_is_made_shown_once_and_works(as_ann: Client, lin: User) -> None:
    form = {"name": "商城", "user": lin.pk, "days": "30", "scope": ["view_tickets"], "networks": "127.0.0.0/8"}
    page = as_ann.post(reverse("api-tokens"), form).content.decode()
    token = page.partition("<code")[2].partition(">")[2].partition("<")[0]
    assert Program(token).get("/tickets").status_code == 200
    assert token not in as_ann.get(reverse("api-tokens")).content.decode()
    row = ApiToken.objects.get()
    assert (row.scopes, row.networks, row.user) == (["view_tickets"], ["127.0.0.0/8"], lin)


def test_a_wrong_form_comes_back_with_what_was_typed_and_what_is_wrong(as_ann: Client, lin: User) -> None:
    form = {"name": "商城同步", "user": lin.pk, "days": "9999", "scope": ["view_tickets"]}
    page = as_ann.post(reverse("api-tokens"), form)
    assert page.status_code == 400
    assert "商城同步" in page.content.decode()
    assert "366" in page.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("user", ["", "x", "9" * 40, "-1", "٣"])
def test_a_token_for_nobody_is_refused(as_ann: Client, user: str) -> None:
    form = {"name": "x", "user": user, "days": "9", "scope": ["view_tickets"]}
    assert as_ann.post(reverse("api-tokens"), form).status_code == 400


def test_a_token_is_rotated_and_revoked(as_ann: Client, program: Program) -> None:
    row = ApiToken.objects.get()
    assert "csa_" in as_ann.post(reverse("token-rotate", args=[row.pk])).content.decode()
    assert as_ann.post(reverse("token-revoke", args=[row.pk])).status_code == 302
    assert program.get("/tickets").status_code == 401
    assert as_ann.post(reverse("token-revoke", args=[999])).status_code == 404


def test_an_endpoint_is_made_and_its_secret_shown_once(as_ann: Client) -> None:
    form = {"name": "CRM", "url": "https://crm.example.com/hook", "type": ["run.succeeded"]}
    page = as_ann.post(reverse("webhooks"), form).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    secret = secret_store.get(endpoints.secret_names(endpoint)[0])
    assert secret.replace("+", "&#x2B;") in page or secret in page
    assert "whsec_" not in as_ann.get(reverse("webhooks")).content.decode()
    again = as_ann.post(reverse("webhook-rotate", args=[endpoint.pk])).content.decode()
    assert "whsec_" in again


def test_an_endpoint_is_tried_switched_and_deleted(as_ann: Client, ann: User) -> None:
    endpoint, _secret = endpoints.make(ann, name="CRM", url="https://nowhere.invalid/hook")
    assert "nowhere.invalid" in as_ann.post(reverse("webhook-test", args=[endpoint.pk])).content.decode()
    as_ann.post(reverse("webhook-switch", args=[endpoint.pk]), {"on": "0"})
    endpoint.refresh_from_db()
    assert not endpoint.active
    as_ann.post(reverse("webhook-delete", args=[endpoint.pk]))
    assert not WebhookEndpoint.objects.exists()
    assert as_ann.post(reverse("webhook-test", args=[endpoint.pk])).status_code == 404


def test_what_waits_is_shown_with_its_last_answer_and_given_up_or_sent_again(
    as_ann: Client, ann: User, department: Any
) -> None:
    endpoints.make(ann, name="CRM", url="https://nowhere.invalid/hook")
    from tickets.services.tickets.changes import create_ticket

    ticket: Ticket = create_ticket(user=None, subject="s", text="t", department=department)
    spread()
    drain.drain(f"webhook:{WebhookEndpoint.objects.get().pk}")
    page = as_ann.get(reverse("outbox")).content.decode()
    for shown in (ticket.number, "CRM", "ticket.created", "nowhere.invalid"):
        assert shown in page
    row = Delivery.objects.get()
    assert as_ann.post(reverse("delivery-give-up", args=[row.pk])).status_code == 302
    assert Delivery.objects.get().state == DeliveryState.GIVEN_UP
    assert as_ann.post(reverse("delivery-again", args=[row.pk]), {"state": "given_up"}).status_code == 302
    assert Delivery.objects.get().state == DeliveryState.WAITING
    for query in ("?state=waiting", "?state=nonsense", "?lane=webhook:1", "?page=99", "?page=x"):
        assert as_ann.get(reverse("outbox") + query).status_code == 200


def test_the_description_names_every_operation_and_is_there_for_programs(as_ann: Client, client: Client) -> None:
    from integrations.api.v1 import document

    page = as_ann.get(reverse("api-reference")).content.decode()
    for path in document()["paths"]:
        assert path in page
    answer = client.get(reverse("api-document"))
    assert answer.json()["openapi"].startswith("3.1")


def test_the_page_of_the_secrets_shows_whose_they_are_and_which_no_key_opens_and_never_one_itself(
    as_ann: Client, ann: User, settings: Any
) -> None:
    endpoint, secret = endpoints.make(ann, name="CRM", url="https://crm.example.com/hook")
    buttons.make(ann, connector="desk", name="Desk", origins=[])
    page = as_ann.get(reverse("secrets")).content.decode()
    assert f"webhook/{endpoint.pk}/now" in page
    assert f'href="{reverse("webhooks")}">Webhook · CRM<' in page
    assert ("Desk" in page, "无法打开" in page) == (True, False)
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": (secret_store.new_key(),)}
    secret_store.put("other", secret)
    lost = as_ann.get(reverse("secrets")).content.decode()
    assert lost.count("pill-danger") == 2
    assert lost.count("pill-ok") == 1
    assert "无法打开的密钥:2 个" in lost
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": (), "CS_AGENT_MODE": "production"}
    assert "密钥既不能保存" in as_ann.get(reverse("secrets")).content.decode()
    for shown in (page, lost):
        assert secret not in shown
        assert "gAAAA" not in shown
