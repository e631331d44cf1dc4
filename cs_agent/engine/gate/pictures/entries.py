"""Entries of a list in a picture that open.

Rule: only a value that the other entries have with other numbers; any other text may be a button without a fill.
"""

from __future__ import annotations

import itertools
import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import names_an_action
from cs_agent.engine.gate.lists.contents import leads_to_contents
from cs_agent.engine.gate.lists.entries import is_a_time, is_long_number, tells_of_what_is_acted_on
from cs_agent.engine.gate.lists.marked import drawn_parts
from cs_agent.engine.gate.pictures.bars import is_filter
from cs_agent.engine.gate.windows.pickers import is_pointing
from cs_agent.engine.screen.drawn.bands import find_bands
from cs_agent.engine.screen.drawn.cards import find_card
from cs_agent.engine.screen.drawn.chevrons import ends_in_chevron
from cs_agent.engine.screen.drawn.pictured import entry_lines, is_boxed, is_pressed_out
from cs_agent.engine.screen.head import heads_drawn
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.papers import come_in_now, name_what_is_done, seem_kept
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.targets import Target, has_ink
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import is_handing_over, is_of_a_paper, is_on_offer, names_customers
from cs_agent.engine.screen.words import WEIGHTY, is_read, names_a_state, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_GLYPHS = 2  # characters that a sign in a field is read as
_LEAST_MARKED = 3
_TALL = 0.09  # of the height: a row of one or two lines
_TELEPHONE = re.compile(r"^[+(]?\d[\d ()-]{6,18}$")


def shows_typed(line: TextLine, typed: str) -> bool:
    """What was typed, as it is read with the field's magnifier before it: Q1001."""
    text = squash(line.text)
    return text.endswith(typed) and len(text) - len(typed) <= _GLYPHS


def is_record(target: Target, scene: Scene) -> bool:
    """Whether it is a value that at least three entries have with other numbers, in a list below what was just searched
    for or below a bar of filters whose records are kept, or with the mark › at the end of each entry. A telephone
    number is none: it may call."""
    seen = scene.observation
    if target.box is None or _TELEPHONE.match(fold(target.label)) or _hands_over(scene):
        return False
    entries = entry_lines(seen, target.box)
    if not entries or is_pressed_out(seen, target.box) or is_boxed(seen, target.box):
        return False
    return _shows_records(target.box, entries, scene)


def is_row_of_record(target: Target, scene: Scene) -> bool:
    """Blank paper of an entry that ends in the mark ›, with no button in it and no word that bids."""
    seen, point = scene.observation, target.point
    if has_ink(seen.screenshot.image, point) or _hands_over(scene):
        return False
    near = [line for line in seen.lines if abs(line.box.center.y - point.y) <= line.box.height]
    for line in near:
        entries = entry_lines(seen, line.box)
        if not entries or not _are_marked(entries, seen):
            continue
        own = [each for each in seen.lines if share_a_line(each.box, _row_of(line, seen))]
        bids = any(sense(each.text, button=True).kind in WEIGHTY and not names_a_state(each.text) for each in own)
        buttons = any(is_pressed_out(seen, each.box) or is_boxed(seen, each.box) for each in own)
        return not bids and not buttons and _shows_records(line.box, entries, scene)
    return False


def is_row_of_contents(target: Target, scene: Scene) -> bool:
    """Whether it is a row from edge to edge that ends in the mark ›, has no button in it and names what it contains."""
    seen, point = scene.observation, target.point
    band = next((each for each in find_bands(seen) if each.top <= point.y < each.bottom), None)
    if band is None or band.bottom - band.top > _TALL * seen.size.height or find_card(seen) is not None:
        return False
    box = band.box(seen.size.width)
    if not ends_in_chevron(seen.screenshot.image, box) or point.x > box.right - box.height // 2:
        return False
    if any(is_pressed_out(seen, line.box) or is_boxed(seen, line.box, box) for line in band.lines):
        return False
    return leads_to_contents(drawn_parts(box, seen), scene)


def _hands_over(scene: Scene) -> bool:
    """The page may give something to the entry that is touched, or take it."""
    seen = scene.observation
    if scene.put_in or scene.led or is_pointing(seen) or any(map(is_on_offer, seen.texts)):
        return True
    if any(
        is_handing_over(text) or names_an_action(text) or not is_read(text)
        for text in (line.text for line in heads_drawn(seen))
    ):
        return True
    return bool(scene.page.natures & {Nature.SELECTION, Nature.COMPOSE})


def _shows_records(box: Box, entries: tuple[TextLine, ...], scene: Scene) -> bool:
    seen, typed = scene.observation, squash(scene.typed)
    over = [line for line in seen.lines if line.box.bottom <= entries[0].box.top]
    searched = bool(typed) and any(shows_typed(line, typed) for line in over)
    bar = [line for line in over if is_filter(line.box, scene)]
    told = [line.text for line in over if not (searched and shows_typed(line, typed))]
    own = [line.text for line in _entry_of(box, entries, seen)]
    if tells_of_what_is_acted_on(told, own):
        return False
    papers = any(is_of_a_paper(text) for text in own)
    if papers and _are_marked(entries, seen) and not is_a_time(_title_of(entries[0], seen)):
        return True
    if not searched and not bar:
        return False
    listed = [line.text for entry in entries for line in _entry_of(entry.box, entries, seen) if line not in bar]
    heads = [line.text for line in heads_drawn(seen)]
    listing = [[line.text for line in _entry_of(entry.box, entries, seen)] for entry in entries]
    if not searched and (come_in_now(listing) or name_what_is_done(heads, [line.text for line in bar] + listed)):
        return False
    customers = searched and (is_long_number(typed) or any(names_customers(text) for text in told))
    return (papers and (searched or seem_kept(listed))) or customers


def _title_of(line: TextLine, seen: Observation) -> str:
    own = [each for each in seen.lines if share_a_line(each.box, _row_of(line, seen))]
    return min(own, key=lambda each: (each.box.top, each.box.left)).text


def _are_marked(entries: tuple[TextLine, ...], seen: Observation) -> bool:
    image = seen.screenshot.image
    return sum(ends_in_chevron(image, _row_of(line, seen)) for line in entries) >= _LEAST_MARKED


def _row_of(line: TextLine, seen: Observation) -> Box:
    """As high as one or two lines of words, and as wide as the screen."""
    return Box(0, line.box.top - line.box.height, seen.size.width, line.box.bottom + line.box.height)


def _entry_of(box: Box, entries: tuple[TextLine, ...], seen: Observation) -> list[TextLine]:
    """All lines of the entry that this line belongs to, up and down to the next line of the same form."""
    pitch = min(two.box.top - one.box.top for one, two in itertools.pairwise(entries))
    return [line for line in seen.lines if abs(line.box.center.y - box.center.y) < pitch]
