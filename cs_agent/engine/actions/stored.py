"""Actions as JSON values: how checkpoints, steps and confirmations keep them.

Rule: what `to_json` writes, `from_json` reads as the same action, whatever its texts hold; nothing else is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, get_args

from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Action
from cs_agent.geometry import NormPoint

_KINDS: dict[str, type[Action]] = {kind.name: kind for kind in get_args(Action)}
_POINTS = ("element", "start", "end")
_TEXTS = ("app", "text", "message", "instruction")


def to_json(action: Action) -> dict[str, Any]:
    """`{"action": "Tap", "element": [500, 500], "message": null}`; points are normalized."""
    values = {field.name: getattr(action, field.name) for field in dataclasses.fields(action)}
    plain = {name: [value.x, value.y] if name in _POINTS else value for name, value in values.items()}
    return {"action": action.name, **plain}


def from_json(data: dict[str, Any]) -> Action:
    """ValueError for what is no action."""
    try:
        kind = _KINDS[data["action"]]
        return kind(**{name: _value(name, value) for name, value in data.items() if name != "action"})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an action: {str(data)[:200]}") from error


def from_v1(text: str) -> Action | None:
    """The action in a row or checkpoint of the release before, which kept it in the documented form; None for none."""
    try:
        return parse_reply(text).action if text else None
    except ParseError:
        return None


def with_texts(action: Action, change: Callable[[str], str]) -> Action:
    """The action with every text in it changed, e.g. redacted."""
    values = to_json(action)
    return from_json({**values, **{name: change(values[name]) for name in _TEXTS if values.get(name)}})


def _value(name: str, value: Any) -> Any:
    if name in _POINTS:
        x, y = value
        return NormPoint(x, y)
    if name == "seconds":
        return float(value)
    if value is not None and not isinstance(value, str):
        raise TypeError(name)
    return value
