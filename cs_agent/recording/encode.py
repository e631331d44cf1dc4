"""Encodes a recording into an MP4 people can watch: H.264, yuv420p, playable while it loads, with chapters.

Rules: frames keep their times, except in long waits, which are shortened and marked on the picture; an unreadable frame
is skipped and does not fail the recording; the result is written atomically. What a killed encoding left behind is
removed by the next one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import imageio_ffmpeg
from PIL import Image

from cs_agent.geometry import Size
from cs_agent.recording.captions import Chapter, build_chapters, ffmetadata, webvtt
from cs_agent.recording.errors import EncodingFailed, NothingRecorded, writing_error
from cs_agent.recording.index import Entry, Frame, TouchMark, read_index
from cs_agent.recording.pictures import Overlay, compose
from cs_agent.recording.timeline import Timeline, build_timeline
from cs_agent.recording.vault import Unsealed, Vault

TOUCH_SHOWN_S = 0.6
MIN_SHOWN_S = 1 / 30  # pictures in faster succession are partly dropped
MAX_BITS_PER_S = 240_000  # 1.8 MB per minute, whatever the screen shows
QUALITY_CRF = 25  # x264's scale; small text stays readable
ENCODER_PRESET = "superfast"
_TIME_BASE = "option framerate 1000"  # of still pictures: 25 otherwise, which would round times to 40 ms


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    path: Path
    vtt_path: Path
    sha256: str  # of the MP4
    duration_s: float
    size_bytes: int
    size: Size
    chapters: tuple[Chapter, ...]
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class _Shot:
    """What the picture shows from this video time on."""

    at: float
    frame: Frame
    overlay: Overlay


def encode(
    directory: Path | str, output: Path | str, *, vault: Vault | None = None, timeout_s: float = 1800.0
) -> EncodedRecording:
    """Encode what is in `directory` to `output` (.mp4) and captions beside it (.vtt); raises RecordingError.

    May be called while a writer still adds: it encodes what is there. `vault` opens the frames and keeps the result.
    """
    directory, output, vault = Path(directory), Path(output), vault or Unsealed()
    entries = _readable(directory, read_index(directory), vault)
    if not any(isinstance(entry, Frame) for entry in entries):
        raise NothingRecorded(f"{directory} holds no readable frame")
    timeline = build_timeline(entries)
    chapters = build_chapters(entries, timeline)
    canvas = _canvas(entries)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        prefix = f"encode-{output.stem}-"
        for left in output.parent.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=output.parent) as work:
            frames = _Frames(directory, Path(work), canvas, vault)
            video = _encode_video(frames, entries, timeline, chapters, timeout_s)
            captions = Path(work, "captions.vtt")
            captions.write_text(webvtt(chapters, timeline.waits), encoding="utf-8")
            made = _described(video, output, timeline, chapters, canvas)
            vault.keep(captions, output.with_suffix(".vtt"))
            vault.keep(video, output)
        return made
    except OSError as error:
        raise writing_error(error, output) from error


@dataclass(frozen=True, slots=True)
class _Frames:
    """Where the stored frames lie, where the pictures of the video are made, and their size."""

    directory: Path
    work: Path
    canvas: Size
    vault: Vault


def _readable(directory: Path, entries: Sequence[Entry], vault: Vault) -> list[Entry]:
    return [entry for entry in entries if not isinstance(entry, Frame) or _is_whole(directory / entry.file, vault)]


def _is_whole(path: Path, vault: Vault) -> bool:
    """Whether the file begins and ends like a JPEG: a cheap check, as there may be thousands."""
    try:
        with vault.open(path) as file, Image.open(file, formats=["JPEG"]):
            file.seek(-2, os.SEEK_END)
            return file.read(2) == b"\xff\xd9"
    except OSError:  # Pillow's own complaints are OSErrors too
        return False


def _canvas(entries: Sequence[Entry]) -> Size:
    """The most frequent frame size; other frames are letterboxed onto it."""
    sizes = Counter((entry.width, entry.height) for entry in entries if isinstance(entry, Frame))
    width, height = sizes.most_common(1)[0][0]
    return Size(width - width % 2, height - height % 2)


def _encode_video(
    frames: _Frames, entries: Sequence[Entry], timeline: Timeline, chapters: Sequence[Chapter], timeout_s: float
) -> Path:
    shots, work, canvas = list(_shots(entries, timeline)), frames.work, frames.canvas
    playlist, metadata, video = work / "frames.ffconcat", work / "chapters.txt", work / "video.mp4"
    pictures: list[Path] = []
    for number, shot in enumerate(shots):
        pictures.append(_picture(frames, number, shot) or _before(pictures, work, canvas))
    playlist.write_text(_playlist(pictures, shots, timeline.duration_s), encoding="utf-8")
    metadata.write_text(ffmetadata(chapters), encoding="utf-8")
    _run(_command(playlist, metadata, video, canvas), timeout_s)
    return video


def _shots(entries: Sequence[Entry], timeline: Timeline) -> Iterator[_Shot]:
    """The pictures of the video with their start times; none is shown for less than MIN_SHOWN_S."""
    frames = [(timeline.to_video(entry.at), entry) for entry in entries if isinstance(entry, Frame)]
    touches = [(timeline.to_video(entry.at), entry) for entry in entries if isinstance(entry, TouchMark)]
    times = _change_times(frames, touches, timeline)
    last: _Shot | None = None
    for at, following in zip(times, [*times[1:], timeline.duration_s], strict=True):
        if last is not None and at - last.at < MIN_SHOWN_S and following - at < MIN_SHOWN_S:
            continue  # a newer picture follows at once
        shot = _shot_at(at, frames, touches, timeline)
        if last is None or (shot.frame, shot.overlay) != (last.frame, last.overlay):
            yield shot
            last = shot


def _change_times(
    frames: Sequence[tuple[float, Frame]], touches: Sequence[tuple[float, TouchMark]], timeline: Timeline
) -> list[float]:
    times = {at for at, _ in frames}
    times |= {at for at, _ in touches} | {at + TOUCH_SHOWN_S for at, _ in touches}
    times |= {wait.video_start for wait in timeline.waits} | {wait.video_end for wait in timeline.waits}
    return sorted(at for at in times if at < timeline.duration_s)


def _shot_at(
    at: float,
    frames: Sequence[tuple[float, Frame]],
    touches: Sequence[tuple[float, TouchMark]],
    timeline: Timeline,
) -> _Shot:
    frame = frames[max(0, bisect_right(frames, at, key=lambda item: item[0]) - 1)][1]
    first = bisect_right(touches, at - TOUCH_SHOWN_S, key=lambda item: item[0])
    shown = tuple(touch for start, touch in touches[first : first + 8] if start <= at)
    waited = [wait.real_s for wait in timeline.waits if wait.video_start <= at < wait.video_end]
    return _Shot(at, frame, Overlay(shown, waited[0] if waited else None))


def _picture(frames: _Frames, number: int, shot: _Shot) -> Path | None:
    """The picture's file: the stored frame if nothing is drawn on it; None for a damaged frame."""
    stored, canvas, vault = frames.directory / shot.frame.file, frames.canvas, frames.vault
    drawn = frames.work / f"{number:07d}.jpg"
    try:
        if shot.overlay.empty and (shot.frame.width, shot.frame.height) == (canvas.width, canvas.height):
            if not vault.is_sealed(stored):
                return stored.resolve()
            with vault.open(stored) as source, drawn.open("wb") as target:
                shutil.copyfileobj(source, target)
            return drawn.resolve()
        with vault.open(stored) as file, Image.open(file) as frame:
            frame.load()
            picture = compose(frame, canvas, shot.overlay)
    except OSError:
        return None
    picture.save(drawn, "JPEG", quality=85)
    return drawn.resolve()


def _before(pictures: Sequence[Path], work: Path, canvas: Size) -> Path:
    """The replacement for a damaged frame: the picture before it, or black."""
    if pictures:
        return pictures[-1]
    black = work / "black.jpg"
    Image.new("RGB", (canvas.width, canvas.height)).save(black, "JPEG")
    return black.resolve()


def _playlist(pictures: Sequence[Path], shots: Sequence[_Shot], end: float) -> str:
    """The ffconcat playlist, in whole milliseconds from the beginning, so that rounding errors do not accumulate."""
    times = [round(shot.at * 1000) for shot in shots] + [round(end * 1000)]
    lines = ["ffconcat version 1.0"]
    for picture, start, stop in zip(pictures, times, times[1:], strict=False):
        lines += [f"file {_quoted(picture)}", _TIME_BASE, f"duration {(stop - start) / 1000:.3f}"]
    return "\n".join([*lines, f"file {_quoted(pictures[-1])}", _TIME_BASE]) + "\n"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def _command(playlist: Path, metadata: Path, video: Path, canvas: Size) -> list[str]:
    stream = ffmpeg.input(str(playlist), format="concat", safe=0).output(
        str(video),
        vf=f"scale={canvas.width}:{canvas.height}:out_range=tv,format=yuv420p",
        vcodec="libx264",
        preset=ENCODER_PRESET,
        crf=QUALITY_CRF,
        maxrate=MAX_BITS_PER_S,
        bufsize=MAX_BITS_PER_S * 2,
        bf=0,  # pictures in their order: every time stamp is the moment a picture appeared
        fps_mode="vfr",
        enc_time_base="1:1000",
        video_track_timescale=1000,
        movflags="+faststart",
        map_metadata=1,
        map_chapters=1,
        an=None,
    )
    command: list[str] = stream.global_args("-hide_banner", "-nostdin", "-loglevel", "warning").compile(
        cmd=imageio_ffmpeg.get_ffmpeg_exe(), overwrite_output=True
    )
    after_input = command.index(str(playlist)) + 1  # ffmpeg-python has no place for an input without streams
    return [*command[:after_input], "-i", str(metadata), *command[after_input:]]


def _run(command: list[str], timeout_s: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise EncodingFailed(f"ffmpeg was not done within {timeout_s:g} s") from error
    if done.returncode != 0:
        raise EncodingFailed(f"ffmpeg failed ({done.returncode}): {done.stderr.decode(errors='replace')[-500:]}")


def _described(
    video: Path, output: Path, timeline: Timeline, chapters: tuple[Chapter, ...], canvas: Size
) -> EncodedRecording:
    """What was made of it; digest and size are those of the plain video."""
    with video.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return EncodedRecording(
        path=output,
        vtt_path=output.with_suffix(".vtt"),
        sha256=digest,
        duration_s=timeline.duration_s,
        size_bytes=video.stat().st_size,
        size=canvas,
        chapters=chapters,
        timeline=timeline,
    )
