"""Waits for a condition on a phone instead of for a time.

Rule: every wait has a limit, and asks at once before it waits at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_FIRST_PAUSE_S = 0.03
_LONGEST_PAUSE_S = 0.25


def wait_for(ask: Callable[[], _T | None], limit_s: float) -> _T | None:
    """The first answer that is true, asked ever less often; None when there was none within the limit."""
    deadline = time.monotonic() + limit_s
    pause = _FIRST_PAUSE_S
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() + pause > deadline:
            return None
        time.sleep(pause)
        pause = min(pause * 1.6, _LONGEST_PAUSE_S)
