"""Decides whether the screen shows a flow's success evidence.

Pure. Rule: the model's claim is never evidence; its report counts only as far as the screen confirms it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.screen.text import contains, squash
from cs_agent.observation import Observation, TextLine

_QUOTED = re.compile(r"[“\"「『']([^”\"」』']{2,60})[”\"」』']")
_FIGURE = re.compile(r"[A-Za-z]{0,4}\d[\d.,:：/-]*\d|[¥￥]\s?\d[\d.,]*")
_AFTER_COLON = re.compile(r"[:：]\s*([^,，。;；\n]{2,60})")
_LEAST_FIGURE = 3  # characters; shorter numbers are found anywhere


@dataclass(frozen=True, slots=True)
class Evidence:
    """`seen`: the texts found; `missing`: the texts of each group of which none was found."""

    seen: tuple[str, ...] = ()
    missing: tuple[tuple[str, ...], ...] = ()

    @property
    def complete(self) -> bool:
        return bool(self.seen) and not self.missing


def look_for_success(observation: Observation, rules: FlowRules) -> Evidence:
    """Every group must be seen; any one text of a group suffices."""
    texts = screen_texts(observation)
    seen, missing = [], []
    for group in rules.success_evidence:
        found = next((text for text in group if contains(texts, text)), None)
        if found is None:
            missing.append(group)
        else:
            seen.append(found)
    return Evidence(tuple(seen), tuple(missing))


def look_for_report(observation: Observation, message: str) -> Evidence:
    """What the model reports (quoted words, figures, what follows a colon), as far as the screen shows it."""
    texts = [squash(text) for text in screen_texts(observation)]
    figures = [fact for fact in _FIGURE.findall(message) if len(squash(fact)) >= _LEAST_FIGURE]
    words = [*_QUOTED.findall(message), *_AFTER_COLON.findall(message)]
    facts = list(dict.fromkeys(fact for fact in (*figures, *words) if squash(fact)))
    seen = [fact for fact in facts if any(squash(fact) in text for text in texts)]
    missing = [(fact,) for fact in figures if fact not in seen]
    missing += [(fact,) for fact in _QUOTED.findall(message) if fact not in seen]
    return Evidence(tuple(seen), tuple(dict.fromkeys(missing)))


def screen_texts(observation: Observation) -> tuple[str, ...]:
    """Every text, and every row of the picture as one text."""
    return (*observation.texts, *_rows(observation.lines))


def _rows(lines: tuple[TextLine, ...]) -> list[str]:
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda item: item.box.center.y):
        if rows and abs(line.box.center.y - rows[-1][0].box.center.y) <= rows[-1][0].box.height / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return ["".join(line.text for line in sorted(row, key=lambda item: item.box.left)) for row in rows if len(row) > 1]
