"""Whether a text leaves a wish for an action standing: each of its clauses is looked at for what takes it back.

Rule: a flow that acts is proposed only where nothing in the text refuses, undoes, conditions, postpones or questions
what it does, and nobody but the writer wishes it. Clauses are judged by their closed words (negation, modality,
conjunctions, time, subject), so that what they are about need not be known; a statement of fact says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tickets.flows.matching.clauses.chinese import WILL
from tickets.flows.matching.clauses.chinese_open import OPEN
from tickets.flows.matching.clauses.english import ENGLISH
from tickets.flows.matching.clauses.rule import Clause, Matter
from tickets.flows.slots.text import CLAUSE_END
from tickets.said import Said, said

MOST_CLAUSES = 200  # of a text that are judged; a longer one is no plain wish
_MOST_WORDS = 160  # characters of a clause that are judged
_PHRASE = re.compile(
    r"(?<=[一-鿿a-z]) (?=[一-鿿])|(?<=[一-鿿]) (?=[a-z])|\s(?=(?:but|and then|and|so|then|though)\b)", re.I
)


# What makes a wish of words that alone are none: 身份证拍好了,请核验.
_ASKED = re.compile(r"请(?!问)|麻烦|帮|我要|想要?|\b(?:please|pls|need|want|help)\b", re.I)


_IRONY = "🙄🙃😒"


def unproven(text: str, matter: Matter, wished: Sequence[int]) -> Said | None:
    """Why the wish whose words stand at `wished` is not plain; None if it is."""
    clauses = list(islice(_clauses(text, wished), MOST_CLAUSES + 1))
    if len(clauses) > MOST_CLAUSES:
        return said("person.because", why=said("fit.unclear"), words=clauses[0].words[:20])
    if not wished and not matter.looks and not (matter.verb.search(text) or _ASKED.search(text)):
        return said("fit.none")
    for clause in clauses:
        if matter.looks and (clause.wish or not clause.behind):
            continue  # Forget the refund, where is it?
        if clause.mark and clause.mark in _IRONY:
            return said("person.because", why=said("fit.unclear"), words=clause.mark)
        for rule in ENGLISH if clause.english else (*WILL, *OPEN):
            if words := rule.found(clause, matter):
                return said("person.because", why=said(rule.why), words=words)
    return None


def _clauses(text: str, wished: Sequence[int]) -> Iterator[Clause]:
    start, first = 0, min(wished, default=len(text))
    for end, mark in _ends(text):
        words = text[start:end]
        if words.strip():
            holds = any(start <= at < end for at in wished)
            yield Clause(words.strip()[:_MOST_WORDS], mark, wish=holds, behind=start > first)
        start = end + len(mark)


def _ends(text: str) -> Iterator[tuple[int, str]]:
    past = 0
    for found in CLAUSE_END.finditer(text):
        yield from ((each.start(), " ") for each in _PHRASE.finditer(text, past, found.start()))
        yield found.start(), found[0]
        past = found.end()
    yield from ((each.start(), " ") for each in _PHRASE.finditer(text, past, len(text)))
    yield len(text), ""
