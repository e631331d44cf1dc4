"""What `deploy/` ships: linted, sound for systemd, naming only what is there; and its image's steps carried out.

`make image-proof` carries out the Dockerfile in a plain root folder and starts each service of compose.yaml there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from cs_agent.project import conf
from tests.install import building, image_steps
from tests.postgres_server import postgres
from tests.processes import answers, free_ports, wait_until
from tests.redis_server import redis_server

DEPLOY = building.ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = ("web", "worker", "upkeep", "beat", "migrate")
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
KNOWN = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", *conf.load({}).keys()}
NOTES = ("not executable", "request-tracker5")  # of a machine that the product is not installed on


def test_the_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([hadolint, "--no-color", DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_not_built_from_what_nobody_needs() -> None:
    left_out = (building.ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv", "var", "tests"} <= set(left_out)


def test_compose_names_services_volumes_and_settings_that_are_there() -> None:
    services = COMPOSE["services"]
    assert set(OURS) < set(services)
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"], name
        assert ("image" in service) or ("build" in service), name
    for name in OURS:
        assert set(services[name]["environment"]) <= KNOWN, name
        waits = services[name]["depends_on"]
        assert name == "migrate" or waits["migrate"]["condition"] == "service_completed_successfully"
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"], "TLS ends in front of it: it is not open to everybody"


def test_each_process_of_the_docs_is_a_service_and_a_unit() -> None:
    for part in ("web", "worker", "upkeep", "beat"):
        command = COMPOSE["services"][part]["entrypoint"]
        unit = (DEPLOY / "systemd" / f"cs-agent-{part}.service").read_text()
        [start] = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
        assert Path(start.split()[0].partition("=")[2]).name == command[0]
        assert all(word in start.split() for word in command if word in ("beat", "phones", "phones.upkeep"))
        assert f"cs-agent-{part}.service" in (DEPLOY / "systemd/cs-agent.target").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    units = [shutil.copy(DEPLOY / "systemd" / name, tmp_path) for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if not any(note in line for note in NOTES)]
    assert told == []


@pytest.mark.example
def test_every_step_of_the_image_works_in_a_plain_root_folder_and_every_service_starts_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap")
    with ExitStack() as stack:
        into = Path(stack.enter_context(_folder()))
        plain = Path(os.environ.get("PLAIN_ROOT", "")) if os.environ.get("PLAIN_ROOT") else into / "plain"
        if not plain.exists():
            image_steps.base(plain)
        image = image_steps.build(DEPLOY / "Dockerfile", building.ROOT, plain, into, stack)
        assert "cs-agent serve" in image.run([*image.entrypoint, *image.command])
        keys = dict(line.split("=", 1) for line in image.run([*image.entrypoint, "keys"]).splitlines())
        monkeypatch.setenv("TMPDIR", str(image.root / "tmp"))
        monkeypatch.setattr("tempfile.tempdir", None)  # it is looked up once, and kept
        database, redis = stack.enter_context(postgres()), stack.enter_context(redis_server())
        for folder in (image.root / "tmp").glob("csa_pg_*"):
            folder.chmod(0o755)  # the image's own user reaches its socket
        (port,) = free_ports(1)
        image.environ |= {
            **keys,
            "DATABASE_URL": database.replace(str(image.root), ""),
            "REDIS_URL": redis,
            "CS_AGENT_ALLOWED_HOSTS": "127.0.0.1",
        }
        image.run(_command("migrate", port))
        for name in ("web", "worker", "upkeep", "beat"):
            stack.enter_context(_service(image, name, port, into))
        wait_until("the web server", lambda: answers(port), 180)
        wait_until("a healthy product", lambda: _healthy(port), 180)


def _command(service: str, port: int) -> list[str]:
    return [str(port) if word == "8000" else word for word in COMPOSE["services"][service]["entrypoint"]]


def _healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _service(image: image_steps.Stage, name: str, port: int, logs: Path) -> Iterator[None]:
    with (logs / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(image.argv(_command(name, port)), stdout=log, stderr=log, start_new_session=True)
    try:
        yield
        assert process.poll() is None, f"{name}: {(logs / f'{name}.log').read_text()[-3000:]}"
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _folder() -> Iterator[str]:
    """Removed as root, as what lies in it belongs to others."""
    import tempfile

    folder = tempfile.mkdtemp(prefix="csa_image_", dir="/tmp")
    try:
        yield folder
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", folder], check=False)
