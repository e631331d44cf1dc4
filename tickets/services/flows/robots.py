"""The interface to a robot (RPA) that takes over after a failed run.

A robot is a class named in `CS_AGENT_ROBOTS` as `name=package.module.Class`, instantiated without arguments. Rule: it
gets only read-only flows, so that no robot does what a person would have to confirm; `key` is the same whenever the
same job is handed over, so that the robot can do it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class RobotError(Exception):
    """The robot rejects the job or cannot be reached; the message is shown to a person."""


@dataclass(frozen=True, slots=True)
class RobotJob:
    """`values`: the slots of the run that failed, as the ticket or a person gave them."""

    key: str
    flow: str
    ticket: str
    values: Mapping[str, str]


class RobotState(StrEnum):
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RobotOutcome:
    state: RobotState
    words: str = ""


class Robot(Protocol):
    def hand_over(self, job: RobotJob) -> str:
        """Start the job; returns the robot's own reference, at most 200 characters. RobotError if it is rejected."""
        ...

    def outcome(self, reference: str) -> RobotOutcome:
        """The job's state. RobotError if it is unknown now; it is asked again later."""
        ...


def names() -> tuple[str, ...]:
    return tuple(settings.CS_AGENT["CS_AGENT_ROBOTS"])


def named(name: str) -> Robot:
    """RobotError where no robot of that name is set up, or its class cannot be loaded."""
    path = settings.CS_AGENT["CS_AGENT_ROBOTS"].get(name)
    if path is None:
        raise RobotError(f"no robot {name}")
    try:
        return _made(path)
    except (ImportError, TypeError) as error:
        raise RobotError(f"{path}: {error}") from error


@cache
def _made(path: str) -> Robot:
    made: Robot = import_string(path)()
    return made
