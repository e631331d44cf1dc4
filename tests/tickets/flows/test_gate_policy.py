"""The installation's settings make a policy that the gate can work with."""

from __future__ import annotations

from typing import Any

import pytest

from cs_agent.engine.gate.decide import UnknownConfidence
from tickets.runner.drive import engines


@pytest.mark.parametrize("word", ["allow", "ask_sensitive", "ask"])
def test_every_value_of_the_setting_is_one_the_gate_knows(word: str, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_UNKNOWN_CONFIDENCE": word}
    assert engines.gate_policy().unknown_confidence is UnknownConfidence(word)
