"""Pictures within an HTML body, which several helpdesks leave out of a message's attachments. Pure.

Rule: the body is a customer's, so only addresses of the helpdesk's own files count, never a stranger's; what a mail
quotes was sent before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from integrations.connectors.fields.plain import MOST_HTML

_MOST = 10  # of one body, as many as a ticket takes


def pictures(body: str, base: str, own: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The whole addresses at the helpdesk's host whose path and query `own` matches, each once, in order."""
    found = [match for src in _sources(body) if (match := _match(src, base, own)) is not None]
    yield from found[:_MOST]


def _sources(body: str) -> dict[str, None]:
    if "<img" not in body.lower():
        return {}
    try:
        root = html.fragment_fromstring(body[:MOST_HTML], create_parent="div")
    except (etree.ParserError, ValueError):
        return {}
    return dict.fromkeys(map(str, root.xpath(".//img[not(ancestor::blockquote)]/@src")))


def _match(src: str, base: str, own: re.Pattern[str]) -> re.Match[str] | None:
    try:
        whole = urljoin(base, src)
        parts, ours = urlsplit(whole), urlsplit(base)
    except ValueError:
        return None
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc) or ".." in unquote(whole):
        return None
    return own.match(whole, whole.index("/", len(parts.scheme) + 3) if parts.path else len(whole))
