"""What a run is about to do or waits for, in the form its checkpoint holds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Self

from cs_agent.engine.actions.stored import from_json, from_v1, to_json
from cs_agent.engine.actions.values import Action, Interact, digest, digest_v1
from cs_agent.engine.run.state import CheckpointError, Reason, RunState, StepSource, Verdict, VerdictKind

ACT = "act"
QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Pending:
    """`kind`: act (an intent) | action, finish, uncertain (a confirmation) | question."""

    kind: str
    action: Action
    thought: str = ""
    confidence: float | None = None
    irreversible: bool = False
    fingerprint: str = ""
    target: tuple[str, ...] = ()
    fields: tuple[tuple[str, str, str], ...] = ()  # (name, label, value as shown)
    verdict: Verdict | None = None
    evidence_before: bool = False  # the success evidence was on the screen before the act
    timings: dict[str, float] = field(default_factory=dict)  # seconds, of the part of the step before the pause
    tokens: dict[str, int] = field(default_factory=dict)
    source: StepSource = StepSource.MODEL
    route_step: int = -1  # of the run's way, where the route proposed it
    in_picture: bool = False  # the picture alone told the page, the control and what was confirmed
    target_there: bool = True  # the control still stood at the touch point when it was asked whether to do it again

    @property
    def digest(self) -> str:
        return digest(self.action)

    def is_bound_to(self, given: str) -> bool:
        """Whether an approval with that digest applies to this action; digests of the previous release are accepted."""
        return given in (self.digest, digest_v1(self.action))

    def evolve(self, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "action": to_json(self.action),
            "thought": self.thought,
            "confidence": self.confidence,
            "irreversible": self.irreversible,
            "fingerprint": self.fingerprint,
            "target": list(self.target),
            "fields": [list(item) for item in self.fields],
            "verdict": _verdict_json(self.verdict),
            "evidence_before": self.evidence_before,
            "in_picture": self.in_picture,
            "target_there": self.target_there,
            "source": str(self.source),
            "route_step": self.route_step,
            "timings": self.timings,
            "tokens": self.tokens,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Inverse of to_json, also for the previous release's format; CheckpointError for anything else."""
        try:
            return cls._read(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the action that the run waits with cannot be read: {error}") from error

    @classmethod
    def _read(cls, data: dict[str, Any]) -> Self:
        return cls(
            kind=data["kind"],
            action=_action_of(data),
            thought=data.get("thought", ""),
            confidence=data.get("confidence"),
            irreversible=data.get("irreversible", True),
            fingerprint=data.get("fingerprint", ""),
            target=tuple(data.get("target", ())),
            fields=tuple((name, label, value) for name, label, value in data.get("fields", ())),
            verdict=_verdict_of(data.get("verdict")),
            evidence_before=data.get("evidence_before", False),
            in_picture=data.get("in_picture", False),
            target_there=data.get("target_there", True),
            source=StepSource(data.get("source", StepSource.MODEL)),
            route_step=int(data.get("route_step", -1)),
            timings=data.get("timings", {}),
            tokens=data.get("tokens", {}),
        )


def pending_of(state: RunState) -> Pending | None:
    return Pending.from_json(state.pending) if state.pending else None


def _action_of(data: dict[str, Any]) -> Action:
    if "action" in data:
        return from_json(data["action"])
    text = data["action_text"]  # as the release before wrote it; a question held none
    found = from_v1(text) if text else Interact(data.get("thought", ""))
    if found is None:
        raise ValueError(text[:200])
    return found


def _verdict_json(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    reasons = [reason.to_json() for reason in verdict.reasons]
    return {
        "kind": str(verdict.kind),
        "reasons": reasons,
        "irreversible": verdict.irreversible,
        "vouched_by": verdict.vouched_by,
    }


def _verdict_of(data: dict[str, Any] | None) -> Verdict | None:
    if data is None:
        return None
    reasons = tuple(Reason.from_json(stored) for stored in data["reasons"])
    return Verdict(VerdictKind(data["kind"]), reasons, data["irreversible"], data.get("vouched_by", ""))
