"""Filling in: values into fields, choices, ticks.

Rule: what is filled in is looked at afterwards. A choice counts when its mark is drawn as chosen or, where it has no
mark, when the tap on it changed the page; a value counts when it stands on the page.
"""

from __future__ import annotations

import re

from cs_agent.demo.pilot.goals.goal import Goal, GoalKind
from cs_agent.demo.pilot.goals.lexicon import PASSWORD, SELECT_HINT, Concept
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import Situation, act, take_over, tap, tap_field, tap_item
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Field, Hit, Item, MarkState, Page
from cs_agent.engine.actions.values import Type

MAX_TRIES = 3  # taps or typings for one value before a human is asked
_PROMPTING = re.compile(
    r"^(?:请|可)?(?:输入|填写|搜索|查询|查找)?(?:您的|你的|新的?)?"
    r"|^(?:please )?(?:enter|type|search|your|the|by| )+",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[¥$]?\s*\d[\d,]*(?:\.\d+)?\s*(?:元|块|yuan|dollars|rmb|cny)?", re.IGNORECASE)


def enter_reached(sit: Situation) -> bool:
    """The value stands in a field of the right name, or anywhere right after it was typed."""
    place = find_field(sit.page, sit.goal.field)
    if place and _holds(sit.page, place, sit.goal.text):
        return True
    return sit.done(Move.TYPE) and sit.page.shows(sit.goal.text) is not None


def enter(sit: Situation) -> Decision | None:
    if sit.last_move() is Move.FIELD:
        return _type(sit, sit.goal.text)
    place = find_field(sit.page, sit.goal.field) or _value_beside(sit.page, sit.goal.field)
    if place is None:
        return None
    if PASSWORD.search(sit.goal.field + place.text):
        return take_over(sit, sit.say("需要输入密码,请坐席亲自操作", "A password is needed: please enter it yourself"))
    if len(sit.turns(Move.TYPE)) >= MAX_TRIES:
        return take_over(
            sit, sit.say(f"“{sit.goal.field}”输入后没有生效", f"'{sit.goal.field}' does not take the text")
        )
    return tap_field(sit, place, sit.goal.field or place.text, _field_confidence(sit.page, sit.goal.field, place))


def _type(sit: Situation, text: str) -> Decision:
    return act(Move.TYPE, Type(text), text, 0.98)


def _holds(page: Page, place: Field, value: str) -> bool:
    """A long value goes on in the field's next line."""
    if place.vacant:
        return False
    first = next((item for item in page.items if place.box.contains(item.box.center) and item.text == place.text), None)
    written = (place.text, page.written_from(first)) if first else (place.text,)
    return any(matching.score(value, text) >= 0.9 for text in written)


def _field_confidence(page: Page, name: str, place: Field) -> float:
    if not name:
        return 0.9 if len(page.fields) == 1 else 0.8
    best = max((hit.score for hit in page.hits(name, at_least=0.5, titles=True)), default=0.0)
    return max(min(best, 0.98), matching.score(name, place.text), 0.86)


def find_field(page: Page, name: str) -> Field | None:
    """By its own prompt, then by the label beside or above it; without a name only a field that is alone."""
    if not name:
        return page.fields[0] if len(page.fields) == 1 else None
    prompted = [(prompt_score(name, place.text), place) for place in page.fields if place.hint]
    best = max(prompted, key=lambda pair: pair[0], default=(0.0, None))
    if best[0] >= 0.85:
        return best[1]
    for hit in page.hits(name, titles=True):
        if place := field_of_label(page, hit.item):
            return place
    return best[1] if best[0] >= 0.6 else None


def prompt_score(name: str, prompt: str) -> float:
    """How well a prompt (`请输入手机号`) asks for that name."""
    bare = _PROMPTING.sub("", prompt)
    return max(matching.score(name, prompt), matching.score(name, bare), 0.9 if name and name in prompt else 0.0)


def field_of_label(page: Page, label: Item) -> Field | None:
    """The box that holds label and value, the field to the right on the same row, or the nearest one just below."""
    if within := _labelled_inside(page, label):
        return within
    height = label.box.height
    beside = [
        place
        for place in page.fields
        if abs(place.box.center.y - label.box.center.y) <= max(height, place.box.height // 2)
        and place.box.right > label.box.right
    ]
    if beside:
        return min(beside, key=lambda place: abs(place.box.left - label.box.right))
    below = [place for place in page.fields if 0 <= place.box.top - label.box.bottom + height // 3 <= 2.4 * height]
    return min(below, key=lambda place: place.box.top, default=None)


def _labelled_inside(page: Page, label: Item) -> Field | None:
    """A box of one line with its label at the left and one value at the right, as forms draw amounts."""
    if label.panel is None or label.button or label.panel.box.height >= 4 * label.box.height:
        return None
    box = label.panel.box
    others = [item for item in page.items if item is not label and box.contains(item.box.center)]
    if len(others) != 1 or others[0].button or SELECT_HINT.search(others[0].text):
        return None
    return Field(box, others[0].text, others[0].faint) if others[0].box.left > label.box.right else None


def _value_beside(page: Page, name: str) -> Field | None:
    """A value that is edited in place, with no box drawn round it: the text right of its label."""
    for hit in page.hits(name, at_least=0.9) if name else ():
        right = [item for item in page.row_of(hit.item.box) if item.box.left > hit.item.box.right]
        if right and not right[0].button and not SELECT_HINT.search(right[0].text):
            return Field(right[0].box, right[0].text)
    return None


def mark_reached(sit: Situation) -> bool:
    """The choice is drawn as wanted; or it has no mark and the tap on it has had an effect."""
    if _value_shown_beside(sit.page, sit.goal, alone=True):
        return True
    hit = choice_hit(sit.page, sit.goal)
    wanted = MarkState.CHOSEN if sit.goal.on else MarkState.EMPTY
    if hit and (mark := sit.page.mark_of(hit.item)):
        return mark.state is wanted and (sit.done(Move.MARK) or _believable(sit.page, hit.item))
    if hit and hit.item.panel and (lit := sit.page.highlighted(hit.item)) is not None:
        return lit is sit.goal.on and (sit.done(Move.MARK) or not hit.item.faint)
    if _amount_stands(sit):
        return True
    if sit.done(Move.MARK) and sit.last_move() in {Move.MARK, Move.TAKE, Move.WAIT, Move.CONFIRM}:
        return not sit.unchanged() or _value_shown_beside(sit.page, sit.goal)
    return _value_shown_beside(sit.page, sit.goal)


def _believable(page: Page, item: Item) -> bool:
    """A mark that was found chosen untouched: its group has another mark, else it might be a picture."""
    column = [
        other for other in page.items if other is not item and abs(other.box.left - item.box.left) < item.box.height
    ]
    near = sorted(column, key=lambda other: abs(other.box.top - item.box.top))[:4]
    marks = [mark for other in near if (mark := page.mark_of(other))]
    return not marks or any(mark.state is MarkState.EMPTY for mark in marks)


def contradicted(sit: Situation) -> bool:
    """Something that counted as done is plainly not so on this page."""
    goal = sit.goal
    if goal.kind in {GoalKind.CHOOSE, GoalKind.TICK}:
        hit = choice_hit(sit.page, goal)
        mark = sit.page.mark_of(hit.item) if hit and hit.score >= 0.97 else None
        return mark is not None and mark.state is (MarkState.EMPTY if goal.on else MarkState.CHOSEN)
    if goal.kind is GoalKind.ENTER and goal.field:
        place = find_field(sit.page, goal.field)
        return place is not None and not _holds(sit.page, place, goal.text) and sit.page.shows(goal.text) is None
    return False


def mark(sit: Situation) -> Decision | None:
    """Tap the choice; open the list it is in; take a picked choice over; or fill in the amount it names."""
    if sit.done(Move.MARK) and sit.page.dialog is not None and (button := _taking_button(sit)):
        return tap_item(sit, Move.TAKE, button, 0.93)
    hit = choice_hit(sit.page, sit.goal)
    if hit is None:
        return _amount(sit) or _expand(sit)
    tries = len(sit.turns(Move.MARK))
    if tries >= MAX_TRIES:
        return take_over(sit, sit.say(f"“{sit.goal.text}”点了仍未选中", f"'{sit.goal.text}' does not stay selected"))
    drawn = sit.page.mark_of(hit.item)
    where = drawn.box.center if drawn and tries != 1 else hit.item.target
    return tap(sit, Move.MARK, where, hit.item.text, hit.score, _choice_note(sit))


def _choice_note(sit: Situation) -> str:
    if not sit.goal.field:
        return ""
    return sit.say(f"作为{sit.goal.field}", f"as {sit.goal.field}")


def _taking_button(sit: Situation) -> Item | None:
    named = {Concept.CONFIRM, Concept.DONE}
    return next(
        (item for item in sit.page.items if len(item.text) <= 12 and matching.concepts(item.text) & named), None
    )


def choice_hit(page: Page, goal: Goal) -> Hit | None:
    """The text that names the choice; of equal ones the one with a mark, then the one nearest its group's name."""
    hits = page.hits(goal.text)
    if not hits:
        return None
    best = [hit for hit in hits if hit.score >= hits[0].score - 0.015]
    group = page.hits(goal.field, at_least=0.8, titles=True) if goal.field else []
    anchor = group[0].item.box.bottom if group else 0
    if page.dialog is None:
        best = [hit for hit in best if not _is_chosen_value(page, hit.item, goal)] or best
    return min(best, key=lambda hit: (page.mark_of(hit.item) is None, abs(hit.item.box.top - anchor) if anchor else 0))


def _is_chosen_value(page: Page, item: Item, goal: Goal) -> bool:
    return (
        any(
            beside.box.right <= item.box.left and matching.score(goal.field, beside.text) >= 0.85
            for beside in page.row_of(item.box)
        )
        if goal.field
        else False
    )


def _value_shown_beside(page: Page, goal: Goal, *, alone: bool = False) -> bool:
    """A closed list shows what was chosen on the row of its name; `alone`: and nothing else, as choices would be."""
    if page.dialog is not None or not goal.field:
        return False
    for label in page.hits(goal.field, at_least=0.85):
        right = [item for item in page.row_of(label.item.box) if item.box.left >= label.item.box.right]
        if alone and len(right) != 1:
            continue
        if any(matching.score(goal.text, item.text) >= 0.88 and page.mark_of(item) is None for item in right):
            return True
    return False


def _expand(sit: Situation) -> Decision | None:
    """A closed list: its name, or the prompt to choose beside or below the name."""
    if not sit.goal.field:
        prompts = [item for item in sit.page.matching(SELECT_HINT) if not sit.page.is_heading(item)]
        single = prompts[0] if len(prompts) == 1 else None
        return tap_item(sit, Move.EXPAND, single, 0.86) if single and not sit.tried(single.text, Move.EXPAND) else None
    for item, score in _list_prompts(sit.page, sit.goal.field):
        if sit.tried(item.text, Move.EXPAND) < 2:
            return tap_item(sit, Move.EXPAND, item, score)
    place = find_field(sit.page, sit.goal.field)
    if place and not place.vacant and not sit.tried(place.text, Move.EXPAND):  # a list that shows another value
        return tap(sit, Move.EXPAND, place.box.center, place.text, _field_confidence(sit.page, sit.goal.field, place))
    return None


def _list_prompts(page: Page, name: str) -> list[tuple[Item, float]]:
    found: list[tuple[Item, float]] = []
    for hit in page.hits(name, at_least=0.8):
        height = hit.item.box.height
        near = [item for item in page.items if 0 <= item.box.top - hit.item.box.bottom <= 1.6 * height]
        prompts = [item for item in (*page.row_of(hit.item.box), *near) if SELECT_HINT.search(item.text)]
        inline = SELECT_HINT.search(hit.item.text)
        if prompts:
            found.append((prompts[0], min(0.96, hit.score)))
        elif inline:
            found.append((hit.item, min(0.95, max(hit.score, 0.86))))
        elif re.search(r"[>›〉∨▼▾⌄]\s*$", "".join(item.text for item in (hit.item, *page.row_of(hit.item.box)))):
            found.append((hit.item, min(0.92, hit.score)))
    return found


def amount_of(goal: Goal) -> tuple[str, str]:
    """What an amount is for and the bare figure: (补偿, 50) of 补偿50元; two empty texts where it names none."""
    found = _MONEY.search(goal.text)
    if not found:
        return "", ""
    noun = (goal.text[: found.start()] + " " + goal.text[found.end() :]).strip()
    figure = re.search(r"\d[\d,]*(?:\.\d+)?", found[0])
    return (noun, figure[0].replace(",", "")) if noun and figure else ("", "")


def _amount_place(sit: Situation) -> Field | None:
    noun, _ = amount_of(sit.goal)
    return find_field(sit.page, noun) if noun else None


def _amount_stands(sit: Situation) -> bool:
    _, figure = amount_of(sit.goal)
    place = _amount_place(sit)
    return place is not None and not place.hint and figure in matching.numbers(place.text)


def _amount(sit: Situation) -> Decision | None:
    """No choice of that amount is offered: tick what it is for, then fill the figure in."""
    noun, figure = amount_of(sit.goal)
    if not noun:
        return None
    if sit.last_move() is Move.FIELD:
        return _type(sit, figure)
    hits = [hit for hit in sit.page.hits(noun) if not matching.numbers(hit.item.text)]
    for hit in hits:
        drawn = sit.page.mark_of(hit.item)
        if drawn and drawn.state is MarkState.EMPTY and len(sit.turns(Move.MARK)) < MAX_TRIES:
            return tap(sit, Move.MARK, drawn.box.center, hit.item.text, hit.score)
    place = _amount_place(sit)
    if place and len(sit.turns(Move.TYPE)) < MAX_TRIES:
        return tap_field(sit, place, noun, _field_confidence(sit.page, noun, place))
    return None
