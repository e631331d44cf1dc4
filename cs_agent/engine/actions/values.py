"""The action language as values: what a model may ask a phone, a human or the run to do.

Facts on the wire format come from the published Open-AutoGLM framework. Points are normalized (0-999).
`parse.py` reads replies into these; `render` writes them back in the documented form. What render writes,
parse reads as the same action, whatever its texts hold.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from cs_agent.geometry import NormPoint


class Coordinates(StrEnum):
    """What the numbers of a model's points mean: a setting of the model. Actions always hold normalized points."""

    NORMALIZED = "normalized"  # 0-999 per axis
    PIXEL = "pixel"  # pixels of the picture that was sent


@dataclass(frozen=True, slots=True)
class Launch:
    name: ClassVar[str] = "Launch"
    app: str


@dataclass(frozen=True, slots=True)
class Tap:
    name: ClassVar[str] = "Tap"
    element: NormPoint
    message: str | None = None  # presence, even of "", marks money, payment or privacy


@dataclass(frozen=True, slots=True)
class DoubleTap:
    name: ClassVar[str] = "Double Tap"
    element: NormPoint
    message: str | None = None


@dataclass(frozen=True, slots=True)
class LongPress:
    name: ClassVar[str] = "Long Press"
    element: NormPoint
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """Replaces the focused field's text. `Type_Name` parses to this too."""

    name: ClassVar[str] = "Type"
    text: str


@dataclass(frozen=True, slots=True)
class Swipe:
    name: ClassVar[str] = "Swipe"
    start: NormPoint
    end: NormPoint

    @property
    def direction(self) -> str:
        """Of the finger: up, down, left or right."""
        across, down = self.end.x - self.start.x, self.end.y - self.start.y
        if abs(down) >= abs(across):
            return "up" if down < 0 else "down"
        return "left" if across < 0 else "right"


@dataclass(frozen=True, slots=True)
class Wait:
    name: ClassVar[str] = "Wait"
    seconds: float


@dataclass(frozen=True, slots=True)
class Back:
    name: ClassVar[str] = "Back"


@dataclass(frozen=True, slots=True)
class Home:
    name: ClassVar[str] = "Home"


@dataclass(frozen=True, slots=True)
class TakeOver:
    name: ClassVar[str] = "Take_over"
    message: str = ""


@dataclass(frozen=True, slots=True)
class Interact:
    name: ClassVar[str] = "Interact"
    message: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    name: ClassVar[str] = "Note"
    message: str = ""


@dataclass(frozen=True, slots=True)
class CallApi:
    name: ClassVar[str] = "Call_API"
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    name: ClassVar[str] = "finish"
    message: str = ""


Action = (
    Launch
    | Tap
    | DoubleTap
    | LongPress
    | Type
    | Swipe
    | Wait
    | Back
    | Home
    | TakeOver
    | Interact
    | Note
    | CallApi
    | Finish
)


def render(action: Action) -> str:
    """The action in the documented form, e.g. `do(action="Tap", element=[500,500])`."""
    if isinstance(action, Finish):
        return f"finish(message={_quoted(action.message)})"
    return "do(" + ", ".join([f'action="{action.name}"', *_arguments(action)]) + ")"


def digest(action: Action) -> str:
    """What a confirmation is bound to: a hash of the action's values, however it is rendered."""
    values = json.dumps([action.name, dataclasses.asdict(action)], sort_keys=True)
    return f"v2-{hashlib.sha256(values.encode()).hexdigest()[:60]}"


def digest_v1(action: Action) -> str:
    """The digest of the release before, by which a yes that was given then is known."""
    return hashlib.sha256(render(action).encode("utf-8", "surrogatepass")).hexdigest()


def _arguments(action: Action) -> list[str]:
    match action:
        case Launch(app):
            return [f"app={_quoted(app)}"]
        case Tap(element, message) | DoubleTap(element, message) | LongPress(element, message):
            point = f"element=[{element.x},{element.y}]"
            return [point] if message is None else [point, f"message={_quoted(message)}"]
        case Type(text):
            return [f"text={_quoted(text)}"]
        case Swipe(start, end):
            return [f"start=[{start.x},{start.y}]", f"end=[{end.x},{end.y}]"]
        case Wait(seconds):
            return [f'duration="{_plain(seconds)} seconds"']
        case TakeOver(message) | Interact(message) | Note(message):
            return [f"message={_quoted(message)}"]
        case CallApi(instruction):
            return [f"instruction={_quoted(instruction)}"]
        case _:
            return []


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _plain(seconds: float) -> str:
    """Without a needless ".0", and exact: a rounded duration would be another action."""
    return str(int(seconds)) if float(seconds).is_integer() else repr(float(seconds))
