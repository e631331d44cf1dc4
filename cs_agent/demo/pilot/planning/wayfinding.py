"""Getting from a page where the goal's target is not to be seen to one where it is.

Rule: nothing is tapped on a guess. In order: a control whose words plainly lead to the goal, scrolling both ways,
controls that are related to it, back, and at last a human. What was tried once on a page is not tried there again.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from cs_agent.demo.pilot.goals.goal import Goal, GoalKind
from cs_agent.demo.pilot.goals.lexicon import FORBIDDEN_LEADS, Concept, kin
from cs_agent.demo.pilot.planning.finding import open_item
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.obstacles import close_dialog
from cs_agent.demo.pilot.planning.situation import Situation, act, ask, scroll, take_over, tap_item, wait
from cs_agent.demo.pilot.planning.story import Turn
from cs_agent.demo.pilot.planning.tapping import on_home_screen
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Item, same_page
from cs_agent.demo.pilot.sight import IconKind
from cs_agent.engine.actions.values import Back, Launch
from cs_agent.geometry import Box

MAX_SCROLLS = 8  # one way, for one goal on one page
MAX_BACKS = 3
MAX_WAYS_OUT = 7  # steps back out of where an app was left
MAX_LEADS = 5  # for one goal
MAX_WAITS = 5  # for one that shows nothing to act on; a notification lies over a page for about as many seconds
_BARE = 12  # texts at most on such a page
MAX_RETURNS = 2  # into the app after the home screen came up
STRONG = 0.88
_NOTHING = re.compile(r"没有|暂无|无法|不可|为空|\bno\b|\bnot\b|\bempty\b", re.IGNORECASE)
_ARROWS = frozenset("<‹←〈く×✕X")
_SENTENCE = re.compile(r"[。,;!?、]|\.\s|,\s")
_FORM = frozenset({GoalKind.CHOOSE, GoalKind.TICK, GoalKind.UPLOAD, GoalKind.ENTER, GoalKind.SUBMIT})


@dataclass(frozen=True, slots=True)
class Lead:
    item: Item
    score: float


def find_way(sit: Situation) -> Decision:
    if on_home_screen(sit):
        return _choose_app(sit)
    if sit.page.dialog is not None and (closing := close_dialog(sit)):
        return closing
    found = leads(sit)
    first = [lead for lead in found if not _leaves_form(sit, lead)]
    if _left_inside(sit):
        return act(Move.BACK, Back(), _aim(sit), 0.93)
    if first and first[0].score >= STRONG and not _within_form(sit):
        return _follow(sit, first[0])
    likely = first[0] if first and first[0].score >= matching.WEAK else found[0] if found else None
    sure = likely is not None and likely.score >= matching.WEAK
    return (
        _open_found(sit)
        or _scroll(sit)
        or (_follow(sit, likely) if likely and sure else None)
        or _back(sit)
        or (_follow(sit, likely) if likely and _few_leads(sit) else None)
        or _wait_for_more(sit)
        or replace(take_over(sit, lost(sit)), unseen=True)
    )


def _wait_for_more(sit: Situation) -> Decision | None:
    """A page with nothing to act on: what it offers may be covered by a passing notification, or still to come."""
    words = [item for item in sit.page.items if len(item.text) > 1]
    bare = len(words) <= _BARE and not sit.page.fields and not any(item.button for item in words)
    waited = itertools.takewhile(lambda turn: turn.move is Move.WAIT, reversed(sit.recent()))
    return replace(wait(sit), unseen=True) if bare and len(list(waited)) < MAX_WAITS else None


def _left_inside(sit: Situation) -> bool:
    """The app came up on a page deep inside, where it was left: the search is further out."""
    others = [turn for turn in sit.turns() if turn.move not in {Move.BACK, Move.WAIT, Move.LAUNCH}]
    fresh = sit.goal.kind is GoalKind.FIND and not others and len(sit.turns(Move.BACK)) < MAX_WAYS_OUT
    return fresh and sit.done_before(Move.LAUNCH) and _arrow(sit)


def _few_leads(sit: Situation) -> bool:
    """Unlikely ways are a human's to weigh (their confidence asks for one), and not many of them."""
    return len(sit.turns(Move.LEAD)) < MAX_LEADS


def _within_form(sit: Situation) -> bool:
    """A part of the same form has just been filled in: the next one mostly stands further down, not elsewhere."""
    parts = _FORM - {GoalKind.SUBMIT}
    return sit.goal.kind in parts and sit.index > 0 and sit.goals[sit.index - 1].kind in parts


def _leaves_form(sit: Situation, lead: Lead) -> bool:
    """`下一步` ends a form: what is to be filled in may still stand further down."""
    return Concept.NEXT in matching.concepts(lead.item.text) and sit.goal.kind in _FORM - {GoalKind.SUBMIT}


def lost(sit: Situation) -> str:
    name = sit.goal.text or sit.goal.field or sit.goal.kind.value
    return sit.say(f"在屏幕上找不到“{name}”,请坐席协助", f"'{name}' cannot be found on the screen: please help")


def _follow(sit: Situation, lead: Lead) -> Decision:
    return tap_item(sit, Move.LEAD, lead.item, lead.score, sit.say(f"去找“{_aim(sit)}”", f"to reach '{_aim(sit)}'"))


def _aim(sit: Situation) -> str:
    return sit.goal.text or sit.goal.field or sit.goal.kind.value


def leads(sit: Situation) -> list[Lead]:
    """Untried controls that lead towards the remaining goals, best first; a tie of the best makes both unsure."""
    if _is_about_others(sit):
        return []
    scored = [Lead(item, lead_score(sit, item)) for item in sit.page.items if _could_be_control(sit, item)]
    kept = sorted((lead for lead in scored if lead.score >= 0.7), key=lambda lead: -lead.score)
    if len(kept) > 1 and kept[0].score - kept[1].score < 0.005 and kept[0].item.text != kept[1].item.text:
        return [Lead(lead.item, min(lead.score, 0.82)) for lead in kept]
    return kept


def _is_about_others(sit: Situation) -> bool:
    """After the thing was found: a page with the numbers of its like but not its own leads nowhere but to theirs."""
    value = sit.value_found()
    if not matching.is_code(value) or sit.goal.kind is GoalKind.FIND or sit.page.shows(value) is not None:
        return False
    return any(_is_like(number, value) for item in sit.page.items for number in matching.numbers(item.text))


def _is_like(number: str, value: str) -> bool:
    return number != value and len(number) == len(value) and number[:2] == value[:2]


def _could_be_control(sit: Situation, item: Item) -> bool:
    short = len(item.text) <= (14 if not item.text.isascii() else 30)
    plain = not _SENTENCE.search(item.text) and not matching.numbers(item.text) and not _NOTHING.search(item.text)
    usable = not sit.page.is_heading(item) and not sit.page.in_field(item) and sit.page.mark_of(item) is None
    return short and plain and usable and not sit.tried(item.text, Move.LEAD)


def lead_score(sit: Situation, item: Item) -> float:
    """From the words alone: does it open, begin or continue something the remaining goals are about?"""
    named, rest = matching.meaning(item.text)
    if not named or named & FORBIDDEN_LEADS:
        return 0.0
    if any(_is_aim_of(goal, item) for goal in sit.goals[sit.index + 1 :]):
        return 0.0
    ahead = goals_led_to(sit)
    wanted = wanted_concepts(ahead)
    near = frozenset() if sit.goal.kind is GoalKind.FIND else frozenset().union(*(kin(one) for one in wanted))
    direct, related = named & wanted, named & near
    opens = bool(named & {Concept.APPLY, Concept.VIEW, Concept.DETAIL, Concept.CHANGE})
    score = _base(direct, related, opens)
    if Concept.NEXT in named and not rest and any(goal.kind in _FORM for goal in ahead):
        score = max(score, 0.9 if item.button else 0.86)
    if not score:
        return 0.0
    return min(0.95, score + (0.02 if item.button else 0.0) - 0.02 * len(rest))


def goals_led_to(sit: Situation) -> tuple[Goal, ...]:
    """What a way may lead towards. Until the thing is found, the page may be about another one: nothing but the
    search for it may be followed there."""
    return (sit.goal,) if sit.goal.kind is GoalKind.FIND else sit.remaining


def _is_aim_of(goal: Goal, item: Item) -> bool:
    """What a later goal taps or submits is not to be touched before its turn."""
    return goal.kind in {GoalKind.TAP, GoalKind.SUBMIT} and matching.score(goal.text, item.text) >= 0.75


def _base(direct: frozenset[Concept], related: frozenset[Concept], opens: bool) -> float:
    if direct - _WEAK:
        return 0.92 if opens else 0.89
    if related - _WEAK:
        return 0.89 if opens else 0.8
    return 0.76 if direct & _WEAK or (related and opens) else 0.0


# Too common to lead anywhere by themselves.
_WEAK = frozenset(
    {
        Concept.STATUS,
        Concept.VIEW,
        Concept.DETAIL,
        Concept.APPLY,
        Concept.NAME,
        Concept.TIME,
        Concept.AMOUNT,
        Concept.CONFIRM,
        Concept.SUBMIT,
        Concept.DONE,
        Concept.NEXT,
        Concept.HOME,
        Concept.USER,
    }
)


def wanted_concepts(goals: tuple[Goal, ...]) -> frozenset[Concept]:
    """What the goals to come are about, the find goals' kind of thing included. What a choice is called
    (物流破损) leads nowhere where it is known what is chosen (退换原因)."""
    found: set[Concept] = set()
    for goal in goals:
        chosen = goal.kind is GoalKind.CHOOSE and goal.field
        found |= matching.concepts(goal.field) | (frozenset() if chosen else matching.concepts(goal.text))
        if goal.kind is GoalKind.UPLOAD:
            found.add(Concept.UPLOAD)
        if goal.kind is GoalKind.FIND:
            found.add(Concept.SEARCH)
    return frozenset(found)


def _open_found(sit: Situation) -> Decision | None:
    """The thing that was looked for stands on the page: what belongs to it lies behind it."""
    if sit.goal.kind is GoalKind.FIND or not sit.value_found() or _been_inside(sit):
        return None
    return open_item(sit)


def _been_inside(sit: Situation) -> bool:
    """The thing was opened already: as a goal of its own, or on the way."""
    opened = any(goal.kind is GoalKind.OPEN_ITEM for goal in sit.goals[: sit.index])
    return opened or any(turn.move is Move.ITEM for turn in sit.recent())


def _scroll(sit: Situation) -> Decision | None:
    """Down to the end, then up past where it began; the end is where a swipe moves nothing."""
    downs, ups = _swipes(sit, Move.DOWN), _swipes(sit, Move.UP)
    if _searched_before(sit, downs + ups):
        return None
    aim = _aim(sit)
    if not ups and len(downs) < MAX_SCROLLS and not _stuck(sit, downs) and not sit.page.ends_here():
        return scroll(sit, Move.DOWN, aim)
    if len(ups) < len(downs) + 2 and (downs or not _at_top(sit)) and not _stuck(sit, ups):
        return scroll(sit, Move.UP, aim)
    return None


def _swipes(sit: Situation, move: Move) -> list[Turn]:
    """Those since anything else was done, or since the page was left."""
    run: list[Turn] = []
    for turn in reversed(sit.recent()):
        if turn.goal != sit.index or turn.move not in {Move.DOWN, Move.UP, Move.WAIT}:
            break
        if turn.move is move:
            run.insert(0, turn)
    return run


def _searched_before(sit: Situation, current: list[Turn]) -> bool:
    """This page was scrolled through for this goal at an earlier visit."""
    earlier = [turn for turn in sit.turns(Move.DOWN, Move.UP) if turn not in current]
    return any(same_page(turn.said.signature, sit.page.signature) for turn in earlier)


def _stuck(sit: Situation, swipes: list[Turn]) -> bool:
    return bool(swipes) and same_page(swipes[-1].said.signature, sit.page.signature)


def _at_top(sit: Situation) -> bool:
    return not any(turn.move is Move.DOWN for turn in sit.recent())


def _back(sit: Situation) -> Decision | None:
    """Out of where the pilot went itself for this goal, or of a page whose arrow says that it has a way back."""
    entered = len(sit.turns(Move.LEAD, Move.ITEM, Move.TARGET, Move.EXPAND, Move.ATTACH))
    if _arrow(sit):
        entered = MAX_BACKS
    backs = len(sit.turns(Move.BACK))
    if backs < min(entered, MAX_BACKS):
        return replace(act(Move.BACK, Back(), _aim(sit), 0.9), unseen=True)
    return None


def _arrow(sit: Situation) -> bool:
    """A back arrow or a cross in the upper left corner."""
    size = sit.page.size
    corner = Box(0, 0, size.width * 18 // 100, size.height * 12 // 100)
    icons = (*sit.page.icon(IconKind.BACK), *sit.page.icon(IconKind.CLOSE))
    drawn = any(corner.contains(icon.box.center) for icon in icons)
    return drawn or any(item.text in _ARROWS and corner.contains(item.box.center) for item in sit.page.items)


def _choose_app(sit: Situation) -> Decision:
    """Back into the app that was named and left again; else the one whose name is of the same errand, if there is just
    one."""
    named = [goal.text for goal in sit.goals[: sit.index] if goal.kind is GoalKind.OPEN_APP and goal.text]
    if named and sit.tried(named[-1], Move.LEAD) < MAX_RETURNS:
        return act(Move.LEAD, Launch(named[-1]), named[-1], 0.9)
    if named:
        return take_over(sit, lost(sit))
    wanted = wanted_concepts(sit.goals)
    close = frozenset().union(*(kin(one) for one in wanted))
    fitting = [(matching.concepts(item.text) & close, item) for item in sit.page.items if len(item.text) <= 16]
    direct = [item for named, item in fitting if named & wanted]
    related = [item for named, item in fitting if named]
    for names in (direct, related):
        labels = list(dict.fromkeys(item.text for item in names))
        if len(labels) == 1 and not sit.tried(labels[0], Move.LEAD):
            return act(Move.LEAD, Launch(labels[0]), labels[0], 0.9 if names is direct else 0.87)
        if len(labels) > 1:
            break
    question = sit.say("任务没有说用哪个应用,请告诉我应用名称", "The task does not name an app: which shall I open?")
    return replace(ask(sit, question), unseen=True)
