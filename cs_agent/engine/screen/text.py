"""Normalises screen texts for comparison (width, case, spaces, look-alike characters) and parses amounts and file
names.

Rule: folded texts are for comparison only; people are shown the text as it was on the screen.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_WIDE = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_SPACE_BY_WIDE = re.compile(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MARKS = re.compile(r"[\s\"'“”‘’「」『』()（）\[\]【】:,，。.、!?;·…|<>›»-]+")
_LOOK_ALIKE = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "s": "5", "b": "8", "z": "2"})

_MONEY = re.compile(
    r"(?P<sign>[-−–]\s*)?(?P<mark>[¥￥$]|rmb|cny)?\s*(?P<minus>[-−–]\s*)?"
    r"(?<![\d.,])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(?![\d.])\s*(?P<unit>万元|元|块|圆|yuan|rmb|cny)?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"[\w\-+()（）\u4e00-\u9fff …]*[\w)…]"
    r"\.(?:mp4|mov|avi|jpe?g|png|gif|webp|heic|pdf|docx?|xlsx?|zip|mp3|wav|txt|csv)\b",
    re.I,
)


def _simplified() -> dict[int, str]:
    source = Path(__file__).with_name("vocabulary") / "traditional.toml"
    table = {name: "".join(lines.split()) for name, lines in tomllib.loads(source.read_text("utf-8")).items()}
    return {ord(one): other for one, other in zip(table["traditional"], table["simplified"], strict=True)}


_SIMPLIFIED = _simplified()


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The text in half width, lower case and simplified characters, without invisible characters or spaces next to
    Chinese, and with single spaces elsewhere."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_SIMPLIFIED)
    text = _SPACES.sub(" ", text).strip()
    return _SPACE_BY_WIDE.sub("", text)


def squash(text: str) -> str:
    """Folded, and without any space or punctuation."""
    return _MARKS.sub("", fold(text))


def looks_same(one: str, other: str) -> bool:
    """Whether they are equal except for punctuation and characters that OCR confuses (O/0, l/1, S/5 …)."""
    return squash(one).translate(_LOOK_ALIKE) == squash(other).translate(_LOOK_ALIKE)


def contains(haystack: Iterable[str], needle: str) -> bool:
    """Whether any text contains the needle, both folded."""
    wanted = fold(needle)
    tight = wanted.replace(" ", "")
    return bool(wanted) and any(wanted in fold(text) or tight in fold(text).replace(" ", "") for text in haystack)


def money(text: str, *, bare: bool = True) -> float | None:
    """The amount in yuan that a text holds; None for none, or for several different ones.

    With `bare` false only numbers with a currency mark or unit count.
    """
    found = {value for value, marked in _amounts(text) if marked}
    if not found and bare:
        found = {value for value, _ in _amounts(text)}
    return found.pop() if len(found) == 1 else None


def amounts(text: str) -> list[float]:
    """Every amount with a currency mark or unit."""
    return [value for value, marked in _amounts(text) if marked]


def show_money(amount: float, like: str = "") -> str:
    """The amount in the form shown to people, in the currency of `like`, the text it was read from."""
    mark = "$" if "$" in unicodedata.normalize("NFKC", like) else "¥"
    return f"{'-' if amount < 0 else ''}{mark}{abs(amount):,.2f}"


def file_names(text: str) -> list[str]:
    return [found[0].strip() for found in _FILE.finditer(text)]


def _amounts(text: str) -> list[tuple[float, bool]]:
    found = []
    for match in _MONEY.finditer(unicodedata.normalize("NFKC", text)):
        value = float(match["number"].replace(",", ""))
        value = value * 10_000 if match["unit"] == "万元" else value
        negative = bool(match["minus"]) or bool(match["sign"] and match["mark"])
        found.append((-value if negative else value, bool(match["mark"] or match["unit"])))
    return found
