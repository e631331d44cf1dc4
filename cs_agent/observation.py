"""What was seen on a phone at one moment: values only, shared by all packages that look at a screen."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from cs_agent.geometry import Box, Size

_PERMISSION_PACKAGES = ("permissioncontroller", "packageinstaller", "com.lbe.security", "securitypermission")


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture in RGB; the very same where it is, as converting would copy eight megabytes of a screen."""
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

    @property
    def known(self) -> bool:
        return bool(self.package)

    @property
    def asks_permission(self) -> bool:
        """The system's own dialog that asks whether an app may do something."""
        return any(word in self.package for word in _PERMISSION_PACKAGES)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text as OCR read it; score 0-1."""

    text: str
    box: Box
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class UiNode:
    """One visible node of the accessibility tree (uiautomator names)."""

    text: str
    box: Box
    description: str = ""
    resource_id: str = ""
    class_name: str = ""
    package: str = ""
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
        return self.class_name.endswith("EditText")

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
