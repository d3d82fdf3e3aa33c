"""Reading the factors of a sweep: how each is stated, which values that gives, and everything wrong with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.scenario.fields import Slot, slot_at
from sim.scenario.problems import Path, Report, nearest, printable, show
from sim.scenario.reader import Node
from sim.scenario.tree import mark_of, split_path
from sim.sweeps.apart import check_apart
from sim.sweeps.factor import FORMS, SCENARIO, Factor, Spread, label_of, with_levels
from sim.sweeps.keys import key_problem, kind_of_value, unit_of, whole_range
from sim.sweeps.schema import FactorPlan, SweepPlan
from sim.sweeps.spread import DISTRIBUTIONS, check_distribution, limits, listed_numbers

MOST_LISTED = 100_000  # values of one factor
TAKEN = ("point", "file_row_number")  # columns that a design has, or gets when it is read


def read_factors(plan: SweepPlan, tree: Node, report: Report) -> list[Spread]:
    """Factors that are sound, the scenario first where it varies; problems of the others go to the report."""
    reader = _Reader(plan, tree, report)
    if not plan.factors and not plan.scenarios:
        report.add(mark_of(tree, ("factors",)), "factors", "no factor; state what varies")
    spreads = [reader.scenarios()] if plan.scenarios is not None else []
    spreads += [reader.factor(name, each) for name, each in plan.factors.items()]
    check_apart(plan, tree, report)
    return [each for each in spreads if each is not None]


class _Reader:
    def __init__(self, plan: SweepPlan, tree: Node, report: Report) -> None:
        self.plan, self.tree, self.report = plan, tree, report
        self.from_table = plan.design.method == "table"

    def add(self, path: Path, message: str) -> None:
        self.report.add(mark_of(self.tree, path), path, message)

    def scenarios(self) -> Spread | None:
        names = tuple(self.plan.scenarios or ())
        if len(names) < 2:
            self.add(("scenarios",), "two or more scenarios are needed; a single one goes under `scenario`")
            return None
        factor = Factor(SCENARIO, "Scenario", "", False, (), {name: () for name in names})
        return Spread(factor, FactorPlan(), "levels", names, names[0])

    def factor(self, name: str, plan: FactorPlan) -> Spread | None:
        here, before = ("factors", name), len(self.report.problems)
        if name == SCENARIO:
            self.add(here, "`scenario` is the factor that `scenarios` makes; choose another name")
        if name in TAKEN:
            self.add(here, f"`{name}` is a column of the design itself; choose another name")
        form = self._form(here, plan)
        slots = self._slots(here, plan)
        if form is None or slots is None or len(self.report.problems) > before:
            return None
        if form == "levels":
            return self._levels(here, name, plan)
        numeric = all(slot is None or slot.is_level or slot.annotation is float for slot in slots)
        if not numeric and any(slot is not None and (slot.is_level or slot.annotation is float) for slot in slots):
            self.add((*here, "keys"), "some take any number and others a whole one or a name; make two factors of them")
            return None
        unit = unit_of(plan.keys or [plan.key or ""], slots) if plan.unit is None else plan.unit
        if unit is None:
            self.add((*here, "keys"), "the keys have different units; state `unit` if one value is meant for all")
            return None
        factor = Factor(name, plan.title or name, unit, numeric, tuple(plan.keys or [plan.key or ""]), {})
        return self._spread(here, Spread(factor, plan, form), slots[0])

    def _form(self, here: Path, plan: FactorPlan) -> str | None:
        """Form in which a factor is stated; None and a problem when it is none of them, or several."""
        stated = [form for form in FORMS if form != "range" and getattr(plan, form) is not None]
        limits = [key for key in ("low", "high") if getattr(plan, key) is not None]
        stated += ["range"] if limits else []
        shown = ["`low` and `high`" if form == "range" else f"`{form}`" for form in stated]
        if self.from_table and stated in ([], ["levels"]):
            return stated[0] if stated else ""
        if self.from_table:
            self.add(here, f"the table of the design states its values; leave {' and '.join(shown)} out")
        elif not stated:
            self.add(here, "does not vary; state `values`, `low` and `high`, a distribution or `levels`")
        elif len(stated) > 1:
            self.add(here, f"varies in {len(stated)} ways: {', '.join(shown)}; state one of them")
        elif limits and len(limits) < 2:
            other = "high" if limits == ["low"] else "low"
            self.add((*here, limits[0]), f"`{other}` is missing beside it")
        else:
            self._surplus(here, plan, stated[0])
            return stated[0]
        return None

    def _surplus(self, here: Path, plan: FactorPlan, form: str) -> None:
        """Problems of keys that make no sense in a form."""
        if plan.scale is not None and form != "range":
            self.add((*here, "scale"), "belongs to a range, beside `low` and `high`")
        if plan.count is not None and form in ("values", "levels"):
            self.add((*here, "count"), f"`{form}` says how many there are")
        if plan.weights is not None and form not in ("values", "levels"):
            self.add((*here, "weights"), "belongs to `values` or `levels`")
        elif plan.weights is not None and len(plan.weights) != len(getattr(plan, form)):
            message = f"{len(plan.weights)} weights for {len(getattr(plan, form))} {form}"
            self.add((*here, "weights"), message)

    def _slots(self, here: Path, plan: FactorPlan) -> list[Slot | None] | None:
        """What the schema says of each key, None for an unknown one; None for all when the keys will not do."""
        if plan.levels is not None:
            if plan.key is not None or plan.keys is not None:
                self.add(here, "levels state their own settings; leave `key` out")
            return []
        if (plan.key is None) == (plan.keys is None):
            self.add(here, "state `key`, or `keys` for several that get the same value")
            return None
        if plan.keys == []:
            self.add((*here, "keys"), "at least one is needed")
            return None
        slots, sound = [], True
        for index, key in enumerate(plan.keys or [] if plan.key is None else [plan.key]):
            place = (*here, "key") if plan.keys is None else (*here, "keys", index)
            path = split_path(key)
            slot = slot_at(path) if path else None
            problem = key_problem(key, path, slot)
            if problem:
                self.add(place, problem)
                sound = False
            slots.append(slot)
        return slots if sound else None

    def _levels(self, here: Path, name: str, plan: FactorPlan) -> Spread | None:
        """Factor of named levels."""
        labels = tuple(plan.levels or ())
        if len(labels) < 2:
            self.add((*here, "levels"), "two or more levels are needed")
            return None
        if plan.base is not None and plan.base not in labels:
            self.add(
                (*here, "base"), f"unknown level `{printable(str(plan.base), 60)}`{nearest(str(plan.base), labels)}"
            )
            return None
        levels = {label: tuple(settings) for label, settings in (plan.levels or {}).items()}
        factor = Factor(name, plan.title or name, plan.unit or "", False, (), levels)
        return Spread(factor, plan, "levels", labels, plan.base or labels[0])

    def _spread(self, here: Path, spread: Spread, slot: Slot | None) -> Spread | None:
        """Spread with the values of the factor; None and problems when they will not do."""
        plan, before = spread.plan, len(self.report.problems)
        listed: tuple[float | str, ...]
        if spread.form in DISTRIBUTIONS:
            if not spread.factor.numeric:
                self.add((*here, spread.form), "only a number that need not be whole has a distribution")
            for key, message in check_distribution(plan, spread.form, self.plan.design.method == "morris"):
                self.add((*here, spread.form, key), message)
            listed = listed_numbers(plan, spread.form) if len(self.report.problems) == before else ()
        elif spread.form == "range":
            listed = tuple(self._range(here, spread, slot))
        else:
            places = [(*here, "values", index) for index in range(len(plan.values or ()))]
            values = zip(plan.values or (), places, strict=True)
            listed = tuple(self._value(value, place, spread, slot) for value, place in values)
            self._check_list(here, listed) if spread.form and len(self.report.problems) == before else None
        if len(self.report.problems) == before and len(set(listed)) < len(listed):
            self.add(here, "so narrow that its values cannot be told apart")
        base = None if plan.base is None else self._value(plan.base, (*here, "base"), spread, slot)
        if len(self.report.problems) > before:
            return None
        stated = [*listed, *([] if base is None else [base])]
        return with_levels(replace(spread, listed=tuple(listed), base=base), stated)

    def _range(self, here: Path, spread: Spread, slot: Slot | None) -> Sequence[float | str]:
        plan, before = spread.plan, len(self.report.problems)
        low, high = limits(plan)
        if not low < high:
            self.add((*here, "high"), f"must be above `low`, {low:g}")
        if plan.scale == "log" and low <= 0:
            self.add((*here, "low"), "must be above 0 on a log scale")
        if not spread.factor.numeric and (slot is None or slot.annotation is not int):
            wanted = slot.wanted if slot else "no number"
            self.add((*here, "low"), f"`{spread.factor.keys[0]}` takes {wanted}; give `values`")
        if len(self.report.problems) > before:
            return ()
        if spread.factor.numeric:
            return listed_numbers(plan, "range")
        whole = whole_range(plan, MOST_LISTED)
        if whole is None:
            message = "takes whole numbers, and this range with this count does not lead to whole numbers"
            self.add((*here, "count" if plan.count else "low"), f"`{spread.factor.keys[0]}` {message}")
        return whole or ()

    def _value(self, value: Any, place: Path, spread: Spread, slot: Slot | None) -> float | str:
        """A value as it stands in the design."""
        if spread.factor.numeric:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                hint = "; write it without quotes" if _is_number(value) else ""
                self.add(place, f"{show(value)} is not a number{hint}")
            elif not math.isfinite(value):
                self.add(place, f"{value} is not a finite number")
            else:
                return float(value)
            return 0.0
        problem = kind_of_value(value, slot)
        if problem:
            self.add(place, problem)
        return label_of(value)

    def _check_list(self, here: Path, listed: Sequence[float | str]) -> None:
        if len(listed) < 2:
            count = "one value does not vary; state it under `settings`" if listed else "an empty list"
            self.add((*here, "values"), f"{count}; two or more values are needed" if not listed else count)
        for index, value in enumerate(listed):
            if value in listed[:index]:
                shown = value if isinstance(value, str) else f"{value:g}"
                self.add((*here, "values", index), f"{shown} is listed twice")


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return isinstance(value, str)
