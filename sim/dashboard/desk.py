"""What one open page holds: the scenarios chosen, the levers moved, the market that plays; each tab has its own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import solara

from sim.dashboard import plans
from sim.dashboard.levers import moved
from sim.dashboard.market import Market
from sim.dashboard.plans import Plan
from sim.dashboard.start import Start
from sim.scenario import ScenarioError
from sim.scenario.text import TEXT_BYTES

NOTHING, OWN, SHIPPED = "nothing", "own", "shipped:"


class Desk:
    """State of a page. Every attribute that the page shows is reactive.

    Attributes
    ----------
    base : Reactive of Plan
        Scenario A, with its levers where they stand.
    against : Reactive of str
        What A is compared with: ``nothing``, a preset's name, ``shipped:NAME``, ``own``.
    other : Reactive of Plan or None
        Scenario B.
    draws, seed : Reactive of int
    model : Reactive of Market
        The market that plays.
    parameters : Reactive of dict
        What the market is made of at the next reset.
    problem : Reactive of str
        What is wrong with what was chosen; the market and the parameters stay as they were.
    upload_problem : Reactive of str
        What is wrong with an uploaded file.
    round : Reactive of int
        Counts the markets that began anew after an end, for the controller to forget that end.
    years : Reactive of int
        Crop years that have closed and been read.
    running : Reactive of bool
        Whether the market has periods left.
    error : Reactive of str
        What stopped the market.
    """

    def __init__(self, start: Start) -> None:
        """Lay out the first market."""
        self.base = _held(start.plan)
        self.against = solara.Reactive(NOTHING)
        self.other = _held(None)
        self.draws = solara.Reactive(start.draws)
        self.seed = solara.Reactive(start.loaded.scenario.seed if start.seed is None else start.seed)
        self.problem = solara.Reactive("")
        self.upload_problem = solara.Reactive("")
        self.round = solara.Reactive(0)
        self.years = solara.Reactive(0)
        self.running = solara.Reactive(True)
        self.error = solara.Reactive("")
        asked = {"plans": (start.plan,), "draws": self.draws.value, "seed": self.seed.value}
        self.parameters = _held(asked)
        self.model = _held(Market(plans=(start.plan,), draws=self.draws.value, seed=self.seed.value))
        self.model.subscribe_change(lambda _, before: before.close())

    @property
    def pending(self) -> bool:
        """Whether a reset would make another market than the one that plays."""
        new, old = self.parameters.value, self.model.value.asked
        return [new["draws"], new["seed"]] != [old["draws"], old["seed"]] or not _same(new["plans"], old["plans"])

    def choose(self, name: str) -> None:
        """Take a shipped scenario for A, at once."""
        self._try(lambda: self._take(Plan(name, *_titled(plans.open_shipped(name)))), restart=True)

    def upload(self, filename: str, data: bytes | None) -> None:
        """Take an uploaded scenario for A, at once; of a bad one nothing but the report of what is wrong."""
        if data is None:
            self.upload_problem.value = (
                f"{filename}: larger than {TEXT_BYTES // 1024} KiB, or not readable; a scenario is a few kilobytes"
            )
            return
        try:
            loaded = plans.open_text(filename, data)
        except ScenarioError as error:
            self.upload_problem.value = str(error)
            return
        self.upload_problem.value = ""
        name = filename.removesuffix(".yml").removesuffix(".yaml")
        self._try(lambda: self._take(Plan(name, *_titled(loaded))), restart=True)

    def compare(self, against: str) -> None:
        """Choose what A is compared with; the market begins anew."""

        def choose() -> None:
            self.against.value = against
            self._lay_out()

        self._try(choose, restart=True)

    def move(self, side: str, name: str, value: Any) -> None:
        """Move a lever of A or B; takes effect at the next reset."""
        plan = self.base.value if side == "A" else self.other.value
        if plan is None or plan.values.get(name) == value:
            return
        values = {**plan.values, name: value}
        self._set(side, _with_values(plan, values))

    def put_back(self, side: str, name: str | None = None) -> None:
        """Put one lever, or all, where the scenario has them."""
        plan = self.base.value if side == "A" else self.other.value
        if plan is not None:
            values = {} if name is None else {each: value for each, value in plan.values.items() if each != name}
            self._set(side, _with_values(plan, values))

    def ensemble(self, draws: int | None = None, seed: int | None = None) -> None:
        """Choose the number of draws or the seed; takes effect at the next reset."""
        self.draws.value = self.draws.value if draws is None else draws
        self.seed.value = self.seed.value if seed is None else seed
        self._try(self._lay_out)

    def restart(self) -> None:
        """Begin a new market of what is chosen."""
        self._try(self._begin)

    def close(self) -> None:
        """Let go of the market when the page is closed: Solara keeps closed pages' desks."""
        self.model.value.close()

    def _begin(self) -> None:
        before = self.model.value
        market = Market(**self.parameters.value)
        if not before.running:
            self.round.value += 1
        self.model.value = market

    def take_note(self, market: Market) -> None:
        """Note what a period has changed that more than the charts depend on: seldom anything."""
        if market.finished:
            market.catch_up()
        self.years.value = market.years_read
        self.running.value = market.running
        self.error.value = market.error

    def _set(self, side: str, plan: Plan) -> None:
        (self.base if side == "A" else self.other).value = plan
        self._try(self._lay_out)

    def _take(self, plan: Plan) -> None:
        self.base.value = plan
        self.seed.value = plan.loaded.scenario.seed
        self._lay_out()

    def _lay_out(self) -> None:
        """Work out both scenarios from what is chosen, and set the parameters of the next market."""
        base = self.base.value
        against = self.against.value
        other = _other(base, against, self.other.value)
        if other is None:
            self.against.value = NOTHING
        self.other.value = other
        chosen = tuple(plan for plan in (base, other) if plan is not None)
        for plan in chosen:
            _ = plan.ready  # raises where a lever stands wrong
        self.parameters.value = {"plans": chosen, "draws": self.draws.value, "seed": self.seed.value}

    def _try(self, work: Callable[[], None], restart: bool = False) -> None:
        """Do something that may find a scenario wrong; a choice that cannot be played is taken back."""
        held: tuple[solara.Reactive[Any], ...] = (self.base, self.against, self.other, self.seed, self.parameters)
        before = [each.value for each in held]
        try:
            work()
            if restart:
                self._begin()
        except ScenarioError as error:
            self.problem.value = str(error)
            if restart:
                for each, value in zip(held, before, strict=True):
                    each.value = value
        else:
            self.problem.value = ""


def _held(value: Any) -> solara.Reactive[Any]:
    """A reactive that tells a new object from an old one without looking inside: arrays have no single answer."""
    return solara.Reactive(value, equals=operator.is_)


def _same(new: tuple[Plan, ...], old: tuple[Plan, ...]) -> bool:
    return len(new) == len(old) and all(
        a.loaded is b.loaded and a.values == b.values for a, b in zip(new, old, strict=True)
    )


def _titled(loaded: Any) -> tuple[str, Any, dict[str, Any]]:
    return loaded.scenario.title, loaded, {}


def _with_values(plan: Plan, values: Mapping[str, Any]) -> Plan:
    return replace(plan, values=moved(plan.loaded, values))


def _other(base: Plan, against: str, before: Plan | None) -> Plan | None:
    if against == NOTHING:
        return None
    if against == OWN:
        values = before.values if before is not None and before.loaded is base.loaded else base.values
        return Plan(f"{base.name}-b", f"{base.title}, changed", base.loaded, values)
    if against.startswith(SHIPPED):
        name = against.removeprefix(SHIPPED)
        return before if before is not None and before.name == name else Plan(name, *_titled(plans.open_shipped(name)))
    # none where the scenario is without what the last one was compared for
    return next((plan for plan in plans.presets(base) if plan.name == against), None)
