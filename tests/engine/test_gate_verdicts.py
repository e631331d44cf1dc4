"""No change of the gate goes unseen: what it says of two thousand acts is written down and compared."""

from __future__ import annotations

from itertools import zip_longest

from tests.engine import gate_verdicts
from tests.engine.test_gate import CASES


def test_every_verdict_is_as_it_was_looked_at() -> None:
    written = gate_verdicts.WRITTEN.read_text("utf-8").splitlines()
    for now, then in zip_longest(gate_verdicts.verdicts(CASES), written, fillvalue=""):
        assert now.replace("\n", "\\n") == then, "look at it, then write the file anew (see `gate_verdicts`)"
