"""Finds personal data in text. The kinds and what each check can tell stand in the modules of this package.

Rule: in doubt hide; a word nearby excuses only the number that it directly names.
"""

from cs_agent.vision.personal_data.kinds import DOCUMENTS, IN_PICTURES_ONLY, SECRETS, DataKind, Span
from cs_agent.vision.personal_data.numbers.checks import is_id_card, passes_luhn
from cs_agent.vision.personal_data.search import find

__all__ = ["DOCUMENTS", "IN_PICTURES_ONLY", "SECRETS", "DataKind", "Span", "find", "is_id_card", "passes_luhn"]
