"""A helpdesk's web interface for tests, on 127.0.0.1: answers what the test told it, remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass
class Rest:
    """`handle` gives status and body (bytes as they are, else JSON), and headers where it wants some."""

    url: str
    handle: Callable[[Asked], Answer] = lambda asked: (404, {})
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def rest_server() -> Iterator[Rest]:
    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): text for name, text in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            rest.asked.append(asked)
            status, answer, *more = rest.handle(asked)
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, text in {"Content-Length": str(len(raw)), **(more[0] if more else {})}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *_: Any) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rest = Rest(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield rest
    server.shutdown()
    server.server_close()
