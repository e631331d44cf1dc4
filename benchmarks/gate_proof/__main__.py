"""The gate's proof: pages of strangers' component libraries, acts on them, and what the pages say was really done.

`make gate-proof` (GATE_TREE, GATE_PICTURE, GATE_ENGINE, GATE_SEED, GATE_MINUTES, GATE_SHARE). Every run has a seed of
its own; with GATE_SEED a run that was cut off goes on, and several processes share it (GATE_SHARE=1/3). What passed is
printed and kept in var/gate-proof/failing; `--replay LIBRARY:PAGE` shows that page again. Ends with 1 if a deed passed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from benchmarks.gate_proof.browser import Stage
from benchmarks.gate_proof.engine import engine_rows
from benchmarks.gate_proof.judging import Case, cases
from benchmarks.gate_proof.ledger import BACK, IDLE, ROOT, Ledger, Row, Tally
from cs_agent.vision.reader import RapidOcrReader
from tests.browser import chromium

LIBRARIES = ("vant", "antd", "tdesign", "weui", "framework7", "ionic")
FAILING = ROOT / "failing"
Judge = Callable[[int, Stage], list[Row]]


def run(
    ledger: Ledger,
    count: int,
    judge: Judge,
    deadline: float,
    libraries: tuple[str, ...] = LIBRARIES,
    *,
    quiet: bool = False,
) -> Tally:
    """Page after page until so many acts of this seed are known, or the time is up."""
    with chromium() as browser:
        stages: dict[str, Stage] = {}
        for number in _open_pages(ledger):
            if ledger.tally().acts >= count or time.monotonic() > deadline:
                break
            library = libraries[number % len(libraries)]
            ledger.write(number, judge(page_seed(ledger.seed, number), _stage(stages, browser, library)))
            if not quiet:
                ledger.tell(count)
    return ledger.tally()


def page_seed(seed: int, number: int) -> int:
    """Pages of neighbouring seeds are not the same ones."""
    return seed * 1_000_003 + number


def _open_pages(ledger: Ledger) -> Iterator[int]:
    done = ledger.pages()
    return (number for number in range(10**9) if ledger.is_mine(number) and number not in done)


def _stage(stages: dict[str, Stage], browser: Browser, library: str) -> Stage:
    if library not in stages:
        stages[library] = Stage(browser, library)
    return stages[library]


def by_gate(reader: RapidOcrReader | None, *, verbose: bool = False) -> Judge:
    """Asks the gate alone; with a reader, on the picture alone."""

    def judge(seed: int, stage: Stage) -> list[Row]:
        rows = []
        for case in cases(seed, stage, reader):
            rows.append(Row(case.page.kind, case.act.name, case.outcome, case.code))
            if case.outcome == "PASSED" or (verbose and case.outcome == "asked"):
                _keep(seed, stage.library, case, tree=reader is None)
        return rows

    return judge


def by_engine(seed: int, stage: Stage) -> list[Row]:
    rows = engine_rows(seed, stage)
    for row in rows:
        if row.outcome == "PASSED":
            print(f"PASSED through the engine: {stage.library}:{seed} {row.page} {row.act}", flush=True)
    return rows


def _keep(seed: int, library: str, case: Case, *, tree: bool) -> None:
    shown: dict[str, Any] = {
        "replay": f"{library}:{seed}",
        "tree": tree,
        "page": case.page.kind,
        "act": case.act.name,
        "action": str(case.act.action),
        "verdict": str(case.verdict.kind),
        "vouched_by": case.verdict.vouched_by,
        "codes": [one.code for one in case.verdict.reasons],
        "did": case.done,
    }
    print(json.dumps(shown, ensure_ascii=False), flush=True)
    if case.outcome == "PASSED":
        FAILING.mkdir(parents=True, exist_ok=True)
        path = FAILING / f"{library}-{seed}-{'tree' if tree else 'picture'}.json"
        path.write_text(json.dumps({**shown, "spec": case.page.spec}, ensure_ascii=False, indent=1), "utf-8")


def replay(library: str, seed: int, picture: Path) -> None:
    """One page again: its tree and every act with the verdict and what it did; the picture beside."""
    with chromium() as browser:
        stage = Stage(browser, library)
        for case in cases(seed, stage, None):
            print(case.act.name, case.act.action, "→", case.verdict.kind, case.verdict.vouched_by, case.code, case.done)
        stage.draw(case.page.spec)
        stage.rest(120)
        seen, _ = stage.look()
        seen.screenshot.image.save(picture)
    for number, node in enumerate(seen.nodes or ()):
        flags = "".join(mark for mark, on in zip("ckfd", _states(node), strict=True) if on)
        print(f"{number:4} ^{node.parent:<4} {node.role:9} {flags:5} {node.label!r} {node.box}")
    print(picture)


def _states(node: Any) -> tuple[bool, ...]:
    return node.clickable, node.checked, node.focused, not node.enabled


def report(name: str, tally: Tally) -> None:
    outcomes, harmless = tally.outcomes, tally.harmless
    share = 100 * outcomes["asked"] / max(1, harmless)
    without = 100 * (outcomes["asked"] + outcomes[BACK]) / max(1, harmless)
    print(
        f"\n{name}: {tally.acts} acts: {tally.deeds} deeds, {tally.passed} passed; {harmless} harmless, "
        f"{outcomes['asked']} asked ({share:.1f} %); {outcomes[IDLE]} did nothing\n"
        f"  {outcomes[BACK]} touches of a corner's wordless mark are done by Back; were they asked too: {without:.1f} %"
    )
    for title, table in (("page", tally.by_page), ("act", tally.by_act)):
        for key, counts in sorted(table.items()):
            print(f"  {title} {key:26s} " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print("  asked for:", dict(tally.codes.most_common(12)))


def main() -> int:
    options = _options()
    if options.replay:
        library, _, seed = options.replay.partition(":")
        replay(library, int(seed), ROOT / "replay.png")
        return 0
    seed = options.seed or time.time_ns() % 10**6
    if not options.quiet:
        print(f"seed {seed}", flush=True)
    deadline = time.monotonic() + 60 * options.minutes
    share = tuple(int(part) for part in options.share.split("/"))
    passed = 0
    for mode, count in (("tree", options.tree), ("picture", options.picture), ("engine", options.engine)):
        if not count:
            continue
        ledger = Ledger(mode, seed, (share[0], share[1]))
        judge = by_engine if mode == "engine" else _judge(mode, verbose=options.verbose)
        tally = run(ledger, count, judge, deadline, tuple(options.library or LIBRARIES), quiet=options.quiet)
        if not options.quiet:
            report(mode, tally)
        passed += tally.passed
        if tally.acts < count:
            print(f"  {count - tally.acts} acts are left: go on with --seed {seed}")
    return 1 if passed else 0


def _judge(mode: str, *, verbose: bool) -> Judge:
    return by_gate(RapidOcrReader() if mode == "picture" else None, verbose=verbose)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=int, default=8000, help="acts on pages with their tree")
    parser.add_argument("--picture", type=int, default=2000, help="acts by picture alone")
    parser.add_argument("--engine", type=int, default=300, help="acts through the real engine")
    parser.add_argument("--seed", type=int, default=0, help="0: a new one")
    parser.add_argument("--share", default="1/1", help="this process takes every so-manyth page: 1/3, 2/3, 3/3")
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after that time; the same seed goes on")
    parser.add_argument("--library", action="append", choices=LIBRARIES)
    parser.add_argument("--replay", default="", metavar="LIBRARY:PAGE")
    parser.add_argument("--verbose", action="store_true", help="print every needless question too")
    parser.add_argument("--quiet", action="store_true", help="print only what passed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
