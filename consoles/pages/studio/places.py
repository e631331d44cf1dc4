"""Where a fault of a draft stands in the form, in the form's own words, so that no editor needs the names of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tickets.flows.form_cells import as_dict, as_dicts
from tickets.said import readers_language

_CLAUSE = re.compile(r"(zh|en)\.clauses\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault for people. `part`: the id of the form's part it stands in, empty where the form has none."""

    place: str
    words: str
    part: str = ""

    @property
    def lead(self) -> str:
        return _("%s:") % self.place if self.place else ""


def in_form(faults: Iterable[str], definition: Mapping[str, Any]) -> list[Problem]:
    """The faults ("place: words") as the form would say them; what the form does not show keeps its place in JSON."""
    return [_problem(fault, definition) for fault in faults]


def _problem(fault: str, definition: Mapping[str, Any]) -> Problem:
    path, _colon, words = fault.partition(": ")
    if not words:
        return Problem("", path)
    head, _dot, rest = path.partition(".")
    match head.partition("[")[0]:
        case "match":
            return Problem(_join(_("适用的工单"), _cells().get(rest.partition(".")[0], "")), words, "part-match")
        case "slots":
            return Problem(_row(_("需要的信息"), path, as_dicts(definition.get("slots"))), words, "part-slots")
        case "instruction":
            return Problem(_join(_("给智能体的指令"), _clause(rest)), words, "part-instruction")
        case "engine":
            return _of_engine(path, rest, words, as_dict(definition.get("engine")))
        case "second_approval_above" | "four_eyes" | "keep_days" | "media":
            return Problem(_join(_("应用与边界"), _cells()[head.partition("[")[0]]), words, "part-limits")
        case "definition":
            return Problem("", words)
    return Problem(_("JSON(专家)") + f" · {path}", words)


def _of_engine(path: str, rest: str, words: str, engine: Mapping[str, Any]) -> Problem:
    key = rest.partition(".")[0].partition("[")[0]
    if key in {"", "success_evidence"}:
        return Problem(_("完成的证据"), words, "part-fields")
    if key == "confirm_fields":
        rows = as_dicts(engine.get("confirm_fields"))
        return Problem(_row(_("提交前由人确认"), path.removeprefix("engine."), rows), words, "part-fields")
    if key in _cells():
        return Problem(_join(_("应用与边界"), _cells()[key]), words, "part-limits")
    return Problem(_("JSON(专家)") + f" · {path}", words)


def _row(part: str, path: str, rows: list[dict[str, Any]]) -> str:
    """A row of a table by its name for people, and the cell of it."""
    _table, _dot, rest = path.partition(".")
    name, _dot, cell = rest.partition(".")
    row: Mapping[str, Any] = next((each for each in rows if each.get("name") == name), {})
    if (number := re.fullmatch(r"\w+\[(\d+)\]", _table)) is not None:
        return _join(
            part, _("第 %d 行") % (int(number[1]) + 1), _cells().get(rest.partition(".")[0].partition("[")[0], "")
        )
    return _join(part, _name(row) or name, _cells().get(cell.partition(".")[0].partition("[")[0], ""))


def _name(row: Mapping[str, Any]) -> str:
    label = row.get("label")
    if isinstance(label, dict):
        return str((label.get("en") if readers_language() == "en" else "") or label.get("zh") or "")
    return str(label or "")


def _clause(rest: str) -> str:
    languages = {"zh": "中文", "en": "English"}
    found = _CLAUSE.match(rest)
    if found is None:
        return languages.get(rest.partition(".")[0], "")
    return _join(languages[found[1]], _("第 %d 句") % (int(found[2]) + 1))


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _cells() -> dict[str, str]:
    """What the form calls each value of a definition."""
    return {
        "keywords": _("匹配词"),
        "threshold": _("够分"),
        "label": _("名称"),
        "name": _("标识"),
        "kind": _("类型"),
        "options": _("选项"),
        "media": _("附件"),
        "words": _("值旁边的词"),
        "question": _("缺少时怎样问客户"),
        "slot": _("对照的信息项"),
        "screen_labels": _("屏幕上的标题"),
        "screen_sentences": _("屏幕上的句子"),
        "app_names": _("可启动的应用"),
        "allowed_apps": _("允许在前台的包名"),
        "sensitive_words": _("必须确认的词"),
        "second_approval_above": _("需两人确认的金额"),
        "refuse_above": _("拒绝执行的金额"),
        "four_eyes": _("启动的人能否自己确认"),
        "keep_days": _("保留天数"),
        "read_only": _("操作范围"),
    }
