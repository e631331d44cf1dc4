"""The seam for a robot (RPA) that takes over where a run of a flow failed.

A robot is a class named in `CS_AGENT_ROBOTS` as `name=package.module.Class`; it is made without arguments. Rule: it is
given flows that only read, so that no robot does what a person would have to say yes to, and each job once: `key` is
the same whenever the same job is handed over.
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
    """The robot does not take the job, or cannot be asked; the words are shown to a person."""


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
        """The robot's own name of the job, at most 200 characters. RobotError where it does not take it."""
        ...

    def outcome(self, reference: str) -> RobotOutcome:
        """How the job stands. RobotError where that cannot be told now; it is asked again later."""
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
