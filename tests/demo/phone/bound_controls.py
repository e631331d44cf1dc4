"""What the gate says of a touch on a control that a shipped flow binds, on the practice apps' own trees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from cs_agent.demo.phone.commands.input.uiautomator import hierarchy
from cs_agent.demo.phone.device.screen import DumpNode
from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.phone.adb.tree import parse_tree

_FLOWS = Path(__file__).parents[3] / "fixtures" / "flows"


@cache
def _engines() -> dict[str, dict[str, Any]]:
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(_FLOWS.glob("*.json"))}
    return {slug: flow["definition"]["engine"] for slug, flow in found.items()}


def questions(
    nodes: Iterable[DumpNode], package: str, text: str, point: Point, slots: Mapping[str, str], size: Size
) -> Iterator[str]:
    """Each flow that binds the control of that text on this page, and yet would have a person asked about the touch."""
    tree = parse_tree(hierarchy(nodes, 0))
    shown = {node.label for node in tree}
    paper = Screenshot(Image.new("RGB", (size.width, size.height), "white"), 0.0)
    seen = Observation(paper, ForegroundApp(package), (), tree)
    for slug, engine in _engines().items():
        if any(_binds(each, package, text, shown, slots) for each in engine.get("named_controls", ())):
            verdict = decide(Tap(point.to_norm(size)), seen, FlowRules.from_json(engine, slots), confidence=1.0)
            if verdict.kind is not VerdictKind.ALLOW:
                yield f"{slug}: “{text}” {verdict.kind} {[reason.code for reason in verdict.reasons]}"


def _binds(named: Mapping[str, Any], package: str, text: str, shown: set[str], slots: Mapping[str, str]) -> bool:
    page, control = named["page"], named["control"]
    if page["app"] != package or not set(page.get("title", shown)) & shown:
        return False
    if not all(set(group) & shown for group in page.get("shows", ())):
        return False
    held = [value.format_map(slots) for value in control.get("holds", ())]
    return text in control.get("label", ()) or any(value in text for value in held)
