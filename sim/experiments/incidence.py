"""Who pays for an export programme and who gains: the scenario with it less the scenario without, draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.experiments.compare import effects_on_producers
from sim.experiments.counterfactual import (
    can_dissolve,
    changed,
    favoured_buyers,
    larger,
    many_sellers,
    programmes,
    sets_its_own_amounts,
    without,
)
from sim.experiments.desk_and_war import DeskAndWar, desk_and_war
from sim.experiments.destination import destination, own_spending
from sim.experiments.engine import CHUNK, Engine
from sim.experiments.ensemble import run_ensemble
from sim.experiments.gains import who_gains
from sim.measures import AVERAGE, Measures, Table
from sim.measures.arrays import divide, total
from sim.measures.incidence import Followed, incidence_tables
from sim.measures.picking import pick
from sim.scenario import Loaded
from sim.shipped import home_origin

ALL = "all"
STEP = 0.2
"""Share by which a programme is enlarged to measure its marginal pass-through."""
READ = ("producers", "programme_spend", "programme_tonnes", "bonus", "refund_programme")
"""Tables of a run's summary that are read here, beside those of ``sim.measures.incidence``."""
FAVOURED, OTHERS = "favoured", "others"
BASE, DISSOLVED, DISSOLVED_PEACE = "as it is", "many sellers", "many sellers, no programme"


@dataclass(frozen=True)
class Incidence:
    """Results; every table has a row per crop year and ``average``, values (row, column, draw).

    Attributes
    ----------
    origins : dict of str to str
        Programmes and the origin each subsidises.
    gains : dict of str to Table
        By programme, and ``all`` together where there are several: :func:`who_gains`.
    additional : dict of str to Table
        By programme: :func:`additional_tonnes`.
    destination : dict of str to Table
        By programme: ``sim.experiments.destination.destination``, where what its treasury spent went.
    average, marginal : dict of str to Table
        By programme: :func:`pass_through` of the whole programme, and of making it a fifth larger (``average`` only).
    desk : DeskAndWar or None
        None where there is no single desk to set aside.
    money : Table
        Account of the run with all programmes (see ``sim.measures.incidence.money``).
    """

    origins: dict[str, str]
    gains: dict[str, Table]
    additional: dict[str, Table]
    destination: dict[str, Table]
    average: dict[str, Table]
    marginal: dict[str, Table]
    desk: DeskAndWar | None
    money: Table


def variants(loaded: Loaded) -> dict[str, Loaded]:
    """Scenarios to be run, by name: as it is, without each programme and all, each a little larger, many sellers."""
    names = list(programmes(loaded))
    peace = [without(name) for name in names]
    found = {BASE: loaded}
    found |= {f"without {name}": changed(loaded, edit) for name, edit in zip(names, peace, strict=True)}
    if len(names) > 1:
        found[f"without {ALL}"] = changed(loaded, *peace)
    stated = [name for name in names if not sets_its_own_amounts(loaded, name)]
    found |= {f"larger {name}": changed(loaded, larger(name, 1 + STEP)) for name in stated}
    if can_dissolve(loaded):
        found[DISSOLVED] = changed(loaded, many_sellers)
        found[DISSOLVED_PEACE] = changed(loaded, many_sellers, *peace)
    return found


def incidence(
    loaded: Loaded, draws: int, seed: int, *, engine: Engine | None = None, chunk: int = CHUNK,
    progress: Callable[[str, int], None] | None = None,
) -> Incidence:  # fmt: skip
    """Run every variant of a scenario on the same luck and compare.

    Parameters
    ----------
    loaded : Loaded
    draws, seed : int
    engine, chunk
        See ``sim.experiments.ensemble.run_ensemble``.
    progress : callable, optional
        Called with a variant's name and the number of periods done since the last call.

    Raises
    ------
    NoProgramme
        When no export programme is ever in force.
    """
    origins = programmes(loaded)
    extra = partial(incidence_tables, followed=followed(loaded, list(origins)))
    runs: dict[str, Measures] = {}
    for name, variant in variants(loaded).items():
        tick = None if progress is None else partial(progress, name)
        runs[name] = run_ensemble(
            variant, draws, seed, engine=engine, chunk=chunk, progress=tick, extra=extra, tables=READ, records=False
        ).measures
    return results(loaded, origins, runs)


def followed(loaded: Loaded, names: Sequence[str]) -> Followed:
    """Whose prices are followed: the base origin's, those of importers a programme favours, and those of the others."""
    groups = []
    for name in names:
        for label, buyers in zip((FAVOURED, OTHERS), favoured_buyers(loaded, name), strict=True):
            if buyers:
                groups.append((f"{name}:{label}", buyers))
    return Followed(home_origin(vars(loaded.scenario)), tuple(groups))


def results(loaded: Loaded, origins: dict[str, str], runs: dict[str, Measures]) -> Incidence:
    """Make the tables from the measures of all variants."""
    base = runs[BASE]
    peace = f"without {ALL}" if len(origins) > 1 else f"without {next(iter(origins))}"
    removed = {name: runs[f"without {name}"] for name in [*origins, ALL] if f"without {name}" in runs}
    desk = None
    if DISSOLVED in runs:
        origin = home_origin(vars(loaded.scenario))
        war = effects_on_producers(base, runs[DISSOLVED], origin)
        none = effects_on_producers(runs[peace], runs[DISSOLVED_PEACE], origin)
        desk = desk_and_war(war, none, {name: mean_bonus(base, name) for name in origins})
    apart = {name: runs[f"without {name}"] for name in origins}
    gains = {name: who_gains(base, other) for name, other in removed.items()}
    return Incidence(
        origins=origins,
        gains=gains,
        additional={name: additional_tonnes(base, apart[name], name, place) for name, place in origins.items()},
        destination={
            name: destination(base, apart[name], gains[name], name, place, f"{name}:{FAVOURED}")
            for name, place in origins.items()
        },
        average={name: pass_through(base, apart[name], name) for name in origins},
        marginal={name: _marginal(runs[f"larger {name}"], base, name) for name in origins if f"larger {name}" in runs},
        desk=desk,
        money=pick(base, "money").with_average(),
    )


def _marginal(larger_run: Measures, base: Measures, programme: str) -> Table:
    """Pass-through of enlarging a programme, over all crop years: the step of a single year is too small to read."""
    return replace(pass_through(larger_run, base, programme).only([AVERAGE]), name="marginal_pass_through")


def additional_tonnes(with_it: Measures, without_it: Measures, programme: str, origin: str) -> Table:
    """Exports a programme adds, and what each additional tonne costs.

    ``spending / (exports with - exports without)``, ``additional exports / subsidised tonnes``, and ``spending /
    subsidised tonnes``; spending also in the currency the programme pays in. Quotients are NaN where they say nothing:
    where no exports are added, and where no tonne was subsidised. The row ``average`` has the means
    of the amounts and the quotients of these means, so that stocks moved from year to year do not count.
    """
    rows = [key[1] for key in with_it.keys if key[0] == "exports"]
    rows = list(dict.fromkeys(rows))
    spent, subsidised = (
        pick(with_it, name).only(rows).column(programme) for name in ("programme_spend", "programme_tonnes")
    )
    exported = [pick(each, "exports") for each in (with_it, without_it)]
    sides = [side.column(origin) if origin in side.columns else np.zeros_like(spent) for side in exported]
    amounts = np.stack([spent, subsidised, *sides, sides[0] - sides[1]], axis=1)
    amounts = np.concatenate([amounts, (total(amounts) / len(rows))[None]])
    added, kt = amounts[:, 4], amounts[:, 1]
    known = added > 0
    cost = np.where(known, divide(1000 * amounts[:, 0], np.where(known, added, 1.0)), np.nan)
    columns = [
        "spending_million_cad", "subsidised_kt", "exports_with_kt", "exports_without_kt", "additional_kt",
        "spending_per_additional_tonne_cad_t", "additionality", "spending_per_subsidised_tonne_cad_t",
    ]  # fmt: skip
    units = ["million C$", "kt", "kt", "kt", "kt", "C$/t", "share", "C$/t"]
    values = [*np.moveaxis(amounts, 1, 0), cost, divide(added, kt), divide(1000 * amounts[:, 0], kt)]
    own = own_spending(with_it, programme)
    if own is not None:
        currency, unit, paid = own
        paid = np.concatenate([paid, (total(paid) / len(rows))[None]])
        columns += [
            f"spending_million_{currency}", f"spending_per_additional_tonne_{currency}_t",
            f"spending_per_subsidised_tonne_{currency}_t",
        ]  # fmt: skip
        units += [f"million {unit}", f"{unit}/t", f"{unit}/t"]
        each = np.where(known, divide(1000 * paid, np.where(known, added, 1.0)), np.nan)
        values += [paid, each, divide(1000 * paid, kt)]
    return Table("additional", (*rows, AVERAGE), tuple(columns), tuple(units), np.stack(values, axis=1))


def mean_bonus(measures: Measures, programme: str) -> Table:
    """Spending over subsidised tonnes, C$/t by crop year; NaN where no tonne was subsidised."""
    spent, kt = (pick(measures, name) for name in ("programme_spend", "programme_tonnes"))
    if programme not in spent.columns:
        return Table("bonus", spent.rows, (programme,), ("C$/t",), np.full((*spent.values[:, :1].shape,), np.nan))
    values = divide(1000 * spent.column(programme), kt.column(programme))
    return Table("bonus", spent.rows, (programme,), ("C$/t",), values[:, None])


def pass_through(more: Measures, less: Measures, programme: str) -> Table:
    """Change of each followed price per C$1/t of mean bonus, between a run with more of a programme and one with less.

    In a crop year ``dP / dB``, with ``dB`` the change of the mean bonus (nothing where nothing was paid). The row
    ``average`` is the sum of ``dP`` over the sum of ``dB``, over the crop years in which ``more`` paid and the price
    exists in both. NaN where the bonus is not the larger one in ``more``.
    """
    change = pick(more, "prices").minus(pick(less, "prices"), absent=np.nan)
    bonus = [mean_bonus(each, programme).column(programme) for each in (more, less)]
    step = bonus[0] - np.where(np.isnan(bonus[1]), 0.0, bonus[1])
    known = ~np.isnan(change.values) & ~np.isnan(step)[:, None]
    price = np.where(known, change.values, 0.0)
    rise = np.where(known, np.broadcast_to(step[:, None], price.shape), 0.0)
    price, rise = np.concatenate([price, total(price)[None]]), np.concatenate([rise, total(rise)[None]])
    values = np.where(rise > 0, divide(price, rise), np.nan)
    units = ("C$ per C$",) * len(change.columns)
    return Table("pass_through", (*change.rows, AVERAGE), change.columns, units, values)
