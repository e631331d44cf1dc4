"""Reads a customer's answer to questions about slots.

Rule: the readers that judge a ticket's text judge the answer too. The question stands in for the noun only where the
answer, or its numbered part, is the value and nothing else; whatever speaks of somebody else, takes back, refuses or
doubts is offered to a person and never taken.

Steps: 1. what the answer quotes is taken away; 2. numbered parts are told apart; 3. each slot is read freely; 4. what
was not found is read as the bare answer to its question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tickets.flows.slots import stance
from tickets.flows.slots.kinds import KINDS, Scene
from tickets.flows.slots.quoted import QUOTE_HEADS, SIGNATURE, WROTE_LINE
from tickets.flows.slots.spec import SlotSpec
from tickets.flows.slots.text import Doubt, Span, clause_before, distinct, even

MOST = 4000  # characters of an answer that are read
_NOUNS = {"order_number": ("订单号",)}  # of a flow that gives the slot no words
_AS_THE_ANSWER = {"order_number", "money", "address"}  # kinds whose values cannot be mistaken for other words
_NEEDS_NUMBER = {"text", "name"}  # any words would do: only behind the question's own number
_NUMBERED = re.compile(r"^\s*[(（]?(\d)[.、)）:：]\s*(?=\S)")
_NEXT_NUMBER = re.compile(r"(?<=\S)[ ,，;；]+(?=[(（]?[2-9](?:[、)）:：]|\.(?!\d))\s*\S)")  # 1、… 2、… on one line
_HELLO = re.compile(r"^(?:(?:您|你)?好[的呀啊]?|嗯+|hi|hello|ok|okay|sure)[,，。!！. ]+", re.I)
_THANKS = re.compile(r"[,，。!！. ]*(?:谢谢(?:您|你)?|多谢|麻烦了|thank you|thanks|thx|please|pls)[。!！. ~]*$", re.I)
_END_MARKS = " \t。.!！~;；,，"
_CALLED_OFF = re.compile(
    r"算了|(?:不用|不必|不需要|别|甭)(?:再)?(?:了|处理|弄|退|办|麻烦)|不(?:退|换|改|办|要)了|取消(?:吧|了|申请|处理)|"
    r"\b(?:never ?mind|forget it|no longer need|don'?t need|cancel (?:it|that|this|my request))\b",
    re.I,
)
_NOT_HIS = re.compile(r"(?:不是|并非)(?:我|本人|自己)(?:的|自己)|\b(?:not|isn'?t) (?:mine|my)\b", re.I)
_NOT_KNOWN = re.compile(
    r"不知道|不清楚|不晓得|不记得|忘(?:了|记)|记不|没有|找不到|什么意思|稍等|等一下|待会|回头|"
    r"\b(?:don'?t know|no idea|not sure|forgot|can'?t find|no|none|later|wait)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ReplyReading:
    """By slot: values that are certain, and what else the answer says of it, which a person has to look at."""

    values: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


def read_reply(
    specs: Sequence[SlotSpec], questions: Sequence[Sequence[str]], text: str, today: date, *, asked: str = ""
) -> ReplyReading:
    """`questions`: the names that each numbered question is about; `asked`: our own words, as far as he quotes them."""
    words = own_words(text, asked)
    wanted = {spec.name: spec for spec in specs if not spec.is_file}
    names = [name for question in questions for name in question if name in wanted]
    parts = _numbered(words, len(questions)) or _a_line_each(words, questions, wanted, specs, today)
    general = _doubt_of_all(words)
    values: dict[str, str] = {}
    offers: dict[str, tuple[Span, ...]] = {}
    places = {name: place for place, question in enumerate(questions, 1) for name in question}
    free = {name: _spans(wanted[name], specs, parts.get(places[name], words), today) for name in names}
    taken = [span for spans in free.values() if _certain(spans) for span in spans]
    for name in names:
        spans = free[name]
        if not _certain(spans):
            lines = _answer_lines(words, parts, places[name], len(questions), taken)
            spans = [*spans, *_bare(wanted[name], specs, lines, places[name] in parts, today)]
        spans = distinct([span.doubted(general) for span in spans])
        if _certain(spans):
            values[name] = next(span.value for span in spans if span.doubt is None)
        elif offered := tuple(span for span in spans if span.value):
            offers[name] = offered
    return _without_shared(values, offers, wanted, parts)


def own_words(text: str, asked: str = "") -> str:
    """The answer without what it quotes, without a signature, and without lines of the question."""
    heads = [head.start() for head in (QUOTE_HEADS.search(text), WROTE_LINE.search(text)) if head is not None]
    if heads and text[: min(heads)].strip():
        text = text[: min(heads)]
    signature = SIGNATURE.search(text)
    text = text[: signature.start()] if signature else text
    ours = {line.strip() for line in asked.splitlines() if line.strip()}
    lines = (line for line in text[:MOST].splitlines() if not line.lstrip().startswith((">", "＞")))
    kept = [
        line for line in lines if line.strip() not in ours and not (QUOTE_HEADS.match(line) or WROTE_LINE.match(line))
    ]
    return "\n".join(kept).strip()


def _numbered(words: str, most: int) -> dict[int, str]:
    """Parts that begin with 1. 2. 3., in order; none where there is only one question or one number."""
    parts: dict[int, list[str]] = {}
    apart = _NEXT_NUMBER.sub("\n", words) if _NUMBERED.match(words) else words
    for line in apart.splitlines():
        found = _NUMBERED.match(line)
        if found and int(found[1]) == len(parts) + 1 <= most:
            parts[len(parts) + 1] = [line[found.end() :]]
        elif parts:
            parts[len(parts)].append(line)
    return {place: "\n".join(lines) for place, lines in parts.items()} if most > 1 and len(parts) > 1 else {}


def _a_line_each(
    words: str,
    questions: Sequence[Sequence[str]],
    wanted: Mapping[str, SlotSpec],
    specs: Sequence[SlotSpec],
    today: date,
) -> dict[int, str]:
    """The lines of an answer that has one for each question, in their order, each with a certain value of its own."""
    lines = [line.strip().strip(_END_MARKS) for line in words.splitlines() if line.strip()]
    if len(lines) != len(questions) or len(lines) < 2:
        return {}
    for line, names in zip(lines, questions, strict=True):
        asked = [wanted[name] for name in names if name in wanted]
        readings = [
            [*_spans(spec, specs, line, today), *_bare(spec, specs, iter([line]), True, today)] for spec in asked
        ]
        if not any(_certain(spans) for spans in readings):
            return {}
    return dict(enumerate(lines, 1))


def _doubt_of_all(words: str) -> Doubt | None:
    """What makes every value of the answer a person's business, wherever in it it stands."""
    if stance.PERSON.search(words) or _NOT_HIS.search(words):
        return Doubt.OTHER_PERSON
    return Doubt.NEGATED if _CALLED_OFF.search(stance.without_idioms(words)) else None


def _spans(spec: SlotSpec, specs: Sequence[SlotSpec], words: str, today: date) -> list[Span]:
    spans = KINDS[spec.kind].read(spec, Scene(even(words), specs, today))
    if spec.kind in _NEEDS_NUMBER and _NOT_KNOWN.search(words):
        spans = [span.doubted(Doubt.HEDGED) for span in spans]
    if not spec.is_choice:
        spans = [span.doubted(_spoken_against(words, span)) for span in spans]
    return [_verbatim(spec, span, words) for span in distinct(spans)]


def _spoken_against(words: str, span: Span) -> Doubt | None:
    """A word before the value that denies, doubts or conditions it, whatever noun stands between."""
    before = clause_before(words, span.start)
    return stance.unclear_denial(before, "") or stance.hedged(before, "") or stance.conditional(before, "")


def _verbatim(spec: SlotSpec, span: Span, words: str) -> Span:
    """As the customer wrote it, where the kind keeps that."""
    own = span.value and KINDS[spec.kind].verbatim
    return Span(words[span.start : span.end], span.start, span.end, span.doubt) if own else span


def _certain(spans: Sequence[Span]) -> bool:
    """One value without a doubt, and every other place is said not to be meant."""
    meant = {span.value for span in spans if span.doubt is None or not span.doubt.excludes}
    return len(meant) == 1 and any(span.doubt is None and span.value for span in spans)


def _answer_lines(
    words: str, parts: Mapping[int, str], place: int, questions: int, taken: Sequence[Span]
) -> Iterator[str]:
    """Lines that may be nothing but the answer to this question; `taken` stand in the words and answer another."""
    text = parts.get(place, "" if parts else words)
    lines = [line for line in re.finditer(r"[^\n]+", text) if line[0].strip()]
    if (place in parts or questions == 1) and len(lines) > 1:
        return
    for line in lines:
        if parts or not any(line.start() <= span.start < line.end() for span in taken):
            yield _THANKS.sub("", _HELLO.sub("", line[0].strip())).strip(_END_MARKS)


def _bare(
    spec: SlotSpec, specs: Sequence[SlotSpec], lines: Iterator[str], numbered: bool, today: date
) -> Iterator[Span]:
    """The line as the answer: certain only where the value is the whole line."""
    nouns = (*spec.words[:4], *_NOUNS.get(spec.kind, ())) or ()
    allowed = spec.kind in _AS_THE_ANSWER or (spec.kind in _NEEDS_NUMBER and numbered)
    for line in lines:
        for noun in nouns if line else ():
            found = [
                span
                for span in _spans(spec, specs, f"{noun}:{line}", today)
                if span.value and span.start <= len(noun) + 1 and span.end == len(noun) + 1 + len(line)
            ]
            if found:
                yield Span(found[0].value, 0, len(line), found[0].doubt or (None if allowed else Doubt.UNCLEAR))
                break


def _without_shared(
    values: dict[str, str],
    offers: dict[str, tuple[Span, ...]],
    wanted: Mapping[str, SlotSpec],
    parts: Mapping[int, str],
) -> ReplyReading:
    """One line that would answer two questions answers none of them, unless numbers tell which."""
    if not parts:
        given = list(values.items())
        for name, value in given:
            if any(other != name and same == value for other, same in given):
                del values[name]
                offers[name] = (Span(value, 0, len(value), Doubt.UNCLEAR),)
    return ReplyReading(values, offers)
