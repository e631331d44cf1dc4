"""The keyboard of runs stays in use for as long as a run has its phone, also while it waits for a person.

Rule: another keyboard would cover half of the page that is being decided on and move what stands above it: the control
that a yes was given for would be somewhere else afterwards.
"""

from __future__ import annotations

import threading
import uuid
from contextlib import ExitStack

from cs_agent.phone.driver import Driver

_held: dict[int, tuple[uuid.UUID, ExitStack]] = {}  # by the row of the phone
_lock = threading.Lock()


def hold(phone_id: int, run_id: uuid.UUID, phone: Driver) -> None:
    """From now on until `let_go`, or until another run holds the phone. Raises PhoneError."""
    with _lock:
        known = _held.get(phone_id)
        if known is not None and known[0] == run_id:
            return
        stack = ExitStack()
        _held[phone_id] = run_id, stack
    if known is not None:
        known[1].close()
    stack.enter_context(phone.typing_session())


def let_go(phone_id: int) -> None:
    """The phone's own keyboard is back afterwards; raises PhoneError."""
    with _lock:
        known = _held.pop(phone_id, None)
    if known is not None:
        known[1].close()
