"""The agent loop as a library: what is needed to drive a phone with a model and to stop for a human.

    engine = Engine(phone=…, model=…, reader=…, journal=…, rules=FlowRules(), settle=…, prompt=load_prompt("zh"))
    state = start("在售后系统中查找订单 202405218876")
    while (turn := engine.turn(state)).pause is None:
        state = turn.state

A `turn.pause` is a ConfirmationRequest, a Question, a TakeoverRequest or Ended; `human` holds what people do to a run:
`human.approve(turn.state, request.action_digest)`. Phone, Model, TextReader, Journal and SettleFactory are protocols;
`cs_agent.testing` has one of each for tests. Everything else below this package may change with any release.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cs_agent.engine.actions.parse import parse_reply
    from cs_agent.engine.actions.parse_errors import ParseError
    from cs_agent.engine.actions.values import Action, digest, render
    from cs_agent.engine.gate.decide import GatePolicy
    from cs_agent.engine.routes.values import Route, RoutePlan
    from cs_agent.engine.run import human
    from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
    from cs_agent.engine.run.phases import IllegalTransition
    from cs_agent.engine.run.prompts import Prompt, load_prompt
    from cs_agent.engine.run.protocols import (
        Interrupted,
        Journal,
        Key,
        Message,
        Model,
        ModelError,
        Phone,
        PhoneError,
        Reply,
        SettleDetector,
        SettleFactory,
        TextReader,
    )
    from cs_agent.engine.run.settings import EngineSettings
    from cs_agent.engine.run.state import (
        CheckpointError,
        ConfirmationKind,
        ConfirmationRequest,
        Ended,
        EndStatus,
        FieldValue,
        Pause,
        Phase,
        Question,
        Reason,
        RunState,
        StepRecord,
        StepSource,
        StepStatus,
        TakeoverRequest,
        Turn,
        Verdict,
        VerdictKind,
    )
    from cs_agent.engine.turn.loop import Engine, start

_ROOMS = {
    "actions.parse": ("parse_reply",),
    "actions.parse_errors": ("ParseError",),
    "actions.values": ("Action", "digest", "render"),
    "gate.decide": ("GatePolicy",),
    "routes.values": ("Route", "RoutePlan"),
    "run.flow": ("ConfirmField", "FieldKind", "FlowRules"),
    "run.phases": ("IllegalTransition",),
    "run.prompts": ("Prompt", "load_prompt"),
    "run.protocols": (
        "Interrupted",
        "Journal",
        "Key",
        "Message",
        "Model",
        "ModelError",
        "Phone",
        "PhoneError",
        "Reply",
        "SettleDetector",
        "SettleFactory",
        "TextReader",
    ),
    "run.settings": ("EngineSettings",),
    "run.state": (
        "CheckpointError",
        "ConfirmationKind",
        "ConfirmationRequest",
        "Ended",
        "EndStatus",
        "FieldValue",
        "Pause",
        "Phase",
        "Question",
        "Reason",
        "RunState",
        "StepRecord",
        "StepSource",
        "StepStatus",
        "TakeoverRequest",
        "Turn",
        "Verdict",
        "VerdictKind",
    ),
    "turn.loop": ("Engine", "start"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = ["human", *_ROOM_OF]


def __getattr__(name: str) -> Any:
    """Import a name on first use: code that only parses replies does not load the OCR and vision packages."""
    if name == "human":
        return import_module("cs_agent.engine.run.human")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
