"""What holds a wish back though it is worded as one: it is only possible, put off, or quoted."""

from __future__ import annotations

import re

from tickets.flows.matching.spot import Spot, Standing
from tickets.flows.slots.stance import without_politeness

_POSSIBLY = re.compile(
    r"(?<!尽)可能(?!的话)[^,，]{0,6}$|(?:也许|或许|说不定|没准|搞不好)[^,，]{0,8}$|"
    r"\b(?:maybe|perhaps|possibly|might|may(?! (?:i|we)\b)|tempted to|thinking (?:about|of)|"
    r"considering)\b[^,.;]{0,30}$",
    re.I,
)
_LATER = re.compile(
    r"等(?!了|得|着|半天|到现在)[^,，。;；!！?？]{1,12}(?:再|才|之后|以后)[^,，]{0,4}$|"
    r"(?:到时候?|以后|回头|改天|过[几两]天|下次)(?:再|才|要|会|可以)[^,，]{0,4}$|"
    r"\b(?:once|after|when) (?:i|it|they|the \w+) (?:\w+ )?(?:arrives?|comes?|gets?|receive|tested|"
    r"checked)\b[^.;]{0,30}$",
    re.I,
)
# Should the replacement fail too, refund me.
_INVERTED = re.compile(r"^ ?(?:should|had|were) (?:the|it|this|that|my|they|you|anything|any)\b[^?]*,", re.I)
_IF_BEHIND = re.compile(r"^[^ ]{2,10}的话|^的话(?=帮|请|麻烦|就)")  # 快递还没发的话帮我改
_OPENING, _CLOSING = "\"“‘'「『《【", "\"”’'」』》】"
_QUOTE = 80  # characters of a quotation on either side of a word
_OPENED = re.compile(r"(?:(?:(?<=^)|(?<=[\s,，:：。;；]))\"|[“「『])[^\"”」』{}\n]*$")
_CLOSED = re.compile(r"([^\"“”「」『』{}\n]*)[\"”」』]([^\n]*)")
_IN_A_FIELD = re.compile(r"[:：={\[(]\s*$")  # {"type": "退款"}
_WANTED_IN_QUOTES = re.compile(r"(?:要求?|申请|请|希望|办理?|want|need|request)(?:你们|给我|一[次下个]|an?)? ?$", re.I)


def held_back(spot: Spot, *, questions: bool) -> Standing | None:
    """A standing other than wanted, for a word that would else count as wanted."""
    if not questions and spot.action and (_POSSIBLY.search(spot.before) or _LATER.search(spot.sentence[-40:])):
        return Standing.SUPPOSED
    if _INVERTED.search(spot.sentence) or _IF_BEHIND.search(without_politeness(spot.after)):
        return Standing.SUPPOSED
    return Standing.UNCLEAR if _quoted(spot) or _within_quotes(spot) else None


def _within_quotes(spot: Spot) -> bool:
    """Among other words in marks, with something said of them: "Full refund, click here" - got this by mail."""
    opened = _OPENED.search(spot.text[max(0, spot.start - _QUOTE) : spot.start])
    closed = _CLOSED.match(spot.text[spot.end : spot.end + _QUOTE])
    if not opened or not closed or _IN_A_FIELD.search(spot.text[: spot.start - len(opened[0])][-4:]):
        return False
    return len(opened[0]) + len(closed[1]) > 6 and bool(closed[2].strip(" .。,，!！"))


def _quoted(spot: Spot) -> bool:
    """In marks of its own: somebody's word for it."""
    before, after = spot.text[: spot.start][-24:], spot.text[spot.end : spot.end + 1]
    if not before or not after or before[-1] not in _OPENING or after not in _CLOSING:
        return False
    lead = before[:-1]
    return bool(lead.strip()) and not _IN_A_FIELD.search(lead) and not _WANTED_IN_QUOTES.search(lead)
