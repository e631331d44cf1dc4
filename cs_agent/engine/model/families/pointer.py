"""Models that only say where something is: a point or a box, in whatever spelling they were trained with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cs_agent.catalogue import _, say
from cs_agent.engine.actions.building import action_of
from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.confidence import confidence_of_values
from cs_agent.engine.model.families.family import Overrides
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Message, Reply

_PROMPT = _(
    "你在手机截图上定位控件。只回答目标控件的边界框 [x1,y1,x2,y2]。{coordinates}\n屏幕上没有该控件时回答 none。"
)
_MEANING = {
    Coordinates.NORMALIZED: _("坐标为 0 到 999 的整数。"),
    Coordinates.PIXEL: _("坐标为截图的像素。"),
}
_NUMBER = r"-?\d{1,5}(?:\.\d{1,4})?"
_PLACE = re.compile(rf"[\[(]\s*({_NUMBER}(?:\s*,\s*{_NUMBER}){{1,3}})\s*[\])]")
_PAIR = re.compile(
    rf"\[\s*[\[(]\s*({_NUMBER}\s*,\s*{_NUMBER})\s*[\])]\s*,\s*[\[(]\s*({_NUMBER}\s*,\s*{_NUMBER})\s*[\])]\s*\]"
)


class Pointer:
    name = "pointer"
    title = _("定位模型(只答位置)")

    def settings(self, base: ModelSettings, overrides: Overrides) -> ModelSettings:
        return replace(
            base,
            coordinates=overrides.coordinates or Coordinates.NORMALIZED,
            max_pixels=overrides.max_pixels or base.max_pixels,
            max_tokens=overrides.max_tokens or 256,
            frequency_penalty=0.0,
        )

    def prompt(self, lang: str, overrides: Overrides) -> Prompt:
        meaning = say(_MEANING[overrides.coordinates or Coordinates.NORMALIZED], lang)
        return Prompt(say(_PROMPT, lang, coordinates=meaning), lang, "shipped")

    def tools(self) -> list[dict[str, Any]] | None:
        return None

    def request(self, messages: Sequence[Message]) -> list[Message]:
        return list(messages)

    def read(self, reply: Reply) -> Reply:
        """A tap on the one place that the answer names; ParseError for none, or for two that differ."""
        answer = reply.text.rpartition("</think>")[2]
        places = {tuple(numbers) for numbers in _places(answer)}
        if not places:
            raise ParseError(ParseErrorCode.NO_PLACE)
        if len(places) > 1:
            raise ParseError(ParseErrorCode.TWO_ACTIONS)
        (numbers,) = places
        pixels_of = reply.image_size if reply.coordinates is Coordinates.PIXEL else None
        action = action_of("Tap", {"element": [float(number) for number in numbers]}, pixels_of=pixels_of)
        parsed = Parsed("", action, answer.strip(), (0, 0))
        return replace(reply, parsed=parsed, confidence=confidence_of_values(reply, list(numbers)))


def _places(answer: str) -> list[list[str]]:
    pairs = [f"{found[1]},{found[2]}" for found in _PAIR.finditer(answer)]
    found = pairs or [match[1] for match in _PLACE.finditer(answer)]
    numbers = [[number.strip() for number in place.split(",")] for place in found]
    return [place for place in numbers if len(place) in (2, 4)]
