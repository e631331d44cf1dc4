"""What several bodies are made of, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field


def one_of(words: Iterable[Any], more: str = "") -> Any:
    """A field whose words of today are told but not fenced in: within a version there may be more."""
    return Field(description=f"One of: {', '.join(str(getattr(word, 'value', word)) for word in words)}.{more}")


BIG = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=BIG)]


Next = Annotated[str | None, Field(description="The `cursor` of the next page; null at the end.")]


def told(**more: Any) -> Any:
    """What the document says of a field whose refusal has words and a code of its own, in the service."""
    return Field(json_schema_extra=more)


# What is left of a text is what its customer sees: white space and control characters around it are dropped.
SOMETHING = r"[^\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


class In(Schema):
    """A request body: a field that is not known is a fault, not to be left out silently, and "yes" is no `true`."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Schema):
    """RFC 9457. `code` is stable and meant for programs; `detail` is for people, in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    data: dict[str, Any] | None = None
    errors: list[dict[str, str]] | None = None
    page: str | None = None
