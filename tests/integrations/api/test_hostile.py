"""Hostile calls over every operation: never an error of ours, every refusal in words, nothing half-written.

`make api-contract` makes many more (API_HOSTILE, API_SEED).
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from integrations.api.v1 import document
from tests.integrations.api.hostile_calls import Call, calls
from tests.integrations.conftest import ROOT, Program

COUNT = int(os.environ.get("API_HOSTILE", "60"))
SEED = int(os.environ.get("API_SEED", "16"))
# What a refused call may leave: the record of its refusal, and when its token was used.
LEFT = {"tickets_auditevent", "tickets_apitoken"}
NO_BODY = {"HEAD"}


def rows() -> dict[str, int]:
    """How many rows each table holds, and what the rows a call could change look like."""
    models = [model for name in ("tickets", "integrations") for model in apps.get_app_config(name).get_models()]
    tables = sorted({model._meta.db_table for model in models} - LEFT)
    counts = " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(counts)
        found = dict(cursor.fetchall())
    for name in ("Ticket", "Run", "Confirmation", "Phone"):
        found[name] = hash(tuple(map(repr, apps.get_model("tickets", name).objects.order_by("pk").values_list())))
    return found


def send(client: Client, call: Call, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}", **call.headers}
    return client.generic(call.method, f"{ROOT}{call.path}", call.body, content_type=call.type, headers=headers)


def test_no_hostile_call_breaks_an_operation_or_leaves_half_of_something(
    program: Program, confirmation: Any, refund_flow: Any
) -> None:
    ids = {
        "number": confirmation.run.ticket.number,
        "run_id": str(confirmation.run_id),
        "slug": refund_flow.template.slug,
        "confirmation_id": str(confirmation.pk),
    }
    told, before, client = Counter[int](), rows(), Client(raise_request_exception=False)
    for number, call in enumerate(calls(document(), ids, ROOT, COUNT, SEED)):
        cache.clear()  # a limit of calls is not what is asked about here
        with transaction.atomic():
            answer = send(client, call, program.token)
            told[answer.status_code] += 1
            where = f"call {number} of seed {SEED}: {call.method} {call.path[:200]} {call.faults} {call.body[:100]!r}"
            assert answer.status_code < 500, f"{where}: {answer.content[:300]}"
            if answer.status_code >= 400:
                assert_told_in_words(answer, where, bodyless=call.method in NO_BODY)
                assert rows() == before, f"{where}: something was written"
            transaction.set_rollback(True)
    assert sum(told[status] for status in told if status >= 400) > COUNT // 3, told
    assert sum(told[status] for status in told if status < 400) > COUNT // 20, told


def assert_told_in_words(answer: Any, where: str, *, bodyless: bool) -> None:
    assert answer["Content-Type"] == "application/problem+json", f"{where}: {answer['Content-Type']}"
    if bodyless:
        return
    body = answer.json()
    assert body["status"] == answer.status_code, where
    assert body["code"], where
    assert len(body["detail"]) >= 5, where
    assert "Traceback" not in answer.content.decode(), where
