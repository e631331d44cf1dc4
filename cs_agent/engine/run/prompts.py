"""The system prompts: the shipped ones, or one from a file, with a version that audit events can name.

Rule: a prompt that could not work (unreadable, empty, without the action language) stops the start.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cs_agent.catalogue import _, say
from cs_agent.engine.actions.values import Coordinates

LANGUAGES = ("zh", "en")
MAX_PROMPT_BYTES = 64 * 1024  # beyond it a 25k-token model has no room left for the run

_SHIPPED = Path(__file__).with_name("prompts")
_REQUIRED = ("do(", "finish(")
_COORDINATES = {
    Coordinates.NORMALIZED: _("x、y 是 0 到 999 的整数:左上角为 [0,0],右下角为 [999,999],与分辨率无关。"),
    Coordinates.PIXEL: _("x、y 是所给截图中的像素坐标:左上角为 [0,0]。"),
}


class PromptError(Exception):
    """A prompt cannot be used; the text says which file and why."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """`version` is the first 12 hex digits of the text's SHA-256: it changes with every change of wording."""

    text: str
    lang: str
    source: str  # "shipped" or the file's path

    @property
    def version(self) -> str:
        return prompt_version(self.text)


def prompt_version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_prompt(
    lang: str, path: str | Path | None = None, *, coordinates: Coordinates = Coordinates.NORMALIZED
) -> Prompt:
    """The shipped prompt of that language, or the one in `path`; PromptError says what is wrong with it.

    `{coordinates}` in a prompt is replaced by the sentence that explains the model's points.
    """
    if lang not in LANGUAGES:
        raise PromptError(f"there is no prompt in language {lang!r}; use one of {', '.join(LANGUAGES)}")
    file = Path(path) if path else _SHIPPED / f"{lang}.txt"
    prompt = prompt_of(file, lang, coordinates, shipped=not path)
    for word in _REQUIRED:
        if word not in prompt.text:
            raise PromptError(f"the prompt file {file} never mentions {word}…): the model would not know how to act")
    return prompt


def prompt_of(file: str | Path, lang: str, coordinates: Coordinates, *, shipped: bool) -> Prompt:
    """The prompt in that file, for models of any family; PromptError says what is wrong with it."""
    if lang not in LANGUAGES:
        raise PromptError(f"there is no prompt in language {lang!r}; use one of {', '.join(LANGUAGES)}")
    text = _checked(_read(Path(file)), Path(file)).replace("{coordinates}", say(_COORDINATES[coordinates], lang))
    return Prompt(text, lang, "shipped" if shipped else str(file))


def _read(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PromptError(f"the prompt file {file} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_PROMPT_BYTES:
        raise PromptError(f"the prompt file {file} is larger than {MAX_PROMPT_BYTES // 1024} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PromptError(f"the prompt file {file} is not UTF-8 text: byte {error.start}") from error


def _checked(text: str, file: Path) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise PromptError(f"the prompt file {file} is empty")
    return text
