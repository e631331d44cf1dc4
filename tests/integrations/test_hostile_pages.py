"""Whatever is sent to the pages of the integrations, the answer is one for people and never a stack trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve, reverse
from django.urls.converters import IntConverter
from django.utils import timezone

import integrations.pages
from integrations import urls
from integrations.api.v1 import PREFIX
from integrations.connectors import setups
from integrations.models import Connector, LinkedTicket
from integrations.webhooks import endpoints
from tests.hostile_walk import HUGE, MIDDLEWARE, names_in, walked, words_of
from tests.integrations.test_connector_pages import form
from tests.tickets.outbox.post import pump
from tickets.declared import declarations_of
from tickets.models import ApiToken, Delivery, Ticket
from tickets.services.panels import buttons
from tickets.services.people import api_tokens

# The operations of the API and the helpdesks' hook read bodies, not forms: `api/test_hostile`, `test_conformance`.
PAGES = [
    each
    for each in urls.urlpatterns
    if not str(each.pattern).strip("^").startswith(PREFIX) and each.name != "connector-hook"
]


def _filled_in() -> dict[str, str]:
    """The form of a connector as its page shows it."""
    return {name: text for name, text in form(Connector.objects.get()).items() if isinstance(text, str)}


FORMS: dict[str, Callable[[], dict[str, str]]] = {"connector": _filled_in, "connector-preview": _filled_in}


@pytest.fixture
def as_ann(ann: User, settings: Any) -> Client:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]
    client = Client(raise_request_exception=False)
    client.force_login(ann)
    return client


@pytest.fixture
def rows(ann: User, lin: User, ticket: Ticket, post: Any) -> dict[str, dict[str, Any]]:
    """What the address of a page is made with, by the first word of its name."""
    api_tokens.make(lin, "test")
    connector = setups.make(ann, "generic", "商城", "https://agent.example.com/")
    linked = LinkedTicket.objects.create(connector=connector, external_id="7", next_at=timezone.now())
    pump()
    return {
        "token": {"pk": ApiToken.objects.get().pk},
        "webhook": {"pk": endpoints.make(ann, name="CRM", url="https://crm.example.com/hook")[0].pk},
        "button": {"pk": buttons.make(ann, connector="desk", name="前台")[0].pk},
        "connector": {"pk": connector.pk, "linked": linked.pk, "name": "signing"},
        "delivery": {"pk": Delivery.objects.get().pk},
    }


def _address(pattern: Any, rows: dict[str, dict[str, Any]], **instead: str) -> str:
    values = {**rows.get(pattern.name.partition("-")[0], {}), **instead}
    return reverse(pattern.name, kwargs={key: values[key] for key in pattern.pattern.converters})


def _methods(pattern: Any) -> set[str]:
    return {"GET", "POST"} & {method for said in declarations_of(pattern.callback) for method in said.methods}


def _walked_of_another_kind(as_ann: Client, ann: User) -> set[str]:
    """The preview asks for one of the helpdesk's tickets where bodies cannot be pasted."""
    other = setups.make(ann, "zammad", "Zammad", "https://agent.example.com/")
    valid = {name: text for name, text in form(other).items() if isinstance(text, str)}
    address = reverse("connector-preview", args=[other.pk])
    return walked(as_ann, address, "POST", words_of(resolve(address).func), valid)


def test_no_query_and_no_form_breaks_a_page_whatever_it_asks_for(as_ann: Client, rows: Any, ann: User) -> None:
    asked: set[str] = set()
    for pattern in PAGES:
        for method in _methods(pattern):
            address, valid = _address(pattern, rows), FORMS.get(pattern.name, dict)()
            asked |= walked(as_ann, address, method, words_of(pattern.callback), valid)
    asked |= _walked_of_another_kind(as_ann, ann)
    sources = [path.read_text("utf-8") for path in Path(str(integrations.pages.__file__)).parent.glob("*.py")]
    assert set().union(*map(names_in, sources)) - asked == set()
    assert {"days", "page", "poll_s", "sample", "rule-queue", "origins"} <= asked


@pytest.mark.parametrize("digits", ["9" * 20, HUGE])
def test_a_number_in_an_address_that_no_database_keeps_is_not_there(as_ann: Client, rows: Any, digits: str) -> None:
    for pattern in PAGES:
        for key, kind in pattern.pattern.converters.items():
            if isinstance(kind, IntConverter):
                address = _address(pattern, rows, **{key: digits})
                for method in _methods(pattern):
                    answer = as_ann.get(address) if method == "GET" else as_ann.post(address)
                    assert answer.status_code == 404, (method, address[:60])
