"""What the parts below Django say to people: sentences in Chinese, and one gettext catalogue of their English.

Rule: a sentence stands in the code once, in Chinese and marked with `_`, and is translated where it is read: what is
stored is the sentence's code and its values. What a model is told stands with the prompts and not in here.
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
    """Marks a sentence that has an entry in the catalogue; `{name}` in it is the place of a value."""
    return message


def say(message: str, lang: str, **values: str) -> str:
    """The sentence in "zh" or "en". Values are put in once, so that braces in them mean nothing; a place without a
    value stays as it is."""
    text = _translations(lang).gettext(message) if message else ""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


@cache
def _translations(lang: str) -> gettext.NullTranslations:
    """Of a language without a catalogue, and of Chinese, the sentences themselves."""
    return gettext.translation(_DOMAIN, _FOLDER, [lang], fallback=True)
