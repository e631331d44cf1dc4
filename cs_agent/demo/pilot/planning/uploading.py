"""Attaching a file: open the picker, pick the file, take it, and see it attached.

Rule: the file is the one whose name or kind fits what the instruction calls it, else the newest or only one. Files
are only picked on a page that lists files after the pilot asked to attach one.
"""

from __future__ import annotations

import re

from cs_agent.demo.pilot.goals.lexicon import (
    ATTACHED,
    CAMERA,
    FILE_NAME,
    PICK_SOURCE,
    PICKER,
    PICTURE_NAME,
    VIDEO_NAME,
    Concept,
)
from cs_agent.demo.pilot.planning.moves import Decision, Move
from cs_agent.demo.pilot.planning.situation import Situation, take_over, tap, tap_item
from cs_agent.demo.pilot.reading import matching
from cs_agent.demo.pilot.reading.page import Item
from cs_agent.demo.pilot.sight import IconKind
from cs_agent.geometry import Point

MAX_PICKS = 3
_COUNT = re.compile(r"[(]?\d+(?:/\d+)?[)]?")
_UPLOADS = re.compile(r"上传|\bupload\b|\battach\b", re.IGNORECASE)
_EMPTY = re.compile(
    r"(?:没有|暂无|无).{0,6}(?:照片|图片|视频|文件|附件|内容)|为空|\bno (?:photos|videos|files|media|items)|\bempty\b",
    re.I,
)
_OPENED = (Move.ATTACH, Move.MEDIA, Move.TAKE, Move.ALLOW)


def upload_reached(sit: Situation) -> bool:
    """A file was picked, the picker is gone, and the page shows a file or says it is attached."""
    if not sit.done(Move.MEDIA) or _in_picker(sit) or _taking(sit):
        return False
    picked = sit.turns(Move.MEDIA)[-1].said.label
    stem = re.sub(r"\.\w+$", "", picked)[:8]
    shown = bool(stem) and any(stem in item.text for item in sit.page.items)
    told = bool(ATTACHED.search(sit.page.text) or FILE_NAME.search(sit.page.text))
    return shown or told or not sit.unchanged()


def upload(sit: Situation) -> Decision | None:
    if len(sit.turns(Move.MEDIA)) > MAX_PICKS:
        return take_over(sit, sit.say("附件选择后没有生效", "The attachment does not stay picked"))
    if sit.done(Move.MEDIA) and (button := _taking(sit)):
        return tap_item(sit, Move.TAKE, button, 0.95)
    if _in_picker(sit) and (picked := best_file(sit)):
        item, score = picked
        return tap_item(sit, Move.MEDIA, item, score)
    if sit.last_move() in {Move.ATTACH, Move.WAIT, Move.CLOSE} and (bare := _nothing_to_pick(sit)):
        return take_over(sit, sit.say(f"手机里没有可上传的文件:{bare}", f"There is no file to attach: {bare}"))
    if sit.done(Move.ATTACH) and (source := _source(sit)):
        return tap_item(sit, Move.ATTACH, source, 0.93)
    return _attach(sit)


def _in_picker(sit: Situation) -> bool:
    """A page that lists files, reached by asking to attach one."""
    if not sit.done(*_OPENED):
        return False
    last = sit.turns(*_OPENED)[-1]
    listed = [item for item in sit.page.items if FILE_NAME.search(item.text)]
    titled = any(PICKER.search(item.text) and len(item.text) <= 16 for item in sit.page.items[:8])
    if last.move in {Move.MEDIA, Move.TAKE} and not titled:
        return False
    return bool(titled and (listed or _timed(sit))) or (
        last.move is Move.ATTACH and len(listed) > 0 and not sit.unchanged()
    )


def _nothing_to_pick(sit: Situation) -> str:
    """What an empty picker says of itself."""
    said = [item.text for item in sit.page.matching(_EMPTY) if len(item.text) <= 30]
    return said[0] if said and _titled(sit) else ""


def _timed(sit: Situation) -> bool:
    """Thumbnails of videos carry their length."""
    return any(re.fullmatch(r"\d{1,2}:\d{2}", item.text.strip()) for item in sit.page.items[1:])


def best_file(sit: Situation) -> tuple[Item, float] | None:
    """The listed file that fits, with how well; lists show the newest first."""
    files = [item for item in sit.page.items if FILE_NAME.search(item.text)]
    if not files:
        files = [item for item in sit.page.items[1:] if re.fullmatch(r"\d{1,2}:\d{2}", item.text.strip())]
    files = [item for item in files if not sit.tried(item.text, Move.MEDIA)]
    if not files:
        return None
    named = max(files, key=lambda item: _name_score(sit, item))
    if _name_score(sit, named) >= 0.85:
        return named, 0.97
    kind = [item for item in files if _of_kind(sit, item)]
    if kind:
        return kind[0], 0.95 if len(kind) == 1 else 0.9
    wants_kind = matching.concepts(sit.goal.text) & {Concept.VIDEO, Concept.PICTURE}
    return files[0], 0.8 if wants_kind else 0.95 if len(files) == 1 else 0.88


def _name_score(sit: Situation, item: Item) -> float:
    stem = re.sub(r"\.\w+$", "", item.text)
    return max(matching.score(sit.goal.text, item.text), matching.score(sit.goal.text, stem)) if sit.goal.text else 0.0


def _of_kind(sit: Situation, item: Item) -> bool:
    named = matching.concepts(sit.goal.text)
    return bool(
        (Concept.VIDEO in named and VIDEO_NAME.search(item.text))
        or (Concept.PICTURE in named and PICTURE_NAME.search(item.text))
    )


def _taking(sit: Situation) -> Item | None:
    """`确定`, `完成(1)`, `Done` of a picker. One that counts the files picked needs no title, which may be covered."""
    last = sit.turns()[-1].move
    if last not in {Move.MEDIA, Move.WAIT}:
        return None
    still_there = bool(sit.unchanged() or _titled(sit) or sit.page.dialog)
    for item in sit.page.items:
        named, rest = matching.meaning(_COUNT.sub("", item.text))
        takes = named & {Concept.DONE, Concept.CONFIRM} or _UPLOADS.search(item.text)  # not a file called 凭证
        if takes and not rest and len(item.text) <= 14:
            counts = last is Move.MEDIA and _COUNT.search(item.text)
            return item if (still_there or counts) and not sit.page.is_heading(item) else None
    return None


def _titled(sit: Situation) -> bool:
    return any(PICKER.search(item.text) and len(item.text) <= 16 for item in sit.page.items[:8])


def _source(sit: Situation) -> Item | None:
    """A sheet that asks where the file is to come from: not the camera."""
    sources = [item for item in sit.page.items if PICK_SOURCE.search(item.text) and not CAMERA.search(item.text)]
    fresh = [item for item in sources if len(item.text) <= 16 and not sit.tried(item.text, Move.ATTACH)]
    return fresh[0] if fresh and (sit.page.dialog is not None or len(sources) > 1) else None


def _attach(sit: Situation) -> Decision | None:
    """The control that asks for a file: by its words, else a plus sign beside such words."""
    found = sorted(((_attach_score(sit, item), item) for item in sit.page.items), key=lambda pair: -pair[0])
    for score, item in found:
        if score < 0.8:
            break
        if sit.tried(item.text, Move.ATTACH):
            continue
        plus = _plus_near(sit, item)
        if plus is not None and not item.button:
            return tap(sit, Move.ATTACH, plus, item.text, min(0.94, score))
        return tap_item(sit, Move.ATTACH, item, score)
    return None


def _plus_near(sit: Situation, item: Item) -> Point | None:
    """A plus sign in the tile under, above or beside the words."""
    reach = item.box.grown(3 * item.box.height)
    signs = [icon.box for icon in sit.page.icon(IconKind.PLUS) if reach.intersects(icon.box)]
    signs += [other.box for other in sit.page.items if other.text in {"+", "十"} and reach.intersects(other.box)]
    return min(signs, key=lambda box: abs(box.center.y - item.box.center.y)).center if signs else None


def _attach_score(sit: Situation, item: Item) -> float:
    """`上传凭证`, `添加视频`, `Add photo`: a word of attaching, better with the kind wanted; not a finished state."""
    if len(item.text) > 22 or sit.page.is_heading(item) or ATTACHED.search(item.text) or FILE_NAME.search(item.text):
        return 0.0
    named = matching.concepts(item.text)
    kind = matching.concepts(sit.goal.text) & {Concept.VIDEO, Concept.PICTURE}
    adds = bool(re.search(r"添加|选择|点击|[+]|\badd\b|\bchoose\b|\bselect\b|\bbrowse\b", item.text, re.IGNORECASE))
    if Concept.UPLOAD in named and (adds or _UPLOADS.search(item.text)):
        return 0.96 if named & kind or adds else 0.94
    if Concept.UPLOAD in named and (item.button or _plus_near(sit, item)):
        return 0.9
    if adds and named & {Concept.VIDEO, Concept.PICTURE}:
        return 0.93 if named & kind or not kind else 0.86
    if named & kind and len(item.text) <= 8:
        return 0.82 if _plus_near(sit, item) else 0.0
    return 0.0
