"""The console's words: which message ids its code and templates use, and the compiled English catalogue.

`python -m tests.consoles.catalog` prints the ids that have no English yet.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "consoles" / "locale" / "en" / "LC_MESSAGES" / "django.po"
_GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_said", "ngettext", "ngettext_lazy"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_TEXT = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_IN_TEMPLATE = re.compile(rf"(?:\bgettext|\b_|\bngettext)\(\s*{_TEXT}")
_IN_TEMPLATES_CONTEXT = re.compile(rf"\bpgettext\(\s*{_TEXT},\s*{_TEXT}")


def compile_all() -> None:
    """Write the .mo beside each .po that is newer; whole or not at all, for tests run side by side."""
    for source in ROOT.glob("*/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        part = target.with_suffix(f".{os.getpid()}")
        with source.open("rb") as file, part.open("wb") as out:
            write_mo(out, read_po(file))
        part.replace(target)


def translations() -> dict[str, str]:
    """English by message id; for a plural, the singular's."""
    with CATALOG.open("rb") as file:
        catalog = read_po(file)
    found = {}
    for message in catalog:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        text = message.string[0] if isinstance(message.string, tuple) else message.string
        found[str(key)] = "" if message.fuzzy else str(text or "")
    return found


def translated_in_context() -> set[tuple[str, str]]:
    """Every (context, message id) with a translation."""
    with CATALOG.open("rb") as file:
        return {(each.context, str(each.id)) for each in read_po(file) if each.context and each.string}


def used_in_context() -> dict[tuple[str, str], str]:
    """Every (context, message id) of the templates, with the file that uses it."""
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for match in _IN_TEMPLATES_CONTEXT.finditer(templatize(path.read_text(encoding="utf-8"))):
            found[ast.literal_eval(match[1]), ast.literal_eval(match[2])] = str(path.relative_to(ROOT))
    return found


def used() -> dict[str, str]:
    """Every message id of the console and of the models' labels, with the file that uses it."""
    found: dict[str, str] = {}
    for path in _sources():
        ids = _of_template(path) if path.suffix == ".html" else _of_code(path)
        found |= dict.fromkeys(ids, str(path.relative_to(ROOT)))
    return found


def _sources() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted((ROOT / "consoles").rglob("*.py"))
    yield from sorted((ROOT / "tickets" / "models").rglob("*.py"))
    yield ROOT / "cs_agent" / "project" / "settings.py"
    yield from sorted((ROOT / "cs_agent" / "project" / "backoffice").rglob("*.py"))


def _of_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if node.func.id in _GETTEXT and texts:
            yield texts[0]
        elif node.func.id in _IN_CONTEXT and len(texts) > 1:
            yield texts[1]


def _of_template(path: Path) -> Iterator[str]:
    code = templatize(path.read_text(encoding="utf-8"))
    for match in _IN_TEMPLATE.finditer(code):
        yield ast.literal_eval(match[1])
    for match in _IN_TEMPLATES_CONTEXT.finditer(code):
        yield ast.literal_eval(match[2])


def main() -> None:
    have = translations()
    for message, where in used().items():
        if not have.get(message):
            print(f"{where}: {message!r}")


if __name__ == "__main__":
    main()
