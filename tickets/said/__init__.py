"""Texts that are stored as codes and values, and rendered in the reader's language.

Rule: a column of such texts is a `SaidField`. Plain texts of older releases or of people are stored and shown
unchanged. A code is never removed and never changes its meaning, since rows keep it for years.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation
from django.utils.translation import get_language, gettext

from cs_agent import trouble
from cs_agent.said import Said, Sentence, from_json, joined, to_json
from tickets.said.texts import TEXTS

__all__ = [
    "TEXTS",
    "Marked",
    "Said",
    "SaidField",
    "bounded",
    "gettext_said",
    "in_both",
    "in_each",
    "in_language",
    "in_two",
    "joined",
    "label",
    "listed",
    "read_in_json",
    "said",
    "said_again",
    "stored",
    "stored_in_json",
]

_SAID = "said"
_START = '{"said":'  # of a stored text; JSON is written without spaces
_LABEL = "label"
_TEXT = "text"  # a sentence of a catalogue by its source text, `id`; the other values are named or stand in their order
_BOTH = "both"  # a text that is kept in both languages, {zh, en}
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"%(\(\w+\))?[di]")  # values are stored as text
if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:  # without the type stubs, as in a project of others, Django's class takes no parameters
    _TextField = models.TextField


class SaidField(_TextField):
    """A text stored as codes and values; loaded as a `Said` in the active language."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return read(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return stored(value) if isinstance(value, str) else super().get_prep_value(value)


def said(code: str, **values: str | int) -> Said:
    """The sentence of that code in the active language; a value may be a `Said` itself."""
    given = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return Said(_look_up(code, given), Sentence(code, given))


class Marked(Said):
    """A sentence of a catalogue; `%` fills its places as gettext's texts have them, and it stays a `Said`."""

    def __mod__(self, given: Any) -> Said:
        named = (
            given if isinstance(given, Mapping) else dict(enumerate(given if isinstance(given, tuple) else (given,)))
        )
        [sentence] = [part for part in self.parts if isinstance(part, Sentence)]
        values = {str(name): value if isinstance(value, str) else str(value) for name, value in named.items()}
        return Said(str.__mod__(self, given), Sentence(_TEXT, {**sentence.values, **values}))


def gettext_said(message: str) -> Marked:
    """Like `gettext`, for texts to be stored: a `SaidField` renders them in the later reader's language."""
    return Marked(gettext(message), Sentence(_TEXT, {"id": message}))


def bounded(text: str, most: int) -> str:
    """The text, or the values of a `Said`, cut to at most `most` characters."""
    if not isinstance(text, Said):
        return text[:most]
    parts = [
        part[:most]
        if isinstance(part, str)
        else Sentence(part.code, {name: bounded(value, most) for name, value in part.values.items()})
        for part in text.parts
    ]
    return Said(text, *parts)


def label(choice: models.TextChoices) -> Said:
    """The label of a choice of `tickets.models`."""
    return said(_LABEL, choices=type(choice).__name__, value=choice.value)


def in_two(zh: str, en: str) -> Said:
    """A text that somebody wrote in both languages, such as a flow's label; Chinese where there is no English."""
    return said(_BOTH, zh=zh, en=en or zh)


def listed(texts: Sequence[str]) -> str:
    """At least one text, joined as a list in the reader's language."""
    return texts[0] if len(texts) == 1 else said("list", first=texts[0], rest=listed(texts[1:]))


def in_both(message: Any, **values: str | int) -> str:
    """A sentence marked by `gettext_lazy` in both languages, for terminals, whose reader's language is unknown."""
    given = {name: str(value) for name, value in values.items()}
    return " / ".join(_filled(text, given) for text in in_each(message).values())


def in_each(text: Any) -> dict[str, str]:
    """{zh, en}: a `Said`, or a sentence marked by `gettext_lazy`, in each language, such as a flow keeps its labels."""
    found = {}
    for lang in ("zh", "en"):
        with in_language(lang):
            found[lang] = str(said_again(text))
    return found


def readers_language() -> str:
    """The language that is active: "zh" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_language(lang: str) -> Any:
    """A context in which texts are in "zh" or "en"."""
    return translation.override("en" if lang == "en" else "zh-hans")


def said_again(text: str) -> str:
    """The text in the active language; a text without sentences is unchanged."""
    return from_json(to_json(text), _look_up) if isinstance(text, Said) else text


def stored(text: str) -> str:
    """The column's value; a text without sentences is unchanged."""
    if not text or (not isinstance(text, Said) and not text.startswith(_START)):
        return text
    parts = to_json(text)
    if len(parts) == 1 and isinstance(parts[0], str) and not parts[0].startswith(_START):
        return parts[0]
    return json.dumps({_SAID: parts}, ensure_ascii=False, separators=(",", ":"))


def read(column: str) -> str:
    """Inverse of `stored`; anything else, such as an older release's text, is returned unchanged."""
    if not column.startswith(_START):
        return column
    try:
        return from_json(json.loads(column)[_SAID], _look_up)
    except (ValueError, TypeError, RecursionError):
        return column


def stored_in_json(value: Any) -> Any:
    """The JSON value with each `Said` in it as {"said": parts, "text": the words as they were when it was written}."""
    match value:
        case Said() if any(isinstance(part, Sentence) for part in value.parts):
            return {_SAID: to_json(value), "text": str(value)}
        case str():
            return str(value)
        case Mapping():
            return {name: stored_in_json(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [stored_in_json(each) for each in value]
        case _:
            return value


def read_in_json(value: Any) -> Any:
    """What `stored_in_json` gave, in the reader's language; what this release cannot read, in the stored words."""
    match value:
        case {"said": list(parts), "text": str(text), **rest} if not rest:
            try:
                return from_json(parts, _look_up)
            except (ValueError, TypeError, RecursionError):
                return text
        case Mapping():
            return {name: read_in_json(each) for name, each in value.items()}
        case list():
            return [read_in_json(each) for each in value]
        case _:
            return value


def _look_up(code: str, values: Mapping[str, str]) -> str:
    """Render a sentence of the domain, of the engine or of an error; an unknown code gives its values."""
    if code in TEXTS:
        return _filled(str(TEXTS[code]), values)
    if code == _LABEL:
        return _label(values)
    lang = readers_language()
    if code == _TEXT:
        return _of_catalogue(dict(values))
    if code == _BOTH:
        return values.get(lang) or values.get("zh", "")
    if code == trouble.CODE:
        return trouble.retell(values, lang)
    try:
        return _of_engine(code, values, lang)
    except (KeyError, ValueError, TypeError):
        return " ".join(values.values()) or code


def _of_catalogue(values: dict[str, str]) -> str:
    """The sentence in the active language; in its source language if no catalogue has it."""
    message = values.pop("id", "")
    text = _NUMBER.sub(r"%\1s", gettext(message)) if message else ""
    try:
        return (text % (tuple(values.values()) if "0" in values else values)) if values else text
    except (KeyError, ValueError, TypeError):
        return " ".join([message, *values.values()])


def _of_engine(code: str, values: Mapping[str, str], lang: str) -> str:
    # Imported when needed: the models import this module, and not every process needs the engine's words.
    from cs_agent.engine.actions import parse_errors
    from cs_agent.engine.gate import reasons
    from cs_agent.engine.run import wording
    from cs_agent.engine.run.state import Reason

    prefix, key = code[: code.find(".") + 1], code[code.find(".") + 1 :]
    if prefix == wording.PREFIX:
        return wording.say(key, lang, **values)
    if prefix == reasons.PREFIX:
        return reasons.told(Reason(key, values), lang)
    if prefix == parse_errors.PREFIX:
        code_of = parse_errors.ParseErrorCode(key)
        return parse_errors.ParseError(code_of, values.get("detail", "")).reason(lang)
    raise KeyError(code)


def _label(values: Mapping[str, str]) -> str:
    from tickets import models as rows

    choices = getattr(rows, values.get("choices", ""), None)
    value = values.get("value", "")
    if isinstance(choices, type) and issubclass(choices, models.TextChoices):
        return str(dict(choices.choices).get(value, value))
    return value


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)
