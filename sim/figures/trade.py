"""What crosses borders, from a run's ledger: tonnes by origin, seller and buyer, and buyers put together for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sim.figures.places import Place, buyer_entry, buyer_place
from sim.figures.style import plain, shorten

Frame: TypeAlias = pd.DataFrame


def abroad(ledger: Frame) -> Frame:
    """Rows of the ledger that leave their origin."""
    abroad: Frame = ledger[(ledger["origin"] != ledger["country"]) & (ledger["kt"] > 0)]
    return abroad


def traded(ledger: Frame) -> tuple[Frame, bool]:
    """Rows that leave their origin, and True; where nothing does, all sales, and False."""
    exports = abroad(ledger)
    return (exports, True) if len(exports) else (ledger[ledger["kt"] > 0], False)


def buyer_title(scenario: dict[str, Any], buyer: str) -> str:
    """Title of a buyer; its name when it has none."""
    return buyer_entry(scenario, buyer).get("title") or buyer.replace("_", " ")


@dataclass(frozen=True)
class Destination:
    """A buyer, or small buyers of one region together.

    Attributes
    ----------
    title : str
        As a figure calls it.
    buyers : tuple of str
        Their names in the ledger, the largest first.
    place : tuple of float or None
        Degrees east and north, of several the mean weighted by tonnes; None when the table of coordinates has none.
    """

    title: str
    buyers: tuple[str, ...]
    place: Place | None


def destinations(ledger: Frame, scenario: dict[str, Any], least_share: float, most: int) -> list[Destination]:
    """Put buyers under a share of the tonnes together with the others of their region that are; the largest first.

    Where that leaves more than ``most``, the smallest become one, "other (n)".

    Parameters
    ----------
    ledger : pandas.DataFrame
        Rows to count, with ``buyer`` and ``kt``.
    """
    tonnes = ledger.groupby("buyer")["kt"].sum().sort_values(ascending=False, kind="stable")
    groups: dict[tuple[str, str], list[str]] = {}
    for buyer, kt in tonnes.items():
        region = buyer_entry(scenario, buyer).get("region") or buyer
        key = ("buyer", buyer) if kt >= least_share * tonnes.sum() else ("region", region)
        groups.setdefault(key, []).append(buyer)
    alone = {buyer_entry(scenario, name).get("region") for kind, name in groups if kind == "buyer"}
    ordered = sorted(groups.items(), key=lambda each: -tonnes[each[1]].sum())
    rest = [buyer for _key, buyers in ordered[most - 1 :] for buyer in buyers] if len(ordered) > most else []
    found = []
    for (_kind, name), buyers in ordered[: most - 1] if rest else ordered:
        region = " ".join(word[:1].upper() + word[1:] for word in name.split("_"))
        several = f"{'Other ' if name in alone else ''}{region} ({len(buyers)})"
        title = buyer_title(scenario, buyers[0]) if len(buyers) == 1 else several
        found.append(Destination(plain(shorten(title, 30)), tuple(buyers), _middle(scenario, tonnes[buyers])))
    if rest:
        found.append(Destination(f"Other ({len(rest)})", tuple(rest), None))
    return found


def _middle(scenario: dict[str, Any], tonnes: pd.Series) -> Place | None:
    """Mean place of buyers, weighted by tonnes; None when one of them has none."""
    places = [buyer_place(scenario, buyer) for buyer in tonnes.index]
    if any(place is None for place in places):
        return None
    if len(places) == 1:
        return places[0]
    points = np.array(places)
    east = np.unwrap(points[:, 0], period=360)
    return float(np.average(east, weights=tonnes)), float(np.average(points[:, 1], weights=tonnes))


def by_destination(ledger: Frame, found: list[Destination], also: list[str]) -> Frame:
    """Tonnes (kt) by the columns ``also`` and the position of the destination in ``found``."""
    position = {buyer: number for number, each in enumerate(found) for buyer in each.buyers}
    lines = ledger.assign(destination=ledger["buyer"].map(position))
    by_destination: Frame = lines.groupby([*also, "destination"], sort=False)["kt"].sum().reset_index()
    return by_destination


def tonnes_text(kt: float) -> str:
    """Tonnes for a label: Mt with one decimal from a million on, else kt."""
    return f"{kt / 1000:.1f} Mt" if kt >= 999.5 else f"{kt:.0f} kt" if kt >= 0.95 else f"{kt:.2g} kt"


def round_down(kt: float) -> float:
    """Largest of 1, 2 and 5 times a power of ten that is not above a tonnage."""
    step = 10.0 ** np.floor(np.log10(kt))
    return float(max(each * step for each in (1, 2, 5) if each * step <= kt * (1 + 1e-9)))
