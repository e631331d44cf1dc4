"""The work of bench_peer, with the product's environment: `python -m benchmarks.routes.peer_work PROFILE ID [ID …]`.

Handles each ticket driven as the profile says: `fixed` (fixed delays, no route), `ours` (no route) or `route`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def main(profile: str, names: list[str]) -> int:
    django.setup()
    from benchmarks.routes import routes_work

    for name in names:
        routes_work.put_to_work(name, with_route=profile == "route")
        print(json.dumps({**_handled(profile, name), "profile": profile}, ensure_ascii=False), flush=True)
    return 0


def _handled(profile: str, name: str) -> dict[str, Any]:
    from benchmarks.routes import peer_worker, routes_work

    peer_worker.write_profile(profile)
    return {**routes_work.run(name), **peer_worker.counts()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
