"""Detects obstacles on a screen without a model: loading pages, network errors, pop-ups, permission dialogs, keyboards;
and runs that repeat themselves without progress.

Pure. Rule: a remedy is an action like any other: it passes the gate, and after a bounded number of attempts a human is
asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cs_agent.engine.actions.values import Action, Tap
from cs_agent.engine.screen.page import SENSITIVE, Nature, is_search_field, read_page
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation


def _patterns() -> dict[str, re.Pattern[str]]:
    source = Path(__file__).with_name("vocabulary") / "hindrances.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    return {name: re.compile("|".join(lines.split("\n")[:-1])) for name, lines in table.items()}


_WORDS = _patterns()
_LOADED_TEXTS = 6  # a page with more to say is usable although a part of it loads
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS_SEEN = 5  # neighbours of one keyboard row; OCR may miss some of the others


_Wanted = Callable[[str], bool]


_MESSAGE_CHARS = 40  # a longer text is no message of success or failure


class Hindrance(StrEnum):
    PERMISSION = "permission"
    NETWORK = "network"
    POPUP = "popup"
    KEYBOARD = "keyboard"


@dataclass(frozen=True, slots=True)
class Remedy:
    """An action that removes the obstacle. `label` is the control's name."""

    hindrance: Hindrance
    action: Action
    label: str


def find_remedy(observation: Observation, *, may_grant: bool = True) -> Remedy | None:
    """The control that removes the obstacle; None if there is no obstacle.

    `may_grant`: permissions may be granted (a human is asked); else they are declined.
    """
    page_natures = read_page(observation).natures
    if Nature.PERMISSION in page_natures:
        return _press(observation, Hindrance.PERMISSION, _grants if may_grant else _declines)
    if is_network_error(observation):
        return _press(observation, Hindrance.NETWORK, lambda text: sense(text).kind is LabelKind.RETRY)
    if page_natures & SENSITIVE:  # what closes an advertisement may pay, send or delete here
        return None
    if skip := _press(observation, Hindrance.POPUP, lambda text: bool(_WORDS["skip"].search(text))):
        return skip
    if any(_WORDS["advertisement"].search(fold(text)) for text in observation.texts):
        return _press(observation, Hindrance.POPUP, lambda text: bool(_WORDS["close"].search(text)))
    return None


def is_loading(observation: Observation) -> bool:
    texts = [fold(text) for text in dict.fromkeys(observation.texts)]
    return len(texts) <= _LOADED_TEXTS and any(_WORDS["loading"].search(text) for text in texts)


def is_network_error(observation: Observation) -> bool:
    return any(_WORDS["network"].search(fold(text)) for text in observation.texts)


def shows_failure(observation: Observation) -> bool:
    """Whether the page reports a failure or offers a retry."""
    return is_network_error(observation) or any(
        _is_message(text, "failure") or sense(text).kind is LabelKind.RETRY for text in observation.texts
    )


def shows_success(observation: Observation) -> bool:
    """Whether the page reports success; never if it also reports a failure."""
    return any(_is_message(text, "success") for text in observation.texts) and not shows_failure(observation)


def _is_message(text: str, kind: str) -> bool:
    return len(text) <= _MESSAGE_CHARS and bool(_WORDS[kind].search(fold(text)))


def covers(observation: Observation, point: Point) -> bool:
    """Whether an on-screen keyboard covers the touch point."""
    row = [
        line
        for line in observation.lines
        if line.box.grown(line.box.height).contains(point) or _same_band(line.box, point)
    ]
    # In the order of the keys: an order number holds as many digits as a row of keys, but not in a row.
    letters = "".join(fold(line.text).replace(" ", "") for line in sorted(row, key=lambda line: line.box.left))
    return any(_runs_along(letters, keys) for keys in _KEY_ROWS)


def _runs_along(letters: str, keys: str) -> bool:
    """Whether so many neighbouring keys of the row stand side by side in the text."""
    return any(keys[at : at + _KEYS_SEEN] in letters for at in range(len(keys) - _KEYS_SEEN + 1))


def is_loop(trail: Sequence[str]) -> bool:
    """A-A-A or A-B-A-B at the end of the trail."""
    last = list(trail[-4:])
    if len(trail) >= 3 and len(set(trail[-3:])) == 1:
        return True
    return len(last) == 4 and last[0] == last[2] and last[1] == last[3]


def search_places(observation: Observation) -> list[tuple[str, Box]]:
    """Where one can search: a field, its hint text, or a magnifier."""
    nodes = observation.nodes or ()
    fields = [(node.label or node.resource_id, node.box) for node in nodes if node.editable and is_search_field(node)]
    icons = [
        (n.label, n.box)
        for n in nodes
        if n.clickable and not n.editable and _WORDS["magnifier"].search(fold(n.label + n.resource_id))
    ]
    lines = [(line.text, line.box) for line in observation.lines if _WORDS["magnifier"].search(fold(line.text))]
    return (fields or icons or lines)[:3]


def _grants(text: str) -> bool:
    return sense(text).kind is LabelKind.AFFIRM and text not in ("确定", "ok", "完成", "done")


def _declines(text: str) -> bool:
    return sense(text).kind in (LabelKind.SAFE, LabelKind.REFUSE)


def _press(observation: Observation, hindrance: Hindrance, wanted: _Wanted) -> Remedy | None:
    for text, box in _controls(observation):
        if wanted(fold(text)):
            return Remedy(hindrance, Tap(box.center.to_norm(observation.size)), text)
    return None


def _controls(observation: Observation) -> Iterable[tuple[str, Box]]:
    yield from ((n.label, n.box) for n in observation.nodes or () if n.label and n.enabled and n.box.area)
    yield from ((line.text, line.box) for line in observation.lines)


def _same_band(box: Box, point: Point) -> bool:
    return box.top <= point.y < box.bottom
