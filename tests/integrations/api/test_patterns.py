"""The patterns of the document: what the API hands out keeps to them, and what does not is refused in words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from integrations.api.v1 import document
from tests.integrations.conftest import Program
from tickets.models import Ticket


def pattern_of(path: str, method: str, name: str) -> str:
    parameters: list[dict[str, Any]] = document()["paths"][path][method]["parameters"]
    [found] = [each["schema"]["pattern"] for each in parameters if each["name"] == name]
    return str(found)


def test_a_cursor_that_is_handed_out_looks_as_the_document_says(program: Program) -> None:
    for n in range(2):
        program.post("/tickets", {"text": str(n)})
    looks = pattern_of("/api/v1/tickets", "get", "cursor")
    for cursor in ("", program.get("/tickets?limit=1").json()["next"]):
        assert re.search(looks, cursor), cursor
    assert not re.search(looks, "x")


def test_an_etag_that_is_handed_out_looks_as_the_document_says(program: Program, ticket: Ticket) -> None:
    etag = program.get(f"/tickets/{ticket.number}")["ETag"]
    looks = pattern_of("/api/v1/tickets/{number}", "patch", "If-Match")
    for named in (etag, f"W/{etag}", "*", f'"other", {etag}'):
        assert re.search(looks, named), named
        assert program.patch(f"/tickets/{ticket.number}", {"priority": 3}, if_match=named).status_code == 200, named


@pytest.mark.parametrize("given", ["x", '"', 'W/"', "0", "*, *", '"a" "b"', '"' + "x" * 300 + '"'])
def test_what_is_no_etag_is_refused_as_such_and_changes_nothing(program: Program, ticket: Ticket, given: str) -> None:
    path = f"/tickets/{ticket.number}"
    refused = program.patch(path, {"priority": 1}, if_match=given)
    assert (refused.status_code, refused.json()["code"]) == (400, "if_match_invalid")
    assert refused["ETag"] == program.get(path)["ETag"]
    assert Ticket.objects.get().priority == ticket.priority


@pytest.mark.parametrize("text", ["", " \n", "\u3000", "\x01"])
def test_a_text_of_nothing_is_refused_and_the_document_says_so(program: Program, ticket: Ticket, text: str) -> None:
    bodies = document()["components"]["schemas"]
    for name, path in (("TicketIn", "/tickets"), ("CommentIn", f"/tickets/{ticket.number}/comments")):
        looks = bodies[name]["properties"]["text"]["pattern"]
        assert not re.search(looks, text)
        assert re.search(looks, f"a{text}")
        assert program.post(path, {"text": text}).json()["code"] == "empty_text"
        assert program.post(path, {"text": f"a{text}"}).status_code == 201


@pytest.mark.parametrize("key", ["a b", "\ta\tb", "é", "k" * 201])
def test_a_key_that_the_document_excludes_is_refused(program: Program, key: str) -> None:
    refused = program.post("/tickets", {"text": "x"}, key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
    assert not Ticket.objects.exists()
