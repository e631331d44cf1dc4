"""Pages are sent compressed, but never where a length could tell a secret."""

from __future__ import annotations

import gzip

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver

from consoles.web.compression import SECRETS
from tests.consoles import story
from tickets.models import Run

ASKED = {"Accept-Encoding": "gzip"}


def test_a_page_that_a_person_opens_is_compressed(as_alice: Client, run: Run) -> None:
    page = f"/tickets/{run.ticket.number}/"
    for site in ("same-origin", "none"):
        response = as_alice.get(page, headers={**ASKED, "Sec-Fetch-Site": site})
        assert response["Content-Encoding"] == "gzip"
        assert run.ticket.number in gzip.decompress(response.content).decode()
    assert len(response.content) < len(as_alice.get(page).content) / 2


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_what_another_site_had_opened_is_not(as_alice: Client, run: Run, site: str) -> None:
    headers = {**ASKED, **({"Sec-Fetch-Site": site} if site else {})}
    assert "Content-Encoding" not in as_alice.get("/tickets/?q=guess", headers=headers)


@pytest.mark.parametrize(
    "page", ["/integrations/tokens/", "/integrations/webhooks/", "/models/", "/models/new/", "/admin/", "/login/"]
)
def test_pages_of_secrets_never_are(client: Client, db: None, page: str) -> None:
    client.force_login(User.objects.create_superuser("root", password=story.PASSWORD))
    response = client.get(page, headers={**ASKED, "Sec-Fetch-Site": "same-origin"})
    assert "Content-Encoding" not in response


def test_every_page_that_is_named_as_holding_secrets_exists() -> None:
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert names >= SECRETS
