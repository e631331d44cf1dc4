"""Removes personal data from text and pictures for good, according to who is going to see them.

What concerns pictures is in `redaction.pictures`, which loads the libraries that look at them.
"""

from cs_agent.vision.redaction.lines import Finding, find_in_lines, text_box
from cs_agent.vision.redaction.policy import KEPT_FROM_MODELS, WORDS, Audience, RedactionPolicy
from cs_agent.vision.redaction.texts import redact_text

__all__ = [
    "KEPT_FROM_MODELS",
    "WORDS",
    "Audience",
    "Finding",
    "RedactionPolicy",
    "find_in_lines",
    "redact_text",
    "text_box",
]
