"""The name under which a customer's file lies on a phone of any kind.

Rule: a name given by a customer never decides where on the phone something is written.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST_NAME = 200  # bytes; file systems stop at 255


def safe_name(name: str) -> str:
    """A file name that is nothing but a name: no folders, no control characters, not too long, not hidden."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    plain = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (plain, "")
    while len((stem + ending).encode()) > _LONGEST_NAME and stem:
        stem = stem[:-1]
    return (stem or "file") + ending[:_LONGEST_NAME]
