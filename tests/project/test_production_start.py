"""A production web server does not start where a demo account can still log in, and says what to do about it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import migrated
from tests.processes import free_ports

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 120
MAKE_ACCOUNT = "from django.contrib.auth.models import User; User.objects.create_user('lin', 'lin@demo.invalid', 'x')"
LOAD = (
    "import asyncio, importlib\nasync def main(): importlib.import_module('cs_agent.project.asgi')\nasyncio.run(main())"
)

ASK = (
    "import django; django.setup()\n"
    "from django.test import Client\n"
    "print(*(Client(HTTP_HOST='cs.example').get(path).status_code for path in ('/healthz', '/login/')))"
)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A production installation with its own database, in which an account of the demo was left."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CS_AGENT_", "DATABASE_"))}
    folder = tmp_path_factory.mktemp("production")
    found = {
        **kept,
        "CS_AGENT_MODE": "production",
        "SECRET_KEY": "x7" * 30,
        "CS_AGENT_ALLOWED_HOSTS": "cs.example",
        "CS_AGENT_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings",
    }
    migrated.copy_to(folder / "cs_agent.sqlite3")
    return found


def python(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=LIMIT_S, check=False)


def test_the_web_server_refuses_demo_accounts_and_names_the_remedy(environ: dict[str, str]) -> None:
    assert python(environ, "manage.py", "shell", "-v", "0", "-c", MAKE_ACCOUNT).returncode == 0
    [port] = free_ports(1)
    done = python(environ, "-m", "uvicorn", "cs_agent.project.asgi:application", "--port", str(port))
    assert done.returncode != 0
    assert "accounts of the demo" in done.stderr
    assert "manage.py load_demo --retire-accounts" in done.stderr


def test_it_starts_once_they_are_deactivated(environ: dict[str, str]) -> None:
    assert python(environ, "manage.py", "load_demo", "--retire-accounts").returncode == 0
    done = python(environ, "-c", LOAD)
    assert done.returncode == 0, done.stderr


def test_who_looks_after_the_processes_asks_for_their_health_past_the_proxy(environ: dict[str, str]) -> None:
    done = python(environ, "-c", ASK)
    health, page = done.stdout.split()
    assert (health in ("200", "503"), page) == (True, "301"), done.stderr
