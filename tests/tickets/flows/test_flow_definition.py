"""A flow has one typed definition: faults are said in the reader's language, old versions stay readable, and the
published schema is the one the code goes by."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from cs_agent.engine.run.flow import FlowRules
from tests.tickets.conftest import flow_file
from tickets.flows.definition import current_shape, schema, stored
from tickets.flows.faults import faults
from tickets.flows.slots import parse_specs
from tickets.flows.slots.kinds import KINDS
from tickets.models import FlowTemplate
from tickets.services.flows import publishing

REFUND = flow_file("complaint_refund")["definition"]
SCHEMA = settings.BASE_DIR / "docs" / "flow.schema.json"


def of_an_earlier_release() -> dict[str, Any]:
    """The refund flow as versions of it were stored before the two limits had names of their own."""
    old = copy.deepcopy(REFUND)
    old["amount_limit"] = old.pop("second_approval_above")
    old["engine"]["amount_limit"] = old["engine"].pop("refuse_above")
    return old


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == schema(), "run: manage.py flow schema > docs/flow.schema.json"


def test_the_schema_is_printed_for_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("flow", "schema")
    assert json.loads(capsys.readouterr().out)["properties"]["slots"]


@pytest.mark.parametrize(
    "path", sorted((settings.BASE_DIR / "fixtures" / "flows").glob("*.json")), ids=lambda p: p.stem
)
def test_every_shipped_flow_keeps_to_the_schema(path: Any) -> None:
    definition = json.loads(path.read_text("utf-8"))["definition"]
    faults = [fault.message for fault in jsonschema.Draft202012Validator(schema()).iter_errors(definition)]
    assert faults == []


def test_the_schema_names_every_kind_of_slot() -> None:
    assert set(schema()["$defs"]["SlotSpec"]["properties"]["kind"]["enum"]) == set(KINDS)


def test_a_version_of_an_earlier_release_keeps_both_its_limits() -> None:
    flow = stored(of_an_earlier_release())
    assert (flow.second_approval_above, flow.engine.refuse_above) == (2000, 5000)
    assert FlowRules.from_json(of_an_earlier_release()["engine"], {}).refuse_above == 5000


def test_what_a_later_release_may_have_stored_does_not_stop_the_reading() -> None:
    later = copy.deepcopy(REFUND)
    later["of_tomorrow"] = later["slots"][0]["of_tomorrow"] = 1
    assert stored(later).slot_names == stored(REFUND).slot_names
    assert [spec.name for spec in parse_specs(later)] == [item["name"] for item in REFUND["slots"]]


@pytest.mark.django_db
def test_a_definition_of_an_earlier_release_is_published_under_the_names_of_today() -> None:
    template = FlowTemplate.objects.create(slug="refund", name="退款")
    version = publishing.publish_version(template, of_an_earlier_release(), None)
    assert version.definition == REFUND
    assert current_shape(REFUND) == REFUND


@pytest.mark.parametrize("engine", [5, "amount_limit", ["amount_limit"], None], ids=str)
def test_a_part_of_another_kind_is_left_for_the_checks_to_refuse(engine: Any) -> None:
    assert current_shape({"engine": engine})["engine"] == engine


@pytest.mark.parametrize(("lang", "words"), [("zh-hans", "必填"), ("en", "must be given")])
def test_a_fault_is_said_in_the_readers_language(lang: str, words: str) -> None:
    with translation.override(lang):
        assert any(line.startswith("match: ") and words in line for line in faults({}))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"second_approval_above": True}, "second_approval_above"),
        ({"record": False}, "record"),
        ({"redaction": {"guests": []}}, "redaction.guests"),
        ({"media": "photo"}, "media"),
        (
            {"engine": {"success_evidence": [["好"]], "confirm_fields": [{"name": "a", "label": "甲"}]}},
            "engine.confirm_fields.a.screen_labels",
        ),
        (
            {"instruction": {"zh": {"clauses": [{"text": "看", "when": {"refund": {"not": 1}}}]}}},
            "instruction.zh.clauses[0].when.refund",
        ),
    ],
)
def test_the_place_of_a_fault_is_the_one_an_editor_sees(change: dict[str, Any], place: str) -> None:
    assert any(line.startswith(place) for line in faults({**REFUND, **change})), faults({**REFUND, **change})


def test_nesting_without_end_is_refused_in_words() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert faults({**REFUND, "media": deep})


def test_limits_may_be_whole_numbers_or_decimals() -> None:
    assert Decimal(str(stored({**REFUND, "second_approval_above": 99.5}).second_approval_above)) == Decimal("99.5")
