"""The API's description for people who write against it, drawn from the same document as programs read."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from integrations.api.v1 import DOCUMENT
from tickets.declared import Access, permitted
from tickets.services.outbox.note import TYPES


@permitted(Access.SIGNED_IN)
def reference(request: HttpRequest) -> HttpResponse:
    context = {
        "operations": _operations(),
        "schemas": _schemas(),
        "types": TYPES,
        "here_tab": "reference",
        "base": request.build_absolute_uri(reverse("api-document").removesuffix("/openapi.json")),
    }
    return render(request, "integrations/reference.html", context)


@permitted(Access.PUBLIC)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as it is in the tree: no secret, no personal data."""
    return HttpResponse(_text(), content_type="application/json")


@lru_cache(maxsize=1)
def _text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _operations() -> list[dict[str, Any]]:
    found = [
        {
            **operation,
            "path": path,
            "method": method.upper(),
            "body": _body(operation),
            "answers": _answers(operation),
            "permission": operation["x-permission"],
        }
        for path, methods in json.loads(_text())["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda each: (each["tags"], each["path"], each["method"]))


@lru_cache(maxsize=1)
def _schemas() -> list[tuple[str, list[dict[str, str]], str]]:
    named = json.loads(_text())["components"]["schemas"]
    return [(name, _fields(schema), schema.get("description", "")) for name, schema in sorted(named.items())]


def _fields(schema: dict[str, Any]) -> list[dict[str, str]]:
    required = set(schema.get("required", []))
    return [
        {"name": name, "type": _type(field), "must": "●" if name in required else ""}
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    """A short name for a JSON schema."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if "anyOf" in field:
        return " | ".join(_type(each) for each in field["anyOf"])
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type") or "object")


def _body(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return ", ".join(f"{kind}: {_type(each['schema'])}" for kind, each in content.items())


def _answers(operation: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (status, _type(next(iter(answer["content"].values()))["schema"]))
        for status, answer in operation["responses"].items()
        if int(status) < 400 and answer.get("content")
    ]
