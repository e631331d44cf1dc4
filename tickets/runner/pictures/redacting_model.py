"""A model on machines that are not the company's own, which is told nothing that the policy hides.

Rule: a picture that cannot be checked for personal data is not sent at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from cs_agent import catalogue
from cs_agent.engine.run.protocols import Message, Model, ModelError, Reply, ToolUser
from cs_agent.vision.redaction import Audience
from tickets.runner.pictures.redactors import Redactor, Unreadable


class RedactingModel:
    """Wraps an external model: requests are redacted by the policy."""

    def __init__(self, model: Model, redactor: Redactor) -> None:
        self.name = model.name
        self._model = model
        self._redactor = redactor

    def reply(self, messages: list[Message], tools: list[dict[str, Any]] | None = None) -> Reply:
        """`tools`: only for a model that supports them."""
        covered = [self._covered(message) for message in messages]
        return cast(ToolUser, self._model).reply(covered, tools) if tools else self._model.reply(covered)

    def _covered(self, message: Message) -> Message:
        image = message.image
        try:
            shown = self._redactor.covered(image, Audience.MODEL, awaited=True) if image is not None else None
        except Unreadable as error:
            raise PictureWithheld(str(error)) from error
        return replace(message, text=self._redactor.text(message.text, Audience.MODEL), image=shown)


class PictureWithheld(ModelError):
    """The screen could not be checked for personal data, so it was not sent to the model."""

    advice = catalogue._("屏幕内容无法脱敏,未发送给模型")
