"""Builds the engine of a run from the installation's settings and the run's flow version."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings

from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.gate.decide import UnknownConfidence
from cs_agent.engine.model.client import ModelSettings, OpenAIModel
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.prompts import Prompt, load_prompt
from cs_agent.engine.run.protocols import Journal, Model, Phone, SettleFactory, TextReader
from cs_agent.engine.run.state import RunState
from cs_agent.engine.turn import loop
from cs_agent.vision.reader import IncrementalReader, RapidOcrReader
from cs_agent.vision.settle import SettleDetector
from tickets.models import Run
from tickets.runner.pictures import redactors
from tickets.runner.pictures.redactors import RedactingModel
from tickets.services.flows import routes


def new_state(run: Run) -> RunState:
    return loop.start(run.instruction, run.lang)


def build_engine(run: Run, phone: Phone, journal: Journal, *, settle: SettleFactory = SettleDetector) -> loop.Engine:
    return loop.Engine(
        phone=phone,
        model=private_model(run, journal.check),
        reader=_reader_of(run.pk),
        journal=journal,
        rules=rules(run),
        settle=settle,
        policy=gate_policy(),
        settings=engine_settings(settings.CS_AGENT["CS_AGENT_MAX_STEPS"]),
        prompt=prompt(run.lang),
        route=routes.plan_of(run),
    )


def rules(run: Run) -> FlowRules:
    values = {slot.name: slot.value for slot in run.slots.all()}
    return FlowRules.from_json(run.flow_version.definition.get("engine", {}), values)


def private_model(run: Run, check: Callable[[], None]) -> Model:
    """The installation's model; one that runs elsewhere never sees what the policy hides from it."""
    asked = model(check)
    return asked if settings.CS_AGENT["CS_AGENT_MODEL_LOCAL"] else RedactingModel(asked, redactors.of_run(run.pk))


def model(check: Callable[[], None] = lambda: None) -> OpenAIModel:
    """The installation's model; `check` is called while a reply is waited for and may raise to end the wait."""
    return OpenAIModel(
        settings.MODEL_BASE_URL,
        settings.CS_AGENT["CS_AGENT_MODEL_API_KEY"],
        settings.CS_AGENT["CS_AGENT_MODEL_NAME"],
        model_settings(),
        check=check,
    )


def model_settings() -> ModelSettings:
    values: dict[str, Any] = settings.CS_AGENT
    return ModelSettings(
        first_token_timeout_s=values["CS_AGENT_MODEL_TIMEOUT_S"],
        coordinates=Coordinates(values["CS_AGENT_MODEL_COORDINATES"]),
        max_pixels=values["CS_AGENT_MODEL_MAX_PIXELS"],
        direct=values["CS_AGENT_MODEL_LOCAL"],
    )


def engine_settings(max_steps: int) -> loop.EngineSettings:
    return loop.EngineSettings(max_steps=max_steps, token_budget=settings.CS_AGENT["CS_AGENT_MODEL_TOKEN_BUDGET"])


def gate_policy() -> loop.GatePolicy:
    values: dict[str, Any] = settings.CS_AGENT
    return loop.GatePolicy(
        min_confidence=values["CS_AGENT_MIN_CONFIDENCE"],
        unknown_confidence=UnknownConfidence(values["CS_AGENT_UNKNOWN_CONFIDENCE"]),
    )


def prompt(lang: str) -> Prompt:
    values = settings.CS_AGENT
    coordinates = Coordinates(values["CS_AGENT_MODEL_COORDINATES"])
    return load_prompt(lang, values["CS_AGENT_PROMPT_FILE"] or None, coordinates=coordinates)


@lru_cache(maxsize=8)
def _reader_of(run_id: uuid.UUID) -> TextReader:
    """The run's reader in this process: after a pause the page that was confirmed need not be read again."""
    return text_reader()


def warm_up() -> None:
    """Load the models that read screens, so that the first run does not wait for them. Takes a second or two."""
    _reader().warm_up()
    redactors.warm_up()


def text_reader() -> TextReader:
    """A reader for one phone's screens: it reuses what has not changed since its last picture."""
    return IncrementalReader(_reader())


@lru_cache(maxsize=1)
def _reader() -> RapidOcrReader:
    return RapidOcrReader()
