"""A screen that can be drawn, a clock that stands where it is put, and a reader of what ffmpeg made."""

import re
import subprocess
from dataclasses import dataclass

import imageio_ffmpeg
import pytest
from PIL import Image, ImageDraw

from cs_agent.observation import Screenshot
from cs_agent.recording.writer import FrameWriter

START = 1_700_000_000.0


def screen(number=0, size=(216, 480), color=None):
    """A picture that differs for every number."""
    image = Image.new("RGB", size, color or (255, 255, 255))
    draw = ImageDraw.Draw(image)
    for bit in range(10):
        fill = "black" if number >> bit & 1 else "lightgray"
        draw.rectangle((10 + 18 * bit, 20, 24 + 18 * bit, 60), fill=fill)
    return image


def shot(number, at, **options):
    return Screenshot(screen(number, **options), START + at)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "run 1 'x' 录像"


@pytest.fixture
def writer(directory):
    """Closed where the last entry is, so that no time passes between."""
    with FrameWriter(directory, clock=lambda: 0.0) as made:
        yield made


@dataclass
class Probe:
    text: str
    times_ms: list[int]
    boxes: list[str]

    @property
    def duration_s(self):
        hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", self.text).groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

    @property
    def chapters(self):
        found = re.findall(r"Chapter #\d+:\d+: start ([\d.]+), end ([\d.]+)\s+Metadata:\s+title\s*: (.*)", self.text)
        return [(float(start), float(end), title) for start, end, title in found]


def probe(path):
    """What ffmpeg says of the file: its description, the time stamps of its pictures, its top-level boxes."""
    executable = imageio_ffmpeg.get_ffmpeg_exe()
    described = subprocess.run([executable, "-hide_banner", "-i", path], capture_output=True, timeout=60)
    dumped = subprocess.run(
        [executable, "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "framecrc", "-"],
        capture_output=True,
        timeout=60,
    )
    rows = [row.split(",") for row in dumped.stdout.decode().splitlines() if not row.startswith("#")]
    return Probe(described.stderr.decode(), [int(row[2]) for row in rows], boxes(path))


def boxes(path):
    """The types of the file's top-level MP4 boxes, in order."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4]) or len(data)
    return found


def picture_at(path, seconds, tmp_path):
    """The picture a viewer sees at that time: the last one that appeared by then."""
    out = tmp_path / f"seen-{seconds}.png"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", path, "-vf", f"select='lte(t,{seconds})'"]
    subprocess.run([*command, "-fps_mode", "passthrough", "-update", "1", out], timeout=60, check=True)
    return Image.open(out).convert("RGB")
