"""What the command line of the virtual phones decides, as a value.

Rule: whoever starts phones gets everything from here; nothing reads the environment or the arguments again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ScreenKind(StrEnum):
    BROWSER = "browser"
    FAKE = "fake"


class StartFailed(Exception):
    """The phones cannot be started; the message says what a person can do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides."""

    port: int = 5600
    count: int = 1
    width: int = 1080
    height: int = 2400
    density: int = 420
    host: str = "127.0.0.1"
    backoffice_port: int = 8700
    latency_ms: tuple[int, int] | None = None  # lowest and highest; None for the back office's own
    time_zone: str = ""  # IANA name; empty: the machine's own
    chaos: str = ""
    screen: ScreenKind = ScreenKind.BROWSER
    verbose: bool = False
