"""The built wheel on a machine that has nothing of ours: installed, its demo up from any folder, a ticket filed by a
program, started and seen to its confirmation by a person at a browser. `make wheel-proof` runs this.

Everything lies below a temporary folder; the packages come from the registry that pip is set up for.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.browser import chromium, keep_picture
from tests.e2e.operator import Operator
from tests.install import building
from tests.processes import PORT_SETTINGS, ends_with_us, free_port_row, free_ports, wait_until

pytestmark = pytest.mark.example
WORDS = "我修改密码收不到验证码,手机号15088889999,请再发一次。"
INSTALL_LIMIT_S, START_LIMIT_S = 3600, 600


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `cs-agent` of a fresh environment that holds the wheel and what it asks for."""
    place = tmp_path_factory.mktemp("machine")
    wheel = building.build(tmp_path_factory.mktemp("wheel"))
    began = time.monotonic()
    for command in (
        [sys.executable, "-m", "venv", str(place / "venv")],
        [_bin(place, "pip"), "install", "-q", str(wheel)],
    ):
        done = subprocess.run(
            command, cwd=place, env=_bare(), capture_output=True, text=True, timeout=INSTALL_LIMIT_S, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    print(f"\ninstalled in {time.monotonic() - began:.0f} s", flush=True)
    return Path(_bin(place, "cs-agent"))


def test_a_ticket_of_a_program_comes_to_its_confirmation_on_a_fresh_machine(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "any folder"
    home.mkdir()
    env, began = _environment(), time.monotonic()
    with _demo(installed, home, env) as address:
        print(f"demo up in {time.monotonic() - began:.0f} s", flush=True)
        number = _filed(address, _token(installed, home, env))
        began = time.monotonic()
        with chromium() as browser:
            page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
            lin = Operator(page, address)
            lin.open_ticket(number)
            lin.start()
            card = lin.wait_for_confirmation()
            assert "9999" in card.inner_text()
            keep_picture(page, "fresh-machine")
            print(f"started and at its confirmation after {time.monotonic() - began:.0f} s", flush=True)
            lin.press("n")
            page.get_by_role("button", name=re.compile("拒绝并结束")).click()
            lin.wait_for_status("已停止")
    assert (home / "var").is_dir()
    assert not list(installed.parent.parent.glob("lib/*/site-packages/var"))


@contextmanager
def _demo(cs_agent: Path, home: Path, env: dict[str, str]) -> Iterator[str]:
    address = f"http://127.0.0.1:{env['CS_AGENT_PORT']}"
    with (home / "demo.log").open("wb") as log:
        demo = subprocess.Popen([cs_agent, "demo"], cwd=home, env=env, stdout=log, stderr=log, start_new_session=True)
    with ends_with_us(demo.pid):
        try:
            wait_until("the demo", lambda: _healthy(address, demo, home), START_LIMIT_S)
            yield address
        finally:
            demo.terminate()
            demo.wait(60)


def _healthy(address: str, demo: subprocess.Popen[bytes], home: Path) -> bool:
    assert demo.poll() is None, (home / "demo.log").read_text(errors="replace")[-3000:]
    try:
        with urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _token(cs_agent: Path, home: Path, env: dict[str, str]) -> str:
    scopes = [part for scope in ("create_tickets", "view_tickets") for part in ("--scope", scope)]
    made = building.run([str(cs_agent), "api_token", "make", "lin", "--name", "shop", *scopes], home, env)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip().splitlines()[-1]


def _filed(address: str, token: str) -> str:
    """The new ticket's number."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Content-Type": "application/json"}
    body: dict[str, Any] = {"text": WORDS, "subject": "收不到验证码", "customer_mobile": "15088889999"}
    with urlopen(Request(f"{address}/api/v1/tickets", json.dumps(body).encode(), headers)) as answer:
        assert answer.status == 201
        return str(json.loads(answer.read())["number"])


def _environment() -> dict[str, str]:
    ports = free_ports(len(PORT_SETTINGS))
    given = {name: str(port) for name, port in zip(PORT_SETTINGS, ports, strict=True)}
    return {**_bare(), **given, "CS_AGENT_PHONE_PORT": str(free_port_row(1)), "CS_AGENT_PHONES": "1"}


def _bare() -> dict[str, str]:
    """As in a fresh shell: nothing of this checkout, of its environment or of its settings."""
    ours = str(building.ROOT)
    path = [each for each in os.environ["PATH"].split(os.pathsep) if not each.startswith((ours, sys.prefix))]
    dropped = ("CS_AGENT_", "DJANGO_", "PYTHON", "VIRTUAL_ENV", "DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    browser = {"CS_AGENT_CHROMIUM": os.environ["CS_AGENT_CHROMIUM"]} if "CS_AGENT_CHROMIUM" in os.environ else {}
    return {**kept, **browser, "PATH": os.pathsep.join(path)}


def _bin(place: Path, name: str) -> str:
    return str(place / "venv" / "bin" / name)
