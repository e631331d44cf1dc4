"""What goes wrong and can be put right by a person, shared by all packages."""

from __future__ import annotations

from collections.abc import Mapping

from cs_agent.catalogue import say
from cs_agent.said import Said, Sentence

CODE = "trouble"  # under which what went wrong is stored: its advice, which is its own key, and what happened


class Trouble(Exception):
    """Something failed that a person can do something about: `advice` says what, a sentence of the catalogue.

    `retryable`: trying again can help.
    """

    retryable = False
    advice = ""

    def told(self, lang: str) -> Said:
        """The advice in "zh" or "en", and in brackets what happened as a technician reads it."""
        what = self.args[0] if self.args and isinstance(self.args[0], Said) else str(self)
        values = {"advice": self.advice, "what": what}
        return Said(retell(values, lang), Sentence(CODE, values))

    def advice_in(self, *langs: str) -> str:
        """The advice alone, one line for each of the languages."""
        return "\n".join(say(self.advice, lang) for lang in langs)


def retell(values: Mapping[str, str], lang: str) -> str:
    """What `Trouble.told` said, of its stored values."""
    advice, what = say(values.get("advice", ""), lang), values.get("what", "")
    if not advice:
        return what
    return f"{advice} ({what})" if lang == "en" else f"{advice}({what})"
