"""The conversation so far, read back: the instruction, what the pilot did, and what it was answered in between.

Rule: pure; knows nothing but the messages. Words that are not understood are kept as remarks and change nothing.
"""

# ruff: noqa: E501  a pattern is read in one piece

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from cs_agent.demo.pilot.goals.width import fold
from cs_agent.demo.pilot.planning.moves import Announced, Move, read_thought
from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Action, Tap

SCREEN_HEADING = re.compile(r"^\W*(?:\*\*\s*)?screen info(?:\s*\*\*)?\W*$", re.IGNORECASE)
_OMITTED = re.compile(r"^[(](?:更早的|\d+ earlier steps)")
_NOTES = re.compile(r"^(?:已记下的内容|Noted so far):")


class WordKind(StrEnum):
    UNREADABLE = "unreadable"
    CHALLENGE = "challenge"
    DENIED = "denied"
    ANSWER = "answer"
    REJECTION = "rejection"
    CORRECTION = "correction"
    HANDBACK = "handback"
    GUIDANCE = "guidance"
    DONE = "done"  # acts that were done without the pilot
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Word:
    """What was said to the pilot between two screens. `text` is the payload, `about` what it refers to."""

    kind: WordKind
    text: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the pilot's own; `action` None where it cannot be read back."""

    said: Announced
    action: Action | None

    @property
    def goal(self) -> int:
        return self.said.goal

    @property
    def move(self) -> Move:
        return self.said.move

    @property
    def tapped(self) -> tuple[int, int] | None:
        """Normalized coordinates of a tap."""
        return (self.action.element.x, self.action.element.y) if isinstance(self.action, Tap) else None


@dataclass(frozen=True, slots=True)
class Story:
    """`events` are the pilot's turns and the words between them, in order."""

    instruction: str
    app: str = ""
    events: tuple[Turn | Word, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(event for event in self.events if isinstance(event, Turn))

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def words_since_last(self) -> tuple[Word, ...]:
        """What was said after the pilot's last answer."""
        latest: list[Word] = []
        for event in reversed(self.events):
            if isinstance(event, Turn):
                break
            latest.insert(0, event)
        return tuple(latest)


_READINGS: tuple[tuple[WordKind, re.Pattern[str]], ...] = (
    (WordKind.UNREADABLE, re.compile(r"无法读取|could not be read")),
    (
        WordKind.CHALLENGE,
        re.compile(r"(?:没有看到完成的证据|does not show the evidence)(?::\s*(?P<text>[^。\n]*?))?(?:。|\. |$)"),
    ),
    (
        WordKind.DENIED,
        re.compile(r"(?P<about>(?:do|finish)\(.*\))\s*(?:不被允许|is not allowed):\s*(?P<text>.*)", re.DOTALL),
    ),
    (
        WordKind.ANSWER,
        re.compile(
            r"^(?:坐席回答了|The operator answered)[^“\"]*[“\"](?P<about>.*?)[”\"]\s*:\s*(?P<text>.*)", re.DOTALL
        ),
    ),
    (
        WordKind.REJECTION,
        re.compile(
            r"^(?:坐席没有同意|The operator did not agree to)\s*(?P<about>.*?)[。.]\s*(?:坐席的说明|The operator's remark):\s*(?P<text>.*)",
            re.DOTALL,
        ),
    ),
    (
        WordKind.CORRECTION,
        re.compile(
            r"^(?:坐席要求更正|The operator asks for a correction):\s*[“\"](?P<about>.*?)[”\"]\s*(?:应为|must be)\s*[“\"](?P<text>.*?)[”\"]",
            re.DOTALL,
        ),
    ),
    (WordKind.HANDBACK, re.compile(r"^(?:坐席刚才亲自操作|The operator has just driven)")),
    (WordKind.DONE, re.compile(r"^(?:已按流程做完|Done so far along the flow):\s*(?P<text>.*)", re.DOTALL)),
    (WordKind.GUIDANCE, re.compile(r"^(?:坐席的补充说明|The operator adds):\s*(?P<text>.*)", re.DOTALL)),
)


def read_story(messages: Iterable[tuple[str, str]]) -> Story:
    """From (role, text) pairs in order, the system prompt included or not."""
    events: list[Turn | Word] = []
    story = Story("")
    for role, text in messages:
        if role == "assistant":
            if turn := _own_turn(text):
                events.append(turn)
        elif role == "user":
            paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
            story = replace(story, app=_app(paragraphs) or story.app)
            said = [part for part in paragraphs if not _is_frame(part)]
            if not story.instruction:
                story = replace(story, instruction=_instruction(said))
                said = said[len(_instruction_parts(said)) :]
            events.extend(_word(part) for part in said)
    return replace(story, events=tuple(events))


def _own_turn(text: str) -> Turn | None:
    said = read_thought(text)
    if said is None:
        return None
    try:
        return Turn(said, parse_reply(text).action)
    except ParseError:
        return Turn(said, None)


def _app(paragraphs: list[str]) -> str:
    for part in reversed(paragraphs):
        for line in reversed(part.splitlines()):
            if name := _current_app(line.strip()):
                return name
    return ""


def _current_app(line: str) -> str:
    if not line.startswith("{"):
        return ""
    try:
        data = json.loads(line)
    except ValueError:
        return ""
    name = data.get("current_app") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def _is_frame(part: str) -> bool:
    """Headings, the screen's JSON line, the count of omitted steps, the notes."""
    return bool(
        SCREEN_HEADING.match(part)
        or _current_app(part)
        or part.startswith('{"current_app"')
        or _OMITTED.match(fold(part))
        or _NOTES.match(fold(part))
    )


def _instruction(said: list[str]) -> str:
    """Up to the first paragraph that is an operator's word; a JSON line glued to the end of it is cut off."""
    joined = "\n".join(_instruction_parts(said))
    return re.sub(r"\n?\s*\{\"current_app\".*?\}\s*$", "", joined, flags=re.DOTALL).strip()


def _instruction_parts(said: list[str]) -> list[str]:
    parts: list[str] = []
    for part in said:
        if parts and _word(part).kind is not WordKind.REMARK:
            break
        parts.append(part)
    return parts


def _word(part: str) -> Word:
    for kind, pattern in _READINGS:
        if found := pattern.search(fold(part)):
            return Word(kind, _piece(part, found, "text"), _piece(part, found, "about"))
    return Word(WordKind.REMARK, part)


def _piece(part: str, found: re.Match[str], name: str) -> str:
    """A group as it was written, not as it was folded."""
    if name not in found.re.groupindex or found.start(name) < 0:
        return ""
    return part[found.start(name) : found.end(name)].strip()
