"""What every model family has, and a model that speaks as its family does.

Rule: the engine sees one kind of answer whatever the family: an action with its thought and confidence. A request
without a picture is plain text in every family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Message, Reply


@dataclass(frozen=True, slots=True)
class Overrides:
    """What an installation sets differently from the family; None leaves the family's own."""

    coordinates: Coordinates | None = None
    max_pixels: int | None = None
    max_tokens: int | None = None
    prompt_file: str = ""


class Family(Protocol):
    """One kind of model. `name` is what rows and settings write."""

    name: str
    title: str  # a sentence of the catalogue; one that has no entry is shown as it is

    def settings(self, base: ModelSettings, overrides: Overrides) -> ModelSettings:
        """Sampling, budget of the picture and meaning of coordinates; `base` brings time-outs and attempts."""

    def prompt(self, lang: str, overrides: Overrides) -> Prompt: ...

    def tools(self) -> list[dict[str, Any]] | None:
        """Functions that the model may call, as the API describes them; None for a family that writes text."""

    def request(self, messages: Sequence[Message]) -> list[Message]:
        """The conversation as this family is used to seeing it."""

    def read(self, reply: Reply) -> Reply:
        """The reply with `parsed`, `confidence`, `plan` and `goal`; ParseError where it is not certainly one action."""


class FamilyModel:
    """A Model of the engine: the client and its family."""

    def __init__(self, client: OpenAIModel, family: Family) -> None:
        self.name = client.name
        self.client = client
        self.family = family

    def reply(self, messages: list[Message]) -> Reply:
        """Raises ModelError. An answer that cannot be read comes back with the reason, to be told to the model."""
        if all(message.image is None for message in messages):
            return self.client.reply(messages)
        reply = self.client.reply(self.family.request(messages), self.family.tools())
        try:
            return self.family.read(reply)
        except ParseError as error:
            return replace(reply, unread=ParseError(error.code, error.detail, error.raw or as_text(reply)))


def as_text(reply: Reply) -> str:
    """The answer as people and the model are shown it where it could not be read."""
    calls = [f"{call.name}({call.arguments})" for call in reply.tool_calls]
    return "\n".join(part for part in (reply.text.strip(), *calls) if part)
