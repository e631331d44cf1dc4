"""How much personal data on a screen the stored picture hides, and how much of what it hides is personal data.

Screens are drawn anew for each seed (BENCH_REDACTION_SEED; printed): light, dark, small, sideways and askew, with
values of all kinds in one line, in two columns, under headings and in sentences, with QR and bar codes and photographed
identity cards, between numbers that only look alike. Each goes the whole way a recorded picture goes: shrunk, read,
found, covered. Recall: values of which at least 95 % of the pixels are covered. Precision is measured on pages without
personal data. BENCH_REDACTION_LIST=1 names every miss.
"""

from __future__ import annotations

import os
import random
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")

import django

django.setup()

from benchmarks.figures import Figure, spread  # noqa: E402 - needs the app registry
from benchmarks.redaction.measuring import Outcome, with_data, without_data  # noqa: E402
from benchmarks.redaction.screens import Look  # noqa: E402
from cs_agent.vision.personal_data.kinds import DataKind  # noqa: E402
from tests.vision.pictures import font  # noqa: E402

SCREENS = int(os.environ.get("BENCH_REDACTION_SCREENS", "200"))
SEED = int(os.environ.get("BENCH_REDACTION_SEED", random.randrange(1_000_000)))


def main() -> list[Figure]:
    data, none = with_data(SCREENS, SEED, font), without_data(SCREENS // 2, SEED + 1, font)
    if os.environ.get("BENCH_REDACTION_LIST"):
        _list(data.of(), none.outcomes)
    touched = [item for item in none.outcomes if item.touched]
    pages = len({item.page for item in touched})
    return [
        Figure("seed", str(SEED)),
        _recall("all kinds", data.of()),
        *(_recall(kind, data.of(kind)) for kind in DataKind),
        *(_recall(f"on {look} screens", data.of(look=look)) for look in Look),
        Figure("pages without personal data", f"{pages} of {SCREENS // 2} with something covered"),
        Figure("values on them", f"{len(touched)} of {len(none.outcomes)} covered in whole or in part"),
        Figure("reading and covering a page", spread(list(data.seconds), "ms", 1000)),
    ]


def _recall(name: str, outcomes: list[Outcome]) -> Figure:
    hidden = sum(item.hidden for item in outcomes)
    partly = sum(item.touched and not item.hidden for item in outcomes)
    share = 100 * hidden / max(1, len(outcomes))
    return Figure(f"recall, {name}", f"{share:.1f} % ({hidden} of {len(outcomes)}; {partly} more in part)")


def _list(personal: list[Outcome], harmless: tuple[Outcome, ...]) -> None:
    """Every miss and every needless cover, to learn from."""
    for item in [*(one for one in personal if not one.hidden), *(one for one in harmless if one.touched)]:
        sys.stderr.write(f"{item.kind:10} {item.look:9} {item.share:4.0%} {item.label} | {item.text}\n")
