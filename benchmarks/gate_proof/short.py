"""The share of the proof that goes with every test run: other pages with every commit, the same ones for one commit.

`make gate-proof-short`, and the end of `make test`. Ends with 1 only if a deed passed, or the pages could not be tried
although they could be had; how many questions were needless is no matter here. Where npm's packages cannot be had it
says so in so many words and ends with 0, or with 1 under GATE_PROOF=required.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.gate_proof import libraries
from benchmarks.gate_proof.ledger import MODES, Ledger, Tally, folder_of

ACTS = {"tree": 200, "picture": 10, "engine": 10}
PROCESSES = 2
_HASH_DIGITS = 7
_REPOSITORY = Path(__file__).parents[2]


def seed_of_commit(revision: str) -> int:
    """Never 0, which stands for a new seed."""
    return int(revision[:_HASH_DIGITS], 16) + 1


def _seed() -> int:
    named = int(os.environ.get("GATE_SEED") or 0)
    if named:
        return named
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=_REPOSITORY, capture_output=True, text=True, check=False)
    return seed_of_commit(asked.stdout) if asked.returncode == 0 else time.time_ns() % 10**6 + 1


def _try_pages(seed: int) -> int:
    """All pages of this seed, anew: what is on disk may be of other code. The number of processes that failed."""
    for mode in MODES:
        shutil.rmtree(folder_of(mode, seed), ignore_errors=True)
    counts = [part for mode, count in ACTS.items() for part in (f"--{mode}", str(count))]
    command = [sys.executable, "-m", "benchmarks.gate_proof", "--seed", str(seed), "--quiet", *counts]
    shares = [f"{number}/{PROCESSES}" for number in range(1, PROCESSES + 1)]
    running = [subprocess.Popen([*command, "--share", share], cwd=_REPOSITORY) for share in shares]
    return sum(process.wait() != 0 for process in running)


def _tell(seed: int, tallies: dict[str, Tally], seconds: float) -> None:
    for mode, tally in tallies.items():
        print(
            f"gate proof, {mode}: {tally.acts} acts, {tally.deeds} deeds, {tally.passed} passed; "
            f"{tally.outcomes['asked']} of {tally.harmless} harmless ones asked"
        )
    print(f"gate proof: seed {seed}, {seconds:.0f} s")


def main() -> int:
    began = time.monotonic()
    try:
        libraries.provide()
    except libraries.LibrariesMissingError as missing:
        return left_out(missing)
    except subprocess.CalledProcessError as failed:
        print(f"gate proof: the pages do not build: {failed.stderr}", file=sys.stderr)
        return 1
    seed = _seed()
    failed_processes = _try_pages(seed)
    tallies = {mode: Ledger(mode, seed).tally() for mode in MODES}
    _tell(seed, tallies, time.monotonic() - began)
    short = [mode for mode, tally in tallies.items() if tally.acts < ACTS[mode]]
    if failed_processes or short or any(tally.passed for tally in tallies.values()):
        print(f"gate proof FAILED. The same pages again: GATE_SEED={seed} make gate-proof-short", file=sys.stderr)
        return 1
    return 0


def left_out(missing: libraries.LibrariesMissingError) -> int:
    print(
        "\n*** THE GATE WAS NOT TRIED on pages of component libraries: nothing is proven of them by this run. ***\n"
        f"    {missing}\n    With a network: make gate-proof-short\n",
        file=sys.stderr,
    )
    return 1 if os.environ.get("GATE_PROOF") == "required" else 0


if __name__ == "__main__":
    sys.exit(main())
