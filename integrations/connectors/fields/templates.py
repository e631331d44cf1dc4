"""Templates for addresses, bodies and expressions that an administrator may change.

Rule: inserted values are data: percent-encoded in an address, JSON values in a body. For helpdesks without public
documentation the formats are such settings (`address`, `body`, `expression`) with the usual form as the default, so
that a different one needs no new release.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, Field

from integrations.connectors.fields.expressions import checked
from tickets.said import gettext_said as _


def filled(template: Any, values: dict[str, Any]) -> Any:
    """The template with `{name}` in its texts replaced; a text that is only `{tags}` becomes the value itself."""
    if isinstance(template, dict):
        return {name: filled(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    for name, value in values.items():
        if template == f"{{{name}}}":
            return value
        template = template.replace(f"{{{name}}}", ", ".join(value) if isinstance(value, list) else str(value))
    return template


def written(template: str, **values: Any) -> Any:
    """The body of a setting, filled in."""
    return filled(json.loads(template), values)


def at(template: str, **values: str) -> str:
    """The address of a setting, filled in."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def _is_address(value: str) -> str:
    if "{id}" not in value or "://" in value or value.startswith("//"):
        raise ValueError(_("要写成相对地址,用 {id} 代表编号。"))
    return value


def _is_body(value: str) -> str:
    try:
        json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("不是 JSON:%s") % error) from error
    return value


Address = Annotated[str, AfterValidator(_is_address)]
Body = Annotated[str, AfterValidator(_is_body)]
Expression = Annotated[str, AfterValidator(checked)]


def usual(title: str, default: Any, description: str = "", *, rows: int = 0, **limits: Any) -> Any:
    """A field of a kind's settings that stands under "how its interface is written"; `title` is a message id."""
    extra: dict[str, Any] = {"wire": True, **({"rows": rows} if rows else {})}
    if isinstance(default, str):
        limits = {"min_length": 1, "max_length": 2000, **limits}
    return Field(default=default, title=title, description=description, json_schema_extra=extra, **limits)


def codes(title: str, default: Iterable[int], description: str = "") -> Any:
    """A list of error codes, one a line."""
    extra: dict[str, Any] = {"wire": True}
    found = sorted(default)
    return Field(default_factory=lambda: list(found), title=title, description=description, json_schema_extra=extra)
