"""`manage.py gate explain`: what the gate says to a tap on a stored picture, one JSON line for each tap.

Rule: the gate of a run decides, on the picture as a run's OCR reads it; nothing is touched or stored.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image

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

_SCALED = 0.03  # a tree and a picture that differ by more, in both directions alike, are of different sizes
_TAP_HELP = "device pixels, 0,0 in the picture's upper left corner; repeatable"
_SHOWN = 80  # characters of a file that is no tree


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
        explain.add_argument("--tap", required=True, action="append", metavar="X,Y", help=_TAP_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        taps = [_point(text) for text in options["tap"]]
        rules, vouches = _flow(options["flow"])
        image = _picture(options["screen"])
        for point in taps:
            if not (0 <= point.x < image.width and 0 <= point.y < image.height):
                size = f"{image.width}x{image.height}"
                raise CommandError(f"--tap {point.x},{point.y} lies outside the picture, which is {size}")
        seen = _observe(image, options["tree"], options["app"])
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
    if template is None:
        known = ", ".join(FlowTemplate.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"there is no flow {slug!r}; flows: {known}")
    version = template.latest
    if version is None:
        raise CommandError(f"the flow {slug!r} has no version yet; judge without --flow, or save a draft of it first")
    return FlowRules.from_json(version.definition.get("engine", {}), {}), vouches_of(version)


def _observe(image: Image.Image, tree: Path | None, app: str) -> Observation:
    nodes = _nodes(tree) if tree else None
    _check_sizes(image, nodes or (), tree)
    package = app or next((node.package for node in nodes or () if node.package), "")
    lines = RapidOcrReader().read(image, thorough=True)
    return Observation(Screenshot(image, 0.0), ForegroundApp(package, kind=kind_of(package)), lines, nodes)


def _picture(path: Path) -> Image.Image:
    """Read to its end: a picture that was cut off shows only there."""
    try:
        with Image.open(path) as image:
            image.load()
            return as_rgb(image).copy()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise CommandError(f"the picture {path} cannot be read: {error}") from error


def _check_sizes(image: Image.Image, nodes: tuple[UiNode, ...], tree: Path | None) -> None:
    """Refuse a scaled picture, whose coordinates differ from the tree's."""
    wide, high = max((node.box.right for node in nodes), default=0), max((node.box.bottom for node in nodes), default=0)
    if not wide or not high:
        return
    across, down = image.width / wide, image.height / high
    if abs(across - 1) > _SCALED and abs(across - down) <= _SCALED * across:
        raise CommandError(
            f"the tree {tree} is of a screen of {wide}x{high} pixels and the picture has {image.width}x{image.height}: "
            "give the screenshot as the phone took it, not scaled"
        )


def _nodes(tree: Path) -> tuple[UiNode, ...]:
    try:
        return parse_tree(tree.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"the tree {tree} cannot be read: {error}") from error
    except NotATree as error:
        found = " ".join(str(error).split())[:_SHOWN]
        raise CommandError(
            f"{tree} is not a whole `uiautomator dump`; take it anew (adb shell uiautomator dump). Found: {found}"
        ) from error
