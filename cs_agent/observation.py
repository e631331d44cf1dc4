"""What was seen on a phone at one moment: value types shared by all packages that process a screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from cs_agent.geometry import Box, Size


class AppKind(StrEnum):
    """The role of an app, set by the driver because platforms name apps differently."""

    APP = "app"
    HOME = "home"  # the home screen
    PERMISSION = "permission"  # the system's dialog that asks whether an app may do something
    FILES = "files"  # the system's own picker of files and pictures


class Role(StrEnum):
    """The platform-independent role of a tree node, set by the driver."""

    BUTTON = "button"
    CHECK_BOX = "check_box"
    RADIO = "radio"
    SWITCH = "switch"  # takes effect at once
    SLIDER = "slider"
    EDIT = "edit"
    SEARCH = "search"  # a field for searching
    PICKER = "picker"  # a drop-down list, or a wheel of dates or numbers
    LIST = "list"
    TAB = "tab"
    PAGER = "pager"  # pages side by side, of which one shows
    IMAGE = "image"
    TEXT = "text"
    WEB = "web"  # a page within an app
    OTHER = "other"


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture in RGB; the same object if it is RGB already, to avoid copying."""
    return image if image.mode == "RGB" else image.convert("RGB")


@dataclass(frozen=True, slots=True)
class Screenshot:
    """One captured screen. `image` is RGB, in device pixels, upright as the person holding the phone sees it."""

    image: Image.Image
    captured_at: float  # seconds since the epoch
    sequence: int = 0  # counts up per phone; equal pictures may keep their number

    @property
    def size(self) -> Size:
        return Size(*self.image.size)


@dataclass(frozen=True, slots=True)
class ForegroundApp:
    """The app that has the focus; empty strings while the window is changing."""

    package: str
    activity: str = ""
    kind: AppKind = AppKind.APP

    @property
    def known(self) -> bool:
        return bool(self.package)

    @property
    def asks_permission(self) -> bool:
        return self.kind is AppKind.PERMISSION


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text as OCR read it; score 0-1."""

    text: str
    box: Box
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class UiNode:
    """One visible node of the accessibility tree; `package` and `app_kind` are those of the window it belongs to."""

    text: str
    box: Box
    description: str = ""
    resource_id: str = ""
    role: Role = Role.OTHER
    package: str = ""
    app_kind: AppKind = AppKind.APP
    clickable: bool = False
    checkable: bool = False
    checked: bool = False
    password: bool = False
    enabled: bool = True
    focused: bool = False
    scrollable: bool = False
    parent: int = -1  # index of the parent in the same tuple; -1 for a root

    @property
    def editable(self) -> bool:
        return self.role in (Role.EDIT, Role.SEARCH)

    @property
    def label(self) -> str:
        return self.text or self.description


@dataclass(frozen=True, slots=True)
class Observation:
    """The screenshot with what could be read from it. `nodes` is None where the phone gives no tree."""

    screenshot: Screenshot
    app: ForegroundApp
    lines: tuple[TextLine, ...] = ()
    nodes: tuple[UiNode, ...] | None = None
    nodes_at: float | None = None  # when the tree was requested, by the picture's clock; None if unknown
    settled: bool = True
    waited_s: float = 0.0  # how long the screen took to settle

    @property
    def size(self) -> Size:
        return self.screenshot.size

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text on the screen, tree first, then OCR."""
        tree = tuple(node.label for node in self.nodes or () if node.label)
        return tree + tuple(line.text for line in self.lines)
