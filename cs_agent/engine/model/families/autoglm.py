"""AutoGLM-Phone and models trained like it: a thought and one call, as text, with points of 0-999."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cs_agent.catalogue import _
from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.confidence import action_confidence
from cs_agent.engine.model.families.family import Overrides
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.prompts import Prompt, load_prompt
from cs_agent.engine.run.protocols import Message, Reply


class AutoGlm:
    name = "autoglm"
    title = _("AutoGLM(文本动作)")

    def settings(self, base: ModelSettings, overrides: Overrides) -> ModelSettings:
        return replace(
            base,
            coordinates=overrides.coordinates or Coordinates.NORMALIZED,
            max_pixels=overrides.max_pixels or base.max_pixels,
            max_tokens=overrides.max_tokens or base.max_tokens,
        )

    def prompt(self, lang: str, overrides: Overrides) -> Prompt:
        coordinates = overrides.coordinates or Coordinates.NORMALIZED
        return load_prompt(lang, overrides.prompt_file or None, coordinates=coordinates)

    def tools(self) -> list[dict[str, Any]] | None:
        return None

    def request(self, messages: Sequence[Message]) -> list[Message]:
        return list(messages)

    def read(self, reply: Reply) -> Reply:
        """A server that takes the calls for tools has `do` and `finish` as functions: nothing else is understood."""
        parsed = parse_reply(reply.text, coordinates=reply.coordinates, image_size=reply.image_size)
        found = action_confidence(reply, parsed)
        return replace(reply, parsed=parsed, confidence=found.value if found else None)
