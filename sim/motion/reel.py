"""Films from pictures: GIF with one palette for all of them, MP4 through ffmpeg; whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from matplotlib.colors import to_rgb

from sim.figures.atlas import LAND
from sim.figures.style import PALETTE
from sim.store import ResultsError, StoreError
from sim.stored.whole_file import whole_file

FORMATS = ("gif", "mp4")
HOLD_SECONDS = 2.0  # for the last picture, before a GIF begins again
GREYS = 20
SHADES = (0.85, 0.7, 0.5, 0.3, 0.13)  # of a colour over white, as at the edges of what is drawn in it
WARNING = "#B00000"
NO_FFMPEG = (
    "MP4 needs ffmpeg, and none was found: install ffmpeg (apt install ffmpeg) or imageio-ffmpeg (pip install"
    " imageio-ffmpeg), or use --format gif"
)


def format_of(wanted: str | None, to: Path | None) -> str:
    """Format asked for, or by the file's ending; GIF when neither says.

    Raises
    ------
    StoreError
        For another format, or one that differs from the file's ending.
    """
    ending = to.suffix[1:].lower() if to is not None else ""
    chosen = ending or "gif" if wanted is None else wanted
    if chosen not in FORMATS:
        said = f"--to {to}" if wanted is None else f"--format {wanted[:40]}"
        raise StoreError(f"{said}: choose {' or '.join(FORMATS)}")
    if ending in FORMATS and ending != chosen:
        raise StoreError(f"--format {chosen} does not fit --to {to}: its ending says {ending}")
    return chosen


def encoder() -> str:
    """Path of ffmpeg: on PATH, else that of imageio_ffmpeg.

    Raises
    ------
    StoreError
        When there is neither.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise StoreError(NO_FFMPEG) from error


def write_film(pictures: Iterable[np.ndarray], form: str, fps: int, to: Path) -> None:
    """Write pictures of one size, each (height, width, 3) from 0 to 255, as a film.

    Raises
    ------
    StoreError
        When the file cannot be one, or MP4 has no encoder.
    ResultsError
        When writing fails; nothing is left, and an earlier file stays.
    """
    program = encoder() if form == "mp4" else ""
    with whole_file(to) as file:
        if form == "gif":
            _gif(pictures, fps, file)
        else:
            _mp4(pictures, fps, file, program)


def palette() -> np.ndarray:
    """Colours of a GIF, shape (n, 3), 0 to 255: those figures are drawn in, their shades over white and land, greys.

    Made of the style and not of the pictures, so that a colour is the same in all of them.
    """
    white, land = np.array(to_rgb("white")), np.array(to_rgb(LAND))
    colours = [np.array(to_rgb(each)) for each in dict.fromkeys((*PALETTE, WARNING))]
    mixed = [share * each + (1 - share) * under for each in colours for under in (white, land) for share in SHADES]
    greys = [np.full(3, share) for share in np.linspace(0, 1, GREYS)]
    warm = [share * land + (1 - share) * np.full(3, grey) for grey in (1.0, 0.0) for share in (0.85, 0.6, 0.35)]
    every = np.round(255 * np.array([*colours, white, land, *greys, *warm, *mixed])).astype(int)
    return np.array(list(dict.fromkeys(map(tuple, every.tolist()))))[:255]


def _gif(pictures: Iterable[np.ndarray], fps: int, file: IO[bytes]) -> None:
    from PIL import Image

    own = Image.new("P", (1, 1))
    own.putpalette(palette().astype(np.uint8).tobytes())
    reduced = (Image.fromarray(each).quantize(palette=own, dither=Image.Dither.NONE) for each in pictures)
    frames = list(reduced)
    if not frames:
        raise ValueError("no pictures")
    pause = round(100 / fps) * 10
    times = [*[pause] * (len(frames) - 1), max(pause, round(1000 * HOLD_SECONDS))]
    frames[0].save(file, format="GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True)


def _mp4(pictures: Iterable[np.ndarray], fps: int, file: IO[bytes], program: str) -> None:
    source: Iterator[np.ndarray] = iter(pictures)
    first = next(source)
    high, wide = first.shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{wide}x{high}", "-r", str(fps), "-i", "-"]
    coded = ["-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]
    command = [program, "-y", "-loglevel", "error", *raw, "-an", *coded, file.name]
    process: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        try:
            process.stdin.write(first.tobytes())
            for each in source:
                process.stdin.write(each.tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # the encoder has given up, and says why below
        said = process.stderr.read().decode(errors="replace").strip().splitlines()
        if process.wait() != 0:
            reason = said[-1][:200] if said else f"it ended with {process.returncode}"
            raise ResultsError(None, f"writing the film failed: ffmpeg: {reason}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
