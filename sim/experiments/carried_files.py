"""Tasks that leave files in a folder: where workers do not see that folder, the files travel with the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sim.experiments.engine import Engine, Progress, Span, in_order


def in_order_with_files(engine: Engine, task: Any, spans: Sequence[Span], progress: Progress) -> Iterator[Any]:
    """Yield the results of spans in order, the files they name in ``task.scratch``.

    Parameters
    ----------
    engine, spans, progress
        See ``sim.experiments.engine``.
    task : dataclass
        Leaves files in its folder ``scratch``; its results are dataclasses that hold the files' paths.
    """
    if engine.shares_files:
        yield from in_order(engine, task, spans, progress)
        return
    for result, files in in_order(engine, Carrier(task), spans, progress):
        for name, content in files.items():
            (task.scratch / name).write_bytes(content)
        yield _in_folder(result, task.scratch)


@dataclass(frozen=True)
class Carrier:
    """A task whose files come along with its results."""

    task: Any

    def run(self, *span_and_progress: Any) -> tuple[Any, dict[str, bytes]]:
        """Run a span in a folder of its own; the result, and the content of each file by name."""
        with TemporaryDirectory(prefix="singledesk-") as folder:
            result = replace(self.task, scratch=Path(folder)).run(*span_and_progress)
            return result, {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _in_folder(found: Any, folder: Path) -> Any:
    """The same with every path in it, however deep, in another folder."""
    if isinstance(found, Path):
        return folder / found.name
    if is_dataclass(found) and not isinstance(found, type):
        return replace(found, **{each.name: _in_folder(getattr(found, each.name), folder) for each in fields(found)})
    return found
