"""What people see at an address where a kind's interface did not answer as it should: mostly another system.

Rule: it is asked for without credentials, and only after the address has answered; what stands there is told, never
judged, as systems may be given any title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrations.connectors.errors import ConnectorError, Text, Unreachable
from integrations.connectors.protocol import Finding, Level
from integrations.connectors.wire.faults import title_of
from integrations.connectors.wire.http import Http
from tickets.said import gettext_said as _

_REDIRECTS = (301, 302, 303, 307, 308)
_PAGES = (400, 401, 403, 404, 500, 503)
_MOST_TURNS = 3


def findings(error: ConnectorError, url: str, networks: Sequence[str], kind: Text) -> Iterator[Finding]:
    """`error`: how the interface answered; nothing for what did not answer or asks for time."""
    if isinstance(error, Unreachable):
        return
    page = _page_at(Http(url, networks=networks))
    title = title_of(page)
    own = str(kind).rstrip("0123456789. ")
    if title and own.casefold() not in page.decode("utf-8", "replace").casefold():
        text = _("打开这个地址,网页的标题是“%s”。") % title
        yield Finding(Level.WARNING, text, _("如果那不是 %s,请改地址:密钥可能没有错。") % kind)


def _page_at(http: Http) -> bytes:
    """Empty where none stands, or one that leads elsewhere."""
    path = "./"
    try:
        for _turn in range(_MOST_TURNS):
            reply = http.get(path, allow=(*_REDIRECTS, *_PAGES), headers={"Accept": "text/html"})
            if reply.status not in _REDIRECTS:
                return reply.body
            path = reply.headers.get("location", "./")
    except ConnectorError:
        return b""
    return b""
