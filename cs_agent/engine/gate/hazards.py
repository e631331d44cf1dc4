"""Pages that act without being touched, and screens that suspect automation: both are put to a human at once.

Pure. Rule: by what stands on the page as a whole; a count that only ends an advertisement or lets a code be asked for
again is no hazard.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from cs_agent.engine.screen import page as screen_page
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import goes_on
from cs_agent.engine.screen.words import WEIGHTY, sense
from cs_agent.observation import Observation

_COUNTED = re.compile(r"^(.*?\w)[\s(（\[]*\d{1,2} ?(?:s|秒|sec)[)）\]]?$", re.IGNORECASE)
_NOT_YET = re.compile(r"验证码|重[新发]|再次|阅读|知晓|跳过|\b(?:resend|again|skip|read|code)\b")
_LONE = re.compile(r"^[1-5]?\d ?(?:s|秒)?$")
_LABEL = 24  # characters
_LITTLE = 6  # texts


class Hazard(StrEnum):
    RISK_CONTROL = "risk_control"  # the app wants a person, or suspects one is missing: stop, hand over, never retry
    ACTS_BY_ITSELF = "acts_by_itself"  # the page counts down to doing something


@dataclass(frozen=True, slots=True)
class Warned:
    hazard: Hazard
    text: str  # what the page says


def find_hazard(observation: Observation) -> Warned | None:
    """The weightiest; None for a page that waits for its user."""
    texts = [(text, fold(text)) for text in dict.fromkeys((*observation.texts, *_rows(observation)))]
    for hazard in Hazard:
        said = next((text for text, folded in texts if _says(hazard, folded)), None)
        if said is not None:
            return Warned(hazard, said)
    counted = _action_that_is_counted(observation) or _counts_on(observation)
    return Warned(Hazard.ACTS_BY_ITSELF, counted) if counted else None


def acts_when_left(observation: Observation) -> str:
    """What the page says that going back from it does, besides that entries are lost or kept; empty for nothing."""
    words = _words()
    texts = dict.fromkeys((*observation.texts, *_rows(observation)))
    said = (text for text in texts if words["acts_when_left"].search(fold(text)))
    return next((text for text in said if not words["not_acts_when_left"].search(fold(text))), "")


def _action_that_is_counted(observation: Observation) -> str:
    """The name of a control that can be pressed and counts down to what it does: 确认支付(5s). One that cannot be
    pressed yet is only waited for."""
    nodes = observation.nodes
    named = observation.texts if nodes is None else [node.label for node in nodes if node.enabled]
    return next((label for label in named if len(label) < _LABEL and _is_counted(label)), "")


def _is_counted(label: str) -> bool:
    found = _COUNTED.match(label)
    return found is not None and sense(found[1], button=True).kind in WEIGHTY and not _NOT_YET.search(fold(label))


def _counts_on(observation: Observation) -> str:
    """A page with little on it but a lone number and that something goes on: 5, Calling 112."""
    texts = [text.strip() for text in dict.fromkeys(observation.texts) if text.strip()]
    if len(texts) > _LITTLE or not any(_LONE.match(text) for text in texts):
        return ""
    return next((text for text in texts if goes_on(text)), "")


def _says(hazard: Hazard, text: str) -> bool:
    words = _words()
    return bool(words[hazard].search(text)) and not words[f"not_{hazard}"].search(text)


@cache
def _words() -> dict[str, re.Pattern[str]]:
    source = Path(screen_page.__file__).with_name("vocabulary") / "hazards.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    return {name: re.compile("|".join(lines.split("\n")[:-1])) for name, lines in table.items()}


def _rows(observation: Observation) -> list[str]:
    """Neighbouring texts of the tree as one: a count may be a node of its own."""
    nodes = [node for node in observation.nodes or () if node.label.strip()]
    pairs = itertools.pairwise(nodes)
    return [
        one.label + other.label
        for one, other in pairs
        if abs(one.box.center.y - other.box.center.y) <= max(one.box.height, other.box.height) // 2
    ]
