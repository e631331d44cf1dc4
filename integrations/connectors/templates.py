"""Bodies that an administrator wrote, with places to fill in; what goes in is data and stays a JSON value."""

from __future__ import annotations

from typing import Any


def filled(template: Any, values: dict[str, Any]) -> Any:
    """The template with `{name}` in its texts replaced; a text that is only `{tags}` becomes the list itself."""
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
