"""What the engine needs of the world, as small protocols.

`cs_agent.phone`, `cs_agent.vision` and `cs_agent.recording` provide them; `cs_agent.testing` ships
implementations for cases a real part cannot produce. All points are device pixels unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cs_agent.engine.actions.values import Coordinates
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Screenshot, TextLine, UiNode
from cs_agent.trouble import Trouble

if TYPE_CHECKING:
    from PIL import Image

    from cs_agent.engine.actions.parse import Parsed
    from cs_agent.engine.actions.parse_errors import ParseError
    from cs_agent.engine.run.state import RunState, StepRecord


class Key(StrEnum):
    """Keys of the phone itself; the driver knows what its platform calls them."""

    BACK = "back"
    HOME = "home"
    RECENT = "recent"
    ENTER = "enter"


class PhoneError(Trouble):
    """A phone could not do or show what was asked.

    `code` names what only a human can get past: "secure_screen" makes the engine ask for a takeover. `passes`: the
    screen is black, as it is for a moment while an app starts.
    """

    code = ""
    passes = False


class Phone(Protocol):
    """One phone. Points and boxes are device pixels of the screen in its current rotation, times are seconds.

    Every method raises a PhoneError (tree in cs_agent.phone.errors) where it cannot do or show what was asked: a black
    or incomplete picture is an error and never a return value.
    """

    def size(self) -> Size:
        """Width and height of the screen in its current rotation, in device pixels."""

    def screenshot(self) -> Screenshot:
        """A whole RGB picture of the screen, begun after this call."""

    def foreground(self) -> ForegroundApp:
        """The app in front, by the identifier of its platform."""

    def nodes(self) -> tuple[UiNode, ...] | None:
        """The accessibility tree, visible nodes in document order; None where the phone gives none."""

    def tap(self, point: Point) -> None: ...

    def double_tap(self, point: Point) -> None: ...

    def long_press(self, point: Point, seconds: float = 1.0) -> None: ...

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None: ...

    def type_text(self, text: str) -> None:
        """Replace the focused field's text; any Unicode."""

    def press(self, key: Key) -> None: ...

    def launch(self, app: str) -> None:
        """Start an app by the name people use for it, its identifier, or its label on the phone."""


@runtime_checkable
class DatesTrees(Protocol):
    """A phone that reports the age of its accessibility trees; for other phones it is unknown.

    `tree_at`: when the newest tree returned by `nodes` was requested, on the clock of `Screenshot.captured_at`; None if
    unknown or before the first.
    """

    @property
    def tree_at(self) -> float | None: ...


@runtime_checkable
class TimesTrees(Protocol):
    """A phone that remembers how long it took to give its newest accessibility tree, also from earlier runs.

    `tree_s`: seconds; None before the first.
    """

    @property
    def tree_s(self) -> float | None: ...


@runtime_checkable
class ExpectsTree(Protocol):
    """A phone that can read its accessibility tree beside what else is asked of it."""

    def expect_tree(self) -> None:
        """Begin now, without waiting for it. The next `nodes` gives that tree if the screen has not changed since, else
        a new one."""


@runtime_checkable
class TypesUnread(Protocol):
    """A phone that can type without asking for its accessibility tree."""

    def type_unread(self, text: str) -> None:
        """As `type_text`, without reading the field back: whoever calls it looks whether the text has arrived. An error
        if no field has the focus."""


@runtime_checkable
class FollowsScreen(Protocol):
    """A phone that captures its screen continuously."""

    def next_picture(self) -> Screenshot:
        """The next picture whose capture began after the newest gesture; it may be under way already, while
        `screenshot` always begins a new one. Raises PhoneError."""


@runtime_checkable
class BeginsPictures(Protocol):
    """A phone that captures its screen continuously, and says when a picture is under way."""

    def begin_picture(self) -> None:
        """Returns once a capture has begun after the newest gesture, or after a moment without one."""


@runtime_checkable
class PairsTrees(Protocol):
    """A phone whose pictures are read by others too, for whom a tree makes that cheaper."""

    def pair(self, shot: Screenshot, nodes: tuple[UiNode, ...]) -> None:
        """Told that the tree and the picture show the same screen."""


@runtime_checkable
class ExpectsText(Protocol):
    """A phone that needs preparation before the first text, such as switching the keyboard."""

    def expect_text(self) -> None:
        """Begin the preparation without waiting for it. A failure is reported when the text is typed."""


class SettleDetector(Protocol):
    """Decides when a screen has settled; one instance per wait. Carets, clocks and spinners are ignored."""

    def add(self, screenshot: Screenshot) -> bool:
        """Take the next picture of the series; True once the screen has settled."""


class SettleFactory(Protocol):
    """Makes the detector of one wait; `before` is the screen before the act, None without an act."""

    def __call__(self, *, before: Image.Image | None = None) -> SettleDetector: ...


class TextReader(Protocol):
    """Reads text from pictures (OCR)."""

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        """Lines top to bottom, boxes in the coordinates of `image` even when only `region` is read.

        `thorough` reads at full size: slower, but complete (used for confirmations).
        """


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call in a reply; `arguments` is the model's JSON text, unchecked."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. `token_probabilities` pairs each token's text with the probability it was given."""

    text: str
    reasoning: str = ""  # where a server returns it in a field of its own
    token_probabilities: tuple[tuple[str, float], ...] | None = None
    first_token_s: float = 0.0
    total_s: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    coordinates: Coordinates = Coordinates.NORMALIZED  # what the numbers of its points mean
    image_size: Size | None = None  # of the picture as it was sent, after scaling
    tool_calls: tuple[ToolCall, ...] = ()
    parsed: Parsed | None = None  # where the model's family has read the answer already
    unread: ParseError | None = None  # the same, and it could not
    confidence: float | None = None  # of `parsed`; None for unknown
    plan: tuple[str, ...] = ()  # the sub-goals, where the model gave or changed them
    goal: int = 0  # number of the sub-goal that the action serves, from 1; 0 where the model says nothing


class ModelError(Trouble):
    """The model could not be asked."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; at most the last user message carries a picture."""

    role: str  # system | user | assistant
    text: str
    image: Image.Image | None = field(default=None, compare=False)


class Model(Protocol):
    """A vision-language model."""

    name: str

    def reply(self, messages: list[Message]) -> Reply:
        """Raises ModelError."""


class ToolUser(Protocol):
    """A model that may call tools instead of writing."""

    name: str

    def reply(self, messages: list[Message], tools: list[dict[str, Any]] | None = None) -> Reply:
        """Raises ModelError."""


class Journal(Protocol):
    """Stores a run durably, before and after every act."""

    def save(self, state: RunState, step: StepRecord) -> None:
        """Checkpoint the state with this step's record: called with the intent before the act and with the
        outcome after it. When this raises, the engine does not act."""

    def check(self) -> None:
        """Raise Interrupted if the run was stopped, taken over, or is no longer this worker's."""


class Interrupted(Exception):
    """The run must not go on here: stopped, taken over, lease lost or time slice over."""
