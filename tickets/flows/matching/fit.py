"""How well a ticket's text fits a flow, and whether a person should rather handle it.

Rule: a keyword speaks for a flow only where the writer wants the thing. One that is refused speaks against it; one that
is asked about, over and done, supposed or reported says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from tickets.flows.matching.spot import Standing
from tickets.flows.matching.standing import standing_of
from tickets.flows.matching.wishes import NO_PURPOSE, Purpose, Wish, purpose
from tickets.flows.slots.text import even
from tickets.said import Said, listed, said

MOST_PLACES = 12  # of one keyword in a text that are judged

_WHY = {  # codes of `tickets.said`
    Standing.REFUSED: "fit.refused",
    Standing.ASKED: "fit.asked",
    Standing.POLITE: "fit.asked",
    Standing.DONE: "fit.done",
    Standing.SUPPOSED: "fit.supposed",
    Standing.UNCLEAR: "fit.unclear",
}
_BEST_FIRST = (
    Standing.POLITE,
    Standing.REFUSED,
    Standing.DONE,
    Standing.ASKED,
    Standing.SUPPOSED,
    Standing.UNCLEAR,
)
_CONTRACTED = (
    (r"\s{1,2}not\s{1,2}", r"(?:\s{1,2}not\s{1,2}|n['’]?t\s{1,2})"),
    (r"\s{1,2}is\s{1,2}", r"(?:\s{1,2}is\s{1,2}|['’]?s\s{1,2})"),
)
# What makes a polite question a wish: the number of an order, or haste.
_IN_EARNEST = re.compile(
    r"(?=[\d急尽马拜auA-Z零一二三四五六七八九幺])(?:\d(?:-?\d){6}|(?<![A-Z])[A-Z]{1,6}-?\d{5}|[零一二三四五六七八九幺]{7}|(?<!不)(?<!别)(?<!着)急(?!着)|尽快|马上|拜托|\basap\b|\burgent)",
    re.I,
)
_MARKS = ",，。;；!！?？\n"
_ASKS = re.compile("[什怎哪多几吗啥谁]")
_SMALL = {"the", "my", "a", "an", "of", "to", "for", "your", "our", "this", "that", "please", "i"}
_LINKS = {"is", "has", "was", "are", "been", "just", "keeps", "keep", "in", "on", "with", "again"}
_SPEAKS_AGAINST = {Standing.REFUSED, Standing.DONE}


@dataclass(frozen=True, slots=True)
class Fit:
    """`fit` is 0 for no fit and 1.0 for `threshold` points; more decides between flows that all fit. `words` told for
    the flow; `discounted` are those that stand in the text but are not wanted, with the reason; `against`: what is
    wanted and speaks for another flow; `purpose`: what the flow is for; `strong`: where words that make it fit by
    themselves stand wanted; `turned`: a word that is wanted first and refused last; `questions`: asking is wanting."""

    fit: float
    words: tuple[str, ...] = ()
    discounted: tuple[tuple[str, Standing], ...] = ()
    against: tuple[str, ...] = ()
    purpose: Purpose = NO_PURPOSE
    strong: tuple[int, ...] = ()
    turned: str = ""
    questions: bool = False
    keys: tuple[str, ...] = ()

    @property
    def telling(self) -> str:
        """The longest word that told for the flow; of two flows that fit alike, the longer one says more."""
        return max(self.words, key=len, default="")

    @property
    def reasons(self) -> list[Said]:
        told = [_mentioned(self.words)] if self.words else []
        return told + [_not_wanted(word, standing) for word, standing in self.discounted[:3]]


def fit_of(match: Mapping[str, Any], text: str, wanted: Sequence[Wish] = (), *, questions: bool = False) -> Fit:
    """How well a text fits a flow's `match`. `wanted`: the text's wishes; `questions`: asking about the thing is
    wanting it (order status)."""
    smooth, threshold, weights = even(text), float(match.get("threshold", 1)), match["keywords"]
    lowered = _lowered(smooth)
    met: dict[str, Standing] = {}
    strong: list[int] = []
    turned = ""
    for word, weight in weights.items():
        places = list(_places(lowered, word.lower()))
        standing, at = _stand(smooth, places, questions, weight >= threshold)
        if standing is not None:
            met[word] = standing
        if standing is Standing.WANTED and weight >= threshold:
            strong.append(at)
            if at < places[-1][0] and standing_of(smooth, *places[-1], questions=questions) is Standing.REFUSED:
                turned = word
    liked = {word for word, weight in weights.items() if weight > 0}
    certain = any(met.get(word) is Standing.WANTED for word in liked) or _in_earnest(smooth)
    met = {w: _decided(s, certain) for w, s in met.items()}
    points = sum(_points(weights[word], standing, questions) for word, standing in met.items())
    wished = [w for w, s in met.items() if s is Standing.WANTED]
    telling = sorted((w for w in wished if w in liked), key=lambda word: -weights[word])
    own = purpose_of(match)
    named = [wish for wish in wanted if own.names(wish.action) and (certain or not wish.polite)]
    if named and not strong:
        points = threshold + sum(_points(weights[word], s, questions) for word, s in met.items() if word not in liked)
        telling, strong = [named[0].words, *telling], [named[0].start]
    return Fit(
        max(0.0, points / threshold),
        tuple(telling[:5]),
        tuple((w, s) for w, s in met.items() if w in liked and w not in wished),
        tuple(w for w in wished if w not in liked),
        own,
        tuple(strong),
        turned,
        questions,
        tuple(word for word, weight in weights.items() if weight >= threshold),
    )


@lru_cache(maxsize=2)  # every flow that is matched asks for the same text
def _lowered(text: str) -> str:
    return text.lower() if len(text.lower()) == len(text) else text


@lru_cache(maxsize=2)
def _in_earnest(text: str) -> bool:
    return bool(_IN_EARNEST.search(text))


def purpose_of(match: Mapping[str, Any]) -> Purpose:
    threshold, weights = float(match.get("threshold", 1)), match["keywords"]
    strong = tuple(word for word, weight in weights.items() if weight >= threshold)
    return purpose(tuple(word for word, weight in weights.items() if weight > 0), strong)


def _points(weight: float, standing: Standing, questions: bool) -> float:
    if weight < 0:
        return (
            0 if standing in _SPEAKS_AGAINST or (questions and standing is Standing.SUPPOSED) else weight
        )  # a sign of another matter, however it is spoken of
    if standing is Standing.WANTED:
        return weight
    return -weight if standing in _SPEAKS_AGAINST else 0


def _decided(standing: Standing, certain: bool) -> Standing:
    if standing is not Standing.POLITE:
        return standing
    return Standing.WANTED if certain else Standing.ASKED


def _stand(text: str, places: Sequence[tuple[int, int]], questions: bool, strong: bool) -> tuple[Standing | None, int]:
    """The best standing of a word's places in the text, and where; a refusal counts before a question or a
    supposition."""
    found: dict[Standing, int] = {}
    for start, end in places:
        found.setdefault(standing_of(text, start, end, questions=questions, strong=strong), start)
        if Standing.WANTED in found:
            return Standing.WANTED, start
    best = next((standing for standing in _BEST_FIRST if standing in found), None)
    return best, found[best] if best else 0


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where the word stands, at most `MOST_PLACES` times; English does not begin within another word."""
    pattern, piece = _pattern(word)
    if piece in text:
        for match in islice(pattern.finditer(text), MOST_PLACES):
            yield match.span()


@lru_cache(maxsize=4096)
def _pattern(word: str) -> tuple[re.Pattern[str], str]:
    """The word with what people put into it (退一下款, 改个地址, where's my, hasn't shipped), and a piece of it that
    stands wherever the word does."""
    if len(word) in {2, 3} and all("一" <= char <= "鿿" for char in word):
        return re.compile(f"{word[0]}(?:一?下|个)?{word[1:]}"), word[1:]
    written = re.escape(word).replace("\\ ", r"\s{1,2}")
    for whole, short in _CONTRACTED:
        written = written.replace(whole, short)
    begins = r"(?<![a-z])" if word[0].isascii() and word[0].isalnum() else ""
    loose, piece = _loose(word)
    return re.compile(f"{begins}{written}{loose}"), piece or max(word.split(), key=len)


def _loose(word: str) -> tuple[str, str]:
    """The two parts of a word apart from each other, or the other way round (电表好像有异常 for 电表异常, the
    breaker has tripped for tripped breaker), as another pattern; and a piece that is there in either."""
    if re.fullmatch("[一-鿿]{4}", word) and not _ASKS.search(word):
        first, second = word[:2], word[2:]
        return f"|{first}[^{_MARKS}人和跟与]{{1,5}}{second}|{second}[^{_MARKS}]{{0,3}}{first}", first
    parts = [part for part in word.split() if part not in _SMALL]
    if not word.isascii() or len(parts) != 2 or any(len(part) < 4 or not part.isalpha() for part in parts):
        return "", ""
    first, second = (re.sub(r"(?:ing|ed|s|e|y)$", "", part) for part in parts)
    rest = "[a-z]{0,4}" if re.search("ed ?", word) else r"(?!i?ed\b)[a-z]{0,4}"  # what is past is no wish
    gap, small = r"[ '’-]{1,2}(?:[a-z']+ ){0,3}?", rf"[ '’-]{{1,2}}(?:(?:{'|'.join(_SMALL | _LINKS)}) ){{0,3}}?"
    return rf"|(?<![a-z]){first}{rest}{gap}{second}{rest}\b|(?<![a-z]){second}{rest}{small}{first}{rest}\b", first


def _mentioned(words: tuple[str, ...]) -> Said:
    return said("fit.mentions", words=listed(words))


def _not_wanted(word: str, standing: Standing) -> Said:
    return said("fit.not_counted", word=word, why=said(_WHY[standing]))
