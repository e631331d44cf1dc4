"""Names in Latin letters that stand in sentences and lists: `I spoke to Margaret O'Connell`, `Laura Chen wants …`.

Rule: a capital letter alone makes no name. A word beside it takes a person (to speak to, signed by, my wife), or a
person does what stands behind it, or both the given name and the surname are ones that people have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽƠƯẠ-ỸЀ-Я"
LETTER = r"A-Za-zÀ-ÖØ-öø-ɏḀ-ỿЀ-ӿ"
NO_ENGLISH_NAME = re.compile(
    r"(?:^|\b)(?:customers?|user|sir|madam|all|team|there|everyone|member|buyer|seller|guest|not|none|n/?a"
    r"|unknown|required|optional|please"
    r"|licen[cs]e|flat|apt|unit|room|apartment|suite|po|box|store|shop|warehouse|pickup|locker|home|office"
    r"|standard|webhooks?|server|system|software|api|inc|ltd|llc|gmbh|corp"
    r"|qty|quantity|price|total|size|colou?r|type|model|stock|category|description|value|title|role|city"
    r"|country|company"
    r"|phone|mobile|number|address|email|id|name|status|amount|date|time|order|account|details?|info"
    r"|information|service|support|center|edit|add"
    r"|care|change|save|select|enter|your|the|(?-i:an?)|is|was|has|wants?|asks?|asked|says?|said|complain\w*|request\w*"
    r"|reports?|will|can|cannot|to|for|and"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)


_PART = rf"(?:[{UPPER}]\.|[{UPPER}][{LETTER}'’]*[{LETTER}](?:-[{LETTER}'’]+)*)"  # or an initial
_WORD = rf"[{UPPER}][{LETTER}'’]*[{LETTER}](?:-[{LETTER}'’]+)*"
_OF = r"(?:bin|ibn|bint|de|da|do|dos|das|del|della|di|du|van|von|der|den|la|le|al|el|ter|of|y|e)"
_FULL = rf"(?:{_PART}\s(?:{_OF}\s){{0,2}}){{1,3}}{_WORD}"
_ONE = rf"(?:{_FULL}|{_WORD})"
_KIN = (
    r"wife|husband|son|daughter|mother|father|mom|mum|dad|brother|sister|friend|colleague|co-?worker|neighbou?r|boss"
    r"|partner|fianc[eé]e?|room-?mate|flatmate|cousin|uncle|aunt|nephew|niece|grandmother|grandfather|landlord|tenant"
    r"|driver|courier|customer|client|buyer|caller|agent|manager|technician|doctor|nurse|teacher|guest|passenger|owner"
    r"|recipient|assistant|secretary|rep|representative|contact(?: person)?"
)
_TAKES_A_PERSON = re.compile(
    r"(?:\b(?:(?i:spoke|speak|speaking|talked|talk|talking|wrote|reply|replied|listen|lied) (?:to|with)"
    r"|(?i:ask|asked|call|tell|told|remind|reminded|notify|notified|inform|informed|phoned|emailed|texted|refunded|reimburse"
    r"|invite|thank|thanked|forward (?:it )?to|contacted|called|messaged|meet|met with|met|charged|helped)"
    r"|(?i:according|belongs|belonged|addressed|registered|issued|handed(?: over| it)?|gave it|given|passed|assigned"
    r"|escalated|transferred|forwarded|attributed|due) to"
    r"|(?i:on behalf) of|(?i:give|hand|pass|deliver|send|return|ship|mail) (?:it|this|that|them|the \w+) to"
    r"|(?i:in care) of|c/o|(?i:signed|accepted|received|picked up|collected|booked|paid|sent|ordered|delivered|written"
    r"|created|reported|handled|approved|requested|submitted|opened|filed|prepared|purchased|bought|cancelled)"
    r"(?: for)? by|(?i:name (?:of|is)|name's|called|named|in the name of|under the name(?: of)?|account of)"
    rf"|(?:(?i:my|his|her|our|their|the|your)\s)(?:{_KIN})(?:\s(?:is|was|named|called)|,)?"
    rf"|(?i:{_KIN})\s(?:is|was|named|called))\s"
    r"|(?:\A|(?<=[\n.!?] ))(?:(?i:cc|bcc|attn|from|to)): )"
    rf"(?P<value>{_ONE})"
)
_TO_SOMEBODY = re.compile(
    rf"(?<=[a-z,] )(?:to|by|from|with|for|and) (?P<value>{_FULL})(?=[\s,.;:!?)]|\Z)|\b[Ii]t(?:'s|’s"
    rf"| is) (?P<here>{_FULL})"
)
_ROLE = re.compile(
    r"(?:^|(?<=[\n\t|;,(] )|(?<=[\n\t|;(]))(?i:reviewer|assignee|assigned to|author|approver|approved by|technician"
    r"|agent|operator"
    r"|handler|handled by|assessor|instructor|host|manager|supervisor|engineer|advis[oe]r|attendee|employee|staff"
    r"|doctor"
    r"|nurse|teacher|student|tenant|landlord|witness|referrer|referred by|created by|reported by|submitted by|user"
    rf"|account manager|case owner|owner|opened by|requested by"
    rf"|closed by)[ \t]?:[ \t]*(?P<value>{_FULL})(?=[ \t]*(?:[,;|(<\n]|\Z))"
)
_SINGLE = re.compile(
    r"(?:\b(?i:hi|hello|hey|dear|thanks|thank you|cheers|good (?:morning|afternoon|evening))(?:,)? "
    r"|\b(?:I am|I'm|I’m|[Tt]his is|[Mm]y name is|[Mm]y name's) )"
    rf"(?!(?:Mrs?|Ms|Dr)\b)(?P<value>{_ONE})(?=[\s,.!:;]|\Z)"
)
_DOES = re.compile(
    rf"(?<![\w'’-])(?P<value>{_FULL})(?:'s|’s)?,? (?:who )?(?:\w+ly )?(?:said|says?|told|tells|wrote|writes|called"
    rf"|calls|wants?|wanted"
    r"|asked|asks|is asking|complain(?:s|ed)|ordered|placed|reported|reports|claims|claimed|paid|phoned|emailed|replied"
    r"|confirmed|confirms|requested|requests|would like|insists?|thinks|lives|returned|never got|never received"
    r"|has not|refuses|denies|denied|insisted|hopes|expects|prefers|owns|uses|used"
    r"|hasn't|didn't|did not|doesn't|received|got|bought|purchased|signed|sent|moved|needs|tried|cannot|can't|wishes"
    r"|still waiting|is waiting|was told|was charged|left|picked|accepted|agreed|refused|mentioned|states?|noticed"
    r"|gave)\b"
    rf"|(?<![\w'’-])(?P<owner>{_FULL})['’]s? (?:account|order|parcel|package|phone|iPhone|address|email|refund|card"
    r"|name|number|request|ticket|complaint|house|husband|wife|son|daughter|office|delivery|invoice)\b"
)
_WROTE = re.compile(
    rf"(?:\A|(?<=\n)|(?<=[.!?] ))(?P<value>{_ONE}) (?:wrote|said|says|writes|asked|replied|called|told (?:me|us)"
    rf"|wants|complained|here)\b"
)
_MORE = re.compile(rf"(?:,| and| &|, and| or) (?P<value>{_FULL})(?=[\s,.;)]|\Z)")
_PAIR = re.compile(rf"(?<![\w'’-])(?P<value>{_FULL})(?![\w-])")
THINGS = re.compile(
    r"\b(?:Pay|Card|Bank|Store|Shop|Service|Support|Team|Center|Centre|Express|Logistics|Street|Road|City|Company|Group"
    r"|Order|Account|App|Watch|Phone|Pro|Plus|Max|Mini|Ultra|Air|Galaxy|Series|Edition|Set|Kit|Box|Day|Week|Friday"
    r"|Monday|Tuesday|Wednesday|Thursday|Saturday|Sunday|January|February|March|April|June|July|August|September"
    r"|October|November|December|Shoes|Shirt|Jacket|Coat|Dress|Sale|Hotel|Airport|Station|Music|Maps|Office"
    r"|University|School|Hospital|Department|Desk|Page|Error|Status|Code|Number|Please|Thank|Thanks|The|This|Best|Care|Your|My"
    r"|Our|We|You|It|If|When|In|On|For|From|And|Free|New|Google|Amazon|Apple|Microsoft|Samsung|Sony|Paypal|PayPal|Visa"
    r"|Windows|Android|Chrome|Customer|Quality|Returns?|Delivery|Warehouse|Black|Great|Hong|San|New|Los|United|Lead"
    r"|Settings|Help|Home|Track|Package|Gift|Cards?|Sign|Log|Add|Buy|View|Terms|Privacy|Policy|English|Chinese|Live)\b"
)
_PROSE = re.compile(r"(?:\b[a-z]{2,}\b.*?){3}")


def in_latin(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_TAKES_A_PERSON, _TO_SOMEBODY, _ROLE, _SINGLE, _DOES, _WROTE):
        for match in pattern.finditer(text):
            group = match.lastgroup or "value"
            start, end = _trimmed(text, *match.span(group))
            if pattern is _WROTE and not _is_given(text[start:end]):
                continue
            if start < end:
                yield start, end
                yield from _more(text, end)
    for match in _PAIR.finditer(text):
        start, end = _trimmed(text, *match.span("value"))
        if start < end and _is_persons(text[start:end].split(), _prose_around(text, start)):
            yield start, end
            yield from _more(text, end)


def _more(text: str, end: int) -> Iterator[tuple[int, int]]:
    while other := _MORE.match(text, end):
        start, end = other.span("value")
        if not THINGS.search(other.group("value")):
            yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without `'s`, without a word of things or of an interface and what follows it; empty where nothing is left."""
    value = re.sub(r"['’]s?\Z", "", text[start:end])
    loud = [word for word in value.split() if len(word) > 2 and word.isupper()]
    if loud and len(loud) < len(value.split()):  # an abbreviation: ADB Keyboard
        return start, start
    for words in (THINGS, NO_ENGLISH_NAME):
        if other := words.search(value):
            value = value[: other.start()].rstrip(" ,.")
    return start, start + len(value) if len(value) >= 2 else start


def _prose_around(text: str, place: int) -> bool:
    first = max(text.rfind("\n", 0, place) + 1, place - _LINE)
    last = text.find("\n", place, place + _LINE)
    return bool(_PROSE.search(text, first, place + _LINE if last < 0 else last))


_LINE = 120  # characters before and behind a name that tell whether it stands in a sentence


def _is_given(name: str) -> bool:
    """Whether it is more than one word, or one that people are called by."""
    return " " in name or name.lower() in _people()[0]


def names_a_person(name: str) -> bool:
    """Whether it begins or ends with a given name, or is a Chinese name as it is spelled abroad."""
    given, _surnames = _people()
    parts = [part.lower().strip(".'’") for part in name.split()]
    return not given.isdisjoint((parts[0], parts[-1])) or all(_SYLLABLES.fullmatch(part) for part in parts)


_SYLLABLES = re.compile(  # of one or two Chinese characters
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:[iu]?ang?|[iu]?ai|[iu]?ao|eng?|ei|iong|ing?|ia|ie|iu|i|ong|ou|uo|ui|un|ue|u|e|o|a)){1,2}"
)


def _is_persons(parts: list[str], prose: bool) -> bool:
    """Whether people are called so: by both names, or by the given name in the middle of a sentence."""
    if len(parts) < 2:
        return False
    given, surnames = _people()
    first, last = (part.lower().strip(".'’") for part in (parts[0], parts[-1]))
    if first not in given:
        return prose and last in surnames and first not in _WORDS_TOO and len(last) > 3
    return last in surnames or (prose and len(first) > 3)


@lru_cache(maxsize=1)
def _people() -> tuple[frozenset[str], frozenset[str]]:
    """The given names and surnames of the countries that write in Latin letters, in small letters."""
    given: set[str] = set()
    surnames: set[str] = set()
    for country in files("mimesis.datasets").iterdir():
        source = country / "person.json"
        if country.name in _OTHER_LETTERS or not source.is_file():
            continue
        people = json.loads(source.read_text("utf-8"))
        given.update(_all_of(people.get("names", {})))
        surnames.update(_all_of(people.get("surnames", people.get("surname", {}))))
    return frozenset(given - _WORDS_TOO), frozenset(surnames)


_OTHER_LETTERS = frozenset({"ru", "uk", "el", "fa", "ja", "ko", "kk", "zh"})
_WORDS_TOO = frozenset(
    (files(__package__) / "english_words.txt").read_text("utf-8").split()
)  # given names that begin headings and titles


def _all_of(names: dict[str, list[str]] | list[str]) -> Iterable[str]:
    values = names if isinstance(names, list) else [value for some in names.values() for value in some]
    return (value.lower() for value in values)
