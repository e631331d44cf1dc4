"""What goes wrong and can be put right by a person, shared by all packages."""

from __future__ import annotations

from cs_agent.catalogue import say


class Trouble(Exception):
    """Something failed that a person can do something about: `advice` says what, a sentence of the catalogue.

    `retryable`: trying again can help.
    """

    retryable = False
    advice = ""

    def told(self, lang: str) -> str:
        """The advice in "zh" or "en", and in brackets what happened as a technician reads it."""
        advice = say(self.advice, lang)
        if not advice:
            return str(self)
        return f"{advice} ({self})" if lang == "en" else f"{advice}({self})"

    def advice_in(self, *langs: str) -> str:
        """The advice alone, one line for each of the languages."""
        return "\n".join(say(self.advice, lang) for lang in langs)
