"""Reads an instruction, Chinese or English, into the goals it sets, in order.

Rule: any text at all gives goals without an error; a clause that no pattern reads becomes a goal to tap what it names,
and if nothing of that name is ever seen, the pilot asks for a human. Values are taken from the text, never made up.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cs_agent.demo.pilot.goals import clauses_en, clauses_zh
from cs_agent.demo.pilot.goals.goal import QUOTED, Goal, GoalKind
from cs_agent.demo.pilot.goals.width import fold

MAX_INSTRUCTION_CHARS = 4000  # what is longer is no instruction; the rest is not read
MAX_GOALS = 40
MAX_CLAUSE_CHARS = 240


_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("【", "】"), ('"', '"'), ("‘", "’"), ("`", "`"))
_FIRST_QUOTE = 0xE000
_LAST_QUOTE = 0xF8FF
_SUBMITS = re.compile(r"(?:立即|确认)?提交|submit\b", re.IGNORECASE)
_EDGES = re.compile(r"^[\s,。.:;!\"'“”]+|[\s,。.:;!\"'“”]+$")


class Quoted:
    """The instruction with its quoted pieces swapped for single characters, and the way back.

    What is quoted stays letter for letter; the rest has its full-width punctuation folded.
    """

    def __init__(self, text: str) -> None:
        self.pieces: list[str] = []
        clean = re.sub(QUOTED, "", text)
        for opening, closing in _QUOTES:
            pattern = re.compile(
                f"{re.escape(opening)}([^{re.escape(opening + closing)}\n]{{1,200}}){re.escape(closing)}"
            )
            clean = pattern.sub(self._swap, clean)
        self.text = fold(re.sub(r"(?<![A-Za-z0-9])'([^'\n]{1,200})'(?![A-Za-z0-9])", self._swap, clean))

    def _swap(self, found: re.Match[str]) -> str:
        if len(self.pieces) > _LAST_QUOTE - _FIRST_QUOTE:
            return found.group(0)
        self.pieces.append(found.group(1))
        return chr(_FIRST_QUOTE + len(self.pieces) - 1)

    def restore(self, text: str) -> str:
        """Quoted pieces back in place, without their quotes."""
        for _ in range(3):  # a quote may lie within a quote
            text = re.sub(QUOTED, lambda found: self.pieces[ord(found.group(0)) - _FIRST_QUOTE], text)
        return re.sub(QUOTED, "", text).strip()


def read_goals(instruction: str) -> tuple[Goal, ...]:
    """The goals in the order they are to be reached; empty only where the instruction names nothing at all."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", instruction[:MAX_INSTRUCTION_CHARS])
    quoted = Quoted(text)
    goals: list[Goal] = []
    reader = clauses_zh if is_chinese(text) else clauses_en
    for clause in reader.cut(quoted.text):
        for goal in reader.read(clause[:MAX_CLAUSE_CHARS], first=not goals):
            _add(goals, _restored(goal, quoted))
        if len(goals) >= MAX_GOALS:
            break
    return _with_place_last(tuple(goals[:MAX_GOALS]))


def is_chinese(text: str) -> bool:
    """Whether the words around names and numbers are Chinese; what is quoted is a name, unless all of it is."""
    around = re.sub(QUOTED, "", Quoted(text).text)
    han, words = _han_and_words(around)
    if not han and not words:
        han, words = _han_and_words(text)
    return han > 0 and han * 2 >= words


def _han_and_words(text: str) -> tuple[int, int]:
    return len(re.findall(r"[\u3400-\u9fff]", text)), len(re.findall(r"[A-Za-z]+", text))


def _restored(goal: Goal, quoted: Quoted) -> Goal:
    text, field = _bare(quoted.restore(goal.text)), _bare(quoted.restore(goal.field))
    submits = goal.kind is GoalKind.TAP and _SUBMITS.match(text)
    return replace(goal, kind=GoalKind.SUBMIT if submits else goal.kind, text=text, field=field)


def _bare(text: str) -> str:
    return _EDGES.sub("", re.sub(r"\s+", " ", text))


def _add(goals: list[Goal], goal: Goal) -> None:
    """Goals without a name, and the same goal twice in a row, say nothing new."""
    nameless = {GoalKind.BACK, GoalKind.HOME, GoalKind.OPEN_ITEM, GoalKind.SUBMIT, GoalKind.UPLOAD}
    if (goal.text or goal.kind in nameless) and (not goals or goals[-1] != goal):
        goals.append(goal)


def _with_place_last(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """An app that is named after the work to be done in it is opened first."""
    place = [goal for goal in goals if goal.kind is GoalKind.OPEN_APP]
    if len(place) == 1 and goals[0] != place[0] and goals[0].kind is GoalKind.FIND and goals[1] == place[0]:
        return (place[0], *(goal for goal in goals if goal != place[0]))
    return goals
