"""The pages of the models: what an administrator sees and sets, and that a key never comes back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cs_agent.testing.scripted_endpoint import ScriptedEndpoint
from tickets.models import FlowVersion, LanguageModel, ModelChoice
from tickets.services import secret_store

KEY = "sk-never-shown-anywhere"
FORM = {"name": "glm", "family": "general", "base_url": "http://127.0.0.1:9/v1", "model": "m", "api_key": KEY}


@pytest.fixture
def root(alice: User, log_in: Callable[[User], Client]) -> Client:
    alice.is_superuser = True
    alice.save()
    return log_in(alice)


def test_without_any_model_the_page_says_which_one_is_in_use(root: Client) -> None:
    assert "环境变量中的模型" in root.get("/models/").content.decode()


def test_a_model_is_set_up_shown_changed_and_deleted(root: Client) -> None:
    assert root.post("/models/new/", {**FORM, "local": "on", "max_pixels": "900000"}).status_code == 302
    row = LanguageModel.objects.get()
    assert (row.local, row.max_pixels, secret_store.get(row.secret_name)) == (True, 900_000, KEY)
    shown = root.get("/models/").content.decode() + root.get(f"/models/{row.pk}/").content.decode()
    assert "未检查" in shown
    assert KEY not in shown
    root.post(f"/models/{row.pk}/", {**FORM, "api_key": "", "name": "other"})
    row.refresh_from_db()
    assert row.price_sent is None
    root.post(
        f"/models/{row.pk}/", {**FORM, "api_key": "", "name": "other", "price_sent": "0.8", "price_received": "12"}
    )
    row.refresh_from_db()
    assert (row.price_sent, row.price_received) == (Decimal("0.8"), Decimal("12"))
    assert 'value="0.8"' in root.get(f"/models/{row.pk}/").content.decode()
    half = root.post(f"/models/{row.pk}/", {**FORM, "api_key": "", "name": "other", "price_sent": "0.8"})
    assert 'data-field="price_received"' in half.content.decode()
    assert (row.name, row.local, secret_store.get(row.secret_name)) == ("other", False, KEY)
    root.post(f"/models/{row.pk}/", {**FORM, "api_key": "", "no_key": "on"})
    assert not secret_store.has(row.secret_name)
    root.post(f"/models/{row.pk}/delete/")
    assert not LanguageModel.objects.exists()


def test_a_stored_key_is_sent_to_no_other_host_than_it_was_given_for(root: Client) -> None:
    root.post("/models/new/", FORM)
    row = LanguageModel.objects.get()
    moved = {**FORM, "api_key": "", "base_url": "http://127.0.0.1:10/v1"}
    refused = root.post(f"/models/{row.pk}/", moved)
    assert refused.status_code == 422
    assert "请重新填写 API key" in refused.content.decode()
    assert LanguageModel.objects.get().base_url == FORM["base_url"]
    assert (
        root.post(f"/models/{row.pk}/", {**FORM, "api_key": "", "base_url": "http://127.0.0.1:9/v2"}).status_code == 302
    )
    assert root.post(f"/models/{row.pk}/", {**moved, "api_key": "sk-another"}).status_code == 302
    assert secret_store.get(row.secret_name) == "sk-another"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", "nowhere"),
        ("max_pixels", "many"),
        ("max_pixels", "٣"),
        ("name", ""),
        ("price_sent", "1,5"),
        ("price_received", "-1"),
        ("price_sent", "100000"),
        ("price_sent", "0.1234"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(root: Client, field: str, value: str) -> None:
    answer = root.post("/models/new/", {**FORM, field: value})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert f'data-field="{field}"' in shown
    assert 'value="m"' in shown
    assert KEY not in shown
    assert not LanguageModel.objects.exists()


def test_a_check_shows_what_to_do(root: Client) -> None:
    with ScriptedEndpoint(["我不会"], models=("m",)) as endpoint:
        root.post("/models/new/", {**FORM, "base_url": endpoint.base_url, "local": "on"})
        row = LanguageModel.objects.get()
        assert root.post(f"/models/{row.pk}/check/").status_code == 302
    shown = root.get("/models/").content.decode()
    assert "不可用" in shown
    assert "no call of a tool" in shown


def test_a_model_is_chosen_for_one_flow_and_for_all(root: Client, refund_flow: FlowVersion) -> None:
    root.post("/models/new/", FORM)
    row = LanguageModel.objects.get()
    for flow in ("", refund_flow.template.slug):
        assert root.post("/models/choose/", {"flow": flow, "model": str(row.pk), "grounder": ""}).status_code == 302
    assert ModelChoice.objects.count() == 2
    root.post("/models/choose/", {"flow": "", "model": "", "grounder": ""})
    assert ModelChoice.objects.get().flow == refund_flow.template
    for wrong in ({"flow": "no-such"}, {"flow": "", "model": "0"}, {"flow": "", "model": "x"}):
        assert root.post("/models/choose/", wrong).status_code in (400, 404)
