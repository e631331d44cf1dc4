"""The actions as tools of the OpenAI API, and a call of one as an action.

Rules: exactly one call is an answer; its arguments are JSON and all known. A server without tool calls may write the
same call as a JSON object. Points are read as everywhere: two numbers, or a box whose centre is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_agent.engine.actions.building import action_of
from cs_agent.engine.actions.parse import refuse_unless_meant
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.actions.values import Action
from cs_agent.engine.run.protocols import Reply
from cs_agent.geometry import Size

_TEXT = {"type": "string"}
_COMMON = {
    "thought": {**_TEXT, "description": "what is on the screen and why this is the next step"},
    "plan": {"type": "array", "items": _TEXT, "description": "the task's sub-goals; first time or when they change"},
    "goal": {"type": "integer", "description": "number of the sub-goal this action serves, from 1"},
}
_ABOUT = frozenset(_COMMON)
_SENSITIVE = {**_TEXT, "description": "set for money, payment, privacy or anything irreversible: what will happen"}


@dataclass(frozen=True, slots=True)
class Tool:
    """One action. `fields`: argument of the tool -> (argument of the action, JSON schema)."""

    name: str
    action: str
    description: str
    fields: Mapping[str, tuple[str, dict[str, Any]]]
    required: tuple[str, ...] = ()

    def described(self) -> dict[str, Any]:
        properties = {**_COMMON, **{name: schema for name, (_, schema) in self.fields.items()}}
        parameters = {"type": "object", "properties": properties, "required": ["thought", *self.required]}
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool that could be read as JSON; `text` is how it was written."""

    tool: Tool
    arguments: Mapping[str, Any]
    thought: str
    text: str

    @property
    def plan(self) -> tuple[str, ...]:
        given = self.arguments.get("plan")
        return tuple(str(item) for item in given) if isinstance(given, list) else ()

    @property
    def goal(self) -> int:
        given = self.arguments.get("goal")
        return given if isinstance(given, int) and not isinstance(given, bool) else 0

    def action(self, pixels_of: Size | None, more: Mapping[str, object] | None = None) -> Action:
        """`more`: arguments of the action that come from elsewhere."""
        given = {name: value for name, value in self.arguments.items() if name not in _ABOUT and value is not None}
        given = _with_points(given, self.tool)
        unknown = next((name for name in given if name not in self.tool.fields), None)
        if unknown is not None:
            raise ParseError(ParseErrorCode.UNKNOWN_ARGUMENT, unknown)
        named = {self.tool.fields[name][0]: value for name, value in given.items() if self.tool.fields[name][0]}
        return action_of(self.tool.action, {**named, **(more or {})}, pixels_of=pixels_of)


def _with_points(given: Mapping[str, Any], tool: Tool) -> dict[str, Any]:
    """A point that was written as `{"x": …, "y": …}`, or by these two alone for a tool's only point, as two numbers."""
    points = {name: [value["x"], value["y"]] for name, value in given.items() if _is_point(value)}
    found = {**given, **points}
    places = [name for name, (_, schema) in tool.fields.items() if schema.get("items") == {"type": "number"}]
    if len(places) == 1 and places[0] not in found and {"x", "y"} <= found.keys():
        found[places[0]] = [found.pop("x"), found.pop("y")]
    return found


def _is_point(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"x", "y"}


def texts(*names: str) -> dict[str, tuple[str, dict[str, Any]]]:
    return {name: (name, dict(_TEXT)) for name in names}


WITHOUT_PLACE: tuple[Tool, ...] = (
    Tool("launch", "Launch", "Start an app by its name.", texts("app"), ("app",)),
    Tool("type", "Type", "Type into the focused field; what is in it is replaced.", texts("text"), ("text",)),
    Tool("wait", "Wait", "Wait while a page loads.", {"seconds": ("duration", {"type": "number"})}, ("seconds",)),
    Tool("back", "Back", "Go back, or close a dialog or the keyboard.", {}),
    Tool("home", "Home", "Go to the home screen.", {}),
    Tool("note", "Note", "Remember something on this page for later.", texts("message"), ("message",)),
    Tool("summarise", "Call_API", "Summarise or judge what was noted.", texts("instruction"), ("instruction",)),
    Tool("ask", "Interact", "Ask the operator to choose.", {"question": ("message", dict(_TEXT))}, ("question",)),
    Tool(
        "take_over",
        "Take_over",
        "Have the operator act: log-in, captcha, password, face, fingerprint.",
        {"reason": ("message", dict(_TEXT))},
        ("reason",),
    ),
    Tool("finish", "finish", "The task is done, as the screen shows.", texts("message"), ("message",)),
)
SENSITIVE = ("message", _SENSITIVE)


def described(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    return [tool.described() for tool in tools]


def use_of(reply: Reply, tools: Sequence[Tool]) -> ToolUse:
    """The one call in the reply; ParseError where there is none, more than one, or it cannot be read."""
    if len(reply.tool_calls) > 1:
        raise ParseError(ParseErrorCode.TWO_ACTIONS)
    if reply.tool_calls:
        call = reply.tool_calls[0]
        if _objects(reply.text):
            raise ParseError(ParseErrorCode.TWO_ACTIONS)
        arguments = _decoded(call.arguments)
        text = json.dumps({"name": call.name, "arguments": arguments}, ensure_ascii=False)
        return _use(call.name, arguments, reply.text.strip(), text, tools)
    return _written(reply.text, tools)


def _use(name: str, arguments: Mapping[str, Any], said: str, text: str, tools: Sequence[Tool]) -> ToolUse:
    plain = re.sub(r"[\s_-]", "", name).casefold()
    tool = next((tool for tool in tools if tool.name.replace("_", "") == plain), None)
    if tool is None:
        raise ParseError(ParseErrorCode.UNKNOWN_ACTION, name)
    thought = str(arguments.get("thought") or "").strip() or said
    return ToolUse(tool, arguments, thought, text)


def _decoded(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_each_once) if text.strip() else {}
        found = json.loads(found, object_pairs_hook=_each_once) if isinstance(found, str) else found  # encoded twice
    except ValueError:
        raise ParseError(ParseErrorCode.MALFORMED) from None
    if not isinstance(found, dict):
        raise ParseError(ParseErrorCode.MALFORMED)
    return found


def _written(text: str, tools: Sequence[Tool]) -> ToolUse:
    """A call that was written as JSON, alone or after a thought; nothing may follow it."""
    if not text.strip():
        raise ParseError(ParseErrorCode.EMPTY)
    thought, _, after = text.rpartition("</think>")
    if "<think>" in after:
        raise ParseError(ParseErrorCode.UNCLOSED_THOUGHT)
    calls = [(start, end, item) for start, end, item in _objects(after) if _name(item)]
    if _objects(thought):
        raise ParseError(ParseErrorCode.TWO_ACTIONS)
    if not calls:
        raise ParseError(ParseErrorCode.NO_CALL)
    if len(calls) > 1:
        raise ParseError(ParseErrorCode.TWO_ACTIONS)
    start, end, item = calls[0]
    listed = "]" if after[:start].rstrip().endswith("[") else ""  # a list of one call
    if re.sub(r"</?\w+>|<\|\w+\|>|```\w*|[\s;`]", "", after[end:]) not in ("", listed):
        raise ParseError(ParseErrorCode.TRAILING_TEXT)
    arguments = item.get("arguments", item.get("parameters", item.get("args", {})))
    if isinstance(arguments, str):
        arguments = _decoded(arguments)
    if not isinstance(arguments, dict):
        raise ParseError(ParseErrorCode.MALFORMED)
    lead = re.sub(r"</?\w+>|```\w*", "", after[:start])
    refuse_unless_meant(lead.rstrip("[ \n"))
    said = f"{re.sub(r'</?[a-z]+>', '', thought)}\n{lead}".strip()
    return _use(str(_name(item)), arguments, said, after[start:end], tools)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """ValueError for a name that stands twice: nobody can tell which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _name(item: Mapping[str, Any]) -> object:
    found = item.get("name") or item.get("tool")
    return found if isinstance(found, str) else None


def _objects(text: str) -> list[tuple[int, int, dict[str, Any]]]:
    """The JSON objects in a text that name a tool, with their places."""
    found, at, decoder = [], 0, json.JSONDecoder(object_pairs_hook=_each_once)
    while (at := text.find("{", at)) >= 0:
        try:
            item, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(item, dict) and _name(item):
            found.append((at, end, item))
        at = end
    return found
