"""A person's note with a decision, a handback or an end: cleaned, of bounded length."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.errors import Invalid

MAX_NOTE = 2000  # characters


def clean_note(text: str) -> str:
    """The stripped printable text with line ends; Invalid if it is too long."""
    clean = "".join(char for char in text if char == "\n" or char.isprintable()).strip()
    if len(clean) > MAX_NOTE:
        raise Invalid(_("备注最多 %d 个字。") % MAX_NOTE, code="note_too_long")
    return clean
