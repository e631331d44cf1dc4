"""The cast of the domain's tests, and programs that speak for them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.models import Connector
from tests.integrations.helpdesk import DESKS, Desk, make_connector
from tests.tickets.conftest import *  # noqa: F403 - the same cast, fixture by fixture
from tickets.models import Department
from tickets.permissions import SCOPES
from tickets.services.people import api_tokens

ROOT = "/api/v1"


@dataclass
class Program:
    """A caller of the API with a token; every POST gets a key of its own unless one is given."""

    token: str
    address: str = "127.0.0.1"
    language: str = ""

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        sent = {
            "authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if self.language:
            sent["accept-language"] = self.language
        if method == "POST":
            sent["idempotency-key"] = key if key is not None else str(uuid.uuid4())
        data = body if isinstance(body, (bytes, str)) else json.dumps(body) if body is not None else b""
        return Client(REMOTE_ADDR=self.address).generic(
            method, f"{ROOT}{path}", data, content_type="application/json", headers=sent
        )

    def upload(self, path: str, content: bytes, name: str = "a.pdf", key: str | None = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key or str(uuid.uuid4())}
        return Client().post(f"{ROOT}{path}", {"file": SimpleUploadedFile(name, content)}, headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, key=key, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)


@pytest.fixture
def program_of() -> Callable[..., Program]:
    """A program that speaks for that person, with all scopes unless some are given."""

    def program_of(user: Any, scopes: Any = SCOPES, **more: Any) -> Program:
        return Program(api_tokens.make(user, "test", scopes=scopes, **more))

    return program_of


@pytest.fixture
def program(lin: Any, program_of: Callable[..., Program]) -> Program:
    return program_of(lin)


@pytest.fixture
def connector(lin: User, department: Department) -> Connector:
    return make_connector(lin, department)


@pytest.fixture
def desk(connector: Connector) -> Desk:
    return DESKS.setdefault("a", Desk())
