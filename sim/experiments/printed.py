"""What the study's printed tables say against themselves: averages, sums and figures that do not fit together."""

from __future__ import annotations

from collections.abc import Sequence

from sim.shipped import AVERAGE

Figure = tuple[int, str, str, float]


def oddities(published: Sequence[Figure]) -> list[str]:
    """Describe every inconsistency within the printed tables, one sentence or two each.

    Parameters
    ----------
    published : sequence of (table, row, column, value)
        The figures as printed.
    """
    cells = {(table, row, column): value for table, row, column, value in published}
    return [*_sums(cells), *_averages(cells), *_losses(cells), *_equals(cells), *_bases(cells)]


Cells = dict[tuple[int, str, str], float]


def _sums(cells: Cells) -> list[str]:
    """Table 1: a gap and the two it is made of, ``a-c`` against ``a-b`` and ``b-c``."""
    gaps = {tuple(row.split(" ", 1)): value for (table, row, _), value in cells.items() if table == 1}
    found = []
    for period in dict.fromkeys(period for period, _ in gaps):
        own = {tuple(pair.split("-")): value for (when, pair), value in gaps.items() if when == period}
        for (first, last), direct in own.items():
            for (start, middle), step in own.items():
                rest = own.get((middle, last))
                if start == first and rest is not None and abs(step + rest - direct) > 0.02:  # three rounded figures
                    found.append(f"{period} {step:.2f} + {rest:.2f} = {step + rest:.2f}, printed {direct:.2f}")
    if not found:
        return []
    return [f"Table 1: the gaps of a period do not add up ({'; '.join(found)}). Each pair has its own months."]


def _averages(cells: Cells) -> list[str]:
    """Tables 2 and 3: the printed average against the mean of the printed rows."""
    found = []
    for table, column in dict.fromkeys((t, c) for t, row, c in cells if row == AVERAGE):
        rows = [value for (t, row, c), value in cells.items() if (t, c) == (table, column) and row != AVERAGE]
        printed = cells[table, AVERAGE, column]
        centre = sum(rows) / len(rows)
        if abs(printed - centre) > 10.0 ** -_decimals([*rows, printed]):  # half a digit of the rows, half of the mean
            found.append((table, column, printed, centre, len(rows)))
    lines = []
    for table in dict.fromkeys(entry[0] for entry in found):
        own = [entry[1:] for entry in found if entry[0] == table]
        means = ", ".join(f"{_plain(column)} {printed:.2f} (rows {centre:.3f})" for column, printed, centre, _ in own)
        line = f"Table {table}: averages as printed are not the mean of the printed rows: {means}."
        shifts = {round(printed - centre, 3) for _, printed, centre, _ in own}
        if len(own) > 1 and len(shifts) == 1:
            shift, years = shifts.pop(), own[0][-1]
            line += (
                f" The difference is {shift:.3f} in each, {shift * years:.2f} over {years} years: one year's feed "
                "price under multiple sellers, which is in all of them, seems revised for the average only."
            )
        lines.append(line)
    return lines


def _losses(cells: Cells) -> list[str]:
    """Table 3: within a year the larger movement should have the larger loss; and one year that makes the average."""
    rows = [row for row in dict.fromkeys(row for table, row, _ in cells if table == 3) if row != AVERAGE]
    points = [c.removeprefix("loss_").removesuffix("_million_cad") for t, r, c in cells if t == 3 and r == AVERAGE]
    points = [point for point in points if (3, AVERAGE, f"loss_{point}_million_cad") in cells]
    lines = []
    for row in rows:
        size = {point: abs(cells[3, row, f"movement_{point}_cad_t"]) for point in points}
        loss = {point: cells[3, row, f"loss_{point}_million_cad"] for point in points}
        if sorted(points, key=size.__getitem__) != sorted(points, key=loss.__getitem__):
            lines.append(f"Table 3: in {row} the smaller movement has the larger loss.")
    for point in points:
        loss = {row: cells[3, row, f"loss_{point}_million_cad"] for row in rows}
        largest = max(loss, key=loss.__getitem__)
        share = loss[largest] / sum(loss.values())
        if share > 0.5:
            rest = (sum(loss.values()) - loss[largest]) / (len(rows) - 1)
            printed = cells[3, AVERAGE, f"loss_{point}_million_cad"]
            lines.append(
                f"Table 3: {largest} alone makes {100 * share:.0f} % of the loss against {_plain(point).title()}; the "
                f"average of the other years is C${rest:.2f} million, not {printed:.2f}."
            )
    return lines


def _equals(cells: Cells) -> list[str]:
    """Table 4: two places with the same figure."""
    found: dict[tuple[str, float], list[str]] = {}
    for (table, row, column), value in cells.items():
        if table == 4:
            found.setdefault((column, value), []).append(row)
    return [
        f"Table 4: {' and '.join(map(_plain, rows))} both have {value:.2f} in the column {_plain(column)}, but differ "
        "in the other columns; one of the two may be a slip."
        for (column, value), rows in found.items()
        if len(rows) > 1
    ]


def _bases(cells: Cells) -> list[str]:
    """Table 4: correlation with corn that the volatility of a price, of corn and of their difference imply."""
    column = next((c for t, _, c in cells if t == 4 and c.endswith("_basis_cad_t")), "")
    corn, six = column.removesuffix("_basis_cad_t"), "subsequent_six_months_cad_t"
    implied = {}
    for row in dict.fromkeys(row for table, row, c in cells if table == 4 and c == column):
        own, other, basis = cells[4, row, six], cells[4, corn, six], cells[4, row, column]
        implied[row] = (own**2 + other**2 - basis**2) / (2 * own * other)
    if not implied:
        return []
    text = ", ".join(f"{_plain(row)} {value:+.2f}" for row, value in implied.items())
    return [
        f"Table 4: the three volatilities imply correlations with corn of {text} (as if normal): barley would not "
        "follow corn within half a year, or run against it."
    ]


def _plain(name: str) -> str:
    """Column or row as words, without its unit."""
    return name.removesuffix("_cad_t").removesuffix("_million_cad").replace("_", " ")


def _decimals(values: Sequence[float]) -> int:
    """Digits after the point that the figures of a column are printed with."""
    return max(len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in values)
