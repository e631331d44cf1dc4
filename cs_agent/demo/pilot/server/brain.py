"""One request in, one reply out: looks at the picture, decides, and writes the reply with its probabilities.

Rule: keeps nothing between requests but what it read on the latest pictures, so that any pilot can answer any request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image

from cs_agent.demo.pilot.goals.reader import is_chinese
from cs_agent.demo.pilot.planning import planner
from cs_agent.demo.pilot.planning.story import read_story
from cs_agent.demo.pilot.reading.gaze import Gaze
from cs_agent.demo.pilot.reading.looking import Reader
from cs_agent.engine.actions.values import TakeOver, render

_THOUGHT_PROBABILITY = 0.995


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Said:
    """A reply and the tokens it is made of, in order."""

    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


class Brain:
    """Safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self._gaze = Gaze(reader)

    def answer(self, messages: list[tuple[str, str]], picture: Image.Image | None) -> Said:
        """From the conversation as (role, text) and the newest picture."""
        story = read_story(messages)
        if picture is None:
            return _without_picture(messages)
        if unseen := planner.decide_unseen(story):
            return _said(unseen[1], render(unseen[0].action), unseen[0].confidence)
        page = self._gaze.page(picture, thorough=False)
        decision, thought = planner.decide(page, story)
        if planner.needs_closer_look(decision, page):
            decision, thought = planner.decide(self._gaze.page(picture, thorough=True), story)
        return _said(thought, render(decision.action), decision.confidence)


def _said(thought: str, action: str, confidence: float) -> Said:
    """The thought followed by the call, without tags, as AutoGLM-Phone gives them.

    The thought is near certain prose; every token of the action carries the confidence in the action.
    """
    tokens = [Token(piece, _THOUGHT_PROBABILITY) for piece in pieces(f"{thought}\n")]
    return Said((*tokens, *(Token(piece, confidence) for piece in pieces(action))))


def pieces(text: str) -> list[str]:
    """About as a tokenizer would cut: words with their leading space, single digits and characters."""
    return re.findall(r" ?[A-Za-z_]+|\s?[0-9]|[\s\S]", text)


def _without_picture(messages: list[tuple[str, str]]) -> Said:
    """A text request: the notes it carries, put in one line; without notes there is nothing to look at."""
    last = messages[-1][1] if messages else ""
    notes = re.findall(r"^\s*\d+\.\s*(.+)$", last, re.MULTILINE)
    if notes:
        joined = ";".join(note.strip() for note in notes) if is_chinese(last) else "; ".join(notes)
        return Said(tuple(Token(piece, 0.9) for piece in pieces(joined)))
    reason = "没有收到屏幕截图" if is_chinese(last) else "There is no screenshot to look at"
    return _said(reason, render(TakeOver(reason)), 0.99)
