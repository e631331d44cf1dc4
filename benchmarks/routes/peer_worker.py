"""The product's worker that drives one run with fixed delays and the next one as ours does, on the same phone; started
by bench_peer in place of the usual one.

How the next run is driven stands in a file (`write_profile`), and so does how often the phone was asked for pictures
and trees.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from benchmarks import own_worker

own_worker.set_up()

from django.conf import settings  # noqa: E402 - after Django's set-up

from benchmarks.routes.fixed_delay_phone import DelayedGestures, FilePhone, NoSettling  # noqa: E402
from cs_agent.engine.run.protocols import Journal, Phone  # noqa: E402
from cs_agent.engine.turn.loop import Engine  # noqa: E402
from cs_agent.observation import Screenshot, UiNode  # noqa: E402
from cs_agent.phone.adb.phone import AdbPhone  # noqa: E402
from tickets import models  # noqa: E402
from tickets.runner.drive import engines  # noqa: E402
from tickets.runner.drive.app_names import own_app_names  # noqa: E402
from tickets.runner.host.service import Parts  # noqa: E402
from tickets.runner.pictures.feed import ScreenFeed  # noqa: E402

FIXED = "fixed"
_counting = threading.Lock()
_RARELY_S = 5.0  # a client with fixed delays takes a picture when its model is asked, and no other


def _file(name: str) -> Path:
    return Path(settings.CS_AGENT["CS_AGENT_DATA_DIR"]) / name


def write_profile(profile: str) -> None:
    _file("peer_profile").write_text(profile, "utf-8")
    _file("peer_counts").unlink(missing_ok=True)


def counts() -> dict[str, int]:
    """Pictures and trees asked of the phone since the profile was written."""
    path = _file("peer_counts")
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def _is_fixed() -> bool:
    path = _file("peer_profile")
    return path.exists() and path.read_text("utf-8") == FIXED


def _count(what: str) -> None:
    """The feed and the engine count from threads of their own, and another process reads."""
    with _counting:
        kept, fresh = counts(), _file("peer_counts.new")
        fresh.write_text(json.dumps({**kept, what: kept.get(what, 0) + 1}), "utf-8")
        fresh.replace(_file("peer_counts"))


class PeerPhone(FilePhone):
    def screenshot(self) -> Screenshot:
        _count("pictures")
        return FilePhone.screenshot(self) if _is_fixed() else AdbPhone.screenshot(self)

    def nodes(self) -> tuple[UiNode, ...] | None:
        _count("trees")
        return super().nodes()

    def type_text(self, text: str) -> None:
        (FilePhone if _is_fixed() else AdbPhone).type_text(self, text)


class PeerFeed(ScreenFeed):
    def pause_s(self) -> float:
        return _RARELY_S if _is_fixed() else super().pause_s()


def connect(row: models.Phone) -> PeerPhone:
    values = settings.CS_AGENT
    server = {"host": values["CS_AGENT_ADB_HOST"], "port": values["CS_AGENT_ADB_PORT"]}
    return PeerPhone(row.serial, **server, app_names=own_app_names())


def build_engine(run: models.Run, phone: Phone, journal: Journal) -> Engine:
    if _is_fixed():
        return engines.build_engine(run, DelayedGestures(phone), journal, settle=NoSettling)
    return engines.build_engine(run, phone, journal)


if __name__ == "__main__":
    own_worker.work(Parts(connect, PeerFeed, build_engine), sys.argv[1:])
