"""Account names, models, seats and the like: of what stands behind such a word, the one token that it names.

Rule: whether a value names one thing is told by the word that announces it (账号, 用户名, plate, login); a description
(问题描述, reason) is never cut.
"""

from __future__ import annotations

import re

from tickets.flows.slots.text import Doubt, Span

_NAMES_ONE = re.compile(
    r"(?:号码?|名|码|账户|帐户|车牌|昵称|\b(?:id|login|user ?name|account|plate|model|seat|serial|nick(?:name)?))"
    r"\s*(?:[:：=]|就?[是为]|\bis\b)?\s*[\"“「]?\s*$",
    re.I,
)
_VERB = re.compile(r"(?:is|was)\s+", re.I)
_COUNTED = "排座区层楼号室栋门口列行款型版系级色码期届班"  # 201区3排: the token goes on
_TOKEN = re.compile(
    r"(?=[^一-鿿]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.@+-]{2,63}(?<![.-])(?![A-Za-z0-9_@+-])"
    rf"(?=\s?(?:$|[,，;；。、/|])|[一-鿿](?<![{_COUNTED}])|\s[一-鿿]|\s(?:and|but|so)\b)"
)
_SAID = re.compile(r"[了没被忘锁丢错不]")


def identifier(announced: str, span: Span) -> Span:
    """The span, cut to the token where `announced`, the words before it, names one thing; doubted where those words
    are no label and something is said of it (账号被锁了)."""
    if not _NAMES_ONE.search(announced):
        return span
    verb = _VERB.match(span.value)
    start = span.start + (verb.end() if verb else 0)
    value = span.value[start - span.start :]
    token = _TOKEN.match(value)
    if token:
        return Span(token[0], start, start + token.end(), span.doubt)
    labelled = re.search(r"[:：=]\s*$", announced)
    whole = Span(value, start, span.end, span.doubt)
    return whole if labelled or not _SAID.search(value) else whole.doubted(Doubt.UNCLEAR)
