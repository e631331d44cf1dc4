"""Every operation, as its OpenAPI document tells it: whatever is generated from the document is answered as it says.

`make api-contract` shows many more calls (API_EXAMPLES for each operation).
"""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks as told

from integrations.api.v1 import document
from tests.integrations.conftest import Program
from tests.tickets.conftest import REFERENCE

EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
# What the document cannot say: which ids there are, and which values of a ticket or a flow the service takes.
CHECKS = (
    schemathesis.checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_schema_conformance,
    told.response_headers_conformance,
)
_schema: list[Any] = []
OPERATIONS = sorted(
    (method.upper(), path) for path, methods in document()["paths"].items() for method in methods if method != "options"
)


@pytest.fixture
def ids(confirmation: Any, refund_flow: Any) -> dict[str, str]:
    """Things that are there, by the names the document has for them."""
    return {
        "number": confirmation.run.ticket.number,
        "run_id": str(confirmation.run_id),
        "slug": refund_flow.template.slug,
        "confirmation_id": str(confirmation.pk),
        "question_id": str(uuid.uuid4()),
    }


def schema(program: Program) -> Any:
    """Read from the API once for all operations."""
    if not _schema:
        headers = _headers(program)
        _schema.append(schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers=headers))
    return _schema[0]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_an_operation_answers_as_its_document_says(
    method: str, path: str, program: Program, ids: dict[str, str]
) -> None:
    operation = schema(program)[path][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def calls(case: Any) -> None:
        cache.clear()  # a limit of calls is not what is asked about here
        if case.path_parameters and len(str(case.path_parameters)) % 3:
            case.path_parameters = {name: ids[name] for name in case.path_parameters}
        answered.add(case.call_and_validate(headers=_headers(program), checks=CHECKS).status_code)

    answered: set[int] = set()
    calls()
    assert answered - {401, 429}, "no call got past the token and the rate"


def _headers(program: Program) -> dict[str, str]:
    return {"Authorization": f"Bearer {program.token}"}


def test_the_reference_ticket_is_what_a_caller_would_send(program: Program) -> None:
    assert program.post("/tickets", {"text": REFERENCE}).status_code == 201
