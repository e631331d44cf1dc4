"""Finds personal data in text, as a person or an OCR engine would have written it.

Rule: match on normalised characters, answer in places of the original text; the surer kind wins a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from cs_agent.vision.personal_data.addresses import addresses
from cs_agent.vision.personal_data.codes import codes, passwords, vouchers
from cs_agent.vision.personal_data.commands import passwords_of_commands
from cs_agent.vision.personal_data.devices import devices, vehicles
from cs_agent.vision.personal_data.documents import identities, messengers, passports, plates
from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.logins import expiries, logins
from cs_agent.vision.personal_data.names.announced import names, names_in_context
from cs_agent.vision.personal_data.names.beside import names_beside
from cs_agent.vision.personal_data.numbers.grouped import numbers, numbers_said
from cs_agent.vision.personal_data.numbers.national import national_numbers
from cs_agent.vision.personal_data.numbers.spoken import dictated
from cs_agent.vision.personal_data.places import birth_dates, positions
from cs_agent.vision.personal_data.plain import same_length_plain
from cs_agent.vision.personal_data.structured import in_values, structure_of

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}?\s?(?:@|%40|\(at\)|\(a\)|\[at\])\s?[A-Za-z0-9-]+"
    r"(?:\.[A-Za-z0-9-]+|\s?\.\s?(?:com|cn|net|org|edu|gov)\b)+",
    re.IGNORECASE,
)
_AT_A_PLACE = re.compile(  # look at home.de
    r"(?:look\w*|meet|me|see|available|arrived?|shop\w*|found|is|was|am|are|order\w*|buy|bought|here|live|work|stay|visit|"
    r"read|open|down|up|it|them|page|click\w*|check\w*) at ",
    re.IGNORECASE,
)
_EMAIL_SAID = re.compile(  # joe (at) gmail (dot) com, peter at example dot org, lisi#qq.com
    r"(?<![A-Za-z0-9.])[A-Za-z0-9][A-Za-z0-9_+-]{0,40}(?:\s?(?:\.|[\[({]\s?(?:dot|点)\s?[\])}]|\sdot\s|点)\s?[\w+-]{1,40}){0,4}"
    r"\s?(?:@|[\[({]\s?(?:at|@|艾特)\s?[\])}]|\sat\s|#|艾特)\s?[A-Za-z0-9-]{1,40}"
    r"(?:\s?(?:[\[({]\s?(?:dot|点)\s?[\])}]|\sdot\s|点|\.)\s?[A-Za-z0-9-]{2,24}){0,3}"
    r"\s?(?:[\[({]\s?(?:dot|点)\s?[\])}]|\sdot\s|点|\.)\s?"
    r"(?:com|cn|net|org|edu|gov|io|de|uk|fr|ru|jp|co|me|info|hk|tw|sg|in|eu|it|es|nl|pl|br|ca|au)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_EMAIL_IN_BRACKETS = re.compile(  # joe [at] mail [dot] anything: nothing else is written so
    r"(?<![A-Za-z0-9.])[A-Za-z0-9][A-Za-z0-9_.+-]{0,40}\s?[\[({<]\s?(?:at|@|艾特)\s?[\])}>]\s?[A-Za-z0-9-]{1,40}"
    r"(?:\s?(?:\.|[\[({<]\s?(?:dot|点|\.)\s?[\])}>])\s?[A-Za-z0-9-]{2,24}){1,3}(?![A-Za-z0-9])",
    re.IGNORECASE,
)


_EMAIL_SPACED = re.compile(  # l i l e i @ q q . c o m
    r"(?<![\w@])(?:[A-Za-z0-9._+-] ){2,40}@(?: [A-Za-z0-9-]){2,30}(?: \.(?: [A-Za-z]){2,6}){1,3}(?!\w)"
)
_NOBODYS = re.compile(r"(?:no-?_?reply|do-?_?not-?_?reply|mailer-daemon|postmaster)@", re.IGNORECASE)


def emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        if _NOBODYS.match(match.group()):
            continue
        yield Span(DataKind.EMAIL, match.start(), match.end(), re.sub(r"\s", "", match.group()))
    for match in _EMAIL_SPACED.finditer(text):
        yield Span(DataKind.EMAIL, match.start(), match.end(), match.group().replace(" ", ""))
    for match in (*_EMAIL_SAID.finditer(text), *_EMAIL_IN_BRACKETS.finditer(text)):
        if not _NOBODYS.match(match.group()) and not _AT_A_PLACE.match(match.group()):
            yield Span(DataKind.EMAIL, match.start(), match.end(), match.group())


_SEARCHES: tuple[Callable[[str], Iterator[Span]], ...] = (
    dictated,
    passwords,
    passwords_of_commands,
    emails,
    vouchers,
    birth_dates,
    devices,
    national_numbers,
    vehicles,
    numbers,
    codes,
    passports,
    identities,
    plates,
    messengers,
    expiries,
    positions,
    names,
    addresses,
    logins,
    names_in_context,
)


def find(text: str) -> tuple[Span, ...]:
    """All personal data, left to right, without overlaps."""
    plain = same_length_plain(text)
    taken = bytearray(len(text))
    structure = structure_of(text)
    for start, end in structure.headings:  # announce the cells below, not what is beside or on the next line
        plain = plain[:start] + " " * (end - start) + plain[end:]
    in_value = cache(_in_value)  # a table says the same in many cells; nothing is remembered beyond this text
    kept = _free([*in_values(text, structure.values, in_value), *_everything(plain)], taken)
    kept += _free(numbers_said(plain, kept), taken)
    kept += _free(names_beside(plain, sorted(kept, key=_place)), taken)
    return tuple(sorted(kept, key=_place))


def _everything(plain: str) -> Iterator[Span]:
    for search in _SEARCHES:
        yield from search(plain)


def _in_value(text: str) -> tuple[Span, ...]:
    return tuple(_everything(same_length_plain(text)))


def _free(spans: Iterable[Span], taken: bytearray) -> list[Span]:
    """Of each span in turn what no earlier one has, which is then taken: a surer kind keeps its place, and nothing that
    was found stays readable because something else was found in the middle of it. A longer find of the same kind
    replaces the pieces of it that were found before."""
    kept: dict[int, Span] = {}  # by their start
    for span in spans:
        for piece in _pieces(span, kept):
            taken[piece.start : piece.end] = bytes(piece.end - piece.start)
            del kept[piece.start]
        for part in re.finditer(b"\0+", bytes(taken[span.start : span.end])):
            start, end = span.start + part.start(), span.start + part.end()
            if part.end() - part.start() > 1 or span.end - span.start == 1:
                kept[start] = Span(span.kind, start, end, span.value)
            taken[start:end] = b"\1" * (end - start)
    return list(kept.values())


def _pieces(span: Span, kept: dict[int, Span]) -> list[Span]:
    """What was found before wholly inside the span, where all of it is of the span's kind and shorter."""
    inside = [kept[place] for place in range(span.start, span.end) if place in kept]
    same = all(piece.kind is span.kind and piece.end <= span.end for piece in inside)
    whole = any((piece.start, piece.end) == (span.start, span.end) for piece in inside)
    return inside if same and not whole else []


def _place(span: Span) -> int:
    return span.start
