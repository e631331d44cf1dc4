"""Where the pilot stands: the page, the conversation, the goals and which of them is at hand.

Rule: values and the small questions skills ask of them; no decision is made here except how a decision is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cs_agent.demo.pilot.goals.goal import TAPS, Goal, GoalKind
from cs_agent.demo.pilot.goals.lexicon import SENSITIVE, Concept
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.story import Story, Turn, Word, WordKind
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Field, Item, Page, same_page
from cs_agent.demo.pilot.sight import Look
from cs_agent.engine.actions.values import Action, Finish, Interact, Swipe, TakeOver, Tap, Wait
from cs_agent.geometry import Box, NormPoint, Point

SURE = 0.99
STEADY = 0.97  # waiting, scrolling: nothing on the page is touched
HUMAN_WORDS = frozenset(
    {WordKind.HANDBACK, WordKind.ANSWER, WordKind.GUIDANCE, WordKind.REJECTION, WordKind.CORRECTION}
)
_SCROLL_FROM, _SCROLL_TO = 0.72, 0.3  # of the height of what scrolls: a third stays in sight
_SCROLL_LANES = (500, 380, 620, 250, 750)  # normalized x; the first whose start lies on no button


@dataclass(frozen=True, slots=True)
class Situation:
    page: Page
    story: Story
    goals: tuple[Goal, ...]
    index: int
    lang: str

    @property
    def goal(self) -> Goal:
        return self.goals[self.index]

    @property
    def following(self) -> Goal | None:
        return self.goals[self.index + 1] if self.index + 1 < len(self.goals) else None

    @property
    def remaining(self) -> tuple[Goal, ...]:
        return self.goals[self.index :]

    def at(self, index: int) -> Situation:
        return replace(self, index=index)

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def recent(self) -> tuple[Turn, ...]:
        """Turns since a human last had a hand or a word in it."""
        turns: list[Turn] = []
        for event in reversed(self.story.events):
            if isinstance(event, Word) and event.kind in HUMAN_WORDS:
                break
            if isinstance(event, Turn):
                turns.insert(0, event)
        return tuple(turns)

    def turns(self, *moves: Move) -> tuple[Turn, ...]:
        """Recent turns for the goal at hand, all or of these moves."""
        return tuple(turn for turn in self.recent() if turn.goal == self.index and (not moves or turn.move in moves))

    def done(self, *moves: Move) -> bool:
        return bool(self.turns(*moves))

    def done_before(self, *moves: Move) -> bool:
        """Whether such a move was made for any goal up to now."""
        return any(turn.move in moves for turn in self.recent())

    def last_move(self) -> Move | None:
        """The newest recent move, if it was for the goal at hand."""
        recent = self.recent()
        return recent[-1].move if recent and recent[-1].goal == self.index else None

    def tried(self, label: str, *moves: Move) -> int:
        """How often something of that name was touched for the goal at hand, on this very page if it is known."""
        name = matching.normal(label)[:24]
        return sum(
            1
            for turn in self.turns(*moves)
            if matching.normal(turn.said.label)[:24] == name and same_page(turn.said.signature, self.page.signature)
        )

    def unchanged(self) -> bool:
        """Whether the page is as it was when the last move was decided."""
        last = self.story.last
        return last is not None and same_page(last.said.signature, self.page.signature)

    def value_found(self) -> str:
        """The value of the nearest find goal up to here: what an item on the way is about."""
        finds = [goal.text for goal in self.goals[: self.index + 1] if goal.kind is GoalKind.FIND]
        return finds[-1] if finds else ""


def tap(
    sit: Situation, move: Move, where: Point, label: str, confidence: float, why: str = "", message: str | None = None
) -> Decision:
    action = Tap(where.to_norm(sit.page.size), message)
    return Decision(move, action, min(confidence, SURE), label, why)


def tap_item(sit: Situation, move: Move, item: Item, confidence: float, why: str = "") -> Decision:
    """A tap on a text; marked for a human where the text commits to something."""
    return tap(sit, move, item.target, item.text, confidence, why, sensitive_message(sit, item.text, move))


def tap_field(sit: Situation, place: Field, label: str, confidence: float) -> Decision:
    height = min(place.box.height, int(0.05 * sit.page.size.height))
    where = Point(place.box.left + min(place.box.width // 2, 6 * height), place.box.top + height // 2)
    return tap(sit, Move.FIELD, where, label or place.text, confidence)


def sensitive_message(sit: Situation, text: str, move: Move) -> str | None:
    """What the tap will bring about, for a human to weigh; None where nothing is committed.

    Choosing within a form commits to nothing yet; what opens a form ("申请…", "Request …") while fields of it are
    still to be filled does not either, nor what only brings up the button that the instruction names next.
    """
    if move in {Move.MARK, Move.EXPAND, Move.FIELD, Move.SEARCH, Move.ITEM, Move.MEDIA, Move.TAKE, Move.ATTACH}:
        return None
    named = matching.concepts(text)
    opens = bool(named & {Concept.APPLY, Concept.VIEW, Concept.DETAIL, Concept.NEXT}) and Concept.SUBMIT not in named
    form_ahead = any(goal.kind in _FORM_KINDS for goal in sit.remaining)
    commits = bool(named & SENSITIVE) and not (opens and form_ahead and move is Move.LEAD) and not _asked_next(sit)
    if commits or move is Move.CONFIRM or (sit.goal.kind is GoalKind.SUBMIT and move is Move.TARGET):
        return sit.say(f"点击“{_name(text)}”:{_errand(sit)}", f"Tap '{_name(text)}': {_errand(sit)}")
    return sit.say("授予权限", "Grant a permission") if move is Move.ALLOW else None


def _asked_next(sit: Situation) -> bool:
    """The next goal is the tap that commits: it is the one a human weighs."""
    following = sit.following
    if following is None or sit.goal.kind is not GoalKind.TAP or following.kind not in TAPS:
        return False
    return bool(matching.concepts(following.text) & SENSITIVE)


_FORM_KINDS = frozenset({GoalKind.CHOOSE, GoalKind.TICK, GoalKind.UPLOAD, GoalKind.ENTER})


def _name(text: str) -> str:
    return text.replace('"', "'").replace("\\", " ")[:30]


def _errand(sit: Situation) -> str:
    """The chosen values that will be committed, in the instruction's own words."""
    kept = [goal.text for goal in sit.goals[: sit.index + 1] if goal.kind in _FORM_KINDS or goal.kind is GoalKind.FIND]
    deed = sit.goal.text or sit.say("提交", "submit")
    return _name(deed) + (sit.say(";", "; ") + " | ".join(_name(text) for text in kept[-6:]) if kept else "")


def scroll(sit: Situation, move: Move, label: str) -> Decision:
    """Half a page down or up, within the dialog where one is open."""
    area = sit.page.dialog or Box(0, 0, sit.page.size.width, sit.page.size.height)
    low = area.top + int(area.height * _SCROLL_FROM)
    high = area.top + int(area.height * _SCROLL_TO)
    first, second = (low, high) if move is Move.DOWN else (high, low)
    lane = next((x for x in _SCROLL_LANES if not _on_button(sit, x, first)), _SCROLL_LANES[0])
    x = lane * sit.page.size.width // 1000
    start, end = Point(x, first).to_norm(sit.page.size), Point(x, second).to_norm(sit.page.size)
    return Decision(move, Swipe(start, end), STEADY, label)


def _on_button(sit: Situation, lane: int, y: int) -> bool:
    point = Point(lane * sit.page.size.width // 1000, y)
    return any(panel.look is Look.FILLED and panel.box.contains(point) for panel in sit.page.panels)


def wait(sit: Situation, why: str = "", seconds: float = 1) -> Decision:
    return Decision(Move.WAIT, Wait(seconds), STEADY, why)


def take_over(sit: Situation, reason: str) -> Decision:
    return Decision(Move.TAKE_OVER, TakeOver(reason), SURE, why=reason)


def ask(sit: Situation, question: str, label: str = "") -> Decision:
    return Decision(Move.ASK, Interact(question), SURE, label, question)


def finish(sit: Situation, message: str, confidence: float = 0.96) -> Decision:
    return Decision(Move.FINISH, Finish(message), confidence)


def act(move: Move, action: Action, label: str = "", confidence: float = STEADY, why: str = "") -> Decision:
    return Decision(move, action, confidence, label, why)


__all__ = [
    "NormPoint",
    "Situation",
    "act",
    "ask",
    "finish",
    "scroll",
    "take_over",
    "tap",
    "tap_field",
    "tap_item",
    "wait",
]
