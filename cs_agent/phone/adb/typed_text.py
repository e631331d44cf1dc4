"""Text on its way into a field: what `input text` can type, which field has the focus, and whether it shows the text.

Pure functions of nodes and texts.
"""

from __future__ import annotations

import re

from cs_agent.observation import UiNode

_ASCII_CHUNK = 150  # characters per `input text`: it types key by key, and long lines time out
_BULLETS = "•●*∙·"


def focused_field(nodes: tuple[UiNode, ...]) -> UiNode | None:
    """The field that has the focus: an editable node, or the only focused one a page gives."""
    focused = [node for node in nodes if node.focused]
    for node in focused:
        if node.editable or node.password:
            return node
    return None


def ascii_parts(text: str) -> list[str]:
    """Arguments of `input text` that type this ASCII text: %s means a space there, so a real one is torn apart."""
    parts: list[str] = []
    for piece in re.split(r"(?<=%)(?=s)", text):
        parts += [piece[start : start + _ASCII_CHUNK] for start in range(0, len(piece), _ASCII_CHUNK)]
    return [part.replace(" ", "%s") for part in parts]


def is_plain(text: str) -> bool:
    """What `input text` can type: printable ASCII on one line (a line break would submit the form)."""
    return all(" " <= char <= "~" for char in text)


def shows(field: UiNode, text: str) -> bool:
    """Whether the field holds the text, however the app formats it; a password by its length alone."""
    if not text:
        return True  # an emptied field shows its hint as its text: nothing can be told from it
    if field.password or (field.text and set(field.text) <= set(_BULLETS)):
        return len(field.text) == len(text)
    return _bare(field.text) == _bare(text) or _dotted(field.text.strip(), text.strip())


def _dotted(shown: str, text: str) -> bool:
    """Whether the dump shows the text with a dot for each UTF-16 code unit that its writer did not take."""
    data = text.encode("utf-16-le", "surrogatepass")
    units = [chr(int.from_bytes(data[at : at + 2], "little")) for at in range(0, len(data), 2)]
    return len(units) == len(shown) and all(
        seen == unit or (seen == "." and not unit.isalnum()) for seen, unit in zip(shown, units, strict=True)
    )


def _bare(text: str) -> str:
    """Letters, digits and decimal points: apps group numbers, trim spaces and change cases by themselves."""
    kept = re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w.]|_", "", text)
    return kept.casefold() if kept else "".join(text.split())
