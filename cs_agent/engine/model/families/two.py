"""Planning and grounding by two models: one says what to do, the other where that is on the screen.

Rules: the confidence is the weaker of the two; what cannot be found on the screen is told to the planner as an answer
that could not be read, never guessed. Each model has its own picture, and neither sees what is kept from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cs_agent.catalogue import _, say
from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.model.confidence import weaker
from cs_agent.engine.model.families.family import as_text
from cs_agent.engine.model.families.general import Planner, confidence_of, swipe_of
from cs_agent.engine.model.families.tools import ToolUse, use_of
from cs_agent.engine.model.reading import parsed_of
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Message, Model, Reply, ToolUser
from cs_agent.geometry import NormPoint

_FIND = _("点击这个控件(只给出它的位置,不做别的):{target}")


@dataclass(frozen=True, slots=True)
class Intent:
    """What the planner wants: an action, and the control it is for, in words; empty for an action without a place."""

    use: ToolUse
    target: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the control is, 0-999; what `ground` answers."""

    point: NormPoint
    confidence: float | None


class Grounder(Protocol):
    def ground(self, target: str, message: Message) -> Place:
        """Where `target` is on the message's picture. Raises ModelError, and ParseError where it is nowhere."""


class ModelGrounder:
    """A grounder made of any model that can tap: it is asked to tap the control, and only the place is taken."""

    def __init__(self, model: Model, prompt: Prompt) -> None:
        self._model = model
        self._prompt = prompt

    def ground(self, target: str, message: Message) -> Place:
        request = say(_FIND, self._prompt.lang, target=target)
        asked = [Message("system", self._prompt.text), Message("user", request, message.image)]
        reply = self._model.reply(asked)
        parsed = parsed_of(reply)
        element = getattr(parsed.action, "element", None)
        if not isinstance(element, NormPoint):
            raise ParseError(ParseErrorCode.NO_PLACE, target)
        return Place(element, reply.confidence)


class PlanningAndGrounding:
    """A Model of the engine made of two. `planner` answers with tools; see `Planner`."""

    def __init__(self, planner: ToolUser, grounder: Grounder) -> None:
        self.name = planner.name
        self.planner = planner
        self.grounder = grounder
        self._family = Planner()

    def reply(self, messages: list[Message]) -> Reply:
        if all(message.image is None for message in messages):
            return self.planner.reply(messages)
        reply = self.planner.reply(self._family.request(messages), self._family.tools())
        try:
            intent = self.plan(reply)
            place = self._place(intent, messages)
            return _together(reply, intent, place)
        except ParseError as error:
            return replace(reply, unread=ParseError(error.code, error.detail, as_text(reply)))

    def plan(self, reply: Reply) -> Intent:
        """Raises ParseError."""
        use = use_of(reply, self._family.all_tools)
        target = use.arguments.get("target")
        if "target" in use.tool.fields and not (isinstance(target, str) and target.strip()):
            raise ParseError(ParseErrorCode.MISSING_ARGUMENT, "target")
        return Intent(use, target.strip() if isinstance(target, str) else "", confidence_of(use, reply))

    def _place(self, intent: Intent, messages: Sequence[Message]) -> Place | None:
        if not intent.target:
            return None
        seen = next(message for message in reversed(messages) if message.image is not None)
        try:
            return self.grounder.ground(intent.target, seen)
        except ParseError:
            raise ParseError(ParseErrorCode.NO_PLACE, intent.target) from None


def _together(reply: Reply, intent: Intent, place: Place | None) -> Reply:
    more: dict[str, object] = {}
    if place is not None:
        more["element"] = [place.point.x, place.point.y]
    if intent.use.tool.name == "swipe":
        points = swipe_of(intent.use.arguments.get("direction"))
        if points is None:
            raise ParseError(ParseErrorCode.BAD_VALUE, "direction")
        more |= points
    action = intent.use.action(None, more)
    confidence = weaker(intent.confidence, place.confidence) if place else intent.confidence
    thought = intent.use.thought or reply.reasoning.strip()
    return replace(
        reply,
        parsed=Parsed(thought, action, intent.use.text, (0, 0)),
        confidence=confidence,
        plan=intent.use.plan,
        goal=intent.use.goal,
    )
