"""What happened is told in words; the types are what is stored."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from consoles.pages.audit.labels import labels_in
from consoles.pages.audit.story import story_of
from consoles.pages.audit.words import EVENTS, ROLES, event_in_words, roles_in_words
from tests.consoles import catalog
from tickets.models import AuditEvent
from tickets.permissions import ADMINISTRATOR, GROUPS
from tickets.said import TEXTS
from tickets.services.outbox.note import TYPES
from tickets.services.runs.transitions import ENDED

_TYPE = re.compile(r"[a-z_]+\.[a-z_]+")
LIVE_ONLY = {  # news for open pages, written down by no one
    "run.changed",
    "step.changed",
    "ticket.changed",
    "phone.changed",
    "recording.changed",
    "automation.changed",
    "confirmation.decided",
    "takeover.idle",
    "lesson.changed",
    "lesson.asked",
}


def types_in_code() -> Iterator[str]:
    """Every string of the services and the runner that looks like a type of a kind that is named."""
    kinds = {type.partition(".")[0] for type in EVENTS}
    for path in sorted((catalog.ROOT / "tickets").rglob("*.py")):
        if "migrations" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
                if _TYPE.fullmatch(text) and text.partition(".")[0] in kinds:
                    yield text


def test_every_type_that_is_written_down_has_a_name() -> None:
    assert set(types_in_code()) - LIVE_ONLY - set(TYPES) - set(TEXTS) - set(EVENTS) == set()
    assert {f"run.{status.value}" for status in ENDED} <= set(EVENTS)


def test_no_two_types_share_a_name() -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            names = [event_in_words(type) for type in EVENTS]
            assert len(set(names)) == len(names)


def test_a_type_without_a_name_is_left_to_speak_for_itself() -> None:
    assert event_in_words("helpdesk.synced") == ""


@pytest.mark.parametrize(
    ("roles", "words"),
    [("operator", "坐席"), ("flow_editor,viewer", "流程编辑, 查看者"), ("night_shift", "night_shift"), ("", "")],
)
def test_roles_are_named_and_an_installations_own_keep_their_names(roles: str, words: str) -> None:
    assert roles_in_words(roles) == words


def test_every_role_of_the_product_has_a_name() -> None:
    assert {*GROUPS, ADMINISTRATOR} <= set(ROLES)


@pytest.mark.parametrize(("stored", "told"), [(23.534765243530273, "23.53"), (4.0, "4"), (0.001, "0")])
def test_a_measured_number_is_told_with_two_decimals_at_most(stored: float, told: str) -> None:
    event = AuditEvent(type="recording.encoded", details={"duration_s": stored})
    assert story_of(event).sentence.endswith(told)
    assert str(stored) in story_of(event).raw


def test_a_digest_stands_among_the_details_and_not_in_the_sentence() -> None:
    told = story_of(AuditEvent(type="confirmation.asked", details={"digest": "v2-d47b25c2", "note": "补偿应为 30 元"}))
    assert "补偿应为 30 元" in told.sentence
    assert "v2-d47b25c2" not in told.sentence
    assert "v2-d47b25c2" in [value for _, value in told.facts]


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"kind": "action"}, "action"),
        ({"then": "go_on"}, "go_on"),
        ({"from": "rehearsed", "to": "in_review"}, "in_review"),
        ({"verdict": "sent_back"}, "sent_back"),
        ({"reason": "takeover_expired"}, "takeover_expired"),
        ({"reason": "idle"}, "idle"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_detail_that_is_stored_as_a_code_is_told_in_words(details: dict[str, str], code: str, language: str) -> None:
    with override(language):
        assert code not in story_of(AuditEvent(type="flow.reviewed", details=details)).sentence


def test_a_summary_that_the_engine_said_is_told_with_the_values_names_in_the_readers_language() -> None:
    said = {
        "said": [["engine.confirm", {}], "退款:¥399.00 | 原因:质量问题"],
        "text": "[确认] 退款:¥399.00 | 原因:质量问题",
    }
    event = AuditEvent(type="confirmation.asked", details={"summary": said})
    with override("en"):
        told = story_of(event, {"退款": "Refund", "原因": "Reason"}).sentence
    assert told.endswith("[Confirm] Refund: ¥399.00 | Reason: 质量问题")


def test_a_field_of_files_is_not_called_by_the_file_that_its_slot_names() -> None:
    definition = json.loads((catalog.ROOT / "fixtures/flows/complaint_refund.json").read_text())["definition"]
    with override("zh-hans"):
        labels = labels_in(definition)
        assert (labels["附件"], labels["原因"], labels["开箱视频"]) == ("附件", "退换原因", "开箱视频")
    with override("en"):
        assert labels_in(definition)["附件"] == "Attachments"
