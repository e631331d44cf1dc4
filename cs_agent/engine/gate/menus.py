"""Signs in the bar of an app that open its menu or its search.

Rule: the phone calls the sign by the name that the platforms themselves give it, and the picture shows no words there
but the sign. What the opened menu offers is judged when it is touched.
"""

from __future__ import annotations

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import names_an_action
from cs_agent.engine.screen.drawn.lines import is_glyph, lines_in
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.structure import is_reacting, share_a_line
from cs_agent.engine.screen.targets import Target, has_ink
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import is_acted_on, is_handing_over
from cs_agent.engine.screen.words import looks_up, opens_from_app_bar

_SIGN = 0.16  # of the width: no sign in a bar is larger


def opens_from_bar(target: Target, scene: Scene) -> bool:
    seen, box = scene.observation, target.box
    if target.node is None or box is None or scene.window is not None or target.choice or target.editable:
        return False
    if box.bottom > HEAD * seen.size.height or max(box.width, box.height) > _SIGN * seen.size.width:
        return False
    if not target.names or not all(map(opens_from_app_bar, target.names)):
        return False
    drawn = [line for line in lines_in(seen, box) if not is_glyph(line)]
    if drawn or not has_ink(seen.screenshot.image, box.center):
        return False
    return not any(map(looks_up, target.names)) or not (_could_be_looked_up(scene) or _is_looked_for(target, scene))


def _is_looked_for(target: Target, scene: Scene) -> bool:
    """The page is there to look for somebody or something to be had at once, or tells what its search does."""
    nodes, box = scene.observation.nodes or (), target.box
    titles = [node.label for node in nodes if box and share_a_line(node.box, box) and not is_reacting(node)]
    if any(is_handing_over(title) or names_an_action(title) or is_acted_on(title) for title in titles):
        return True
    names, low = [squash(name) for name in target.names], box.bottom if box else 0
    told = [node.label for node in nodes if node.box.top >= low]
    return any(name in squash(text) != name for text in told for name in names)


def _could_be_looked_up(scene: Scene) -> bool:
    """The page has a field, so that the sign may search for what it holds or send it."""
    return scene.put_in or any(node.editable for node in scene.observation.nodes or ())
