"""Builds the engine of a run from the installation's settings and the run's flow version."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from django.conf import settings

from cs_agent.engine.gate.decide import UnknownConfidence
from cs_agent.engine.model.families import FamilyModel, PlanningAndGrounding
from cs_agent.engine.model.families.two import ModelGrounder
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Journal, Model, Phone, SettleFactory, TextReader, ToolUser
from cs_agent.engine.run.state import RunState
from cs_agent.engine.turn import loop
from cs_agent.vision.reader import IncrementalReader, RapidOcrReader
from cs_agent.vision.settle import SettleDetector
from tickets.models import Run
from tickets.runner.pictures import redactors
from tickets.runner.pictures.redacting_model import RedactingModel
from tickets.runner.pictures.redactors import Redactor
from tickets.services import language_models
from tickets.services.flows.routes import plans
from tickets.services.flows.vouches import vouches_of
from tickets.services.language_models import Speaker


def new_state(run: Run) -> RunState:
    return loop.start(run.instruction, run.lang)


def build_engine(run: Run, phone: Phone, journal: Journal, *, settle: SettleFactory = SettleDetector) -> loop.Engine:
    model, prompt = model_of_run(run, journal.check)
    return loop.Engine(
        phone=phone,
        model=model,
        reader=_reader_of(run.pk),
        journal=journal,
        rules=rules(run),
        settle=settle,
        policy=gate_policy(),
        settings=engine_settings(settings.CS_AGENT["CS_AGENT_MAX_STEPS"]),
        prompt=prompt,
        route=plans.plan_of(run),
        vouches=lambda: vouches_of(run.flow_version),
    )


def rules(run: Run) -> FlowRules:
    values = {slot.name: slot.value for slot in run.slots.all()}
    return FlowRules.from_json(run.flow_version.definition.get("engine", {}), values)


def model_of_run(run: Run, check: Callable[[], None]) -> tuple[Model, Prompt]:
    """The model chosen for the run's flow or the installation, and its prompt.

    An external model gets redacted pictures and texts; `check` is called while waiting for a reply.
    """
    redactor = redactors.of_run(run.pk)
    speaker, grounder = language_models.of_flow(run.flow_version.template_id)
    return model_and_prompt(speaker, grounder, run.lang, redactor, check)


def model_and_prompt(
    speaker: Speaker,
    grounder: Speaker | None,
    lang: str,
    redactor: Redactor,
    check: Callable[[], None] = lambda: None,
) -> tuple[Model, Prompt]:
    """(one model, or a planner combined with a grounding model; the prompt of the first)."""
    prompt = speaker.family.prompt(lang, speaker.overrides)
    if grounder is None:
        return _private(FamilyModel(speaker.client(check), speaker.family), speaker, redactor), prompt
    places = FamilyModel(grounder.client(check), grounder.family)
    finder = ModelGrounder(_private(places, grounder, redactor), grounder.family.prompt(lang, grounder.overrides))
    planner = cast(ToolUser, _private(cast(Model, speaker.client(check)), speaker, redactor))
    return PlanningAndGrounding(planner, finder), prompt


def _private(model: Model, speaker: Speaker, redactor: Redactor) -> Model:
    return model if speaker.local else RedactingModel(model, redactor)


def engine_settings(max_steps: int) -> loop.EngineSettings:
    return loop.EngineSettings(max_steps=max_steps, token_budget=settings.CS_AGENT["CS_AGENT_MODEL_TOKEN_BUDGET"])


def gate_policy() -> loop.GatePolicy:
    values: dict[str, Any] = settings.CS_AGENT
    return loop.GatePolicy(
        min_confidence=values["CS_AGENT_MIN_CONFIDENCE"],
        unknown_confidence=UnknownConfidence(values["CS_AGENT_UNKNOWN_CONFIDENCE"]),
    )


@lru_cache(maxsize=8)
def _reader_of(run_id: uuid.UUID) -> TextReader:
    """The run's text reader in this process, kept so that a confirmed page need not be read again after a pause."""
    return text_reader()


def warm_up() -> None:
    """Load the OCR models, so that the first run does not wait for them. Takes one to two seconds."""
    _reader().warm_up()
    redactors.warm_up()


def text_reader() -> TextReader:
    """A text reader for one phone, which reuses results for unchanged regions."""
    return IncrementalReader(_reader())


@lru_cache(maxsize=1)
def _reader() -> RapidOcrReader:
    return RapidOcrReader()
