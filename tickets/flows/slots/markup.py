"""A ticket's text as a reader of the page would see it: without tags and entities, and with single blanks.

Rule: each character of the plain text knows the place it came from, so that a value is shown where it stands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tickets.flows.slots.text import Span

_ATTRIBUTES = r"\s[^<>]{0,200}=[^<>]{0,200}|\s{1,4}"
_BLOCKS = "p|div|br|li|ul|ol|tr|table|tbody|thead|h[1-6]|blockquote|pre|hr|body|html|head"
_INLINE = "td|th|span|b|strong|em|i|u|font|a|img|small|center|sup|sub"
_MARKUP = re.compile(
    rf"(?P<block></?(?:{_BLOCKS})(?:{_ATTRIBUTES})?/?>)|(?P<cell></t[dh]>)|"
    rf"(?P<inline></?(?:{_INLINE})(?:{_ATTRIBUTES})?/?>)|"
    r"(?P<entity>&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});)|(?P<blanks>(?<=[^\s\d])[ \t\u00a0\u3000]{2,}(?=\S)|"
    r"(?<=\d)[ \t\u00a0\u3000]{2,}(?=[^\s\d]))|"
    rf"(?P<struck><(?P<tag>s|del|strike)(?:{_ATTRIBUTES})?>[^<>]{{0,300}}</(?P=tag)>)",
    re.I,
)


_HINT = re.compile(r"[<&]|\S[ \t\u00a0\u3000]{2}")


@dataclass(frozen=True, slots=True)
class Plain:
    """The text and, where it differs from the source, the place in the source of each of its characters."""

    text: str
    places: Sequence[int] | None = None

    def at_source(self, span: Span) -> Span:
        if self.places is None or span.end > len(self.places):
            return span
        last = self.places[span.end - 1] if span.end > span.start else self.places[span.start] - 1
        return replace(span, start=self.places[span.start], end=last + 1)


def plain(source: str) -> Plain:
    """The source without markup; a block's tag is a line break, a cell's end a bar, struck text is gone."""
    if not _HINT.search(source):
        return Plain(source)
    parts: list[str] = []
    places: list[int] = []
    past = 0
    for match in _MARKUP.finditer(source):
        shown = _shown(match)
        if shown == match[0]:
            continue
        parts += [source[past : match.start()], shown]
        places += [*range(past, match.start()), *[match.start()] * len(shown)]
        past = match.end()
    if not past:
        return Plain(source)
    parts.append(source[past:])
    places += range(past, len(source))
    return Plain("".join(parts), places)


def _shown(match: re.Match[str]) -> str:
    if match["entity"]:
        char = html.unescape(match[0])
        return " " if char == "\u00a0" else char if len(char) == 1 else match[0]
    if match["block"]:
        return "\n"
    return " | " if match["cell"] else " " if match["blanks"] else ""
