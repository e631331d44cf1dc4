"""How well a text on the screen fits a text that is looked for: a score from 0 to 1.

Rule: digits are never guessed. A number in the wanted text must stand in the text on the screen, whole; one digit
more or less makes the score 0. Exact is about 0.99, an accepted spelling about 0.9, anything weaker stays under 0.85.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from cs_agent.demo.pilot.goals.lexicon import WORD_PATTERN, Concept, concept_of

EXACT = 0.99
CLEAR = 0.97  # the wanted text with nothing but a value, a mark or a unit beside it
SYNONYM = 0.9
WEAK = 0.85  # below this a human is asked

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MASKED = re.compile(r"[0-9a-z]+\*{2,}[0-9a-z]*|\*{2,}[0-9a-z]+")
_DROPPED = re.compile(r"[^0-9a-z\u3400-\u9fff*.%\u00c0-\u024f\u3040-\u30ff\uac00-\ud7af]")
_STRAY_MARKS = re.compile(r"^[oO0〇○●◯◎□☐☑■√vV✓✔口回@①-⑨>*·•]\s*(?=[\u3400-\u9fff\"“])|[\s>›〉》→∨▼▾*]+$")
_ENGLISH_FILLERS = (
    "a an the to of for in on at as is it its this that my your our with by and or please now was were be from into up "
    "yuan dollars usd cny rmb"
)
_FILLER_CHARS = "的了该此这个一请我您你为是与和及并元圆块¥$"
_FILLERS = frozenset(_ENGLISH_FILLERS.split())
_FILLER_PATTERN = re.compile("[" + re.escape(_FILLER_CHARS) + "]")
# Concepts that say what is done: a control may name the deed alone.
DEEDS = frozenset({Concept.RESEND, Concept.SUBMIT, Concept.EXPORT, Concept.SEARCH, Concept.SAVE, Concept.UPLOAD})
_CODE_DIGITS = 6  # runs of digits this long are identifiers, compared as text


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Width, case, spaces and punctuation removed; `*` masks and decimal points kept."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = _DROPPED.sub("", folded)
    return re.sub(r"(?<!\d)\.|\.(?!\d)", "", kept)


@lru_cache(maxsize=8192)
def numbers(text: str) -> tuple[str, ...]:
    """Numbers in order: amounts in one spelling (50.00 as 50), identifiers as written."""
    found = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    return tuple(_one_number(number) for number in found)


def _one_number(number: str) -> str:
    plain = number.replace(",", "")
    if "." not in plain and len(plain) >= _CODE_DIGITS:
        return plain
    return format(Decimal(plain).normalize(), "f")


def is_code(value: str) -> bool:
    """An identifier that must be found letter by letter: an order number, a mobile number."""
    return bool(re.fullmatch(r"(?=.*\d)[0-9A-Za-z][0-9A-Za-z\-_ ]{2,}", value))


@lru_cache(maxsize=16384)
def score(wanted: str, seen: str) -> float:
    """How well `seen` fits `wanted`; 0 where numbers disagree."""
    wanted, seen = wanted[:200], seen[:400]
    if is_code(wanted):
        return _code_score(wanted, seen)
    target, text = normal(wanted), normal(_STRAY_MARKS.sub("", seen.strip()))
    if not target or not text or not _numbers_agree(wanted, seen):
        return 0.0
    if target == text:
        return EXACT
    return max(_containment(target, text), _likeness(target, text), _meaning(wanted, seen))


def _numbers_agree(wanted: str, seen: str) -> bool:
    there = numbers(seen)
    return all(number in there for number in numbers(wanted))


def _code_score(wanted: str, seen: str) -> float:
    code = re.sub(r"[\s\-_]", "", wanted).casefold()
    folded = unicodedata.normalize("NFKC", seen).casefold()
    joined = re.sub(r"(?<=[0-9a-z*])[\s\-_]+(?=[0-9a-z*])", "", folded)
    for text in (folded, joined):
        if re.search(rf"(?<![0-9]){re.escape(code)}(?![0-9])", text) and _whole(code, text):
            return EXACT
    return 0.95 if any(_unmasks(mask, code) for mask in _MASKED.findall(joined)) else 0.0


def _whole(code: str, text: str) -> bool:
    """A code of letters and digits is not found inside a longer one."""
    return not code.isdigit() or not re.search(rf"[0-9]{re.escape(code)}|{re.escape(code)}[0-9]", text)


def _unmasks(mask: str, code: str) -> bool:
    """138****5678 stands for 13812345678: what is shown agrees and is enough to tell."""
    shown = len(mask.replace("*", ""))
    pattern = re.sub(r"\\\*(?:\\\*)*", "[0-9a-z]+", re.escape(mask))
    return shown >= 4 and re.fullmatch(pattern, code) is not None


def _containment(target: str, text: str) -> float:
    if target in text:
        rest = text.replace(target, "", 1)
        if not re.sub(r"[\d.%*元件个张年月日]", "", rest):
            return CLEAR
        return 0.72 + 0.22 * len(target) / len(text) if len(target) > 1 else 0.5
    if text in target and len(text) >= 2:
        return 0.6 + 0.3 * len(text) / len(target)
    return 0.0


def _likeness(target: str, text: str) -> float:
    """For a letter that was misread; short texts must not rely on it."""
    if min(len(target), len(text)) < 4 or abs(len(target) - len(text)) > max(2, len(target) // 4):
        return 0.0
    ratio = SequenceMatcher(None, target, text, autojunk=False).ratio()
    return 0.93 * ratio if ratio >= 0.84 else 0.0


def _meaning(wanted: str, seen: str) -> float:
    wanted_concepts, wanted_rest = meaning(wanted)
    seen_concepts, seen_rest = meaning(seen)
    if not wanted_concepts and not (wanted_rest & seen_rest):
        return 0.0
    if wanted_concepts == seen_concepts and wanted_rest == seen_rest:
        return 0.93 if wanted_rest or len(wanted_concepts) > 1 else SYNONYM
    if wanted_concepts <= seen_concepts and wanted_rest <= seen_rest:
        extra = len(seen_concepts - wanted_concepts) + len(seen_rest - wanted_rest)
        return max(0.6, 0.91 - 0.06 * extra)
    if seen_concepts and not seen_rest and seen_concepts <= wanted_concepts and seen_concepts & DEEDS:
        return 0.88  # the button names the deed and leaves its object out
    both = len(wanted_concepts & seen_concepts) + len(wanted_rest & seen_rest)
    either = len(wanted_concepts | seen_concepts) + len(wanted_rest | seen_rest)
    return 0.82 * both / either


@lru_cache(maxsize=8192)
def meaning(text: str) -> tuple[frozenset[Concept], frozenset[str]]:
    """The concepts a text names, and what is left of it: English words, runs of Chinese, numbers."""
    folded = unicodedata.normalize("NFKC", text[:400]).casefold()
    concepts = frozenset(found for word in WORD_PATTERN.findall(folded) if (found := concept_of(word)))
    rest = WORD_PATTERN.sub(" ", folded)
    words = re.findall(r"[a-z']+|[\u3400-\u9fff]+|\d[\d,.]*", _FILLER_PATTERN.sub(" ", rest))
    return concepts, frozenset(_stem(word) for word in words if word not in _FILLERS)


def concepts(text: str) -> frozenset[Concept]:
    return meaning(text)[0]


def _stem(word: str) -> str:
    if word[0].isdigit():
        return _one_number(word.strip(",.") or "0") if _NUMBER.fullmatch(word.strip(",.")) else word
    return word.removesuffix("'s").removesuffix("s") if word.isascii() and len(word) > 3 else word
