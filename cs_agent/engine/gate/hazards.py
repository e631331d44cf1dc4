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
from cs_agent.observation import Observation


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
    return None


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
