"""The docs say what the code does."""

from __future__ import annotations

from pathlib import Path

from cs_agent.project import conf
from cs_agent.project.processes import embedded
from tickets.services.runs import transitions

ARCHITECTURE = (conf.BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_diagram_of_a_runs_statuses_is_the_table_of_the_code() -> None:
    assert f"```mermaid\n{transitions.as_mermaid()}\n```" in ARCHITECTURE


def test_every_process_of_the_demo_is_explained(tmp_path: Path) -> None:
    names = {process.name for process in embedded(conf.load({}), tmp_path)}
    assert {name for name in names if f"| `{name}` |" not in ARCHITECTURE} == set()


def test_every_place_that_the_docs_name_exists() -> None:
    places = [part for line in ARCHITECTURE.splitlines() if line.startswith("| ") for part in line.split("`")[1::2]]
    missing = [place for place in places if "/" in place and not list(conf.BASE_DIR.glob(place.rstrip("/")))]
    assert missing == []
