"""Which language a customer writes in: the one of his newest words that show one.

Rule: only his own words count. What he quotes, signatures, addresses, and what an administrator's mapping adds to a
ticket's text tell nothing; a number or a single word leaves the language as it was.
"""

from __future__ import annotations

import re

from tickets.flows.slots import quoted
from tickets.flows.slots.replies import own_words
from tickets.models import Ticket

LANGS = ("zh", "en")
_MOST = 4000  # characters that are looked at
_HAN = re.compile(r"[一-鿿]")
_LATIN_WORD = re.compile(r"(?<![A-Za-z0-9À-ÿ])[A-Za-zÀ-ÿ]{2,}(?![0-9])")
_OF_OTHER_SCRIPTS = re.compile(r"[぀-ヿ가-힯Ѐ-ӿ֐-ۿ฀-๿]")  # kana, Hangul, Cyrillic, Hebrew, Arabic, Thai
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")
_ENGLISH = re.compile(
    r"\b(?:the|this|that|is|are|was|were|am|be|been|do|does|did|don'?t|not|no|my|me|you|your|it|its|we|our|they|and|or|"
    r"but|of|to|in|on|for|with|from|at|by|as|an|have|has|had|can|can'?t|cannot|could|would|will|please|want|need|here|"
    r"what|when|where|which|why|how|thanks?|sorry|hello|refund|order)\b",
    re.I,
)
_SURE = 4  # Latin words that are a sentence without any common word among them; fewer may be the name of a product


def of_ticket(ticket: Ticket) -> str:
    """The language to ask this customer in; where none of his words is known to show one, the ticket's text decides."""
    if ticket.customer_language in LANGS:
        return ticket.customer_language
    text = f"{ticket.subject}\n{ticket.text}"
    return of_words(ticket.text) or of_words(ticket.subject) or _by_letters(text)


def of_words(text: str, asked: str = "") -> str:
    """ "zh" or "en" (also for other languages, which are answered in English); "" where the words show none. `asked`:
    our own words, as far as he quotes them."""
    words = _NO_WORDS.sub(" ", quoted.own(own_words(text[:_MOST], asked)))
    han, latin = len(_HAN.findall(words)), len(_LATIN_WORD.findall(words))
    english = len(_ENGLISH.findall(words))
    if len(_OF_OTHER_SCRIPTS.findall(words)) > han / 4:
        return "en"
    if han:  # a product's English name is no English, and a product's Chinese name no Chinese
        return "en" if english > 1 and latin > han else "zh"
    return "en" if (english and latin > 1) or latin >= _SURE else ""


def heard(ticket: Ticket, *texts: str, asked: str = "") -> None:
    """Keep the language of what the customer just said; of several texts the first that shows one."""
    found = next((lang for text in texts if (lang := of_words(text, asked))), "")
    if found and found != ticket.customer_language:
        Ticket.objects.filter(pk=ticket.pk).update(customer_language=found)
        ticket.customer_language = found


def _by_letters(text: str) -> str:
    return "zh" if len(_HAN.findall(text)) >= len(_LATIN_WORD.findall(text)) else "en"
