"""What a page shows to people: its text, and the attributes that are read out or stand in empty fields."""

from __future__ import annotations

from html.parser import HTMLParser

_SILENT = {"script", "style", "template", "svg", "pre", "code"}
_ICONS = "material-symbols-outlined"  # of unfold: the name of the icon is the text of its element
_TOLD = {"placeholder", "title", "aria-label", "alt"}
_VOID = {"input", "img", "br", "hr", "meta", "link", "path", "use", "source", "col", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each element, and whether nothing in it is shown

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.said += [value for name, value in attributes if name in _TOLD and value]
        own = given.get("translate") == "no"  # an author's words, in whatever language
        silent = own or tag in _SILENT or _ICONS in (given.get("class") or "")
        if tag not in _VOID:
            self._open.append((tag, silent or bool(self._open and self._open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self._open and self._open[-1][1]):
            self.said.append(" ".join(data.split()))


def text_of(html: str) -> list[str]:
    """Pieces of text in the page's order."""
    reader = _Reader()
    reader.feed("<body" + html.partition("<body")[2])
    return reader.said
