"""The editor's form holds a definition without losing anything: what it does not show stays as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tickets.flows import form
from tickets.flows.faults import faults

FLOWS = sorted((settings.BASE_DIR / "fixtures" / "flows").glob("*.json"))


def posted(rows: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a browser sends of the form, in the order of the page."""

    def said(value: Any) -> str:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    sent: dict[str, list[str]] = {"media": list(rows["media"])}
    for key in ("word", "weight"):
        sent[key] = [said(row[key]) for row in rows["words"]]
    for name, table in (("slot", rows["slots"]), ("field", rows["fields"])):
        for row in table:
            for key, value in row.items():
                sent.setdefault(f"{name}.{key}", []).append(said(value))
    for lang, template in rows["instruction"].items():
        sent[f"clause_{lang}"] = [clause["text"] for clause in template["clauses"]]
        sent[f"when_{lang}"] = [clause["when"] for clause in template["clauses"]]
        sent |= {f"{key}_{lang}": [template[key]] for key in ("start", "join", "end")}
    single = set(rows) - {"words", "slots", "fields", "instruction", "media"}
    return sent | {key: [said(rows[key])] for key in single}


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_shipped_flow_comes_back_as_it_was(path: Any) -> None:
    definition = json.loads(path.read_text(encoding="utf-8"))["definition"]
    assert form.read(definition, posted(form.rows_of(definition))) == definition


def test_what_the_form_does_not_show_stays() -> None:
    definition = {
        "engine": {"extra": [1]},
        "slots": [{"name": "a", "kind": "text", "label": {"zh": "甲"}, "group": "g"}],
    }
    back = form.read(definition, posted(form.rows_of(definition)))
    assert (back["engine"]["extra"], back["slots"][0]["group"]) == ([1], "g")


@pytest.mark.parametrize(
    "line",
    ["refund=全额", "photo=*", "photo!=*", "sum=10.00|20.00", "sum!=-|全额", "a=x; b!=*; c=1|2", "when=a=b"],
)
def test_a_line_of_conditions_is_written_back_as_it_was_read(line: str) -> None:
    base = {"instruction": {"zh": {"clauses": []}}}
    read = form.read(base, {"clause_zh": ["做"], "when_zh": [line]})
    assert form.rows_of(read)["instruction"]["zh"]["clauses"][0]["when"] == line


@given(st.dictionaries(st.sampled_from([*form._SLOT_COLUMNS, "x"]), st.lists(st.text(max_size=20), max_size=4)))
def test_whatever_is_posted_is_read_without_an_error_and_judged_in_words(lists: dict[str, list[str]]) -> None:
    definition = form.read({}, {f"slot.{key}": values for key, values in lists.items()})
    assert faults(definition)
    json.dumps(definition)


@pytest.mark.parametrize(
    "wrong", [{"slots": "x"}, {"engine": []}, {"match": {"keywords": []}}, {"instruction": {"zh": 1}}]
)
def test_a_definition_of_a_wrong_shape_still_opens(wrong: dict[str, Any]) -> None:
    assert form.rows_of(wrong)["slots"] == []


def test_a_number_that_is_none_is_kept_for_the_check_to_name() -> None:
    definition = form.read({}, {"refuse_above": ["五千"], "threshold": ["3"]})
    assert (definition["engine"]["refuse_above"], definition["match"]["threshold"]) == ("五千", 3)
    assert any("engine.refuse_above" in fault for fault in faults(definition))


def test_a_row_without_an_identifier_gets_one_instead_of_being_lost() -> None:
    slots = {"slot.name": ["", "text", "", ""], "slot.kind": ["text"] * 4, "slot.label_zh": ["说明", "甲", "", "备注"]}
    fields = {"field.name": ["", ""], "field.label": ["订单号", ""], "field.slot": ["order_number", ""]}
    definition = form.read({}, {**slots, **fields})
    assert [(slot["name"], slot["label"]["zh"]) for slot in definition["slots"]] == [
        ("text_2", "说明"),
        ("text", "甲"),
        ("text_3", "备注"),
    ]
    assert [field["name"] for field in definition["engine"]["confirm_fields"]] == ["order_number"]
