"""Texts for people of the packages without Django: sentences in Chinese, with one gettext catalogue of their English.

Rule: a sentence is in the code once, in Chinese and marked with `_`, and translated when it is read: its code and
values are stored. Texts for models are with the prompts, not here.
"""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path

_DOMAIN = "messages"
_FOLDER = Path(__file__).parent / "locale"
_PLACE = re.compile(r"\{(\w+)\}")


def _(message: str) -> str:
    """Marks a sentence for the catalogue; `{name}` in it is a placeholder."""
    return message


def say(message: str, lang: str, **values: str) -> str:
    """The sentence in "zh" or "en". Placeholders are replaced in one pass, so that braces in values are literal; one
    without a value is kept."""
    text = _translations(lang).gettext(message) if message else ""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


@cache
def _translations(lang: str) -> gettext.NullTranslations:
    """The translations; for Chinese and languages without a catalogue the sentences themselves."""
    return gettext.translation(_DOMAIN, _FOLDER, [lang], fallback=True)
