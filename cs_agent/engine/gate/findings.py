"""The values the gate works on: the policy it applies, the scene it judges, a finding it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cs_agent.engine.confirm.fields import fields_in_view
from cs_agent.engine.gate.vouches import Vouches
from cs_agent.engine.run.flow import FieldKind, FlowRules
from cs_agent.engine.run.state import Reason, VerdictKind
from cs_agent.engine.screen.drawn.windows import Window
from cs_agent.engine.screen.page import Page
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import money
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.observation import Observation


class UnknownConfidence(StrEnum):
    """What a reply without a confidence means, as of a server without logprobs."""

    ALLOW = "allow"
    ASK_SENSITIVE = "ask_sensitive"  # a human is asked on pages of payment, deletion and the like
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What an installation decides; every default leans towards asking."""

    min_confidence: float = 0.85
    unknown_confidence: UnknownConfidence = UnknownConfidence.ALLOW  # the reason is noted either way
    over_limit: VerdictKind = VerdictKind.CONFIRM  # or DENY; the reason's code tells who must confirm
    permission: VerdictKind = VerdictKind.CONFIRM  # or TAKE_OVER, DENY
    companion_apps: tuple[str, ...] = ()  # apps that a flow's app may call up, besides the system's file pickers


@dataclass(frozen=True, slots=True)
class Finding:
    kind: VerdictKind
    reason: Reason
    irreversible: bool = False
    vouched_by: str = ""  # for an act that passes: what proved it harmless


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a rule may look at."""

    observation: Observation
    page: Page
    rules: FlowRules
    policy: GatePolicy
    vouches: Vouches = field(default_factory=Vouches)
    window: Window | None = None  # the dialog or sheet in front
    focus: str = ""
    typed: str = ""
    put_in: bool = False
    led: str = ""

    def declines(self, target: Target) -> bool:
        """Every text of it says no."""
        names = target.names or target.labels
        return bool(names) and all(sense(name).kind in (LabelKind.SAFE, LabelKind.REFUSE) for name in names)

    def amounts_at_stake(self, *, certain: bool) -> list[float]:
        """The flow's money fields as the screen shows them; for what certainly commits, every amount where there are
        none."""
        wanted = [each for each in self.rules.confirm_fields if each.kind is FieldKind.MONEY]
        found = [money(value.screen_value) for value in fields_in_view(self.observation, tuple(wanted))]
        return [amount for amount in found if amount is not None] or (list(self.page.amounts) if certain else [])
