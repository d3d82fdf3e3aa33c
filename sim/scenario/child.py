"""A scenario that is another one with some values changed, as the text of a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

from sim.shipped import shipped_folder


def child_yaml(
    parent: str, folder: str, title: str, draws: int, seed: int, settings: Sequence[str], values: Mapping[str, float]
) -> str:
    """YAML of a child scenario that will lie in ``folder``.

    Parameters
    ----------
    parent : str
        File of the parent.
    folder : str
        Where the child will be saved, so that it can name its parent from there.
    title : str
    draws, seed : int
    settings : sequence of str
        Changes written as after ``--set``; of several for one key the last one counts.
    values : mapping of str to float
        Numbers by scenario key.
    """
    overrides = {key.strip(): value.strip() for key, _, value in (each.partition("=") for each in settings)}
    overrides |= {key: repr(float(value)) for key, value in values.items()}
    shipped = os.path.dirname(os.path.abspath(parent)) == os.path.abspath(shipped_folder())
    extends = os.path.basename(parent) if shipped else os.path.relpath(parent, folder)
    lines = [
        f"extends: {json.dumps(extends, ensure_ascii=False)}",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        f"draws: {draws}",
        f"seed: {seed}",
    ]
    if overrides:
        lines += ["overrides:", *(f"  {key}: {value}" for key, value in overrides.items())]
    return "\n".join(lines) + "\n"
