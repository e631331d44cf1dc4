"""Personal data that can still be read in the videos of real runs: the same tickets recorded as they are and redacted.

Each flow runs twice, in a product that hides nothing in recordings and in one with the ordinary policy. Both videos are
taken apart, every frame that differs from the one before is read with care, and mobile numbers, ID cards and e-mail
addresses are counted by plain patterns that share nothing with the product's own finder.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from benchmarks.figures import Figure
from cs_agent.vision.compare import SmallScreen, without_incidental
from cs_agent.vision.reader import RapidOcrReader
from tests.processes import Product, wait_until

TICKETS = {"demo-02": "resend", "demo-20": "change address", "demo-23": "identity check"}
FRAMES_A_SECOND = 2
_VALUES = {
    "mobile": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "ID card": re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)"),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"),
}
_ENCODED_S = 120.0


def main() -> list[Figure]:
    plain = _readable({"CS_AGENT_REDACT_STORED": "none"})
    hidden = _readable({})
    figures = []
    for ticket, flow in TICKETS.items():
        for kind in _VALUES:
            if expected := plain[ticket, kind]:
                left = hidden[ticket, kind]
                value = f"{left} still readable, {expected} without redaction"
                figures.append(Figure(f"{flow}: {kind} in frames that differ", value, "0"))
    expected, left = sum(plain.values()), sum(hidden.values())
    share = 100 * (1 - left / expected) if expected else 0.0
    return [*figures, Figure("recall on recorded runs", f"{share:.1f} % of {expected}")]


def _readable(settings: dict[str, str]) -> Counter[tuple[str, str]]:
    """How often a value of each kind can be read in each ticket's video, once for each frame that differs."""
    reader = RapidOcrReader()
    found: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder:
        with Product(Path(folder), environ=settings) as product:
            wait_until("the product to be healthy", product.healthy, 90)
            videos = {ticket: _recorded(product, ticket) for ticket in TICKETS}
        for ticket, video in videos.items():
            for frame in _distinct(_frames(video, Path(folder, ticket))):
                text = "\n".join(line.text for line in reader.read(frame, thorough=True))
                found.update({(ticket, kind): len(set(pattern.findall(text))) for kind, pattern in _VALUES.items()})
    return found


def _recorded(product: Product, ticket: str) -> Path:
    """Handle the ticket; the video once it is encoded."""
    command = [sys.executable, "-m", "benchmarks.runs.run_work", ticket]
    done = subprocess.run(command, env=product.environ, stdout=subprocess.PIPE, text=True, check=True)
    run = json.loads(done.stdout.splitlines()[-1])
    if run["status"] != "succeeded":
        raise RuntimeError(f"{ticket} ended {run['status']}: {run['waits'] or run['result']}")
    data = Path(product.values["CS_AGENT_DATA_DIR"])
    (video,) = wait_until(f"{ticket}'s video", lambda: _newest_video(data), _ENCODED_S)
    return data / "media" / str(video)


def _newest_video(data: Path) -> tuple[str] | None:
    """None while the newest recording is being made."""
    with sqlite3.connect(f"file:{data / 'cs_agent.sqlite3'}?mode=ro", uri=True) as database:
        row = database.execute("SELECT state, video FROM tickets_recording ORDER BY id DESC LIMIT 1").fetchone()
    return (row[1],) if row and row[0] == "ready" else None


def _frames(video: Path, folder: Path) -> Iterator[Image.Image]:
    folder.mkdir()
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        "-i",
        str(video),
        "-vf",
        f"fps={FRAMES_A_SECOND}",
        str(folder / "%05d.png"),
    ]
    subprocess.run(command, check=True)
    for path in sorted(folder.iterdir()):
        with Image.open(path) as image:
            yield image.convert("RGB")


def _distinct(frames: Iterator[Image.Image]) -> Iterator[Image.Image]:
    """Each that shows something else than the one before; carets and clocks do not count."""
    last: SmallScreen | None = None
    for frame in frames:
        screen = SmallScreen.of(frame)
        if last is None or without_incidental(last.changes_to(screen), screen.size):
            yield frame
        last = screen
