"""What monitoring reads is true, names nobody, and is for those who may see tickets."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from cs_agent.project.logs import JsonLines
from tests.integrations.conftest import Program
from tests.redis_server import redis_server
from tickets.models import Confirmation, Phone
from tickets.permissions import Permission
from tickets.services.live import health
from tickets.services.runs import lifecycle
from tickets.web import request_context

BOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "cs_agent.json"


@pytest.fixture
def redis(settings: Any) -> Iterator[None]:
    with redis_server() as settings.REDIS_URL:
        health._client.cache_clear()
        yield
    health._client.cache_clear()


def scraped(program: Program) -> dict[tuple[str, str], float]:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {program.token}"})
    assert answer.status_code == 200, answer.content
    families = list(text_string_to_metric_families(answer.content.decode()))
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_figures_follow_the_rows(program: Program, confirmation: Confirmation, lin: User) -> None:
    seen = scraped(program)
    assert seen["cs_agent_runs_active", "awaiting_confirmation"] == 1
    assert seen["cs_agent_longest_wait_seconds", "confirmation"] > 0
    assert seen["cs_agent_outbox_age_seconds", ""] > 0
    assert sum(value for (name, _labels), value in seen.items() if name == "cs_agent_phones") == 1
    lifecycle.stop_run(confirmation.run, lin)
    seen = scraped(program)
    assert seen["cs_agent_runs_active", "awaiting_confirmation"] == 0
    assert seen["cs_agent_runs_ended_last_day", "cancelled"] == 1


def test_no_figure_names_a_customer_or_a_ticket(program: Program, confirmation: Confirmation) -> None:
    told = " ".join(f"{name} {labels}" for name, labels in scraped(program))
    ticket = confirmation.run.ticket
    for word in (ticket.number, ticket.customer_name, "lin"):
        assert word not in told


def test_without_a_token_that_may_see_tickets_nothing_is_told(program_of: Callable[..., Program], lin: User) -> None:
    assert Client().get("/metrics").status_code == 401
    program = program_of(lin, [Permission.VIEW_AUDIT])
    assert Client().get("/metrics", headers={"authorization": f"Bearer {program.token}"}).status_code == 403


def test_the_board_asks_for_figures_that_are_told_even_before_the_first_run(program: Program, redis: None) -> None:
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    asked = {target["expr"] for panel in board["panels"] for target in panel["targets"]}
    names = {name for each in asked for name in re.findall(r"cs_agent_\w+", each)}
    assert len(names) >= 10
    assert names <= {name for name, _labels in scraped(program)}


def test_what_waits_in_the_queues_is_told_for_every_phone_host(program: Program, phone: Phone, redis: None) -> None:
    Phone.objects.filter(pk=phone.pk).update(queue="host-b")
    health._client().rpush("host-b.upkeep", b"one", b"two")
    seen = scraped(program)
    queues = {label: value for (name, label), value in seen.items() if name == "cs_agent_queue_messages"}
    assert queues["host-b.upkeep"] == 2
    assert queues["host-b"] == 0


def test_without_redis_the_figures_of_the_rows_are_told_all_the_same(program: Program, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    health._client.cache_clear()
    names = {name for name, _labels in scraped(program)}
    health._client.cache_clear()
    assert {"cs_agent_part_up", "cs_agent_runs_active", "cs_agent_deliveries"} <= names


def test_a_refusal_is_logged_with_the_id_that_its_caller_was_told(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    answer = program.get("/tickets/T0")
    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert json.loads(JsonLines().format(record))["request_id"] == answer.json()["request_id"]


def test_a_log_line_of_whoever_drives_a_run_names_the_run() -> None:
    record = logging.LogRecord("tickets", logging.INFO, "", 0, "a step", (), None)
    run = uuid.uuid4()
    with request_context.driving(run):
        assert json.loads(JsonLines().format(record))["run"] == str(run)
    assert "run" not in json.loads(JsonLines().format(record))


def test_a_log_line_is_one_json_object_with_the_request(caplog: object) -> None:
    record = logging.LogRecord("tickets", logging.WARNING, "", 0, "run %s\nstopped", ("7",), None)
    with request_context.use(request_id="abcdefgh"):
        line = JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["request_id"], told["level"]) == ("run 7\nstopped", "abcdefgh", "WARNING")
