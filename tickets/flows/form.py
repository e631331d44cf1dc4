"""A flow definition as the rows and lines of a form, and back.

Rule: what the form does not show stays as it was: `read` changes only the parts that the form holds, so a round trip
through `rows_of` and `read` gives the same definition. Lists are lines of a text box; alternatives stand between bars.

A clause's conditions are one line: `refund=全额; photo=*; video!=*; sum=10|20; sum!=-|全额`, where `*` is any value
and `-` no value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tickets.flows.form_cells import (
    Posted,
    Row,
    alternatives,
    as_dict,
    as_dicts,
    bars,
    identified,
    lines,
    number,
    of_type,
    one,
    raw,
    rest,
    set_flag,
    set_number,
    split,
    table,
)

_YES = "yes"
_ANY, _NONE = "*", "-"
LANGS = ("zh", "en")
_SLOT_SHOWN = {
    "name",
    "kind",
    "label",
    "required",
    "words",
    "options",
    "media",
    "from_customer",
    "full",
    "to_line_end",
    "question",
    "ask_freely",
}
_FIELD_SHOWN = {"name", "label", "kind", "slot", "screen_labels", "required", "full_of", "screen_sentences"}
_ENGINE_LINES = ("allowed_apps", "app_names", "sensitive_words")


def rows_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What the form's template draws. Parts of a wrong shape are shown empty; the expert's view still has them."""
    match, engine = as_dict(definition.get("match")), as_dict(definition.get("engine"))
    instruction = as_dict(definition.get("instruction"))
    return {
        "threshold": match.get("threshold", ""),
        "words": [{"word": word, "weight": weight} for word, weight in as_dict(match.get("keywords")).items()],
        "slots": [_slot_row(item) for item in as_dicts(definition.get("slots"))],
        "instruction": {lang: _instruction_rows(as_dict(instruction.get(lang))) for lang in LANGS},
        "fields": [_field_row(item) for item in as_dicts(engine.get("confirm_fields"))],
        "evidence": "\n".join(bars(group) for group in of_type(list, engine.get("success_evidence"))),
        **{key: lines(engine.get(key)) for key in _ENGINE_LINES},
        "refuse_above": engine.get("refuse_above", engine.get("amount_limit")) or "",
        "read_only": bool(engine.get("read_only")),
        "second_approval_above": definition.get("second_approval_above", definition.get("amount_limit")) or "",
        "four_eyes": bool(definition.get("four_eyes")),
        "keep_days": definition.get("keep_days") or "",
        "media": definition.get("media") or [],
    }


def read(base: Mapping[str, Any], posted: Posted) -> dict[str, Any]:
    """The definition with the form's parts taken from what was posted (name → values in the order of the page)."""
    definition = dict(base)
    definition["match"] = _match(as_dict(base.get("match")), posted)
    definition["slots"] = _slots(as_dicts(base.get("slots")), posted)
    definition["instruction"] = _instruction(as_dict(base.get("instruction")), posted)
    definition["engine"] = _engine(as_dict(base.get("engine")), posted)
    set_number(definition, "second_approval_above", number(one(posted, "second_approval_above")), "amount_limit")
    set_flag(definition, "four_eyes", one(posted, "four_eyes") == _YES, base)
    set_number(definition, "keep_days", number(one(posted, "keep_days")), "keep_days")
    media = [name for name in posted.get("media", ()) if name]
    if media or "media" in base:
        definition["media"] = media
    return definition


def _match(base: Row, posted: Posted) -> Row:
    pairs = zip(posted.get("word", ()), posted.get("weight", ()), strict=False)
    keywords = {word.strip(): number(weight, 1) for word, weight in pairs if word.strip()}
    return {**base, "keywords": keywords, "threshold": number(one(posted, "threshold"), 1)}


def _slot_row(item: Mapping[str, Any]) -> Row:
    label, question = as_dict(item.get("label")), as_dict(item.get("question"))
    options = [
        f"{as_dict(each).get('value', '')} = {bars(as_dict(each).get('phrases'))}" for each in item.get("options") or ()
    ]
    return {
        **{key: item.get(key, "") for key in ("name", "kind", "media")},
        "slot_text": f"{{{item.get('name', '')}}}",
        "label_zh": label.get("zh", ""),
        "label_en": label.get("en", ""),
        "question_zh": question.get("zh", ""),
        "question_en": question.get("en", ""),
        "ask_freely": bool(item.get("ask_freely")),
        "required": item.get("required", True),
        "words": lines(item.get("words")),
        "options": "\n".join(options),
        "from_customer": bool(item.get("from_customer")),
        "full": bool(item.get("full")),
        "to_line_end": bool(item.get("to_line_end")),
        "rest": json.dumps({key: item[key] for key in item if key not in _SLOT_SHOWN}, ensure_ascii=False),
    }


def _slots(base: Sequence[Row], posted: Posted) -> list[Row]:
    known = {item.get("name"): item for item in base}
    rows = identified(table(posted, "slot", _SLOT_COLUMNS), "label_en", "label_zh", otherwise="kind")
    return [_slot(row, known.get(row["name"], {})) for row in rows]


_SLOT_COLUMNS = (
    "name",
    "kind",
    "label_zh",
    "label_en",
    "required",
    "words",
    "options",
    "media",
    "from_customer",
    "full",
    "to_line_end",
    "question_zh",
    "question_en",
    "ask_freely",
    "rest",
)


def _slot(row: Mapping[str, str], base: Row) -> Row:
    label = {"zh": row["label_zh"].strip(), "en": row["label_en"].strip()}
    item: Row = {"name": row["name"].strip(), "kind": row["kind"], "label": {k: v for k, v in label.items() if v}}
    set_flag(item, "required", row["required"] != "no", base, usual=True)
    question = {lang: row[f"question_{lang}"].strip() for lang in LANGS}
    if any(question.values()) or "question" in base:
        item["question"] = {lang: text for lang, text in question.items() if text}
    for key in ("from_customer", "full", "to_line_end", "ask_freely"):
        set_flag(item, key, row[key] == _YES, base)
    for key, value in (("words", split(row["words"])), ("options", _options(row["options"])), ("media", row["media"])):
        if value or key in base:
            item[key] = value
    return {**item, **rest(row["rest"])}


def _options(text: str) -> list[Row]:
    pairs = (line.partition("=") for line in split(text))
    return [{"value": value.strip(), "phrases": alternatives(phrases or value)} for value, _sign, phrases in pairs]


def _instruction_rows(template: Row) -> Row:
    clauses = [
        {"text": item.get("text", ""), "when": _conditions(as_dict(item.get("when")))}
        for item in as_dicts(template.get("clauses"))
    ]
    return {**{key: template.get(key, "") for key in ("start", "join", "end")}, "clauses": clauses}


def _instruction(base: Row, posted: Posted) -> Row:
    instruction = dict(base)
    for lang in LANGS:
        rows = zip(posted.get(f"clause_{lang}", ()), posted.get(f"when_{lang}", ()), strict=False)
        clauses = [_clause(text, when) for text, when in rows if text.strip()]
        if not clauses and lang not in base:
            continue
        around = {key: raw(posted, f"{key}_{lang}") for key in ("start", "join", "end")}
        instruction[lang] = {**as_dict(base.get(lang)), **around, "clauses": clauses}
    return instruction


def _clause(text: str, when: str) -> Row:
    conditions = _read_conditions(when)
    return {"text": text.strip(), **({"when": conditions} if conditions else {})}


def _conditions(when: Mapping[str, Any]) -> str:
    return "; ".join(f"{slot}{_condition(value)}" for slot, value in when.items())


def _condition(value: Any) -> str:
    if value == "":
        return "!=*"
    if isinstance(value, dict):
        return "!=" + "|".join(each or _NONE for each in value.get("not") or ())
    return "=" + ("|".join(each or _NONE for each in value) if isinstance(value, list) else str(value))


def _read_conditions(line: str) -> Row:
    found: Row = {}
    for part in line.replace(";", ";").split(";"):
        slot, sign, values = part.partition("=")
        if not sign:
            continue
        denied, name = slot.rstrip().endswith("!"), slot.strip().rstrip("!").strip()
        several = [each.strip() for each in values.split("|")]
        several = ["" if each == _NONE else each for each in several]
        if denied:
            found[name] = "" if several == [_ANY] else {"not": several}
        else:
            found[name] = several if len(several) > 1 else several[0]
    return found


def _field_row(item: Mapping[str, Any]) -> Row:
    return {
        **{key: item.get(key, "") for key in ("name", "label", "slot")},
        "kind": item.get("kind", "text"),
        "required": item.get("required", True),
        **{key: lines(item.get(key)) for key in ("screen_labels", "full_of", "screen_sentences")},
        "rest": json.dumps({key: item[key] for key in item if key not in _FIELD_SHOWN}, ensure_ascii=False),
    }


_FIELD_COLUMNS = ("name", "label", "kind", "slot", "screen_labels", "required", "full_of", "screen_sentences", "rest")


def _fields(base: Sequence[Row], posted: Posted) -> list[Row]:
    known = {item.get("name"): item for item in base}
    rows = identified(table(posted, "field", _FIELD_COLUMNS), "label", "screen_labels", otherwise="slot")
    return [_field(row, known.get(row["name"], {})) for row in rows]


def _field(row: Mapping[str, str], base: Row) -> Row:
    item: Row = {
        "name": row["name"].strip(),
        "label": row["label"].strip(),
        "screen_labels": split(row["screen_labels"]),
    }
    if row["kind"] != "text" or "kind" in base:
        item["kind"] = row["kind"]
    if row["slot"]:
        item["slot"] = row["slot"]
    set_flag(item, "required", row["required"] != "no", base, usual=True)
    for key in ("full_of", "screen_sentences"):
        if (values := split(row[key])) or key in base:
            item[key] = values
    return {**item, **rest(row["rest"])}


def _engine(base: Row, posted: Posted) -> Row:
    engine = dict(base)
    engine["success_evidence"] = [alternatives(line) for line in split(one(posted, "evidence"))]
    engine["confirm_fields"] = _fields(as_dicts(base.get("confirm_fields")), posted)
    for key in _ENGINE_LINES:
        if (values := split(one(posted, key))) or key in base:
            engine[key] = values
    set_number(engine, "refuse_above", number(one(posted, "refuse_above")), "amount_limit")
    set_flag(engine, "read_only", one(posted, "read_only") == _YES, base)
    if not engine["confirm_fields"] and "confirm_fields" not in base:
        del engine["confirm_fields"]
    return engine
