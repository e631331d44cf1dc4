"""Opening apps, tapping what the instruction names, submitting, and checking that something is shown.

Rule: every tap has a text that was matched; a submission counts only when the page that follows says so.
"""

from __future__ import annotations

from cs_agent.demo.pilot.goals.goal import TAPS, GoalKind
from cs_agent.demo.pilot.goals.lexicon import COMPLAINT, FAILED, LAUNCHER, SUCCESS, Concept
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import SURE, Situation, act, scroll, take_over, tap_item, wait
from cs_agent.demo.pilot.planning.story import Word, WordKind
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Hit, Item, Page
from cs_agent.demo.pilot.sight import ink_is_loud
from cs_agent.engine.actions.values import Back, Home, Launch

MAX_TAPS = 3
MAX_LAUNCHES = 2
MAX_CHECK_WAITS = 3
_SOON_S = 0.2
_LONGEST_BUTTON = 14  # characters


def on_home_screen(sit: Situation) -> bool:
    """As the picture shows it; what the request calls the app counts only where the picture does not tell.

    Clients name an app that they do not know after the home screen.
    """
    if sit.page.looks_like_home:
        return True
    controls = sit.page.fields or any(item.button for item in sit.page.items)
    return bool(LAUNCHER.search(sit.story.app)) and (not controls or bool(sit.page.icon_names))


def app_reached(sit: Situation) -> bool:
    """The app in front bears the name, or it was launched and the home screen is gone."""
    if sit.page.looks_like_home:
        return False
    if sit.goal.text and matching.normal(sit.story.app) == matching.normal(sit.goal.text):
        return True
    launched = sit.last_move() in {Move.LAUNCH, Move.TARGET, Move.WAIT} and sit.done(Move.LAUNCH, Move.TARGET)
    return launched and not on_home_screen(sit) and not _launch_refused(sit)


def _launch_refused(sit: Situation) -> bool:
    """Something was said about the launch; a launch that worked is not commented on."""
    return sit.last_move() is Move.LAUNCH and any(
        word.kind in {WordKind.REMARK, WordKind.DENIED} for word in sit.story.words_since_last
    )


def open_app(sit: Situation) -> Decision | None:
    """By name; if the phone does not know the name, by the label on its home screen."""
    by_name = len(sit.turns(Move.LAUNCH)) < MAX_LAUNCHES and not sit.done(Move.HOME)
    if by_name and not _launch_refused(sit):
        return act(Move.LAUNCH, Launch(sit.goal.text), sit.goal.text, SURE)
    if not on_home_screen(sit) and not sit.done(Move.HOME):
        return act(Move.HOME, Home(), sit.goal.text)
    hits = [hit for hit in sit.page.hits(sit.goal.text, titles=True) if not sit.tried(hit.item.text, Move.TARGET)]
    if hits:
        return tap_item(sit, Move.TARGET, hits[0].item, hits[0].score)
    reason = f"手机上没有找到应用“{sit.goal.text}”", f"There is no app called '{sit.goal.text}' on the phone"
    return take_over(sit, sit.say(*reason))


def back_reached(sit: Situation) -> bool:
    return sit.done(Move.BACK)


def home_reached(sit: Situation) -> bool:
    return sit.done(Move.HOME) or on_home_screen(sit)


def go_back(sit: Situation) -> Decision:
    return act(Move.BACK, Back())


def go_home(sit: Situation) -> Decision:
    return act(Move.HOME, Home())


def tap_reached(sit: Situation) -> bool:
    """Tapped, with an effect to be seen; the last goal of all wants words of success or a new page."""
    if sit.last_move() not in {Move.TARGET, Move.CONFIRM, Move.WAIT} or not sit.done(Move.TARGET):
        return False
    if confirm_button(sit) is not None:
        return False
    return not sit.unchanged() or success_line(sit.page) is not None or _next_in_sight(sit)


def _next_in_sight(sit: Situation) -> bool:
    """A tap without a visible effect of its own is taken to have worked when what comes next is there."""
    following = sit.following
    if following is None:
        return False
    if following.kind in TAPS and sit.page.dialog is not None:  # a dialog may leave the page behind it as it was
        return any(_is_next_goals(sit, item) for item in sit.page.items)
    return following.kind is GoalKind.CHECK and sit.page.shows(following.text) is not None


def tap_named(sit: Situation) -> Decision | None:
    if (button := confirm_button(sit)) is not None:
        return tap_item(sit, Move.CONFIRM, button, 0.93)
    hit = _target(sit)
    if hit is None:
        return None
    if _at_work(sit, hit.item):
        return _look_again(sit, hit.item)
    if len(sit.turns(Move.TARGET)) >= MAX_TAPS or _without_effect(sit, hit.item):
        said = complaint(sit)
        why = sit.say(f"点了“{hit.item.text}”没有生效", f"Tapping '{hit.item.text}' has no effect")
        return take_over(sit, f"{why}: {said.text}" if said else why)
    return tap_item(sit, Move.TARGET, hit.item, hit.score if not sit.goal.weak else min(hit.score, 0.93))


def _at_work(sit: Situation, item: Item) -> bool:
    """The screen stirred at the tap (nobody remarked that it did not), yet what was tapped still stands there: the app
    takes its time, as one does that greys its button meanwhile."""
    if complaint(sit):
        return False
    for waits, event in enumerate(reversed(sit.story.events)):
        if isinstance(event, Word) or event.move not in {Move.WAIT, Move.TARGET, Move.CONFIRM}:
            return False
        if event.move is not Move.WAIT:
            same = matching.normal(event.said.label) == matching.normal(item.text)
            return same and event.goal == sit.index and waits < MAX_CHECK_WAITS
    return False


def _look_again(sit: Situation, item: Item) -> Decision:
    """Soon: the message that tells the outcome may pass."""
    return wait(sit, item.text, _SOON_S)


def _without_effect(sit: Situation, item: Item) -> bool:
    """One tap may have been lost; a second one without effect is no accident."""
    limit = 1 if complaint(sit) else 2
    return sit.tried(item.text, Move.TARGET) >= limit


def _target(sit: Situation) -> Hit | None:
    """What the goal names; `已发送` is what has been done, not something to tap."""
    hits = [hit for hit in sit.page.hits(sit.goal.text) if hit.score >= 0.97 or not SUCCESS.search(hit.item.text)]
    return hits[0] if hits else None


def confirm_button(sit: Situation) -> Item | None:
    """In a dialog that the pilot's own last tap brought up: the button that says yes to it."""
    last = sit.story.last
    if sit.page.dialog is None or last is None or last.move not in {Move.TARGET, Move.LEAD, Move.CONFIRM, Move.WAIT}:
        return None
    if not sit.done(Move.TARGET, Move.LEAD) or FAILED.search(sit.page.text) or complaint(sit):
        return None
    short = [item for item in sit.page.items if len(item.text) <= 14]
    said_yes = [item for item in short if _says_yes(sit, item)]
    refusals = [item for item in short if matching.concepts(item.text) & {Concept.CANCEL, Concept.CLOSE}]
    buttons = [item for item in said_yes if not matching.concepts(item.text) & {Concept.CANCEL, Concept.CLOSE}]
    lowest = max(buttons, key=lambda item: (item.button, item.box.center.y), default=None)
    if lowest is None or (not refusals and SUCCESS.search(sit.page.text)) or _is_next_goals(sit, lowest):
        return None
    return None if sit.tried(lowest.text, Move.CONFIRM) >= 2 else lowest


def _is_next_goals(sit: Situation, item: Item) -> bool:
    """The instruction names this button itself: tapping it is the next goal, not part of this one."""
    following = sit.following
    if following is None or following.kind not in TAPS:
        return False
    return matching.score(following.text, item.text) >= 0.9


def _says_yes(sit: Situation, item: Item) -> bool:
    named = matching.concepts(item.text)
    same_deed = matching.score(sit.goal.text, item.text) >= 0.85 if sit.goal.text else False
    return bool(named & {Concept.CONFIRM, Concept.SUBMIT, Concept.NEXT}) or same_deed


def submit_reached(sit: Situation) -> bool:
    """Words of success after the pilot's own submission."""
    if not sit.done(Move.TARGET, Move.CONFIRM) or confirm_button(sit) is not None:
        return False
    return success_line(sit.page) is not None


def submit(sit: Situation) -> Decision | None:
    """The named button; a button that submits by another name; a page in between is the way-finding's business."""
    if (button := confirm_button(sit)) is not None:
        return tap_item(sit, Move.CONFIRM, button, 0.95)
    if sit.done(Move.TARGET) and (said := complaint(sit)):
        return take_over(sit, sit.say(f"提交时页面提示:{said.text}", f"On submitting the page says: {said.text}"))
    hit = _submit_button(sit)
    if hit is None:
        return _await_result(sit)
    if _at_work(sit, hit.item):
        return _look_again(sit, hit.item)
    if len(sit.turns(Move.TARGET)) >= MAX_TAPS or sit.tried(hit.item.text, Move.TARGET) >= 2:
        return take_over(
            sit, sit.say("已点提交,但没有看到成功的提示", "Submitted, but nothing on the page says it worked")
        )
    return tap_item(sit, Move.TARGET, hit.item, hit.score)


def _submit_button(sit: Situation) -> Hit | None:
    """Buttons before bare words: `提交审核` may also be the name of a step at the top."""
    exact = sit.page.hits(sit.goal.text, at_least=0.9) if sit.goal.text else []
    exact = [hit for hit in exact if not _tells(hit.item.text)]
    named = [
        Hit(item, 0.92 if item.button else 0.86)
        for item in sit.page.items
        if len(item.text) <= 20
        and Concept.SUBMIT in matching.concepts(item.text)
        and not sit.page.is_heading(item)
        and not _tells(item.text)
    ]
    low = [hit for hit in exact if hit.item.button or hit.item.box.top > 0.3 * sit.page.size.height] or exact
    buttons = [hit for hit in (*low, *named) if hit.item.button]
    return next(iter(buttons or low or named), None)


def _tells(text: str) -> bool:
    """`提交失败`, `已提交` say what came of it; they are nothing to press."""
    return bool(SUCCESS.search(text) or FAILED.search(text))


def _await_result(sit: Situation) -> Decision | None:
    """After the button is gone the result may take a moment."""
    if not sit.done(Move.TARGET, Move.CONFIRM):
        return None
    if len(sit.turns(Move.WAIT)) < MAX_CHECK_WAITS:
        return wait(sit)
    said = FAILED.search(sit.page.text)
    heading = sit.page.title.text if sit.page.title else ""
    seen = next((item.text for item in sit.page.matching(FAILED)), heading) if said else heading
    return take_over(
        sit,
        sit.say(
            f"已提交,但没有看到成功的提示;页面显示:{seen}", f"Submitted, but no success is shown; the page says: {seen}"
        ),
    )


def complaint(sit: Situation) -> Item | None:
    """What a form says is missing or wrong, in a dialog, on a dark strip or in red."""
    for item in sit.page.items:
        if COMPLAINT.search(item.text) and (sit.page.dialog is not None or _stands_out(sit.page, item)):
            return item
    return None


def _stands_out(page: Page, item: Item) -> bool:
    return page.pixels is not None and ink_is_loud(page.pixels, item.box)


def success_line(page: Page) -> Item | None:
    """The line that says it worked; one that denies it in the same breath does not count."""
    for item in page.items:
        pressable = item.button and len(item.text) <= _LONGEST_BUTTON  # a passing message looks like a wide button
        if SUCCESS.search(item.text) and not FAILED.search(item.text) and len(item.text) <= 60 and not pressable:
            return item
    return None


def check_reached(sit: Situation) -> bool:
    return sit.page.shows(sit.goal.text) is not None


def check(sit: Situation) -> Decision | None:
    """It may take a moment, or stand further down; words that deny it end the wait."""
    failed = [item for item in sit.page.matching(FAILED) if item.box.top > 0.05 * sit.page.size.height]
    if failed:
        return take_over(
            sit,
            sit.say(
                f"没有看到“{sit.goal.text}”,页面显示:{failed[0].text}",
                f"'{sit.goal.text}' is not shown; the page says: {failed[0].text}",
            ),
        )
    if len(sit.turns(Move.WAIT)) < MAX_CHECK_WAITS:
        return wait(sit, sit.goal.text)
    if not sit.done(Move.DOWN) and not sit.page.ends_here():
        return scroll(sit, Move.DOWN, sit.goal.text)
    near = success_line(sit.page)
    seen = near.text if near else (sit.page.title.text if sit.page.title else "")
    return take_over(
        sit,
        sit.say(f"没有看到“{sit.goal.text}”;页面显示:{seen}", f"'{sit.goal.text}' is not shown; the page says: {seen}"),
    )
