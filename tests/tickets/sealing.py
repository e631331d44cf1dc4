"""Files at rest, encrypted or not, as a test wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Seal = Callable[..., None]


@pytest.fixture
def seal(settings: Any) -> Seal:
    """Switches encryption on or off, with these keys."""

    def use(*keys: str, on: bool = True) -> None:
        more = {"CS_AGENT_SECRETS_KEYS": keys, "CS_AGENT_ENCRYPT_FILES": on}
        settings.CS_AGENT = {**settings.CS_AGENT, **more}

    return use
