"""The gallery of figures: ``python -m sim.gallery`` draws docs/gallery.md and its images from the shipped scenarios.

What is drawn, and what is said of it, stands in docs/gallery.yaml. Numbers in its sentences are looked up in the
results, so that no sentence outlives what it says.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from ruamel.yaml import YAML

from sim.store import StoredRun, find_run

HEAD = """\
# Gallery

<!-- Made by `python -m sim.gallery` from docs/gallery.yaml and the shipped scenarios. Change it there. -->

Every figure `singledesk plot` knows, drawn from the shipped scenarios: each with the lines that make it. `make gallery`
draws them all again.
"""
FOLDER = "images/gallery"
WIDTH = 120  # characters of a line
COLOURS = 255  # a figure has fewer; a palette makes its file a third as large


@dataclass(frozen=True)
class Exhibit:
    """One figure of the gallery.

    Attributes
    ----------
    name, run : str
        Name of the figure, and of the run it is drawn from (a name ``sim.store.find_run`` knows).
    make : str
        Command line that makes the run.
    title, shows : str
        Heading, and what a reader sees; ``{name}`` in it stands for one of ``values``.
    values : dict of str to dict
        Where numbers are looked up: see :func:`look_up`.
    beside : tuple of str
        Further runs of the gallery that the figure is drawn from.
    """

    name: str
    run: str
    make: str
    title: str
    shows: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    @property
    def image(self) -> str:
        """Path of the image, relative to the page."""
        return f"{FOLDER}/{self.run}-{self.name}.png"

    @property
    def plot(self) -> str:
        """Command line that draws the figure."""
        return " ".join(("singledesk plot", self.run, *self.beside, "--figure", self.name))


def exhibits(path: Path) -> list[Exhibit]:
    """Read the gallery's file: a list of runs, each with the figures that are drawn from it."""
    content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return [
        Exhibit(name=name, run=run["run"], make=run["make"], **{key: entry[key] for key in entry})
        for run in content
        for name, entry in run["figures"].items()
    ]


def look_up(stored: StoredRun, value: dict[str, Any]) -> str:
    """Find a number in a frame of a run: the mean of a column over the lines that agree with the other columns given.

    ``frame`` names the frame, ``take`` the column (``mean`` when absent), ``times`` a factor and ``as`` the format; all
    other keys are columns with the value, or values, their lines have.

    Raises
    ------
    ValueError
        When no line does, or none has the value.
    """
    where = {key: text for key, text in value.items() if key not in ("frame", "take", "times", "as")}
    frame = stored.frame(value["frame"])
    for column, wanted in where.items():
        frame = frame[frame[column].isin(wanted if isinstance(wanted, list) else [wanted])]
    number = pd.to_numeric(frame[value.get("take", "mean")]).mean()
    if not pd.notna(number):
        raise ValueError(f"{stored.path}: no value for {value}")
    return format(number * value.get("times", 1), value.get("as", ".0f"))


def page(shown: list[Exhibit], said: dict[tuple[str, str], str]) -> str:
    """Write the page: ``said`` has, by run and figure, the sentences with their numbers."""
    parts, makes = [HEAD], {exhibit.run: exhibit.make for exhibit in shown}
    for exhibit in shown:
        lines = "\n".join([*(makes[run] for run in (exhibit.run, *exhibit.beside)), exhibit.plot])
        sentences = textwrap.fill(" ".join(said[exhibit.run, exhibit.name].split()), WIDTH)
        image = f"![{exhibit.title}]({exhibit.image})"
        parts.append(f"## {exhibit.title}\n\n{image}\n\n```sh\n{lines}\n```\n\n{sentences}\n")
    return "\n".join(parts)


def build(docs: Path, out: Path, keep: bool = False) -> None:
    """Run what the gallery needs into ``out`` (or keep what is there) and write the page and its images."""
    shown, said = exhibits(docs / "gallery.yaml"), {}
    (docs / FOLDER).mkdir(parents=True, exist_ok=True)
    for make, run in dict.fromkeys((exhibit.make, exhibit.run) for exhibit in shown):
        if not (keep and (out / run).is_dir()):
            _singledesk(f"{make} --out {shlex.quote(str(out))}")
    for exhibit in shown:
        stored = find_run(exhibit.run, out)
        numbers = {name: look_up(stored, value) for name, value in exhibit.values.items()}
        said[exhibit.run, exhibit.name] = exhibit.shows.format(**numbers)
        _singledesk(f"{exhibit.plot} --out {shlex.quote(str(out))} --to {shlex.quote(str(out / 'figures'))}")
        _compress(out / "figures" / f"{stored.manifest['stem']}-{exhibit.name}.png", docs / exhibit.image)
    (docs / "gallery.md").write_text(page(shown, said), encoding="utf-8")


def _singledesk(line: str) -> None:
    print(line, flush=True)
    words = shlex.split(line)[1:]
    subprocess.run([sys.executable, "-m", "sim.cli", *words], check=True, stdout=subprocess.DEVNULL)


def _compress(source: Path, target: Path) -> None:
    """Store an image with a palette."""
    with Image.open(source) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    build(Path("docs"), Path("build/gallery"), keep="--keep" in sys.argv)
