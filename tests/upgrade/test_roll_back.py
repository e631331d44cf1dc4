"""The release before, in its own code, on a database that this release made and used; then this release again.

The older code comes from this repository's history and runs on the packages of this environment: it was never a wheel.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import requests

from tests.processes import Product, ends_with_us, wait_until
from tickets.demo import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
RELEASE_BEFORE = "563f6d39"
_WITHOUT = ("phone", "pilot", "worker", "upkeep", "beat")
WORDS = "新版本的工单:手机号15088889999,请再发一次验证码。"

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its source folder."""
    packed = subprocess.run(["git", "archive", RELEASE_BEFORE], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode != 0:
        pytest.skip("this checkout has no history with the release before")
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_back_to_the_release_before_and_on_again_with_nothing_lost(older: Path, tmp_path: Path) -> None:
    product = Product(tmp_path, without=_WITHOUT)
    with product:
        token = made_token(product)
        number = call(product, token, "POST", "/tickets", {"text": WORDS, "subject": "新版本"})["number"]
        call(product, token, "POST", f"/tickets/{number}/comments", {"text": "新版本的备注"})
        run = call(product, token, "POST", f"/tickets/{number}/runs", {})

        refused = manage(product, "rollback", "check", str(older))
        assert refused.returncode == 1
        assert "shop" in refused.stdout  # its token
        assert number in refused.stdout  # its run has not ended
        call(product, token, "POST", f"/runs/{run['id']}/stop")
    revoke(product)
    ready = manage(product, "rollback", "prepare", str(older), "--backup", str(tmp_path / "copy"))
    assert ready.returncode == 0, ready.stdout + ready.stderr

    with running(older, product) as address:
        made_there = work_there(address, number)
    assert manage(product, "audit", "verify").returncode == 0

    with running_again(product):
        token = made_token(product)
        texts = {
            row["number"]: call(product, token, "GET", f"/tickets/{row['number']}")["text"]
            for row in call(product, token, "GET", "/tickets?limit=5")["items"]
        }
        assert (texts[number], texts[made_there]) == (WORDS, "旧版本收到的工单")
        [comment] = call(product, token, "GET", f"/tickets/{number}/comments")["items"]
        assert comment["text"] == "新版本的备注"
        assert call(product, token, "GET", f"/runs/{run['id']}")["status"] == "cancelled"
    assert manage(product, "audit", "verify").returncode == 0


def work_there(address: str, number: str) -> str:
    """What a person does at the older release's console; the number of the ticket made there."""
    browser = requests.Session()

    def post(path: str, **fields: str) -> requests.Response:
        browser.get(f"{address}{path}", timeout=30)
        sent = {**fields, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post(f"{address}{path}", sent, headers={"Referer": address}, timeout=30)

    assert post("/login/", username="lin", password=PASSWORD).ok
    listed = browser.get(f"{address}/tickets/", timeout=30)
    assert listed.status_code == 200
    assert number in listed.text
    shown = browser.get(f"{address}/tickets/{number}/", timeout=30)
    assert shown.status_code == 200
    assert "请再发一次验证码" in shown.text
    made = post("/tickets/new/", subject="旧版本", text="旧版本收到的工单", customer_name="客户", priority="3")
    assert made.status_code == 200, made.text[:500]
    assert "旧版本收到的工单" in made.text
    return made.url.rstrip("/").rpartition("/")[2]


@contextmanager
def running(older: Path, product: Product) -> Iterator[str]:
    """Its web server and Redis, on this product's database and ports."""
    environ = {**product.environ, "PYTHONPATH": str(older), "PYTHONDONTWRITEBYTECODE": "1"}
    product.start("redis")
    log = (product.directory / "older.log").open("wb")
    port = str(product.values["CS_AGENT_PORT"])
    command = [sys.executable, "-m", "uvicorn", "cs_agent.project.asgi:application", "--port", port]
    with log, subprocess.Popen(command, cwd=older, env=environ, stdout=log, stderr=log, start_new_session=True) as web:
        try:
            product.wait_ready("redis")
            with ends_with_us(web.pid):
                wait_until("the older release", lambda: answered(product.address, web, log.name), 90)
                yield product.address
        finally:
            web.terminate()
            web.wait(30)
            product.stop_all()


@contextmanager
def running_again(product: Product) -> Iterator[None]:
    """This release, upgraded to on the database that the older one was working on."""
    product.manage("migrate", "-v", "0")
    try:
        for name in product.processes:
            product.start(name)
        for name in product.processes:
            product.wait_ready(name)
        yield
    finally:
        product.stop_all()


def answered(address: str, web: subprocess.Popen[bytes], log: str) -> bool:
    assert web.poll() is None, Path(log).read_text(errors="replace")[-3000:]
    try:
        return requests.get(f"{address}/login/", timeout=5).ok
    except requests.ConnectionError:
        return False


def manage(product: Product, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    return subprocess.run(command, env=product.environ, capture_output=True, text=True, timeout=300, check=False)


def made_token(product: Product) -> str:
    scopes = [word for scope in ("create_tickets", "start_runs", "stop_runs") for word in ("--scope", scope)]
    return product.manage("api_token", "make", "lin", "--name", "shop", *scopes).split()[-1]


def revoke(product: Product) -> None:
    for line in product.manage("api_token", "list").splitlines():
        product.manage("api_token", "revoke", line.split()[0])


def call(product: Product, token: str, method: str, path: str, body: Any = None) -> Any:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": str(uuid.uuid4()),
        "Content-Type": "application/json",
    }
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(f"{product.address}/api/v1{path}", data, headers, method=method), timeout=60) as answer:
        return json.load(answer)
