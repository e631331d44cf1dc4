"""Converts a helpdesk's HTML to plain text, without scripts, styles and trackers.

Rule: a link's address is added to its text; pictures are dropped; what a mail quotes bears the mark of quotes.
"""

from __future__ import annotations

import re

import lxml.html
import nh3
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.html.builder import E

MOST_HTML = 2 * 1024 * 1024  # characters that are looked at; a longer body is cut
_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "u", "ul"),
}
_GONE = {"script", "style", "title", "head", "noscript", "template", "svg", "object", "iframe"}
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_links=False)
_HTML = re.compile(
    r"</(p|div|span|a|table|td|body|html|ul|ol|li|b|i|em|strong|h[1-6]|blockquote|font)\s*>|<br\s*/?>|<!doctype html",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_BLANKS = re.compile(r"[ \t\u00a0]+(?=\n|$)")


def is_html(text: str) -> bool:
    """Whether a body of unknown form is HTML: by its tags, as plain texts hold signs like < too."""
    return bool(_HTML.search(text))


def from_html(html: str) -> str:
    """The visible text; "" for a body without text."""
    clean = nh3.clean(html[:MOST_HTML], tags=_TAGS, clean_content_tags=_GONE, attributes={"a": {"href"}}, link_rel=None)
    return tidy(get_text(_quotes_marked(_links_spelled(clean)), _CONFIG)) if clean.strip() else ""


def tidy(text: str) -> str:
    """The text with normalised line ends, without invisible or direction characters, at most one empty line in a
    row."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00a0", " ")
    text = _BLANKS.sub("", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _quotes_marked(clean: str) -> str:
    """Quoted lines begin with `>`, as in a plain mail; not where the text is nothing but a quote."""
    if "<blockquote" not in clean:
        return clean
    root = lxml.html.fragment_fromstring(clean, create_parent="div")
    quotes = root.xpath(".//blockquote[not(ancestor::blockquote)]")
    if sum(_letters(each) for each in quotes) == _letters(root):
        return clean
    for quote in quotes:
        tail, quote.tail = quote.tail, None
        text = tidy(get_text(lxml.html.tostring(quote, encoding="unicode"), _CONFIG))
        marked = E.PRE("\n".join(f"> {line}".rstrip() for line in text.splitlines()))
        marked.tail = tail
        quote.getparent().replace(quote, marked)
    return str(lxml.html.tostring(root, encoding="unicode"))


def _letters(element: lxml.html.HtmlElement) -> int:
    return len("".join(element.text_content().split()))


def _links_spelled(clean: str) -> str:
    """`<a href="x">y</a>` as `y (x)` where the words are not the address already."""
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', _spelled, clean, flags=re.DOTALL)


def _spelled(found: re.Match[str]) -> str:
    address, words = found[1].removeprefix("mailto:").removeprefix("tel:"), found[2]
    bare = re.sub(r"<[^>]+>", "", words).strip()
    if not bare or address.rstrip("/") == bare.rstrip("/") or not address.isascii():
        return words
    return f"{words} ({address[:300]})"
