"""The documented example of the engine as a library does what its page says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cs_agent.engine import ConfirmationRequest, EndStatus
from examples import engine_library as example

ROOT = Path(__file__).resolve().parents[2]


def test_a_yes_submits_once_and_the_end_is_what_the_screen_shows() -> None:
    asked: list[ConfirmationRequest] = []

    def yes(request: ConfirmationRequest) -> bool:
        asked.append(request)
        return True

    phone = example.DrawnPhone()
    ended = example.run(phone, yes)
    assert (ended.status, ended.evidence) == (EndStatus.SUCCEEDED, ("Refund submitted",))
    assert phone.submitted == 1
    assert [request.summary for request in asked] == ["[Confirm] Refund:¥399.00"]


def test_a_no_submits_nothing() -> None:
    phone = example.DrawnPhone()
    assert example.run(phone, lambda request: False).status is EndStatus.REJECTED
    assert phone.submitted == 0


def test_it_runs_as_a_program_of_its_own() -> None:
    command = [sys.executable, str(ROOT / "examples" / "engine_library.py")]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, input="N\n", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rejected" in done.stdout


def test_its_page_shows_the_loop_as_it_is() -> None:
    page = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    shown = page.split("```python\n", 1)[1].split("```", 1)[0]
    assert shown in (ROOT / "examples" / "engine_library.py").read_text(encoding="utf-8")
