"""A helpdesk of another site: one page that frames our panel, served by a process of its own on a name of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Desk</title>
<style>body{{margin:0;font:14px sans-serif;background:{back};color:{fore};display:grid;
grid-template:"head head" 44px "side main" 1fr / 220px 1fr;min-height:100vh}}
header{{grid-area:head;padding:12px 20px;background:#334;color:#fff}}nav{{grid-area:side;padding:16px}}
iframe{{grid-area:main;border:0;width:100%;height:{height}px}}#over{{position:absolute;background:#c33;color:#fff;z-index:9}}
</style><header>Helpdesk of strangers</header><nav>Inbox<br>Tickets</nav><iframe src="{src}"></iframe>"""


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        dark = asked.get("theme") == "dark"
        body = PAGE.format(
            src=asked.get("src", "").replace("&", "&amp;").replace('"', "&quot;"),
            lang=asked.get("lang", "en"),
            back="#16181d" if dark else "#fff",
            fore="#eee" if dark else "#222",
            height=asked.get("height", "760"),
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        # As many frameworks send by themselves: a window that our frame opens gets no way back to it.
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def foreign_desk() -> Iterator[str]:
    """Its origin. `localhost` is another site than the console's 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
