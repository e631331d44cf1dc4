"""Order numbers in a ticket's text.

Rule: the noun that a number bears decides (`order_nouns`). A long number without one is the order's only where nothing
around it names something else and its digits do not have the form of something else (`order_forms`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterator, Sequence

from cs_agent.vision.personal_data.numbers.checks import is_id_card
from tickets.flows.slots.numbers.codes import (
    Code,
    Noun,
    before_noun,
    capped,
    chains,
    codes,
    is_date,
    spoken_digits,
)
from tickets.flows.slots.numbers.order_forms import UNMARKED, doubt_about_form, in_fours, long_enough
from tickets.flows.slots.numbers.order_nouns import OWN_END, SHORTEST_NAMED, named_by, named_fully, noun_of
from tickets.flows.slots.numbers.order_stance import doubt_about_order
from tickets.flows.slots.numbers.phones import is_mobile
from tickets.flows.slots.text import Doubt, Span

WITH_LETTERS = 8  # digits of such a number that holds letters; it is offered
LONGEST = 40  # digits that are shown
_SLIPS = 3
_AND = re.compile(r"[\"”』」)）]? ?(?:和|跟|与|及|以及|、|,|，|/|;|；|还有|外加|还是|或者?|and|or|&|\+|) ?", re.I)


def orders(text: str, words: Sequence[str] = (), rivals: Sequence[Sequence[str]] = ()) -> list[Span]:
    """The order numbers of a text; `words` name the number in place of 订单号 where a flow has another (合同号), and
    each of `rivals` those of another slot, whose numbers are none of this one's."""
    own = named_by(words) if words else OWN_END
    others = [named_by(each) if each else OWN_END for each in rivals]
    every = [_without_word(code, [*words, *itertools.chain.from_iterable(rivals)]) for code in codes(text)]
    written = capped(text, chains(text, every), lambda chain: _in_chain(text, chain, own))
    spoken = [span for span in spoken_digits(text) if own.search(before_noun(text, span.start))]
    found = sorted([*written, *spoken], key=lambda span: span.start)
    joined = list(_joined(text, every, found, own))
    starts = {span.start for span in joined}
    found = sorted([*(span for span in found if span.start not in starts), *joined], key=lambda span: span.start)
    found = [span for span in found if not _is_a_rival_s(before_noun(text, span.start), own, others)]
    found = _without_unnamed(text, found, own, starts)
    return sorted([*found, *_slips(text, every, found)], key=lambda span: span.start)


def _without_word(code: Code, words: Sequence[str]) -> Code:
    """UID123456789 without the flow's own word."""
    for word in words:
        rest = code.text[len(word) :]
        if word.isalpha() and word.isascii() and code.text.lower().startswith(word.lower()) and rest.isdecimal():
            return Code(rest, code.start + len(word), code.end) if len(rest) >= SHORTEST_NAMED else code
    return code


def _is_a_rival_s(lead: str, own: re.Pattern[str], others: Sequence[re.Pattern[str]]) -> bool:
    """Whether the number bears another slot's noun; of two nouns that both end there the longer one counts."""
    mine = own.search(lead)
    theirs = min((found.start() for other in others if (found := other.search(lead))), default=None)
    return theirs is not None and (mine is None or theirs < mine.start())


def _joined(text: str, every: Sequence[Code], found: list[Span], own: re.Pattern[str]) -> Iterator[Span]:
    """会员号8800123456和8800123457: a code of the same form that a word joins to one with its noun bears it too."""
    taken = {span.start for span in found if span.doubt is None}
    starting = {code.start: code for code in every}
    for span in found:
        join = _AND.match(text, span.end) if own.search(before_noun(text, span.start)) else None
        other = starting.get(join.end()) if join else None
        whole = span.doubt is not Doubt.UNREADABLE
        if whole and other and other.start not in taken and _form(other.clean) == _form(span.value):
            yield Span(other.clean, other.start, other.end, span.doubt)


def _form(value: str) -> str:
    return re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", value.upper()))


def _without_unnamed(text: str, found: list[Span], own: re.Pattern[str], joined: Container[int]) -> list[Span]:
    """Where one number is certain by its noun, a code of letters without that noun is something else's."""
    named = [span for span in found if span.start in joined or own.search(before_noun(text, span.start))]
    if not any(span.doubt is None for span in named):
        return found
    return [span for span in found if span in named or span.value.isdecimal() or span.doubt is not Doubt.UNCLEAR]


def _slips(text: str, every: Sequence[Code], found: Sequence[Span]) -> list[Span]:
    """Codes that are nearly a certain number: which of the two is meant?"""
    sure = [span.value for span in found if span.doubt is None]
    known = {span.start for span in found}
    near = (code for code in every if code.start not in known and any(_is_nearly(code.clean, value) for value in sure))
    return [Span(code.clean, code.start, code.end, _denied_or_unclear(text, code)) for code in near]


def _denied_or_unclear(text: str, code: Code) -> Doubt:
    return Doubt.NEGATED if doubt_about_order(text, code) is Doubt.NEGATED else Doubt.UNCLEAR


def _is_nearly(value: str, other: str) -> bool:
    """Whether one of two codes may be a slip of the pen for the other."""
    return len(value) == len(other) and 0 < sum(map(str.__ne__, value, other)) <= _SLIPS


def _in_chain(text: str, chain: list[Code], own: re.Pattern[str]) -> Iterator[Span]:
    while len(chain) > 1 and is_mobile(chain[-1].text):
        yield from _single(text, chain[-1], own, behind=True)
        chain = chain[:-1]
    whole = [code for code in chain if len(code.digits) in UNMARKED and code.text.isdecimal()]
    if len(chain) > 1 and len(whole) == len(chain) and len({len(code.text) for code in chain}) == 1:
        for number, code in enumerate(chain):
            yield from _single(text, code, own, behind=number > 0)
    elif len(chain) == 1:
        yield from _single(text, chain[0], own)
    else:
        joined = "".join(code.clean for code in chain)
        code = Code(joined, chain[0].start, chain[-1].end)
        inside = text[code.start : code.end]
        four = in_fours([each.text for each in chain]) and "\n" not in inside and len(joined) >= 8
        for span in _single(text, code, own):
            yield span if four else span.doubted(Doubt.UNREADABLE)


def _single(text: str, code: Code, own: re.Pattern[str], *, behind: bool = False) -> Iterator[Span]:
    """The code as an order number, where it is one or may be one. `behind`: another code stands before it."""
    value = _value(code)
    if is_date(code.text) and not own.search(before_noun(text, code.start)):
        return
    noun, certain = (Noun.NONE, True) if behind else noun_of(text, code, own)
    if noun is Noun.OTHER or (noun is Noun.NONE and not _may_be_an_order(text, code)):
        return
    if noun is Noun.OWN and not long_enough(code) and not named_fully(text, code, own) and not code.broken:
        return
    named = own is not OWN_END and noun is Noun.OWN and named_fully(text, code, own)
    doubt = (
        (Doubt.UNCLEAR if is_date(code.text) else None)  # 订单2024-08-17: rather the day of the order
        or doubt_about_form(text, code, noun, value, named=named)
        or (None if certain else Doubt.UNCLEAR)
        or doubt_about_order(text, code)
    )
    shown = "" if any(char in "*•×" for char in code.text) or len(code.digits) > LONGEST else value
    yield Span(shown, code.start, code.end, doubt)


def _may_be_an_order(text: str, code: Code) -> bool:
    """Whether a code that bears no noun is long enough and has not the form of something else."""
    letters = re.search("[A-Za-z]", code.clean)
    if len(code.digits) not in UNMARKED and not (letters and len(code.digits) >= WITH_LETTERS):
        return False
    telephone = not letters and is_mobile(re.sub("^(?:00)?86", "", code.digits))
    return not (telephone or is_id_card(code.text.upper()) or "@" in text[max(0, code.start - 1) : code.end + 1])


def _value(code: Code) -> str:
    """As it stands, but for digits written in groups of four and letters for digits."""
    groups = re.split(r"-", code.clean)
    if code.mistyped:
        return code.unmistyped
    return "".join(groups) if len(groups) > 1 and in_fours(groups) else code.clean
