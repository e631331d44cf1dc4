"""Text made plain for matching, one character for one, so that places stay those of the original."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"  # may stand inside a number without being seen
_SIGNS = {"：": ":", "﹕": ":", "∶": ":", "︰": ":"}
_TAG = re.compile(r"</?[A-Za-z][\w:-]{0,30}(?:\s[^<>@\n]{0,200})?/?>")
_SPEAKER = re.compile(
    r"(?:^|(?<=\n)|(?<=\] ))(?P<open><)[^<>=/\n]{2,30}(?P<close>>)(?=[ \t]\S)"
)  # `<Bob Marsh> still waiting`
_JSON_LINK = re.compile(r"(?<=[\w\u4e00-\u9fff])[\"']\s{0,3}:\s{0,3}[\"']")
_SPREAD = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,3}(?=[ \u3000]{0,2}:)")
_CELL_EDGE = re.compile(r"(?<![^\s])[|│](?![^\s])")


def same_length_plain(text: str) -> str:
    """Made plain: full-width letters, digits and signs (NFKC where that is one character); the traditional characters
    of labels and names; labels spread out (`姓  名:`). Tags, the edges of a table's cells and what stands between a
    JSON name and its text become tabs."""
    if not text.isascii():
        plain = (unicodedata.normalize("NFKC", char) for char in text.translate(_table()))
        text = "".join(new if len(new) == 1 else old for new, old in zip(plain, text, strict=True))
    text = _SPREAD.sub(lambda found: "".join(found.group().split()).rjust(len(found.group())), text)
    if "</" not in text:
        text = _SPEAKER.sub(lambda found: f"\u2039{found.group()[1:-1]}\u203a", text)
    for mark in (_TAG, _JSON_LINK, _CELL_EDGE):
        text = mark.sub(lambda found: "\t" * len(found.group()), text)
    return text


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """The traditional forms of all characters that labels, addresses and surnames are recognised by."""
    old, new = (Path(__file__).parent / "traditional.txt").read_text("utf-8").splitlines()[:2]
    return {**{ord(sign): plain for sign, plain in _SIGNS.items()}, **dict(zip(map(ord, old), new, strict=True))}
