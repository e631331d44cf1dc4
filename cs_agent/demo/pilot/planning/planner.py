"""Decides the next move: which goal is at hand, whether the page shows it reached, and what to do about it.

Rule: pure; the same conversation and page give the same move. A goal counts as reached only by what the page shows or
what the pilot did on it; one that the page plainly contradicts is taken up again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cs_agent.demo.pilot.goals.goal import Goal, GoalKind
from cs_agent.demo.pilot.goals.lexicon import GO_ON, NOT_FOUND
from cs_agent.demo.pilot.goals.reader import is_chinese, read_goals
from cs_agent.demo.pilot.planning import finding, form, obstacles, reporting, tapping, uploading, wayfinding
from cs_agent.demo.pilot.planning.moves import Decision, Move, thought
from cs_agent.demo.pilot.planning.situation import HUMAN_WORDS, Situation, finish, take_over
from cs_agent.demo.pilot.planning.story import Story, Turn, Word, WordKind
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.matching import WEAK, score
from cs_agent.demo.pilot.reading.page import DENSE_LINES, Item, Page
from cs_agent.engine.actions.values import Interact, TakeOver, render
from cs_agent.geometry import Size

MAX_TURNS_PER_GOAL = 24
MAX_REDOS = 3
MAX_SEARCH_TURNS = 8  # of a search that is taken up again
UNSEEN = Page(Size(1000, 1000), ())

Reached = Callable[[Situation], bool]
Skill = Callable[[Situation], Decision | None]


def _report_reached(sit: Situation) -> bool:
    return reporting.answer(sit) is not None


_SKILLS: dict[GoalKind, tuple[Reached, Skill]] = {
    GoalKind.OPEN_APP: (tapping.app_reached, tapping.open_app),
    GoalKind.FIND: (finding.find_reached, finding.find),
    GoalKind.OPEN_ITEM: (finding.item_reached, finding.open_item),
    GoalKind.ENTER: (form.enter_reached, form.enter),
    GoalKind.CHOOSE: (form.mark_reached, form.mark),
    GoalKind.TICK: (form.mark_reached, form.mark),
    GoalKind.UPLOAD: (uploading.upload_reached, uploading.upload),
    GoalKind.TAP: (tapping.tap_reached, tapping.tap_named),
    GoalKind.SUBMIT: (tapping.submit_reached, tapping.submit),
    GoalKind.CHECK: (tapping.check_reached, tapping.check),
    GoalKind.REPORT: (_report_reached, reporting.report_way),
    GoalKind.BACK: (tapping.back_reached, tapping.go_back),
    GoalKind.HOME: (tapping.home_reached, tapping.go_home),
}


def decide(page: Page, story: Story) -> tuple[Decision, str]:
    """The move and the thought that announces it."""
    goals, start, floor = goals_of(story)
    lang = "zh" if is_chinese(story.instruction) else "en"
    sit = Situation(page, story, goals, min(start, max(0, len(goals) - 1)), lang)
    if not goals:
        return _announced(sit, take_over(sit, sit.say("任务里没有可执行的内容", "The task names nothing to do")))
    sit = _goal_at_hand(sit, start, floor)
    return _announced(sit, _guarded(sit, _move(sit)))


def decide_unseen(story: Story) -> tuple[Decision, str] | None:
    """Moves that no picture could change: the first launch, and typing into the field that was just tapped."""
    goals, start, _ = goals_of(story)
    if not start < len(goals):
        return None
    lang = "zh" if is_chinese(story.instruction) else "en"
    sit = Situation(UNSEEN, story, goals, start, lang)
    launches = not story.events and sit.goal.kind is GoalKind.OPEN_APP and not tapping.app_reached(sit)
    types = sit.last_move() is Move.FIELD and not story.words_since_last
    decision = _SKILLS[sit.goal.kind][1](sit) if launches or types else None
    return _announced(sit, decision) if decision and decision.move in {Move.LAUNCH, Move.TYPE} else None


def needs_closer_look(decision: Decision, page: Page) -> bool:
    """Whether a move rests on something not having been seen: worth reading the picture at full size first.

    A scroll is cheaper than that, except on a dense page, where a first look is known to lose small texts.
    """
    if decision.move in {Move.DOWN, Move.UP}:
        return len(page.items) >= DENSE_LINES
    return decision.unseen or decision.confidence < WEAK


def goals_of(story: Story) -> tuple[tuple[Goal, ...], int, int]:
    """The goals with what operators added, the index come to, and the one below which nothing is reviewed."""
    goals, current, floor = list(read_goals(story.instruction)), 0, 0
    for event in story.events:
        if isinstance(event, Turn):
            current = max(current, min(event.goal, len(goals)))
            continue
        if event.kind is WordKind.DONE:
            current = max(current, _done_by_others(goals, event.text))
        added = _added_goals(event, goals, current)
        if added:
            goals[current:current] = added
            floor = current
        if event.kind is WordKind.CHALLENGE:
            goals += [Goal(GoalKind.CHECK, text) for text in event.text.split("、") if text.strip()]
    return tuple(goals), current, floor


def _added_goals(word: Word, goals: list[Goal], current: int) -> list[Goal]:
    """What an operator's word asks for, ahead of the goal at hand."""
    if word.kind is WordKind.ANSWER and word.text and not GO_ON.fullmatch(word.text.strip()):
        return [_answered(word)]
    if word.kind in {WordKind.GUIDANCE, WordKind.REJECTION}:
        return [goal for goal in read_goals(word.text) if not goal.weak]
    if word.kind is WordKind.CORRECTION and word.text:
        return [_corrected(word, goals)]
    return []


def _done_by_others(goals: list[Goal], told: str) -> int:
    """How many goals the quoted acts cover; a thing that was searched for is open once a further act names it."""
    acts = [matching.normal(act) for act in re.findall(r"“(.*?)”", told)]
    done, found = 0, ""
    for number, goal in enumerate(goals, 1):
        found = goal.text if goal.kind is GoalKind.FIND else found
        wanted = matching.normal(found if goal.kind is GoalKind.OPEN_ITEM else goal.text)
        opened = goal.kind is GoalKind.OPEN_ITEM and sum(wanted in act for act in acts) > 1
        if wanted and (opened or (goal.kind is not GoalKind.OPEN_ITEM and wanted in acts)):
            done = number
    return done


def _answered(word: Word) -> Goal:
    asked_for_app = "应用" in word.about or "app" in word.about.lower()
    return Goal(GoalKind.OPEN_APP if asked_for_app else GoalKind.TAP, word.text)


def _corrected(word: Word, goals: list[Goal]) -> Goal:
    """Chosen again where it had been chosen, else entered, into the field that the instruction named for it."""
    same = [goal for goal in goals if score(word.about, goal.field) >= 0.6]
    if any(goal.kind is GoalKind.CHOOSE for goal in same):
        return Goal(GoalKind.CHOOSE, word.text, field=word.about)
    entered = next((goal.field for goal in same if goal.kind is GoalKind.ENTER), word.about)
    return Goal(GoalKind.ENTER, word.text, field=entered)


def _goal_at_hand(sit: Situation, start: int, floor: int) -> Situation:
    """The first goal that the page contradicts, else the first from where the pilot has come to that is not reached."""
    for index in range(floor, min(start, len(sit.goals))):
        earlier = sit.at(index)
        if len(earlier.turns()) and form.contradicted(earlier) and _redos(sit, index, start) < MAX_REDOS:
            return earlier
    if (again := _search_again(sit, start)) is not None:
        return again
    index = start
    while index < len(sit.goals) and _reached(sit.at(index)):
        index += 1
    return sit.at(index) if index < len(sit.goals) else sit.at(len(sit.goals))


def _search_again(sit: Situation, start: int) -> Situation | None:
    """Back to finding: what stood on the page by chance could not be opened, so it is searched for after all."""
    if start >= len(sit.goals) or sit.goals[start].kind is not GoalKind.OPEN_ITEM:
        return None
    finds = [index for index, goal in enumerate(sit.goals[:start]) if goal.kind is GoalKind.FIND]
    if not finds or _redos(sit, finds[-1], start) >= MAX_SEARCH_TURNS:
        return None
    earlier, recent = sit.at(finds[-1]), sit.recent()
    searching = bool(recent) and recent[-1].goal == finds[-1] and not _reached(earlier)
    opened_nothing = sit.at(start).last_move() is Move.ITEM and sit.unchanged()
    fresh = not any(turn.move in {Move.TYPE, Move.SEARCH} for turn in recent)
    return earlier if (searching and not _nothing_done(recent, start)) or (opened_nothing and fresh) else None


def _nothing_done(recent: tuple[Turn, ...], start: int) -> bool:
    """Nothing was done for that goal yet."""
    return not any(turn.goal == start for turn in recent)


def _redos(sit: Situation, index: int, start: int) -> int:
    """Turns spent on an earlier goal after the pilot had come past it."""
    count, past = 0, False
    for turn in sit.recent():
        past = past or turn.goal >= start
        count += past and turn.goal == index
    return count


def _reached(sit: Situation) -> bool:
    if sit.page.loading and sit.goal.kind is not GoalKind.HOME:
        return False
    return _SKILLS[sit.goal.kind][0](sit)


def _move(sit: Situation) -> Decision:
    if sit.index >= len(sit.goals):
        return _done(sit)
    obstacle = obstacles.clear(sit)
    if obstacle is not None:
        return obstacle
    if len(sit.turns()) >= MAX_TURNS_PER_GOAL:
        return take_over(sit, wayfinding.lost(sit))
    if tapping.on_home_screen(sit) and sit.goal.kind not in {GoalKind.OPEN_APP, GoalKind.HOME}:
        return wayfinding.find_way(sit)
    return _missing(sit) or _SKILLS[sit.goal.kind][1](sit) or wayfinding.find_way(sit)


def _missing(sit: Situation) -> Decision | None:
    """Right after a search: the page says that there is no such thing, whatever goal comes next."""
    if sit.goal.kind in {GoalKind.FIND, GoalKind.OPEN_APP} or not sit.value_found():
        return None
    said = sit.page.matching(NOT_FOUND)
    last = sit.story.last
    if said and last and last.move is Move.SEARCH and sit.page.shows(sit.value_found()) is None:
        return finding.report_missing(sit, said[0].text)
    return None


def _done(sit: Situation) -> Decision:
    """Every goal is reached: say what was seen."""
    last = sit.at(len(sit.goals) - 1)
    challenged = any(word.kind is WordKind.CHALLENGE for word in sit.story.words_since_last)
    if challenged:
        return take_over(
            last,
            sit.say(
                "任务步骤已做完,但看不到要求的完成证据",
                "All steps are done, but the evidence asked for is not to be seen",
            ),
        )
    answers = [
        text
        for index, goal in enumerate(sit.goals)
        if goal.kind is GoalKind.REPORT and (text := reporting.answer(sit.at(index)))
    ]
    if answers:
        value = last.value_found()
        return finish(last, (f"{value} " if value else "") + " ; ".join(answers))
    checks = [goal.text for goal in sit.goals if goal.kind is GoalKind.CHECK]
    line = tapping.success_line(sit.page)
    seen = checks[-1] if checks else _told_with(sit.page, line)
    return finish(last, sit.say(f"已完成,页面显示:{seen}", f"Done; the page shows: {seen}"))


def _told_with(page: Page, line: Item | None) -> str:
    """The line of success with what stands right below it: numbers and amounts of the result."""
    if line is None:
        return page.title.text if page.title else ""
    reach = 0.3 * page.size.height
    below = [item for item in page.items if 0 < item.box.top - line.box.top < reach and not item.button]
    return "; ".join(item.text for item in (line, *below[:4]) if item is line or matching.numbers(item.text))


def _guarded(sit: Situation, decision: Decision) -> Decision:
    """An action that was refused is not proposed again."""
    if isinstance(decision.action, TakeOver | Interact):
        return decision
    refused = [word for word in sit.story.words_since_last if word.kind in {WordKind.DENIED, WordKind.REJECTION}]
    for word in refused:
        if word.about and _same_action(word.about, render(decision.action)):
            reason = sit.say(f"已按您的拒绝停下:{word.text}", f"Stopped as you refused: {word.text}")
            return take_over(sit, reason)
    return decision


def _same_action(refused: str, proposed: str) -> bool:
    return refused.partition(", message=")[0].rstrip(")") == proposed.partition(", message=")[0].rstrip(")")


def _announced(sit: Situation, decision: Decision) -> tuple[Decision, str]:
    index = min(sit.index, max(0, len(sit.goals) - 1))
    text = thought(decision, index, max(1, len(sit.goals)), sit.page.signature, sit.lang)
    return replace(decision, confidence=max(0.01, min(decision.confidence, 0.999))), text


__all__ = ["HUMAN_WORDS", "decide", "goals_of", "needs_closer_look"]
