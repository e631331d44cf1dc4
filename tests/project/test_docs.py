"""The docs say what the code does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from cs_agent.project import conf
from cs_agent.project.commands.processes import embedded
from cs_agent.project.commands.renamed import renamed
from tickets.services.runs import transitions

DOCS = [*conf.BASE_DIR.glob("README*.md"), *(conf.BASE_DIR / "docs").glob("*.md")]
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


def _commands() -> list[str]:
    """What the docs' code blocks call, without comments; alternatives and placeholders as they stand."""
    lines = [line.partition("#")[0] for path in DOCS for line in path.read_text(encoding="utf-8").splitlines()]
    found = {match[1].strip() for line in lines if (match := re.match(r"    .*python manage\.py ([^<]+)", line))}
    return sorted(command for command in found if not re.search(r"[\[\]|…\\]| & | && ", command))


@pytest.mark.parametrize("command", _commands())
def test_a_command_of_the_docs_is_one_that_exists(command: str) -> None:
    name, *words = shlex.split(command)
    assert load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(words)


@pytest.mark.parametrize(
    "command",
    [
        "retain",
        "legal_hold list",
        "legal_hold place T1 --reason x",
        "export_audit F --yesterday",
        "erase_customer --mobile 1 --reason x --yes",
    ],
)
def test_a_command_by_its_earlier_name_is_still_taken(command: str) -> None:
    _program, name, *words = renamed(["manage.py", *command.split()])
    assert load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(words)
