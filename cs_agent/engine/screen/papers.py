"""What the entries of a list tell of it: papers that are kept, told from what can still be had or decided on.

Texts only. Rule: what can be had, bid for or decided on by a touch is listed while that can be done, and looks like any
paper else; so the entries themselves must tell that they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from cs_agent.engine.screen.days import day_of, span_of_days
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import filters_a_list, names_a_deadline, names_a_due_day
from cs_agent.engine.screen.words import names_a_state

_SIGNED = re.compile(r"^[+\-−–] ?[^\w\s]{0,3} ?\d[\d.,  ]*\s?\D{0,4}$")  # +2.800,00 €
_FAR_APART = timedelta(days=60)
_STEM = 4  # letters of a word that another has as its beginning
_OPEN = re.compile(r"^(?:待|未|un|not ?|to ?(?:be )?)(?=\w)")
_NOUN = re.compile(r"(?:(?:at|ct|ss)?ions?|als?|ments?|ies|es|e|s)$")
_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])")
_SUM = re.compile(r"[¥￥$€£] ?\d|\d ?元|\d[.,]\d\d(?!\d)")
_DONE = re.compile(r"^已|(?<=\w)(?:e?d|en)$")


def are_kept(own: Sequence[str], entries: Iterable[Sequence[str]]) -> bool:
    """Whether the papers of a list are kept records. `own`: the texts of one entry, `entries`: those of each. Each says
    its state and the states differ; or the dates are far apart; or the amounts went in and out."""
    alike = [texts for texts in entries if len(texts) == len(own)]
    told = [text for texts in alike for text in texts]
    return _stand_differently(own, alike, _is_state) or _are_past(told) or is_of_a_ledger(own, told)


def seem_kept(told: Sequence[str]) -> bool:
    """The same, where it is not known which text stands in which entry: two words of how things stand, or days."""
    states = {squash(text) for text in told if _is_state(text)}
    return (len(states) > 1 or _are_past(told)) and not any(map(names_a_deadline, told))


def _are_past(told: Sequence[str]) -> bool:
    return span_of_days(told) >= _FAR_APART and not any(map(names_a_due_day, told))


def are_sorted_by(tabs: list[str], own: Sequence[str], entries: Iterable[Sequence[str]]) -> bool:
    """They stand differently, and some are called by a tab over them: papers in any language."""
    named = [squash(tab) for tab in tabs]
    alike = [texts for texts in entries if len(texts) == len(own)]
    return _stand_differently(own, alike, lambda text: any(_is_called(squash(text), tab) for tab in named), least=1)


def _stand_differently(
    own: Sequence[str], alike: list[Sequence[str]], says: Callable[[str], bool], least: int = 0
) -> bool:
    """Whether each entry has, at one place after the first `least`, a word without a number, one of them a state, and
    not all the same; and nothing is still due, since a touch might tick it off."""
    columns = [[texts[place] for texts in alike] for place in range(least, len(own))]
    if any(names_a_deadline(text) for column in columns for text in column):
        return False
    return any(
        any(map(says, column))
        and len({squash(text) for text in column}) > 1
        and not any(sign.isdigit() for text in column for sign in text)
        for column in columns
    )


def are_worked_off(told: Iterable[str]) -> bool:
    """Whether what is still to be done and what is done have the same word: 待收 and 已收, To pack and Packed. Touching
    an entry of such a list may do it."""
    words = [squash(text) for text in told]
    still = {_OPEN.sub("", word) for word in words if _OPEN.match(word)}
    over = {word.removeprefix("已") for word in words if _DONE.search(word) and not _OPEN.match(word)}
    return any(_is_root_of(action, done) for action in still for done in over)


def name_what_is_done(heads: Iterable[str], told: Iterable[str]) -> bool:
    """The page is called by an action, and a state under it says that this was done: Refunds, over Refunded."""
    over = {word for word in map(squash, told) if _DONE.search(word) and not _OPEN.match(word)}
    stems = {_NOUN.sub("", squash(head)) for head in heads}
    return any(len(stem) >= _STEM and word.startswith(stem) for stem in stems for word in over)


def come_in_now(entries: Iterable[Sequence[str]]) -> bool:
    """All are of one day, each has its time and no sum of money: a queue that is worked off as it comes in."""
    told = list(entries)
    if not told or any(_SUM.search(text) for texts in told for text in texts):
        return False
    timed = all(any(map(_TIME.search, texts)) for texts in told)
    return timed and not span_of_days([text for texts in told for text in texts])


def _is_root_of(action: str, done: str) -> bool:
    """The one word, or as it is when done: ship and shipped, pay and paid stay two words."""
    return bool(action) and (action == done or (len(action) >= _STEM and done.startswith(action.removesuffix("e"))))


def _is_called(state: str, tab: str) -> bool:
    """Entregue is what is under Entregues."""
    short, long = sorted((state, tab), key=len)
    return bool(short) and (
        short == long or (len(short) >= _STEM and long.startswith(short) and len(long) <= len(short) + 2)
    )


def _is_state(text: str) -> bool:
    return filters_a_list(text) or names_a_state(text)


def is_of_a_ledger(own: Sequence[str], told: list[str]) -> bool:
    """Each sum has a sign, some the one and some the other, and a day beside it."""
    signs = {text.strip()[0] for text in told if _SIGNED.match(text.strip())}
    signed = any(_SIGNED.match(text.strip()) for text in own)
    return signed and len(signs) > 1 and any(day_of(text) for text in own)
