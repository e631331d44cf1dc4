"""Bodies of each kind's calls, ordinary and hostile (`bodies/<kind>/`), and a spoiler of what a helpdesk answers.

The ordinary ones have the form of the kind's own documentation. `about`: the tickets the body is about; None for one
that is refused or read as about nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BODIES = Path(__file__).parent / "bodies"
MOST_BYTES = 1024 * 1024  # of a call; the door's own limit
SCRIPT = '<p>好</p><script>steal()</script><img src="https://tracker.example.com/p.gif" onerror="alert(1)">'
HOSTILE: list[Any] = [
    *(None, True, -1, 0, 1.5, 2**70, "", " ", "x" * 50_000, "\x00", "a\x00b", "\ud800", "\u202e", SCRIPT, "9" * 400),
    *([], {}, [None], [[]], {"id": 1}, "２０２６", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "nonsense"),
    "//evil.example.com/x",
]


@dataclass(frozen=True)
class Recorded:
    name: str
    about: tuple[str, ...] | None
    event: str
    body: bytes


def recorded(kind: str) -> list[Recorded]:
    return [_read(path) for path in sorted((BODIES / kind).glob("*.json"))]


def variations(one: Recorded) -> Iterator[Recorded]:
    """The same body cut off, far too deep and far too large; what they are about does not matter."""
    yield Recorded(f"{one.name}, cut", None, "", one.body[: len(one.body) // 2])
    yield Recorded(f"{one.name}, deep", None, "", one.body[:-1] + b', "deep": ' + b"[" * 40_000 + b"]" * 40_000 + b"}")
    yield Recorded(f"{one.name}, large", None, "", one.body[:-1] + b', "large": "' + b"x" * MOST_BYTES + b'"}')
    yield Recorded(f"{one.name}, not text", None, "", one.body.decode().encode("utf-16"))


def _read(path: Path) -> Recorded:
    told = json.loads(path.read_text())
    body = told["body"] if isinstance(told["body"], str) else json.dumps(told["body"], ensure_ascii=False)
    about = None if told["about"] is None else tuple(told["about"])
    return Recorded(path.stem, about, told["event"], body.encode())


class Spoiler:
    """Changes answers: a value somewhere in them becomes a hostile one, or is gone. The same seed does the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def __call__(self, answer: Any) -> Any:
        if isinstance(answer, bytes) or self._chance.random() < 0.4:
            return answer
        copy = json.loads(json.dumps(answer))
        places = list(_places(copy))
        if not places:
            return self._chance.choice(HOSTILE)
        holder, key = self._chance.choice(places)
        if isinstance(holder, dict) and self._chance.random() < 0.25:
            del holder[key]
        else:
            holder[key] = self._chance.choice(HOSTILE)
        return copy


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(inner):
        yield value, key
        yield from _places(each)
