"""No change of the gate goes unseen: what it says of thousands of acts is written down and compared."""

from __future__ import annotations

from tests.engine.gate.test_gate import CASES
from tests.engine.gate.written import verdicts


def test_every_verdict_is_as_it_was_looked_at() -> None:
    """Of a screen that was added since, nothing is written down yet."""
    written = verdicts.WRITTEN.read_text("utf-8").splitlines()
    known = {_screen(line) for line in written}
    now = [line for line in verdicts.verdicts(CASES) if _screen(line) in known]
    differing = [pair for pair in zip(now, written, strict=False) if pair[0] != pair[1]]
    assert not differing, "look at it, then write the file anew (see `verdicts`)"
    assert len(now) == len(written)


def _screen(line: str) -> str:
    return line.partition("\t")[0].rpartition(", ")[0] or line.partition(" with ")[0].partition("\t")[0]
