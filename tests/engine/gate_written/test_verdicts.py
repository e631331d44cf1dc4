"""No change of the gate goes unseen: what it says of thousands of acts is written down and compared."""

from __future__ import annotations

from itertools import zip_longest

from tests.engine.gate_written import verdicts
from tests.engine.test_gate import CASES


def test_every_verdict_is_as_it_was_looked_at() -> None:
    written = verdicts.WRITTEN.read_text("utf-8").splitlines()
    for now, then in zip_longest(verdicts.verdicts(CASES), written, fillvalue=""):
        assert now == then, "look at it, then write the file anew (see `verdicts`)"
