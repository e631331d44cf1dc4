"""What a driver is: one target behind the calls that a run, a takeover and the upkeep make.

Rule: the engine asks for `Phone` (its own protocol: look, touch, type, press, launch); whoever leases a phone asks for
`Driver`, which adds power, keyboard, apps and files. Coordinates are device pixels, keys are `Key`, apps are named by
the platform's own identifiers, the roles of nodes are `Role`. A driver raises nothing but the errors of
`cs_agent.phone.errors`, each within a bounded time, and is safe to share between threads.
tests/phone/driver_contract.py holds every driver to it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from cs_agent.engine.run.protocols import Phone


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """An entry of a folder on the phone; `modified` in seconds since the epoch."""

    name: str
    size: int
    modified: int
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """What a phone reports about itself; None where it reports nothing. `temperature_c`: of the battery, in °C."""

    model: str
    android: str  # the release of its system, whatever the platform calls it
    battery_percent: int | None
    temperature_c: float | None
    charging: bool
    awake: bool | None
    locked: bool | None


@dataclass(frozen=True, slots=True)
class Pace:
    """What was measured of a phone; None for what was not yet. `capture`: the faster way of taking its screenshots, by
    the driver's own name; `tree_s`: how long its newest tree took."""

    capture: str | None = None
    tree_s: float | None = None


@runtime_checkable
class KeepsPace(Protocol):
    """A driver that need not measure again what is known of its phone."""

    @property
    def pace(self) -> Pace: ...

    def recall(self, pace: Pace) -> None:
        """Go by what was measured before, until it turns out otherwise."""


class Driver(Phone, Protocol):
    """One phone, for as long as this process works with it."""

    @property
    def serial(self) -> str:
        """What it is registered under."""

    def wake(self) -> None:
        """Screen on, lock screen away. PhoneLocked where a credential is asked for."""

    def health(self) -> Health: ...

    def clock(self) -> float | None:
        """Seconds since the epoch by the phone's own clock; None where it does not say."""

    def typing_session(self) -> AbstractContextManager[None]:
        """For the length of a lease: what typing needs is set up once, and undone at the end."""

    def restore_keyboard(self) -> str:
        """Undo what a process that died could not; the identifier of the keyboard in use."""

    def home_and_restore(self) -> None:
        """Bring the home screen to the front and make the phone's own keyboard the current one."""

    def stop_app(self, package: str) -> None:
        """End the app's processes, so that its next start begins at its first page; no error where none runs."""

    def push_media(self, local: Path, name: str) -> str:
        """Put a picture or video where the phone's pickers find it, under `file_names.safe_name(name)`; its path
        there. Safe to repeat."""

    def remove_media(self, name: str) -> str:
        """Delete what `push_media` put there under that name; its path. One that is not there is no error."""

    def pull(self, remote: str, local: Path) -> Path:
        """FileMissing for a path that leads nowhere; on failure nothing is left behind at `local`."""

    def remove(self, remote: str) -> None:
        """Delete a file; one that is gone already is no error."""

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]:
        """The folder's entries by name; FileMissing where there is no such folder."""
