"""``singledesk plot``: draw a saved run's figures again, from its parquet files."""

from __future__ import annotations

from pathlib import Path

from sim.figures import COMPARISON_FIGURES, FIGURES
from sim.store import StoreError, find_run

FRAMES = {"run": ("series", "summary", "ledger"), "comparison": ("comparison",)}


def plot(run: str, names: list[str], image_format: str, out: Path, into: Path | None) -> list[Path]:
    """Draw figures of a run into ``into`` (the current folder when absent) and return the files written.

    The run's own folder stays as it was written, so its checksums keep holding.
    """
    stored = find_run(run, out)
    kind = stored.manifest.get("kind", "run")
    if kind not in FRAMES:
        raise StoreError(f"{stored.path}: results of kind '{kind}' have no figures to draw")
    known = FIGURES if kind == "run" else COMPARISON_FIGURES
    for name in names:
        if name not in known:
            raise StoreError(f"no figure called '{name}'; figures of this {kind}: {', '.join(known)}")
    frames = {name: stored.frame(name) for name in FRAMES[kind]}
    target = into if into is not None else Path.cwd()
    files = []
    for name in names or known:
        try:
            figure = known[name](frames, stored.manifest)
        except KeyError as error:
            raise StoreError(
                f"{stored.path}: a column or entry is missing ({error}); run the scenario again"
            ) from error
        if figure is None:
            continue
        target.mkdir(parents=True, exist_ok=True)
        path = target / f"{stored.manifest['stem']}-{name}.{image_format}"
        figure.savefig(path, dpi=120)
        files.append(path)
    return files
