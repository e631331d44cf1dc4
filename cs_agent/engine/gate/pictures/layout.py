"""Tabs and entries in a picture that the rules for trees prove, by what a tree would tell of the page."""

from __future__ import annotations

from dataclasses import replace

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.labels import bids
from cs_agent.engine.gate.lists import bars, entries
from cs_agent.engine.gate.pictures.told import tell
from cs_agent.engine.screen.drawn.cards import find_card
from cs_agent.engine.screen.structure import own_texts, values_in
from cs_agent.engine.screen.targets import Target, has_ink
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import is_bidding
from cs_agent.observation import UiNode


def of_layout(target: Target, scene: Scene) -> str:
    if scene.put_in or find_card(scene.observation) is not None:
        return ""
    nodes = tell(scene)
    held = [index for index, node in enumerate(nodes) if node.clickable and node.box.contains(target.point)]
    if not held:
        return ""
    root, told = held[-1], replace(scene, observation=replace(scene.observation, nodes=nodes))
    if bars.is_tab(root, told.observation) and _is_on_words(root, target, nodes):
        return "tab"
    if nodes[root].parent < 0 and _opens(root, target, told):
        return "record"
    return ""


def _is_on_words(root: int, target: Target, nodes: tuple[UiNode, ...]) -> bool:
    """On the part's words, or on the sign over them."""
    words = (node.box.grown(node.box.height) for node in nodes if node.parent == root)
    return any(box.left <= target.point.x < box.right for box in words)


def _opens(root: int, target: Target, scene: Scene) -> bool:
    """Whether the point is on a value or the blank paper of an entry. Words that all entries share may be a button
    without a fill."""
    seen, nodes = scene.observation, scene.observation.nodes or ()
    under = [line for line in seen.lines if line.box.grown(line.box.height // 2).contains(target.point)]
    values = {squash(text) for text, _ in values_in(nodes, root, seen.size.width)}
    if any(squash(line.text) not in values or is_bidding(line.text) for line in under):
        return False
    if not under and has_ink(seen.screenshot.image, target.point):
        return False
    own = own_texts(nodes, root)
    entry = Target(target.point, labels=own[:1], names=own, node=root, box=nodes[root].box)
    return entries.opens(entry, scene) and not bids(entry, scene)
