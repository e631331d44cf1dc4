"""The wheel holds the whole product and runs from any folder."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.install import building
from tests.processes import answers, free_ports, wait_until
from tests.redis_server import redis_server

CS_AGENT = [sys.executable, "-m", "cs_agent.project.commands.cli"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return building.build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    building.unpack(wheel, place)
    return place


@pytest.fixture(scope="module")
def home(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was empty until the demo's data were loaded in it, by the command."""
    folder = tmp_path_factory.mktemp("home")
    done = building.run(
        [*CS_AGENT, "load_demo", "--migrate", "--verbosity", "0"], folder, building.environment(installed)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_templates_static_files_fixtures_and_both_languages_are_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in ("templates", "static", "fixtures"):
        for file in (building.ROOT / path).rglob("*"):
            if file.is_file():
                assert f"cs_agent/assets/{file.relative_to(building.ROOT)}" in names
    for package in ("tickets", "consoles", "integrations"):
        assert f"{package}/locale/en/LC_MESSAGES/django.mo" in names
    for data in ("cs_agent/engine/run/prompts/zh.txt", "integrations/api/openapi.json"):
        assert any(name.endswith(data.rpartition("/")[2]) for name in names), data
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name]


def test_the_command_and_everything_it_needs_is_named(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = {
            name.rpartition("/")[2]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name
        }
    assert "cs-agent = cs_agent.project.commands.cli:main" in text["entry_points.txt"]
    wanted = [line for line in (building.ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    needed = [line for line in text["METADATA"].splitlines() if line.startswith("Requires-Dist:")]
    assert len([line for line in needed if "extra ==" not in line]) == len(wanted)


def test_what_an_installation_writes_lies_in_the_folder_it_was_called_from(installed: Path, home: Path) -> None:
    assert (home / "var" / "cs_agent.sqlite3").is_file()
    assert not list(installed.rglob("*.sqlite3"))
    assert not (installed / "var").exists()


def test_a_wrong_setting_is_told_in_one_line(installed: Path, tmp_path: Path) -> None:
    done = building.run([*CS_AGENT, "check"], tmp_path, building.environment(installed, CS_AGENT_PORT="eighty"))
    assert done.returncode == 1
    assert "CS_AGENT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_words_it_says_what_it_can(installed: Path, tmp_path: Path) -> None:
    done = building.run(CS_AGENT, tmp_path, building.environment(installed))
    assert done.returncode == 0
    assert "cs-agent serve" in done.stdout


@pytest.fixture
def site(installed: Path, home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The web server of the unpacked wheel, in the demo's mode, with its data loaded."""
    (port,) = free_ports(1)
    with redis_server() as redis:
        env = building.environment(installed, REDIS_URL=redis, CS_AGENT_PORT=str(port))
        command = [sys.executable, "-m", "uvicorn", "cs_agent.project.asgi:application", "--port", str(port)]
        with (
            (home / "log").open("wb") as log,
            subprocess.Popen(command, cwd=home, env=env, stdout=log, stderr=log) as web,
        ):
            wait_until("the web server", lambda: answers(port), 60)
            yield f"http://127.0.0.1:{port}", env
            web.terminate()


def test_pages_styles_and_the_api_answer_from_it(site: tuple[str, dict[str, str]], home: Path) -> None:
    address, env = site
    with urlopen(f"{address}/login/") as page:
        assert "CS Agent" in page.read().decode()
    with urlopen(f"{address}/static/console/css/base.css") as style:
        assert style.status == 200
    made = building.run(
        [*CS_AGENT, "api_token", "make", "lin", "--name", "shop", "--scope", "create_tickets"], home, env
    )
    headers = {
        "Authorization": f"Bearer {made.stdout.strip()}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    body = json.dumps({"text": "订单202405218876的耳机坏了,要求全额退款"}).encode()
    with urlopen(Request(f"{address}/api/v1/tickets", body, headers)) as answer:
        assert answer.status == 201
        assert json.loads(answer.read())["number"].startswith("T")
