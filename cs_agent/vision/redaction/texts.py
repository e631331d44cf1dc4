"""Replaces personal data in text by the name of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from cs_agent.observation import TextLine
from cs_agent.vision.personal_data import find
from cs_agent.vision.redaction.lines import find_in_lines
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


def redact_lines(lines: Sequence[TextLine], policy: RedactionPolicy, audience: Audience) -> tuple[TextLine, ...]:
    """The lines with hidden values replaced in their texts; boxes and scores stay."""
    hidden = policy.hidden_from(audience)
    texts = [line.text for line in lines]
    ends = [len(line.text) for line in lines]
    for finding in sorted(find_in_lines(lines), key=lambda item: -item.start):
        if finding.kind in hidden and finding.end <= ends[finding.line]:
            text = texts[finding.line]
            texts[finding.line] = text[: finding.start] + WORDS[finding.kind] + text[finding.end :]
            ends[finding.line] = finding.start
    return tuple(TextLine(text, line.box, line.score) for text, line in zip(texts, lines, strict=True))
