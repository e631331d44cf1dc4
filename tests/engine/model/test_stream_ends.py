"""Where a streamed answer ends: by its finish reason or by `[DONE]`, and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cs_agent.engine.model.stream import ReplyCollector

TAP = 'do(action="Tap", element=[499, 873])'


def event(delta: dict[str, Any], finish: str | None = None, index: Any = 0) -> str:
    return "data: " + json.dumps({"choices": [{"index": index, "delta": delta, "finish_reason": finish}]})


def broken(*lines: str) -> Iterator[str]:
    for line in lines:
        yield from (line, "")
    raise httpx.ReadError("connection reset")


def test_a_connection_that_breaks_after_the_finish_reason_cuts_nothing_off() -> None:
    assert ReplyCollector(0.0).collect(broken(event({"content": TAP}), event({}, "stop"))).text == TAP


def test_a_connection_that_breaks_before_it_leaves_no_answer() -> None:
    with pytest.raises(httpx.ReadError):
        ReplyCollector(0.0).collect(broken(event({"content": TAP})))


@pytest.mark.parametrize("index", [0, "0", None], ids=["number", "text", "none"])
def test_the_first_choice_is_read_however_its_place_is_written(index: Any) -> None:
    lines = [event({"content": TAP}, index=index), "", event({"content": "x"}, index=1), "", event({}, "stop", index)]
    assert ReplyCollector(0.0).collect(lines).text == TAP
