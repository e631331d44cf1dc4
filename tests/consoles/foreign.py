"""Helpdesks of another site, whose pages frame our panel: one of strangers, and two that behave as Chatwoot's and
Zendesk's pages do towards the frame of an app. Seen by a browser that keeps no third-party cookie.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Playwright

from tests.browser import FLAGS, find_chromium
from tests.consoles.browsing import PASSWORD, PATIENCE_MS

PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Desk</title>
<style>body{{margin:0;font:14px sans-serif;background:{back};color:{fore};display:grid;
grid-template:"head head" 44px "side main" 1fr / 220px 1fr;min-height:100vh}}
header{{grid-area:head;padding:12px 20px;background:#334;color:#fff}}nav{{grid-area:side;padding:16px}}
iframe{{grid-area:main;border:0;width:100%;height:{height}px}}#over{{position:absolute;background:#c33;color:#fff;z-index:9}}
</style><header>Helpdesk of strangers</header><nav>Inbox<br>Tickets</nav>
<iframe name="app" src="{src}"></iframe>{script}"""

# Tells the frame of an app which conversation is shown, when it asks; some versions lose the first question.
CHATWOOT = """<script>
let shown = {{ id: {ticket}, account_id: {account} }};
let lost = 1;
const frame = document.querySelector("iframe");
const currentAgent = {{ id: 1, email: "agent@desk.example" }};
const told = () => ({{ event: "appContext", data: {{ conversation: shown, contact: {{ id: 7 }}, currentAgent }} }});
const tell = () => frame.contentWindow.postMessage(JSON.stringify(told()), "*");
window.addEventListener("message", ({{ data }}) => {{
  if (data === "chatwoot-dashboard-app:fetch-info" && lost-- <= 0) tell();
}});
window.show = (id, account) => {{ shown = {{ id, account_id: account }}; tell(); }};
</script>"""

# The first request of an app's frame is a POST with a signed token; then the two talk in messages.
ZENDESK = """<form method="post" target="app" action="{src}"><input type="hidden" name="token" value="{token}"></form>
<script>
const frame = document.querySelector("iframe");
window.addEventListener("message", ({{ source, origin, data }}) => {{
  const {{ key, id, request, params, appGuid }} = JSON.parse(data);
  if (source !== frame.contentWindow || appGuid !== "guid-1") return;
  const say = (message) => source.postMessage(JSON.stringify(message), origin);
  const context = {{ product: "support", location: "ticket_sidebar" }};
  if (key === "iframe.handshake") say({{ key: "zaf.app.registered", message: {{ metadata: {{}}, context }} }});
  if (request === "get") say({{ id, result: {{ [params[0]]: {ticket}, errors: {{}} }} }});
}});
document.querySelector("form").submit();
</script>"""


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        dark = asked.get("theme") == "dark"
        src = escape(asked.get("src", ""))
        script = {"/chatwoot": CHATWOOT, "/zendesk": ZENDESK}.get(path, "")
        told = {"ticket": asked.get("ticket", "0"), "account": asked.get("account", "0")}
        body = PAGE.format(
            src="about:blank" if path == "/zendesk" else src,
            lang=asked.get("lang", "en"),
            back="#16181d" if dark else "#fff",
            fore="#eee" if dark else "#222",
            height=asked.get("height", "760"),
            script=script.format(src=src, token=escape(asked.get("token", "")), **told),
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        # As many frameworks send by themselves: a window that our frame opens gets no way back to it.
        if asked.get("opener") != "kept":
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


@contextmanager
def strict_browser(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """One that keeps no third-party cookie. No page of it may have failed."""
    context = playwright.chromium.launch_persistent_context(
        str(folder / "profile"),
        executable_path=find_chromium(playwright),
        args=[*FLAGS, "--test-third-party-cookie-phaseout"],
        headless=True,
        viewport={"width": 1280, "height": 840},
    )
    context.set_default_timeout(PATIENCE_MS)
    failed: list[str] = []
    context.on("weberror", lambda error: failed.append(str(error.error)))
    yield context
    context.close()
    assert failed == []


def own_window(context: BrowserContext, way: Locator) -> Page:
    """The window of ours that opens from a frame, with the person logged in there."""
    with context.expect_page() as opened:
        way.click()
    own = opened.value
    own.wait_for_load_state()
    if "/login/" in own.url:
        own.fill("#username", "alice")
        own.fill("#password", PASSWORD)
        own.keyboard.press("Enter")
    return own
