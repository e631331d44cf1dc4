"""Replaces personal data in text by the name of its kind."""

from __future__ import annotations

from cs_agent.vision.personal_data.search import find
from cs_agent.vision.redaction.policy import WORDS, Audience, RedactionPolicy


def redact_text(text: str, policy: RedactionPolicy, audience: Audience) -> str:
    """The text with every hidden value replaced by the name of its kind."""
    hidden = policy.hidden_from(audience)
    parts, place = [], 0
    for span in find(text):
        if span.kind in hidden:
            parts += [text[place : span.start], WORDS[span.kind]]
            place = span.end
    return "".join([*parts, text[place:]])
