"""Any OpenAI-compatible vision model that calls tools: alone (`general`), or saying what to do in words (`planner`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cs_agent.catalogue import _
from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.confidence import confidence_of_values
from cs_agent.engine.model.families.family import Overrides
from cs_agent.engine.model.families.tools import SENSITIVE, WITHOUT_PLACE, Tool, ToolUse, described, use_of
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.prompts import Prompt, prompt_of
from cs_agent.engine.run.protocols import Message, Reply

_PROMPTS = Path(__file__).with_name("prompts")
_MAX_PIXELS = 1_500_000  # most such models scale larger pictures down themselves, and bill for them
_POINT: dict[str, Any] = {
    "type": "array",
    "items": {"type": "number"},
    "description": "[x,y], or a box [x1,y1,x2,y2] whose centre is meant",
}
_TARGET: dict[str, Any] = {
    "type": "string",
    "description": "the control, so that somebody else finds it: its text, kind and place",
}
_DECISIVE = frozenset({"point", "start", "end", "app", "text", "seconds", "target", "direction"})
_ANSWER = re.compile(r"\s*<think>(?P<thought>.*)</think><answer>(?P<call>.*)</answer>\s*", re.DOTALL)
_SWIPES = {  # of the finger, on the middle of the screen
    "up": ([500, 700], [500, 300]),
    "down": ([500, 300], [500, 700]),
    "left": ([750, 500], [250, 500]),
    "right": ([250, 500], [750, 500]),
}


def _touches(field: str, schema: dict[str, Any]) -> tuple[Tool, ...]:
    """Tapping in its three kinds, with the place given as `field`."""
    place = {field: ("element" if field == "point" else "", schema), "sensitive": SENSITIVE}
    return (
        Tool("tap", "Tap", "Tap a control.", place, (field,)),
        Tool("double_tap", "Double Tap", "Tap twice.", place, (field,)),
        Tool("long_press", "Long Press", "Press for long.", place, (field,)),
    )


class General:
    name = "general"
    title = _("通用视觉模型(工具调用)")
    all_tools: tuple[Tool, ...] = (
        *_touches("point", _POINT),
        Tool(
            "swipe", "Swipe", "Drag or scroll.", {"start": ("start", _POINT), "end": ("end", _POINT)}, ("start", "end")
        ),
        *WITHOUT_PLACE,
    )

    def settings(self, base: ModelSettings, overrides: Overrides) -> ModelSettings:
        return replace(
            base,
            coordinates=overrides.coordinates or Coordinates.NORMALIZED,
            max_pixels=overrides.max_pixels or _MAX_PIXELS,
            max_tokens=overrides.max_tokens or base.max_tokens,
            frequency_penalty=0.0,
        )

    def prompt(self, lang: str, overrides: Overrides) -> Prompt:
        coordinates = overrides.coordinates or Coordinates.NORMALIZED
        file = overrides.prompt_file or _PROMPTS / f"{self.name}.{lang}.txt"
        return prompt_of(file, lang, coordinates, shipped=not overrides.prompt_file)

    def tools(self) -> list[dict[str, Any]] | None:
        return described(self.all_tools)

    def request(self, messages: Sequence[Message]) -> list[Message]:
        """Its own former answers are shown as it may write them: a thought, and a call as JSON."""
        return [
            replace(message, text=_as_said(message.text)) if message.role == "assistant" else message
            for message in messages
        ]

    def read(self, reply: Reply) -> Reply:
        use = use_of(reply, self.all_tools)
        pixels_of = reply.image_size if reply.coordinates is Coordinates.PIXEL else None
        action = use.action(pixels_of)
        return replace(
            reply,
            parsed=Parsed(_thought(use, reply), action, use.text, (0, 0)),
            confidence=confidence_of(use, reply),
            plan=use.plan,
            goal=use.goal,
        )


class Planner(General):
    """Says what to touch in words; a second model says where that is."""

    name = "planner"
    title = _("规划模型(只说做什么)")
    all_tools: tuple[Tool, ...] = (
        *_touches("target", _TARGET),
        Tool(
            "swipe",
            "Swipe",
            "Scroll; the direction is the finger's: up shows what is below.",
            {"direction": ("", {"type": "string", "enum": list(_SWIPES)})},
            ("direction",),
        ),
        *WITHOUT_PLACE,
    )


def swipe_of(direction: object) -> dict[str, object] | None:
    """The two points of a swipe in a direction, 0-999; None for an unknown one."""
    points = _SWIPES.get(str(direction).casefold())
    return {"start": points[0], "end": points[1]} if points else None


def confidence_of(use: ToolUse, reply: Reply) -> float | None:
    """From the tokens of the tool's name and of every decisive argument, as the server lists them."""
    values = [use.tool.name]
    for name, value in use.arguments.items():
        if name in _DECISIVE:
            values += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    return confidence_of_values(reply, values)


def _thought(use: ToolUse, reply: Reply) -> str:
    return use.thought or reply.reasoning.strip()


def _as_said(text: str) -> str:
    found = _ANSWER.fullmatch(text)
    return f"{found['thought'].strip()}\n{found['call']}".strip() if found else text
