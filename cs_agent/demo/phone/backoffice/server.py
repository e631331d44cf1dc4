"""The server behind the practice apps: their pages, their data, and the ledger of what really happened.

Rule: pages answer as slowly as such systems do (`latency_ms`), the control side at once; nothing is idempotent, so
that doing something twice shows as two entries.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from cs_agent.demo.phone.backoffice import aftersales, browser, control, crm, logistics, smsdesk
from cs_agent.demo.phone.backoffice.pages import APPS_FOLDER
from cs_agent.demo.phone.backoffice.state import Office
from cs_agent.demo.phone.catalogue import Catalogue
from cs_agent.demo.phone.device.faults import Faults

DEFAULT_LATENCY_MS = (120, 350)
DEFAULT_SEED = 20240521
_PROMPT_PATHS = (*control.CONTROL_PATHS, "/assets")
_START_POLL_S = 0.01


class _Latency:
    """Holds up every answer of a page for a random time within the range."""

    def __init__(self, app: ASGIApp, office: BackOffice) -> None:
        self._app = app
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_PROMPT_PATHS):
            low, high = self._office.latency_ms
            await asyncio.sleep(self._office.random.uniform(low, high) / 1000)
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process this server is a part of."""
        yield


class BackOffice:
    """Use as an async context manager; `url` is known once it is entered. `latency_ms` can be changed any time."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        seed: int = DEFAULT_SEED,
        latency_ms: tuple[int, int] = DEFAULT_LATENCY_MS,
    ) -> None:
        self.latency_ms = latency_ms
        self.random = random.Random(seed)  # noqa: S311 - made-up data, meant to repeat
        self.office = Office(Catalogue(seed), seed)
        self.app = _application(self)
        self._address = (host, port)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        host, port = self._address
        return f"http://{host}:{port}"

    def add_phone(self, key: str, faults: Faults) -> None:
        """Let `POST /faults` reach the switches of this phone."""
        self.office.faults[key] = faults

    async def start(self) -> None:
        """Returns when requests are answered. OSError when the port is taken."""
        listener = socket.create_server(self._address)
        self._address = listener.getsockname()[:2]
        config = uvicorn.Config(
            self.app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(_START_POLL_S)

    async def stop(self) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._server = self._serving = None


def _asset_folders() -> list[Path]:
    return sorted(APPS_FOLDER.glob("*/static"))


def _application(office: BackOffice) -> Starlette:
    routes = [
        *control.ROUTES,
        *aftersales.ROUTES,
        *smsdesk.ROUTES,
        *crm.ROUTES,
        *logistics.ROUTES,
        *browser.ROUTES,
        *(Mount(f"/assets/{folder.parent.name}", StaticFiles(directory=folder)) for folder in _asset_folders()),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(_Latency, office=office)])
    app.state.office = office.office
    return app
