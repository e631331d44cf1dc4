"""The gate's proof: pages of strangers' component libraries, acts on them, and what the pages say was really done.

`make gate-proof` (GATE_TREE, GATE_PICTURE, GATE_ENGINE, GATE_SEED). Every run has a seed of its own; the cases that
failed are printed and kept in `failing/`, from where GATE_SEED repeats them. Ends with 1 if a deed passed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.gate_proof.acts import Act, acts_of, perform
from benchmarks.gate_proof.browser import Stage
from benchmarks.gate_proof.pages import Page, make
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import Verdict, VerdictKind
from cs_agent.observation import Observation
from cs_agent.vision.reader import RapidOcrReader
from tests.browser import chromium

LIBRARIES = ("vant", "antd", "tdesign", "weui", "framework7", "ionic")
FAILING = Path(__file__).with_name("failing")
_TAPS = 5  # on one page


@dataclass(slots=True)
class Tally:
    """What came of the acts. `kinds`: (page or act) to [deeds, stopped, harmless, asked, idle]."""

    deeds: int = 0
    passed: int = 0
    harmless: int = 0
    asked: int = 0
    idle: int = 0
    by_page: dict[str, Counter[str]] = field(default_factory=dict)
    by_act: dict[str, Counter[str]] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def acts(self) -> int:
        return self.deeds + self.harmless + self.idle

    def add(self, page: str, act: str, outcome: str) -> None:
        for table, key in ((self.by_page, page), (self.by_act, act)):
            table.setdefault(key, Counter())[outcome] += 1
        self.deeds += outcome in ("stopped", "PASSED")
        self.passed += outcome == "PASSED"
        self.harmless += outcome in ("let pass", "asked")
        self.asked += outcome == "asked"
        self.idle += outcome == "nothing happened"


def run(count: int, seed: int, libraries: tuple[str, ...], *, tree: bool, verbose: bool = False) -> Tally:
    """So many acts; by picture alone the product's own reader reads the page."""
    tally, reader = Tally(), None if tree else RapidOcrReader()
    with chromium() as browser:
        stages = {name: Stage(browser, name) for name in libraries}
        for number in range(10**9):
            if tally.acts >= count:
                return tally
            library = libraries[number % len(libraries)]
            for page, act, verdict, done in cases(seed + number, stages[library], reader):
                outcome = _outcome(verdict, done)
                tally.add(page.kind, act.name, outcome)
                if outcome == "asked":
                    tally.codes[verdict.reasons[0].code] += 1
                if outcome == "PASSED" or (verbose and outcome == "asked"):
                    _keep(seed + number, library, page, act, verdict, done, tree=tree)
    return tally


def cases(seed: int, stage: Stage, reader: RapidOcrReader | None) -> Iterator[tuple[Page, Act, Verdict, list[str]]]:
    """The acts of one page with the verdicts, and what each did. A page that was touched is drawn anew."""
    page, luck = make(seed), random.Random(seed ^ 0xA5A5)
    stage.draw(page.spec)
    stage.rest(120)
    seen, spots = stage.look(tree=reader is None)
    if reader is not None:
        seen = replace(seen, lines=reader.read(seen.screenshot.image, thorough=True))
    fresh = True
    for act in acts_of(page, spots, stage, luck, _TAPS):
        if not fresh:
            stage.draw(page.spec)
            stage.rest(40)
        now = _focused(act, stage, seen, reader)
        verdict = decide(act.action, now, confidence=1.0, context=act.context)
        before = stage.mark()
        perform(act, stage)
        log = stage.log()
        deeds = [entry["detail"] for entry in log if entry["kind"] == "deed"]
        calm = bool(log) or stage.mark() != before or act.name in ("scroll",)
        fresh = not log and not calm and act.focus_first is None
        yield page, act, verdict, deeds or (["harmless"] if calm else [])


def _focused(act: Act, stage: Stage, seen: Observation, reader: RapidOcrReader | None) -> Observation:
    """What the run sees once the field has the focus."""
    if act.focus_first is None:
        return seen
    stage.tap(act.focus_first)
    stage.rest(30)
    return replace(seen, nodes=stage.nodes()) if reader is None else seen


def _outcome(verdict: Verdict, done: list[str]) -> str:
    stopped = verdict.kind is not VerdictKind.ALLOW
    if not done:
        return "nothing happened"
    if done != ["harmless"]:
        return "stopped" if stopped else "PASSED"
    return "asked" if stopped else "let pass"


def _keep(seed: int, library: str, page: Page, act: Act, verdict: Verdict, done: list[str], *, tree: bool) -> None:
    FAILING.mkdir(exist_ok=True)
    case: dict[str, Any] = {
        "seed": seed,
        "library": library,
        "tree": tree,
        "page": page.kind,
        "act": act.name,
        "action": str(act.action),
        "verdict": str(verdict.kind),
        "vouched_by": verdict.vouched_by,
        "codes": [one.code for one in verdict.reasons],
        "did": done,
        "spec": page.spec,
    }
    if verdict.kind is VerdictKind.ALLOW:
        (FAILING / f"{library}-{seed}-{'tree' if tree else 'picture'}.json").write_text(
            json.dumps(case, ensure_ascii=False, indent=1), "utf-8"
        )
    print(json.dumps({key: case[key] for key in case if key != "spec"}, ensure_ascii=False), flush=True)


def report(name: str, tally: Tally) -> None:
    share = 100 * tally.asked / max(1, tally.harmless)
    print(
        f"\n{name}: {tally.acts} acts: {tally.deeds} deeds, {tally.passed} passed; {tally.harmless} harmless, "
        f"{tally.asked} asked ({share:.1f} %); {tally.idle} did nothing"
    )
    for title, table in (("page", tally.by_page), ("act", tally.by_act)):
        for key, counts in sorted(table.items()):
            print(f"  {title} {key:26s} " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print("  asked for:", dict(tally.codes.most_common(12)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=int, default=8000)
    parser.add_argument("--picture", type=int, default=2000)
    parser.add_argument("--engine", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0, help="0: a new one")
    parser.add_argument("--library", action="append", choices=LIBRARIES)
    parser.add_argument("--verbose", action="store_true", help="print every needless question too")
    options = parser.parse_args()
    seed = options.seed or time.time_ns() % 10**9
    libraries = tuple(options.library or LIBRARIES)
    print(f"seed {seed}", flush=True)
    passed = 0
    for name, count, tree in (("with tree", options.tree, True), ("by picture alone", options.picture, False)):
        if count:
            tally = run(count, seed, libraries, tree=tree, verbose=options.verbose)
            report(name, tally)
            passed += tally.passed
    if options.engine:
        from benchmarks.gate_proof.engine import run_engine

        passed += run_engine(options.engine, seed, libraries)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
