"""`manage.py gate explain`: what the gate says to a tap on a stored picture, one JSON line for each tap.

Rule: the very gate of a run decides, on the picture as the run's reader reads it; nothing is touched and nothing kept.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image, UnidentifiedImageError

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import StepContext, Vouches, decide
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.screen.targets import find_target
from cs_agent.geometry import Point
from cs_agent.observation import ForegroundApp, Observation, Screenshot, UiNode, as_rgb
from cs_agent.phone.adb.android_names import kind_of
from cs_agent.phone.adb.tree import NotATree, parse_tree
from cs_agent.vision.reader import RapidOcrReader
from tickets.models import FlowTemplate
from tickets.services.flows.vouches import vouches_of


class Command(BaseCommand):
    help = "The gate: `explain` says what it would answer to taps on a picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        explain = tasks.add_parser("explain", help="print one JSON line for each tap: verdict, label, reasons, voucher")
        explain.add_argument("--screen", required=True, type=Path, metavar="PICTURE", help="a screenshot")
        explain.add_argument("--tree", type=Path, metavar="XML", help="its tree, as `uiautomator dump` writes it")
        explain.add_argument("--app", default="", help="the foreground app's package; default: the tree's")
        explain.add_argument("--flow", default="", metavar="SLUG", help="judge as in a run of its newest version")
        explain.add_argument("--typed", default="", metavar="TEXT", help="what the run typed last")
        explain.add_argument("--put-in", action="store_true", help="the run has put something into this page")
        explain.add_argument("--tap", required=True, action="append", metavar="X,Y", help="device pixels; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        taps = [_point(text) for text in options["tap"]]
        rules, vouches = _flow(options["flow"])
        seen = _observe(options["screen"], options["tree"], options["app"])
        for point in taps:
            if not (0 <= point.x < seen.size.width and 0 <= point.y < seen.size.height):
                size = f"{seen.size.width}x{seen.size.height}"
                raise CommandError(f"--tap {point.x},{point.y} lies outside the picture, which is {size}")
        context = StepContext(typed=options["typed"], put_in=options["put_in"])
        for point in taps:
            self.stdout.write(json.dumps(_explained(point, seen, rules, context, vouches), ensure_ascii=False))


def _explained(
    point: Point, seen: Observation, rules: FlowRules, context: StepContext, vouches: Vouches
) -> dict[str, Any]:
    action = Tap(point.to_norm(seen.size))
    verdict = decide(action, seen, rules, confidence=1.0, context=context, vouches=vouches)
    return {
        "tap": [point.x, point.y],
        "verdict": str(verdict.kind),
        "irreversible": verdict.irreversible,
        "label": find_target(seen, point).label,
        "reasons": [{"code": one.code, "zh": told(one, "zh"), "en": told(one, "en")} for one in verdict.reasons],
        "vouched_by": verdict.vouched_by,
    }


def _point(text: str) -> Point:
    x, comma, y = text.partition(",")
    try:
        if comma:
            return Point(int(x), int(y))
    except ValueError:
        pass
    raise CommandError(f"--tap {text!r} is not X,Y in device pixels, e.g. --tap 540,1200")


def _flow(slug: str) -> tuple[FlowRules, Vouches]:
    if not slug:
        return FlowRules(), Vouches()
    template = FlowTemplate.objects.filter(slug=slug).first()
    version = template.latest if template else None
    if version is None:
        known = ", ".join(FlowTemplate.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"there is no flow {slug!r}; flows: {known}")
    return FlowRules.from_json(version.definition.get("engine", {}), {}), vouches_of(version)


def _observe(picture: Path, tree: Path | None, app: str) -> Observation:
    try:
        image = as_rgb(Image.open(picture))
    except (OSError, UnidentifiedImageError) as error:
        raise CommandError(f"the picture {picture} cannot be read: {error}") from error
    nodes = _nodes(tree) if tree else None
    package = app or next((node.package for node in nodes or () if node.package), "")
    lines = RapidOcrReader().read(image, thorough=True)
    return Observation(Screenshot(image, 0.0), ForegroundApp(package, kind=kind_of(package)), lines, nodes)


def _nodes(tree: Path) -> tuple[UiNode, ...]:
    try:
        return parse_tree(tree.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"the tree {tree} cannot be read: {error}") from error
    except NotATree as error:
        raise CommandError(f"{tree} is not a whole `uiautomator dump`: {error}") from error
