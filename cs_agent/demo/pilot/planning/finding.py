"""Finding something by its number or name, and opening what was found.

Rule: found means that the value itself stands on the page outside the box it was typed into. A search that says
it found nothing ends the goal with those words, it is not repeated for ever.
"""

from __future__ import annotations

from cs_agent.demo.pilot.goals.lexicon import NOT_FOUND, SEARCH_ENTRY, SEARCH_HINT, Concept
from cs_agent.demo.pilot.planning.form import prompt_score
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import (
    STEADY,
    Situation,
    act,
    finish,
    take_over,
    tap,
    tap_field,
    tap_item,
    wait,
)
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Field, Item, Page
from cs_agent.demo.pilot.sight import Icon, IconKind
from cs_agent.engine.actions.values import Type
from cs_agent.geometry import Box

MAX_TYPINGS = 3
MAX_SEARCHES = 3
_FOUND = 0.86
_SOON_S = 0.5  # a page that was asked for may take its time


def find_reached(sit: Situation) -> bool:
    """Seen outside the search box; what was typed a moment ago must be searched for first."""
    if sit.last_move() is Move.FIELD or (sit.last_move() is Move.TYPE and _search_control(sit)):
        return False
    return bool(found_items(sit))


def found_items(sit: Situation) -> list[Item]:
    """Where the value stands as a result, top to bottom."""
    value = sit.goal.text
    exact = 0.9 if matching.is_code(value) else _FOUND
    items = [item for item in sit.page.items if matching.score(value, item.text) >= exact]
    typed = typed_place(sit)
    results = [item for item in items if not (typed and typed.contains(item.box.center))]
    if typed is None and sit.done(Move.TYPE) and matching.is_code(value) and (len(results) > 1 or _searching(sit)):
        results = _without_typed(results, value)
    return [item for item in results if not NOT_FOUND.search(item.text)]


def _without_typed(results: list[Item], value: str) -> list[Item]:
    """Of a search box that was not seen, the text stands above the results and is nothing but the value."""
    bare = [item for item in results if matching.normal(item.text) == matching.normal(value)]
    return [item for item in results if item not in bare[:1]]


def _searching(sit: Situation) -> bool:
    """The search was run and the page is still the one it was run on."""
    return sit.done(Move.SEARCH) and sit.last_move() in {Move.SEARCH, Move.WAIT} and sit.unchanged()


def typed_place(sit: Situation) -> Box | None:
    """The search box as far as it can be told: where the pilot tapped before it typed, if a box is there."""
    tapped = [
        turn.tapped for turn in sit.recent() if turn.move is Move.FIELD and turn.goal == sit.index and turn.tapped
    ]
    for place in sit.page.fields:
        if not place.hint and place.text and matching.score(sit.goal.text, place.text) >= _FOUND:
            centre = place.box.center.y * 1000 // sit.page.size.height
            if not tapped or abs(centre - tapped[-1][1]) <= 60 or _with_search_beside(sit.page, place):
                return place.box
    return None


def _with_search_beside(page: Page, place: Field) -> bool:
    return any(abs(icon.box.center.y - place.box.center.y) < place.box.height for icon in page.icon(IconKind.MAGNIFIER))


def find(sit: Situation) -> Decision | None:
    last = sit.last_move()
    if (nothing := _nothing_found(sit)) is not None:
        return nothing
    if last is Move.FIELD:
        return act(Move.TYPE, Type(sit.goal.text), sit.goal.text, 0.98)
    if last is Move.SEARCH and _searching(sit):
        return wait(sit, sit.goal.text, _SOON_S)
    if typed_place(sit) or last is Move.TYPE or _searching(sit):
        return _search(sit)
    place, score = search_field(sit.page, sit.goal.field)
    if place is not None and len(sit.turns(Move.TYPE)) < MAX_TYPINGS:
        return tap_field(sit, place, sit.goal.field or place.text, score)
    return _search_entry(sit)


def _nothing_found(sit: Situation) -> Decision | None:
    """A search that came back empty; what the page said before this one was run is of an earlier one."""
    if not sit.done(Move.TYPE, Move.SEARCH) or sit.last_move() is Move.FIELD:
        return None
    if sit.last_move() is Move.TYPE and _search_control(sit):
        return None
    said = sit.page.matching(NOT_FOUND)
    if not said or found_items(sit):
        return None
    return report_missing(sit, said[0].text)


def report_missing(sit: Situation, said: str) -> Decision:
    """An answer where the task was a question, a human's turn where something was to be done."""
    name, value = sit.goal.field, sit.goal.text
    message = sit.say(
        f"没有找到{name}{value},页面显示:{said}", f"{name} {value} was not found; the page says: {said}".strip()
    )
    asks_only = all(goal.kind in {"find", "report", "open_item"} for goal in sit.remaining)
    return finish(sit, message) if asks_only else take_over(sit, message)


def _search(sit: Situation) -> Decision | None:
    """The text is in the box: press what runs the search; the keyboard's own key if the page offers nothing."""
    if sit.last_move() is Move.TYPE and sit.page.shows(sit.goal.text) is None:
        return _type_again(sit)
    if len(sit.turns(Move.SEARCH)) >= MAX_SEARCHES:
        return None
    control = _search_control(sit)
    if isinstance(control, Item):
        return tap_item(sit, Move.SEARCH, control, 0.97)
    if isinstance(control, Icon):
        return tap(sit, Move.SEARCH, control.box.center, sit.say("放大镜", "magnifier"), 0.93)
    if any(turn.said.label == "⏎" for turn in sit.turns(Move.SEARCH)):
        return None
    return act(Move.SEARCH, Type(sit.goal.text + "\n"), "⏎", STEADY)


def _type_again(sit: Situation) -> Decision | None:
    place, score = search_field(sit.page, sit.goal.field)
    if place is None or len(sit.turns(Move.TYPE)) >= MAX_TYPINGS:
        return take_over(sit, sit.say("输入后页面上没有出现该内容", "The typed text does not appear on the page"))
    return tap_field(sit, place, sit.goal.field, score)


def _search_control(sit: Situation) -> Item | Icon | None:
    """The search button or magnifier that belongs to the box: beside it or just below."""
    box = typed_place(sit)
    buttons = [item for item in sit.page.items if _says_search(sit, item) and not sit.tried(item.text, Move.SEARCH)]
    if box:
        buttons = [item for item in buttons if _near(box, item.box)]
    if buttons:
        return min(buttons, key=lambda item: (not item.button, abs(item.box.center.y - (box or item.box).center.y)))
    tried = sit.tried(sit.say("放大镜", "magnifier"), Move.SEARCH)
    icons = [icon for icon in sit.page.icon(IconKind.MAGNIFIER) if not box or _beside(box, icon.box)]
    if icons and not tried:
        return max(icons, key=lambda icon: icon.box.left)
    return _lone_button(sit, box)


def _says_search(sit: Situation, item: Item) -> bool:
    """A short text that means searching and is not the box's own content."""
    if len(item.text) > 14 or sit.page.is_heading(item) or sit.page.in_field(item):
        return False
    named, rest = matching.meaning(item.text)
    return Concept.SEARCH in named and (item.button or not rest) and not matching.numbers(item.text)


def _lone_button(sit: Situation, box: Box | None) -> Item | None:
    """A form with one box and one filled button below it: that button runs it."""
    if box is None:
        return None
    below = [item for item in sit.page.items if item.button and 0 < item.box.top - box.bottom < 3 * box.height]
    plain = [item for item in below if matching.concepts(item.text) & {Concept.CONFIRM, Concept.NEXT, Concept.VIEW}]
    return plain[0] if len(plain) == 1 and not sit.tried(plain[0].text, Move.SEARCH) else None


def _near(box: Box, other: Box) -> bool:
    return abs(other.center.y - box.center.y) <= 4 * box.height


def _beside(box: Box, other: Box) -> bool:
    """On the box's row, to the right of its middle: a magnifier at its left end is an ornament."""
    return abs(other.center.y - box.center.y) <= box.height and other.center.x > box.center.x


def search_field(page: Page, name: str) -> tuple[Field | None, float]:
    """The box to search in, with how sure it is one."""
    scored = [(_search_score(page, place, name), place) for place in page.fields]
    if not scored:
        return None, 0.0
    score, place = max(scored, key=lambda pair: (pair[0], -pair[1].box.top))
    return (place, score) if score >= 0.8 else (None, 0.0)


def _search_score(page: Page, place: Field, name: str) -> float:
    prompt = place.text if place.hint else ""
    named = prompt_score(name, prompt) if name and prompt else 0.0
    hinted = 0.95 if prompt and SEARCH_HINT.search(prompt) else 0.0
    labelled = max((0.93 for item in page.items if _labels(item, place, name)), default=0.0)
    marked = 0.92 if any(_touches(place.box, icon.box) for icon in page.icon(IconKind.MAGNIFIER)) else 0.0
    beside = 0.92 if any(_runs(place.box, item) for item in page.items) else 0.0
    alone = 0.87 if len(page.fields) == 1 and (place.vacant) else 0.0
    return min(0.98, max(named, hinted, labelled, marked, beside, alone) + (0.02 if named >= 0.85 else 0.0))


def _labels(item: Item, place: Field, name: str) -> bool:
    above = 0 <= place.box.top - item.box.bottom <= 2 * item.box.height
    beside = abs(place.box.center.y - item.box.center.y) < item.box.height and item.box.right <= place.box.left + 8
    return bool(name) and (above or beside) and matching.score(name, item.text) >= 0.85


def _touches(box: Box, icon: Box) -> bool:
    return box.grown(box.height).intersects(icon) and abs(box.center.y - icon.center.y) < box.height


def _runs(box: Box, item: Item) -> bool:
    return (
        len(item.text) <= 14 and Concept.SEARCH in matching.concepts(item.text) and item.button and _near(box, item.box)
    )


def _search_entry(sit: Situation) -> Decision | None:
    """No box yet: a magnifier or an entry that names searching opens one."""
    for item in sorted(sit.page.matching(SEARCH_ENTRY), key=lambda one: len(one.text)):
        if len(item.text) <= 16 and not sit.page.is_heading(item) and not sit.tried(item.text, Move.LEAD):
            related = bool(matching.concepts(item.text) & matching.concepts(sit.goal.field))
            return tap_item(sit, Move.LEAD, item, 0.93 if related else 0.89)
    name = sit.say("放大镜", "magnifier")
    icons = sit.page.icon(IconKind.MAGNIFIER)
    if icons and not sit.tried(name, Move.LEAD):
        return tap(sit, Move.LEAD, icons[0].box.center, name, 0.9)
    return None


def item_reached(sit: Situation) -> bool:
    """On the page of the one thing: its heading says so, or the tap on the result has changed the page."""
    if sit.last_move() is Move.ITEM:
        return not sit.unchanged()
    heading = sit.page.title
    value = sit.value_found()
    about_it = not value or sit.page.shows(value) is not None
    return heading is not None and about_it and _says_detail(heading.text) and not heading.button


def _says_detail(text: str) -> bool:
    return Concept.DETAIL in matching.concepts(text) and len(text) <= 16


def open_item(sit: Situation) -> Decision | None:
    """By the way in that stands beside the result, else by the result itself; less sure where several fit."""
    items = found_items(sit.at(_find_index(sit))) if sit.value_found() else []
    if not items:
        return None
    ways = _ways_in(sit, items[0].box)
    sure = 0.95 if len(_cards(items)) == 1 else 0.8
    for way in ways:
        if not sit.tried(way.text, Move.ITEM):
            return tap_item(sit, Move.ITEM, way, sure)
    for item in items:
        if not sit.tried(item.text, Move.ITEM):
            return tap_item(sit, Move.ITEM, item, sure)
    return None


def _find_index(sit: Situation) -> int:
    return max(index for index, goal in enumerate(sit.goals[: sit.index + 1]) if goal.kind == "find")


def _ways_in(sit: Situation, box: Box) -> list[Item]:
    """`查看详情`, `Details` near the result: on its row or below it, not beyond the next result."""
    reach = 0.22 * sit.page.size.height
    near = [item for item in sit.page.items if -box.height <= item.box.center.y - box.center.y <= reach]
    ways = [
        item for item in near if len(item.text) <= 14 and matching.concepts(item.text) & {Concept.DETAIL, Concept.VIEW}
    ]
    named = [item for item in ways if not matching.concepts(item.text) & {Concept.LOGISTICS, Concept.PICTURE}]
    return sorted(named, key=lambda item: item.box.center.y)[:1]


def _cards(items: list[Item]) -> list[Item]:
    """Results that stand well apart count as several."""
    cards: list[Item] = []
    for item in items:
        if not cards or item.box.top - cards[-1].box.bottom > 3 * item.box.height:
            cards.append(item)
    return cards
