"""Files of draws give back the lines that were put in, however they were split."""

import numpy as np
import pytest

from sim.experiments import draw_lines
from sim.experiments.draw_lines import DrawFile, DrawLines, DrawWriter
from sim.experiments.filed_measures import FiledMeasures
from sim.measures import Measures
from sim.store import ResultsError

VALUES = np.random.default_rng(4).normal(size=(17, 9))
VALUES[3, 2] = np.nan
KEYS = tuple(("table", f"row {number}", "column", "C$/t") for number in range(17))


@pytest.fixture
def filed(tmp_path):
    """The values in two files: five draws in parts of two and three, and four in one part of two blocks of lines."""
    files = []
    for name, cuts in (("a", ((0, 2), (2, 5))), ("b", ((5, 9),))):
        with DrawWriter(tmp_path / name) as writer:
            for first, stop in cuts:
                writer.add([VALUES[:11, first:stop], VALUES[11:, first:stop]])
        files.append(writer.written)
    assert [file.widths for file in files] == [(2, 3), (4,)]
    return DrawLines(files)


def test_lines_come_back(filed, monkeypatch):
    assert filed.shape == VALUES.shape
    assert filed.read(4, 12).tobytes() == VALUES[4:12].tobytes()
    assert filed.pick([16, 3, 4, 3]).tobytes() == VALUES[[16, 3, 4, 3]].tobytes()
    assert filed.pick([]).shape == (0, 9)
    monkeypatch.setattr(draw_lines, "AT_ONCE", 40)
    blocks = list(filed.blocks())
    assert [len(block) for block in blocks] == [4, 4, 4, 4, 1]
    assert np.concatenate(blocks).tobytes() == VALUES.tobytes()


def test_filed_measures_are_measures_like_any(filed, monkeypatch):
    monkeypatch.setattr(draw_lines, "AT_ONCE", 40)
    there, here = FiledMeasures(KEYS, filed, tuple(range(9))), Measures(KEYS, VALUES, tuple(range(9)))
    assert there.values.tobytes() == here.values.tobytes()
    assert there.bands().equals(here.bands())
    assert np.array_equal(there.get("table", "row 7", "column"), VALUES[7])
    assert there.to_frame().equals(here.to_frame())
    with pytest.raises(KeyError, match="no measure"):
        there.get("table", "row 7", "colum")


def test_a_file_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(ResultsError, match="nowhere"), DrawWriter(tmp_path / "nowhere" / "a"):
        pass


def test_a_file_cut_short_is_no_result(tmp_path):
    (tmp_path / "a").write_bytes(VALUES.tobytes()[:-8])
    with pytest.raises(OSError, match="cut short"):
        DrawLines([DrawFile(tmp_path / "a", 17, (9,))]).read(10, 17)
