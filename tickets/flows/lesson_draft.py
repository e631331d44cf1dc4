"""A whole draft from a lesson: slots, the instruction in both languages, fields to confirm, evidence, apps, limits.

Rule: what the lesson did not show stays as the flow had it; what it showed replaces that. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import pgettext_lazy

from cs_agent.engine.routes.values import TOUCHES, ActKind, RouteStep
from cs_agent.engine.screen.words import WEIGHTY, sense
from tickets.said import in_language

_LANGS = ("zh", "en")
_WORDS = {
    ActKind.LAUNCH: pgettext_lazy("instruction", "打开“{what}”"),
    ActKind.TAP: pgettext_lazy("instruction", "点击“{what}”"),
    ActKind.DOUBLE_TAP: pgettext_lazy("instruction", "双击“{what}”"),
    ActKind.LONG_PRESS: pgettext_lazy("instruction", "长按“{what}”"),
    ActKind.TYPE: pgettext_lazy("instruction", "在“{where}”中输入{what}"),
    ActKind.SWIPE: pgettext_lazy("instruction", "滑动页面"),
    ActKind.BACK: pgettext_lazy("instruction", "返回"),
    ActKind.HOME: pgettext_lazy("instruction", "回到主屏幕"),
    ActKind.GAP: pgettext_lazy("instruction", "完成这一页上的下一步"),
}
_ENTRY = pgettext_lazy("instruction", "点开含{what}的一项")
_FIELD = pgettext_lazy("instruction", "点“{where}”输入框")
_A_FIELD = pgettext_lazy("instruction", "输入框")
_ENTER = pgettext_lazy("instruction", ",按回车")
_COMMIT = pgettext_lazy("instruction", "核对无误后,经人确认再点击“{what}”")
_JOIN, _END = pgettext_lazy("instruction", ","), pgettext_lazy("instruction", "。")


def in_words(step: RouteStep, lang: str) -> str:
    """The act as an instruction says it, with slots in braces."""
    with in_language(lang):
        return _in_words(step)


def _in_words(step: RouteStep) -> str:
    control = step.control
    name = control.named if control else ""
    where = (control.signature.beside if control else "") or str(_A_FIELD)
    if step.kind in TOUCHES and control and control.holds:
        return _ENTRY.format(what="".join(control.holds))
    if step.commits:
        return _COMMIT.format(what=name or where)
    if step.kind in TOUCHES and not name:
        return _FIELD.format(where=where) if control else str(_WORDS[ActKind.GAP])
    told = _WORDS[step.kind].format(what=step.text.strip() or name, where=where)
    return told + str(_ENTER) if step.text.endswith("\n") else told


def composed(
    base: Mapping[str, Any],
    *,
    slots: Sequence[Mapping[str, Any]],
    steps: Sequence[RouteStep],
    marks: Sequence[Mapping[str, Any]],
    apps: Iterable[str],
    keywords: Sequence[str] = (),
    amount_limit: float | None = None,
) -> dict[str, Any]:
    """`base`: the definition so far, {} for a new flow; `slots`: definitions of the slots that the lesson used."""
    definition = dict(base)
    engine = dict(base.get("engine") or {})
    if not (base.get("match") or {}).get("keywords"):
        # One word that two tickets share makes them no kind.
        threshold = 1 if len(keywords) < _ENOUGH_TO_COUNT else 2
        definition["match"] = {"threshold": threshold, "keywords": dict.fromkeys(keywords, 1)}
    definition["slots"] = _slots(base.get("slots") or (), slots)
    definition["instruction"] = {**(base.get("instruction") or {}), **{lang: _told(steps, lang) for lang in _LANGS}}
    if fields := _fields(marks, definition["slots"]):
        engine["confirm_fields"] = fields
    if evidence := [[mark["text"]] for mark in marks if mark["kind"] == "success"]:
        engine["success_evidence"] = evidence
    engine.setdefault("success_evidence", [])
    named_before = engine.get("named_controls", ())
    engine["allowed_apps"] = sorted({*engine.get("allowed_apps", ()), *apps})
    engine["app_names"] = sorted({*engine.get("app_names", ()), *(s.text for s in steps if s.kind is ActKind.LAUNCH)})
    if named := [*engine.get("named_controls", ()), *(each for each in _named(steps) if each not in named_before)]:
        engine["named_controls"] = named
    engine["read_only"] = not any(step.commits for step in steps)
    definition["engine"] = engine
    if media := [slot["name"] for slot in slots if slot.get("kind") == "attachment"]:
        definition["media"] = sorted({*(base.get("media") or ()), *media})
    if amount_limit:
        definition["second_approval_above"] = amount_limit
    return definition


def _slots(known: Iterable[Mapping[str, Any]], used: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the flow, and after them what the lesson added."""
    kept = [dict(slot) for slot in known]
    names = {slot.get("name") for slot in kept}
    return [*kept, *(dict(slot) for slot in used if slot["name"] not in names)]


def _told(steps: Sequence[RouteStep], lang: str) -> dict[str, Any]:
    """One clause for each act, so that one without its slot is left out; a tap into the field that is typed into next
    is said by the typing."""
    said: list[str] = []
    for number, step in enumerate(steps):
        following = steps[number + 1] if number + 1 < len(steps) else None
        typed = following is not None and following.kind is ActKind.TYPE and following.control == step.control
        if not (typed and step.kind is ActKind.TAP):
            said.append(in_words(step, lang))
    with in_language(lang):
        join, end = str(_JOIN), str(_END)
    return {"join": join, "end": end, "clauses": [{"text": text} for text in said]}


def _named(steps: Sequence[RouteStep]) -> list[dict[str, Any]]:
    """Controls with a word of commitment of which the teacher said that they commit nothing, each on its page."""
    named: list[dict[str, Any]] = []
    for step in steps:
        label = step.control.named if step.control else ""
        weighty = not step.commits and step.kind in TOUCHES and sense(label).kind in WEIGHTY
        control = {"page": {"app": step.page.app, "title": [step.page.title]}, "control": {"label": [label]}}
        if weighty and step.page.title and "{" not in label and control not in named:
            named.append(control)
    return named


def _fields(marks: Sequence[Mapping[str, Any]], slots: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One field for each slot that was marked, and one for each caption without a slot."""
    labels = {slot["name"]: slot.get("label", {}).get("zh", slot["name"]) for slot in slots}
    fields: dict[str, dict[str, Any]] = {}
    for mark in marks:
        if mark["kind"] != "confirm":
            continue
        caption = mark["labels"][0] if mark["labels"] else ""
        key = mark["slot"] or caption
        field = fields.setdefault(key, _field(mark, labels, len(fields) + 1))
        field["screen_labels"] = list(dict.fromkeys([*field["screen_labels"], *mark["labels"]]))
        if mark["sentence"]:
            field["screen_sentences"] = [*field.get("screen_sentences", ()), mark["sentence"]]
    return list(fields.values())


def _field(mark: Mapping[str, Any], labels: Mapping[str, str], number: int) -> dict[str, Any]:
    caption = mark["labels"][0] if mark["labels"] else ""
    field: dict[str, Any] = {
        "name": mark["slot"] or f"field_{number}",
        "label": labels.get(mark["slot"], "") or caption or f"{number}",
        "screen_labels": [],
    }
    if mark["slot"]:
        field["slot"] = mark["slot"]
    if mark["money"]:
        field["kind"] = "money"
    return field


_CJK = re.compile(r"[一-鿿]{2,}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'-]{3,}")
_LONGEST_WORD = 4  # Chinese characters
_ENOUGH_TO_COUNT = 3  # words
_COMMON = 0.2  # of the other tickets; a word in more of them tells nothing


def telling_words(text: str, others: Sequence[str], most: int = 6) -> list[str]:
    """Words of this ticket that few other tickets have, the longest that few have first: what tells its kind is for
    the editor to choose from these."""
    pieces: dict[str, None] = {}
    for run in _CJK.findall(text):
        for length in range(_LONGEST_WORD, 1, -1):
            pieces.update(dict.fromkeys(run[i : i + length] for i in range(len(run) - length + 1)))
    pieces.update(dict.fromkeys(word.lower() for word in _LATIN.findall(text)))
    allowed = max(1, int(_COMMON * len(others)))
    lowered = [other.lower() for other in others]
    counted = [(sum(piece in other for other in lowered), piece) for piece in pieces]
    # A word that some others share names a kind; one that nobody shares is this ticket's own story.
    shared = sorted(
        (count for count in counted if 1 <= count[0] <= allowed), key=lambda item: (-item[0], -len(item[1]))
    )
    chosen: list[str] = []
    for _count, piece in [*shared, *((0, piece) for count, piece in counted if not count)]:
        if not any(piece in kept or kept in piece for kept in chosen):
            chosen.append(piece)
        if len(chosen) == most:
            break
    return chosen
