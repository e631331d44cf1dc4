"""Models are rows: set up and checked by an administrator, chosen for all flows or for one, never showing a key."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from cs_agent.engine.model.families import FamilyModel, PlanningAndGrounding
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint
from tickets.errors import Conflict, Forbidden, Invalid
from tickets.models import AuditEvent, FlowVersion, LanguageModel, ModelChoice, Run
from tickets.runner.drive import engines
from tickets.runner.pictures.redacting_model import RedactingModel
from tickets.services import language_models, secret_store

KEY = "sk-never-shown-anywhere"


@pytest.fixture
def root(lin: User) -> User:
    lin.is_superuser = True
    lin.save()
    return lin


def model(root: User, name: str = "glm", family: str = "autoglm", **fields: Any) -> LanguageModel:
    values = {"base_url": "http://127.0.0.1:9/v1", "model": "m", "local": True, **fields}
    return language_models.save(root, LanguageModel(name=name, family=family, **values), KEY)


def types() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("type", flat=True))


def test_a_model_is_kept_with_its_key_in_the_secret_store_and_on_the_record(root: User) -> None:
    row = model(root)
    assert secret_store.get(row.secret_name) == KEY
    assert language_models.speaker(row).api_key == KEY
    assert types()[-1] == "model.added"
    assert KEY not in str(AuditEvent.objects.values())
    language_models.save(root, row, None)
    assert secret_store.get(row.secret_name) == KEY
    language_models.save(root, row, "")
    assert not secret_store.has(row.secret_name)


def test_only_an_administrator_may(bo: User, root: User) -> None:
    row = model(root)
    for act in (
        lambda: language_models.rows(bo),
        lambda: language_models.save(bo, row),
        lambda: language_models.choose(bo, None, row, None),
        lambda: language_models.check(bo, row),
        lambda: language_models.delete(bo, row),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("family", "oracle"),
        ("model", ""),
        ("base_url", "gpu-host:8000"),
        ("base_url", "ftp://gpu-host/v1"),
        ("base_url", "http://user:pass@gpu-host/v1"),
        ("base_url", "http://[::1/v1"),
        ("base_url", "http://:key@gpu-host/v1"),
        ("base_url", "https://gpu-host/v1?api-key=key"),
        ("coordinates", "metres"),
        ("max_pixels", 10),
        ("max_tokens", 1),
    ],
)
def test_what_cannot_work_is_refused_by_its_field_and_nothing_is_written(root: User, field: str, value: Any) -> None:
    values = {"name": "x", "family": "general", "base_url": "http://h/v1", "model": "m", field: value}
    with pytest.raises(Invalid) as refused:
        language_models.save(root, LanguageModel(**values))
    assert refused.value.data["field"] == field
    assert not LanguageModel.objects.exists()


def test_two_models_do_not_share_a_name(root: User) -> None:
    model(root)
    with pytest.raises(Conflict):
        model(root)


def test_a_check_asks_the_model_and_keeps_what_came_of_it(root: User) -> None:
    tap = '<think>看到按钮</think><answer>do(action="Tap", element=[500,762])</answer>'
    with ScriptedEndpoint([tap], models=("m",), api_key=KEY) as endpoint:
        row = model(root, base_url=endpoint.base_url)
        assert language_models.check(root, row).usable
    row.refresh_from_db()
    assert row.usable
    assert row.report["on_target"]
    assert types()[-1] == "model.checked"
    row.name, row.price_sent, row.price_received = "another", Decimal("2.5"), Decimal("9")
    language_models.save(root, row)
    language_models.save(root, row, KEY)
    row.refresh_from_db()
    assert row.usable
    assert row.report["on_target"]
    for change in ({"model": "n"}, {"max_tokens": 900}, {"local": False}, {}):
        LanguageModel.objects.filter(pk=row.pk).update(usable=True)
        for name, value in change.items():
            setattr(row, name, value)
        language_models.save(root, row, None if change else "another key")
        assert row.usable is None


def test_a_check_that_fails_says_why(root: User) -> None:
    with ScriptedEndpoint([Answer("<think>…", finish_reason="length")], models=("m",)) as endpoint:
        row = model(root, base_url=endpoint.base_url)
        language_models.check(root, row)
    row.refresh_from_db()
    assert row.usable is False
    assert "max_tokens" in row.report["problem"]


@pytest.mark.parametrize(
    ("family", "answer"),
    [
        ("general", Answer("", tool_calls=(("tap", '{"point": [500, 762]}'),))),
        ("planner", Answer("", tool_calls=(("tap", '{"target": "the Continue button"}'),))),
        ("pointer", Answer("[200,720,800,800]")),
    ],
)
def test_every_family_is_checked_in_its_own_language(root: User, family: str, answer: Answer) -> None:
    with ScriptedEndpoint([answer], models=("m",)) as endpoint:
        row = model(root, family=family, base_url=endpoint.base_url)
        found = language_models.check(root, row)
    assert found.usable, found.problem
    assert found.on_target is (None if family == "planner" else True)


def test_a_run_speaks_with_its_flows_model_else_the_installations_else_the_environments(
    root: User, run: Run, refund_flow: FlowVersion
) -> None:
    def chosen() -> str:
        return engines.model_of_run(run, lambda: None)[0].name

    assert chosen() == language_models.of_environment().model
    language_models.choose(root, None, model(root, "all", model="for-all"), None)
    assert chosen() == "for-all"
    language_models.choose(root, refund_flow.template, model(root, "one", family="general", model="for-one"), None)
    assert chosen() == "for-one"
    language_models.choose(root, refund_flow.template, None, None)
    assert chosen() == "for-all"
    assert types().count("model.chosen") == 3


def test_a_model_elsewhere_sees_redacted_pictures_and_one_of_the_companys_does_not(root: User, run: Run) -> None:
    language_models.choose(root, None, model(root, "own", local=True), None)
    assert isinstance(engines.model_of_run(run, lambda: None)[0], FamilyModel)
    language_models.choose(root, None, model(root, "hosted", local=False), None)
    assert isinstance(engines.model_of_run(run, lambda: None)[0], RedactingModel)


def test_a_planner_is_chosen_with_a_model_that_says_where(root: User, run: Run) -> None:
    planner = model(root, "planner", family="planner", local=False)
    pointer = model(root, "pointer", family="pointer")
    for wrong in ((planner, None), (planner, planner), (pointer, None)):
        with pytest.raises(Invalid):
            language_models.choose(root, None, *wrong)
    language_models.choose(root, None, planner, pointer)
    mind, prompt = engines.model_of_run(run, lambda: None)
    assert isinstance(mind, PlanningAndGrounding)
    assert isinstance(mind.planner, RedactingModel)
    assert "target" in prompt.text


def test_a_model_in_use_is_not_deleted_and_its_key_goes_with_it_otherwise(root: User) -> None:
    row = model(root)
    language_models.choose(root, None, row, None)
    with pytest.raises(Conflict):
        language_models.delete(root, row)
    assert secret_store.has(f"model/{row.pk}")
    language_models.choose(root, None, None, None)
    secret = row.secret_name
    language_models.delete(root, row)
    assert not secret_store.has(secret)


def test_there_is_one_choice_for_all_flows(root: User) -> None:
    row = model(root)
    language_models.choose(root, None, row, None)
    with pytest.raises(IntegrityError):
        ModelChoice.objects.create(flow=None, model=row)
