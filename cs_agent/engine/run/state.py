"""The serialisable state of a run, and the records the engine leaves behind.

Rule: everything a run needs to go on in another process is in `RunState`; it holds only JSON-able values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from cs_agent.engine.actions.values import Action, digest, render
from cs_agent.geometry import Box

VERSION = 2  # of a checkpoint; version 1 held actions as rendered text


class CheckpointError(ValueError):
    """A checkpoint, or the action in it, cannot be read by this release."""


class Phase(StrEnum):
    """Where the step loop stands."""

    READY = "ready"  # to observe and decide
    ACTING = "acting"  # an intent is written, its outcome is not
    CONFIRMING = "confirming"  # a proposed action waits for a human
    ASKING = "asking"  # a question waits for a human
    TAKEN_OVER = "taken_over"  # a human drives or is asked to
    ENDED = "ended"


class VerdictKind(StrEnum):
    ALLOW = "allow"
    CONFIRM = "confirm"
    ASK = "ask"
    TAKE_OVER = "take_over"
    DENY = "deny"


class StepStatus(StrEnum):
    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"  # found between intent and outcome


class StepSource(StrEnum):
    """Who proposed a step."""

    MODEL = "model"
    ROUTE = "route"
    ENGINE = "engine"  # what stood in the way, or led nowhere


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer with its reasons."""

    kind: VerdictKind
    reasons: tuple[Reason, ...] = ()
    irreversible: bool = False
    vouched_by: str = ""  # what proved an act harmless that was let pass: kind:…, flow, route:…, editor:…

    @property
    def commits(self) -> bool:
        """Whether the act is known to be irreversible and confirmed with its fields; otherwise it is merely not proven
        harmless."""
        return self.irreversible and self.kind is not VerdictKind.ASK


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: a stable code and the values of its sentence, see `gate.reasons.told`.

    What an older release stored holds the sentence itself, as the values "zh" and "en".
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | Sequence[str]) -> Self:
        """Inverse of to_json; also reads older formats: {code, zh, en} in a row, [code, zh, en] in a checkpoint."""
        if not isinstance(data, Mapping):
            code, zh, en = data
            return cls(code, {"zh": zh, "en": en})
        values = data.get("values")
        return cls(data["code"], values if values is not None else {"zh": data["zh"], "en": data["en"]})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value that is about to be submitted, read from the screen and set beside the ticket's."""

    name: str  # the flow's name for it, e.g. refund
    label: str  # what the summary calls it, e.g. 退款
    screen_value: str
    ticket_value: str = ""
    differs: bool = False
    box: Box | None = None
    source: str = "ocr"  # ocr | tree | both | none (not found on the screen)
    note: str = ""  # why it differs or could not be read, for people


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One turn as it is written down. Pictures travel beside it (`before`, `after` are PIL images)."""

    number: int
    status: StepStatus
    thought: str = ""
    action: Action | None = None
    confidence: float | None = None
    verdict: Verdict | None = None
    outcome: str = ""
    app: str = ""
    timings: dict[str, float] = field(default_factory=dict)  # seconds: observe, model, gate, act, settle …
    tokens: dict[str, int] = field(default_factory=dict)
    touch: tuple[int, ...] = ()  # device pixels: x, y (tap) or x1, y1, x2, y2 (swipe)
    control: str = ""  # the name of what is touched, as far as it has one
    goal: str = ""  # the sub-goal it serves, `2/4 …`; empty where the task was not cut into any
    raw: str = ""  # the reply where it could not be read
    source: StepSource = StepSource.MODEL
    route_mark: dict[str, Any] | None = None  # the step as a route would remember it; see cs_agent.engine.routes
    before: Any = field(default=None, compare=False, repr=False)
    after: Any = field(default=None, compare=False, repr=False)

    @property
    def action_text(self) -> str:
        """The action in the documented form, or the raw reply if it could not be parsed."""
        return render(self.action) if self.action else self.raw

    @property
    def action_name(self) -> str:
        return self.action.name if self.action else ""


class ConfirmationKind(StrEnum):
    ACTION = "action"
    FINISH = "finish"  # the model says it is done and no evidence can tell
    UNCERTAIN = "uncertain"  # an irreversible act of unknown outcome; a yes means: do it again


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """One proposed action put to a human; bound to `action_digest` and `fingerprint`."""

    summary: str
    action: Action
    fingerprint: str
    fields: tuple[FieldValue, ...]
    reasons: tuple[Reason, ...]
    screenshot: Any = field(compare=False, repr=False)  # PIL image the fields were read from
    target: Box | None = None
    control: str = ""  # the name of what is touched, as far as it has one
    near: str = ""  # the text beside what is touched, where it has no name
    kind: ConfirmationKind = ConfirmationKind.ACTION
    changes: tuple[str, ...] = ()  # why an earlier yes was void: what changed since it was given
    irreversible: bool = True
    commits: bool = True  # known to be what cannot be undone; else it is only not proven harmless
    place: dict[str, Any] | None = None  # signatures of page and control, as JSON, where they can be told again

    @property
    def action_text(self) -> str:
        return render(self.action)

    @property
    def action_digest(self) -> str:
        return digest(self.action)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can say."""

    text: str
    choices: tuple[str, ...] = ()
    screenshot: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TakeoverRequest:
    reason: str
    code: str = "model"  # model | stuck | secure_screen | denied | unreadable | no_evidence | password …
    screenshot: Any = field(default=None, compare=False, repr=False)


class EndStatus(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"  # a human said no and asked for the end


@dataclass(frozen=True, slots=True)
class Ended:
    status: EndStatus
    message: str
    evidence: tuple[str, ...] = ()


Pause = ConfirmationRequest | Question | TakeoverRequest | Ended


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of one turn: the new state, and the reason for a pause (None: the run goes on)."""

    state: RunState
    step: StepRecord
    pause: Pause | None = None


# Counter: acts that cannot be undone, and takeovers in which a person may have done one.
IRREVERSIBLE_ACTS = "irreversible_acts"
_RENAMED = {"deeds": IRREVERSIBLE_ACTS, "rung": "recovery_level"}  # counters of version 1


class Unproven(StrEnum):
    """Whether an irreversible act was done whose effect no screen has shown yet, and by whom.

    While it is the agent's, nothing is repeated, closed or retried without a human: an error page does not tell whether
    the act took effect.
    """

    NOTHING = ""
    PERSON = "person"  # a person drove the phone, or said that the act is not to be repeated
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class RunState:
    """See module docstring. `history` is the conversation without pictures."""

    instruction: str
    lang: str = "zh"
    phase: Phase = Phase.READY
    step_no: int = 0
    history: tuple[tuple[str, str], ...] = ()  # (role, text)
    notes: tuple[str, ...] = ()
    pending: dict[str, Any] | None = None  # the proposed or intended action, its digest and fingerprint
    approved: str = ""  # digest of the action a human said yes to, until used
    counters: dict[str, int] = field(default_factory=dict)  # unreadable replies, challenges, recoveries …
    trail: tuple[str, ...] = ()  # recent (screen hash, action) marks for loop detection
    message: str = ""  # the model's final word
    corrections: dict[str, str] = field(default_factory=dict)  # field name -> value a human asked for
    focus: str = ""  # the label that was touched last: where typing probably goes
    seen: dict[str, str] = field(default_factory=dict)  # caption -> value met on the way (e.g. the paid amount)
    goals: tuple[str, ...] = ()  # the sub-goals that a model cut the task into
    goal: int = 0  # the one it works on, from 1
    unproven: Unproven = Unproven.NOTHING
    route: dict[str, Any] = field(default_factory=dict)  # where it stands on its way: routes.propose.Position
    evidence_before: bool = False  # the success evidence stood on the screen before that act: it proves nothing
    typed: str = ""  # what was typed last, while nothing else was touched
    put_in: str = ""  # the page (app and title) into which something was put: typed, chosen, attached
    led: str = ""  # the control with a word of doing or handing over that led on from a page, until that is left

    def evolve(self, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "version": VERSION}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Inverse of to_json, and of what the release before wrote; CheckpointError for anything else."""
        if data.get("version") not in (1, VERSION):
            raise CheckpointError(f"checkpoint version {data.get('version')!r} is not known to this release")
        try:
            kept = {key: value for key, value in data.items() if key != "version"}
            kept["phase"] = Phase(kept["phase"])
            kept["history"] = tuple((role, text) for role, text in kept["history"])
            kept["notes"] = tuple(kept["notes"])
            kept["trail"] = tuple(kept["trail"])
            kept["goals"] = tuple(kept.get("goals", ()))
            kept["counters"] = {_RENAMED.get(key, key): value for key, value in kept["counters"].items()}
            kept["unproven"] = Unproven(kept.get("unproven", ""))
            return cls(**kept)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the checkpoint cannot be read: {error}") from error
