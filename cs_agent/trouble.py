"""What goes wrong and can be put right by a person, shared by all packages."""

from __future__ import annotations


class Trouble(Exception):
    """Something failed that a person can do something about: `advice` says what, in Chinese, `advice_en` in English.

    `retryable`: trying again can help.
    """

    retryable = False
    advice = ""
    advice_en = ""

    def told(self, lang: str) -> str:
        """The advice in "zh" or "en", and in brackets what happened as a technician reads it."""
        advice = self.advice_en if lang == "en" else self.advice
        if not advice:
            return str(self)
        return f"{advice} ({self})" if lang == "en" else f"{advice}({self})"
