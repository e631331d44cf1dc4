"""The steps of an instruction as people read them: slots by their names, conditions as words instead of signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from consoles.pages.studio.labels import with_labels
from tickets.flows.form_cells import as_dict, as_dicts


def in_words(definition: Mapping[str, Any], labels: Mapping[str, str], *, english: bool) -> list[str]:
    """Each clause in the reader's language where the flow has it. `labels`: the slots' names for people."""
    instruction = as_dict(definition.get("instruction"))
    lang = "en" if english and as_dicts(as_dict(instruction.get("en")).get("clauses")) else "zh"
    return [_line(each, labels) for each in as_dicts(as_dict(instruction.get(lang)).get("clauses"))]


def _line(clause: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    words = with_labels(str(clause.get("text", "")), labels)
    when = [_condition(labels.get(name, name), value) for name, value in as_dict(clause.get("when")).items()]
    return _("%(words)s(当%(when)s)") % {"words": words, "when": _(",且").join(when)} if when else words


def _condition(name: str, value: Any) -> str:
    said = {"name": name}
    if value == "*":
        return _("有%(name)s") % said
    if value == "":
        return _("没有%(name)s") % said
    denied = isinstance(value, dict)
    among = value.get("not") or () if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    values = [str(each) for each in among if each != ""]
    said["values"] = _("、").join(values)
    if not denied:
        return (_("%(name)s是 %(values)s 之一") if len(values) > 1 else _("%(name)s是 %(values)s")) % said
    if len(values) < len(among):
        return (_("有%(name)s且不是 %(values)s") if values else _("有%(name)s")) % said
    return _("%(name)s不是 %(values)s") % said
