"""The corpus of tickets' texts with their right answers, and how a reading is judged against it.

Rule: the texts and the answers were written apart from the readers' words; what is wrong here is a reader's fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.tickets.conftest import flow_file
from tickets.demo import FIXTURES
from tickets.flows.slots import read_slots
from tickets.models import Ticket

FOLDER = Path(__file__).with_name("corpus")
RECORD = "13812340007"
ASKED = "?"
NOTHING = "-"


@dataclass(frozen=True)
class Case:
    """A text; `expected` by slot: a value, ASKED where none may be taken, or NOTHING where there is none to ask for."""

    flow: str
    text: str
    expected: dict[str, str]


def cases() -> list[Case]:
    return [
        case for path in sorted(FOLDER.glob("*.tsv")) if not path.stem.startswith("recommend") for case in _of(path)
    ]


def unwilling() -> list[tuple[str, str]]:
    """Texts for which no flow may be ready to start, with what may be recommended all the same."""
    return list(_lines(FOLDER / "recommend_unwilling.tsv"))


def recommendations() -> list[tuple[str, str]]:
    """Text and the right flow's slug, or "person"; several where each is right: a|b."""
    return [line for path in sorted(FOLDER.glob("recommend*.tsv")) for line in _lines(path)]


def judged(case: Case) -> tuple[list[str], list[str]]:
    """(wrong without asking, needless questions), each as "slot: what". A value left out in silence is wrong."""
    ticket = Ticket(number="T1", subject="", text=case.text, customer_mobile=RECORD)
    reading = read_slots(_definition(case.flow), ticket)
    asked = {spec.name for spec, _found in reading.asked}
    wrong: list[str] = []
    needless: list[str] = []
    for slot, right in case.expected.items():
        taken = reading.values.get(slot)
        if taken is not None and taken != (RECORD if right == "record" else right):
            wrong.append(f"{slot}: {taken}")
        elif taken is None and right not in {ASKED, NOTHING}:
            (needless if slot in asked else wrong).append(f"{slot}: {right} is not there")
        elif right == NOTHING and slot in asked:
            needless.append(f"{slot}: asked")
    return wrong, needless


@cache
def _definition(flow: str) -> dict[str, Any]:
    definition: dict[str, Any] = flow_file(flow)["definition"]
    return definition


def _of(path: Path) -> list[Case]:
    """A flow's texts; several files of one flow differ in what follows its name ("_more")."""
    flow = path.stem if (FIXTURES / "flows" / f"{path.stem}.json").exists() else path.stem.rpartition("_")[0]
    lines = _lines(path)
    return [Case(flow, text, dict(each.split("=", 1) for each in _answers(answer))) for text, answer in lines]


def _answers(text: str) -> list[str]:
    """ "a=1 b=?" in parts; a value may hold blanks."""
    parts: list[str] = []
    for word in text.split(" "):
        if "=" in word and word.split("=")[0].isidentifier():
            parts.append(word)
        else:
            parts[-1] += " " + word
    return parts


def _lines(path: Path) -> list[tuple[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [line.split("\t") for line in lines]
    return [(text.replace("\\n", "\n").replace("\\z", "\u200b"), answer) for text, answer in pairs]
