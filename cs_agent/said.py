"""Texts for people that can be rendered in another language: a string that carries its sentences.

Rule: a `Said` behaves as its text; its parts are what the text was made of. Only the parts are stored: codes of
sentences and their values, never the words of one language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Self

LookUp = Callable[[str, Mapping[str, str]], str]  # a sentence's code and values → its text in the reader's language


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its code. A value is a plain text or a `Said`."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


class Said(str):
    """A text and its parts in order: sentences, and texts independent of language."""

    parts: tuple[Sentence | str, ...]

    def __new__(cls, text: str, *parts: Sentence | str) -> Self:
        made = super().__new__(cls, text)
        made.parts = tuple(_merged(parts))
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:  # type: ignore[override]
        return (str(self), *self.parts)


def joined(between: str, texts: Sequence[str]) -> Said:
    """Like `between.join(texts)`, empty ones left out."""
    kept = [text for text in texts if text]
    parts: list[Sentence | str] = []
    for text in kept:
        parts += [between, *parts_of(text)] if parts and between else parts_of(text)
    return Said(between.join(kept), *parts)


def parts_of(text: str) -> tuple[Sentence | str, ...]:
    return text.parts if isinstance(text, Said) else (text,)


def to_json(text: str) -> list[Any]:
    """[text as it stands | [code, {name: text | parts}], …]"""
    return [part if isinstance(part, str) else [part.code, _values(part.values)] for part in parts_of(text)]


def from_json(data: list[Any], look_up: LookUp) -> Said:
    """Inverse of `to_json`, rendered by `look_up`; ValueError for anything else."""
    parts: list[Sentence | str] = []
    texts: list[str] = []
    for item in data:
        if isinstance(item, str):
            parts.append(item)
            texts.append(item)
            continue
        sentence = _sentence(item, look_up)
        parts.append(sentence)
        texts.append(look_up(sentence.code, sentence.values))
    return Said("".join(texts), *parts)


def _merged(parts: Iterable[Sentence | str]) -> Iterator[Sentence | str]:
    """Join adjacent plain texts, so that the stored form can be searched."""
    for is_text, run in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_text:
            yield "".join(map(str, run))
        else:
            yield from run


def _values(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: to_json(value) if isinstance(value, Said) else value for name, value in values.items()}


def _sentence(item: Any, look_up: LookUp) -> Sentence:
    match item:
        case [str(code), dict(values)]:
            return Sentence(code, {name: _value(value, look_up) for name, value in values.items()})
    raise ValueError(f"no sentence: {item!r}")


def _value(value: Any, look_up: LookUp) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return from_json(value, look_up)
    raise ValueError(f"no value of a sentence: {value!r}")
