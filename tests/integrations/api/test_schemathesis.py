"""Schemathesis' own command line, with every check and every phase, against a product of its own: nothing is found.

It reads `schemathesis.toml` of this checkout, as anybody's call would. `make api-contract` shows many more calls.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Product
from tickets.permissions import SCOPES

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = os.environ.get("API_CLI_EXAMPLES", "5")
SEED = os.environ.get("API_SEED", "16")
_WITHOUT = ("phone", "pilot", "worker", "upkeep", "beat")
_LIMIT_S = 3600
# A limit of calls is not what is asked about here.
_ENVIRON = {"CS_AGENT_API_CALLS_PER_MINUTE": "1000000"}

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("product"), without=_WITHOUT, environ=_ENVIRON) as product:
        yield product


def token_of(product: Product, person: str) -> str:
    scopes = [word for scope in SCOPES for word in ("--scope", scope.value)]
    return product.manage("api_token", "make", person, "--name", "schemathesis", *scopes).split()[-1]


def run(product: Product, token: str) -> subprocess.CompletedProcess[str]:
    """The command as the documents have it."""
    address = f"{product.address}/api/v1/openapi.json"
    options = ["--checks", "all", "--continue-on-failure", "--seed", SEED, "--max-examples", EXAMPLES]
    options += ["-H", f"Authorization: Bearer {token}"]
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", *options, address],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )


# An operator, and an administrator who may whatever a token can.
@pytest.mark.parametrize("person", ["lin", "admin"])
def test_every_check_of_every_phase_finds_nothing(product: Product, person: str) -> None:
    done = run(product, token_of(product, person))
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-3000:]
    assert "30 selected / 30 total" in done.stdout
