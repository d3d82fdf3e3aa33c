"""The tables of a game: what goes to the screen, to CSV and to ``--json``, all from the same frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.experiments.equilibria import best_responses, dominant, dominated, pure_equilibria
from sim.experiments.game import UNIT, Played
from sim.experiments.game_solution import Equilibrium, Lines
from sim.measures.bands import bands

RANGE = (0.05, 0.95)


def payoffs_frame(played: Played) -> pd.DataFrame:
    """Every account of every pair in every draw, million C$ a crop year."""
    one, other = played.labels
    parts = []
    for account, values in played.accounts.items():
        index = pd.MultiIndex.from_product(
            [played.names, one, other, range(values.shape[-1])], names=["player", "first", "second", "draw"]
        )
        parts.append(pd.DataFrame({"million_cad": values.ravel()}, index=index).reset_index().assign(account=account))
    frame = pd.concat(parts, ignore_index=True)
    return frame[["first", "second", "player", "account", "draw", "million_cad"]]


def cells_frame(played: Played) -> pd.DataFrame:
    """Pay-offs with their range, and less those when both disarm, draw by draw; best responses and equilibria.

    One line per pair and player. ``share_of_draws``: of those in whose own table the pair is a pure equilibrium.
    """
    a, b = played.disarmed
    first, second = played.expected
    best = best_responses(first), best_responses(second.T).T
    stable, in_draws = pure_equilibria(first, second), pure_equilibria(*played.payoffs)
    rows = []
    for i, one in enumerate(played.labels[0]):
        for j, other in enumerate(played.labels[1]):
            for number, name in enumerate(played.names):
                own = played.payoffs[number, i, j]
                change = banded(own - played.payoffs[number, a, b])
                rows.append(
                    {"first": one, "second": other, "player": name, **banded(own)}
                    | {f"change_{key}": value for key, value in change.items()}
                    | {
                        "best_response": bool(best[number][i, j]),
                        "equilibrium": bool(stable[i, j]),
                        "share_of_draws": float(in_draws[i, j].mean()),
                        "unit": UNIT,
                    }
                )
    return pd.DataFrame(rows)


def best_response_frame(played: Played) -> pd.DataFrame:
    """Best responses of each player to each strategy of its rival, and the share of draws in which each is best."""
    rows = []
    for number, name in enumerate(played.names):
        mean, each = played.expected[number], played.payoffs[number]
        if number:
            mean, each = mean.T, np.swapaxes(each, 0, 1)
        best, in_draws = best_responses(mean), best_responses(each).mean(axis=-1)
        for rival, label in enumerate(played.labels[1 - number]):
            for own in np.flatnonzero(best[:, rival]):
                share = float(in_draws[own, rival])
                line = {"player": name, "against": label, "best": played.labels[number][own]}
                rows.append({**line, "share_of_draws": share})
    return pd.DataFrame(rows)


def dominance_frame(played: Played) -> pd.DataFrame:
    """Dominated strategies and what dominates them; a dominant strategy's line dominates ``all others``."""
    rows = []
    for number, name in enumerate(played.names):
        table, labels = played.expected[number], played.labels[number]
        table = table.T if number else table
        top = dominant(table)
        if top is not None:
            rows.append({"player": name, "strategy": labels[top[0]], "dominates": "all others", "strictly": top[1]})
        for own, by, strictly in dominated(table):
            rows.append({"player": name, "strategy": labels[by], "dominates": labels[own], "strictly": strictly})
    return pd.DataFrame(rows, columns=["player", "strategy", "dominates", "strictly"])


def mixture(probabilities: np.ndarray, labels: list[str]) -> str:
    """Strategies played, with their probabilities where there are several: ``no_eep 0.25, doubled 0.75``."""
    played = np.flatnonzero(probabilities > 1e-9)
    if len(played) == 1:
        mixture: str = labels[played[0]]
        return mixture
    return ", ".join(f"{labels[each]} {probabilities[each]:.3g}" for each in played)


def equilibria_frame(played: Played, found: list[Equilibrium]) -> pd.DataFrame:
    """One line per equilibrium and player: what it plays and gets, and what disarming alone or together would bring."""
    rows = []
    for number, each in enumerate(found, start=1):
        for player, name in enumerate(played.names):
            rows.append(
                {
                    "equilibrium": number,
                    "kind": "mixed" if each.cell is None else "pure",
                    "share_of_draws": each.share_of_draws,
                    "player": name,
                    "plays": mixture(each.mixtures[player], played.labels[player]),
                    **{f"payoff_{key}": value for key, value in banded(each.payoffs[player]).items()},
                    **{f"disarms_alone_{key}": value for key, value in banded(each.alone[player]).items()},
                    **{f"both_disarm_{key}": value for key, value in banded(each.together[player]).items()},
                    "prisoners_dilemma": each.is_dilemma,
                    "dilemma_share_of_draws": each.share_dilemma,
                    "unit": UNIT,
                }
            )
    columns = ["equilibrium", "kind", "share_of_draws", "player", "plays", "prisoners_dilemma"]
    return pd.DataFrame(rows, columns=None if rows else columns)


def joint_maximum_frame(played: Played) -> pd.DataFrame:
    """Pair with the largest sum of both pay-offs, with the share of draws in which it is the largest."""
    joint = played.payoffs[0] + played.payoffs[1]
    centre = played.expected.sum(axis=0)
    i, j = np.unravel_index(int(np.argmax(centre)), centre.shape)
    share = float((joint[i, j] >= joint.max(axis=(0, 1))).mean())
    labels = {"first": played.labels[0][i], "second": played.labels[1][j]}
    return pd.DataFrame([{**labels, **banded(joint[i, j]), "share_of_draws": share, "unit": UNIT}])


def lines_frame(played: Played, lines: Lines | None) -> pd.DataFrame:
    """Continuous best responses by rival level, their line and the crossing, in the unit of the player's level."""
    rows = []
    for number, name in enumerate(played.names):
        levels = played.levels[1 - number]
        if lines is None or levels is None:
            continue
        for rival, level in enumerate(levels):
            own = banded(lines.responses[number][rival])
            rows.append({"player": name, "what": "best response", "rival_level": float(level), **own})
        for what, values in zip(("intercept", "slope"), lines.lines[number], strict=True):
            rows.append({"player": name, "what": what, "rival_level": np.nan, **banded(values)})
        rows.append({"player": name, "what": "crossing", "rival_level": np.nan, **banded(lines.crossing[number])})
        off = {"mean": lines.misfit[number], "low": np.nan, "high": np.nan}
        rows.append({"player": name, "what": "misfit", "rival_level": np.nan, **off})
    frame = pd.DataFrame(rows, columns=["player", "what", "rival_level", "mean", "low", "high", "missing"])
    return frame.assign(missing=frame["missing"].fillna(0).astype(int))


def banded(values: np.ndarray) -> dict[str, float | int]:
    """Mean and 5-95 % over draws, and the number of draws without a value where there are any."""
    found = bands(values, RANGE)
    result = {"mean": float(found["mean"]), "low": float(found["p05"]), "high": float(found["p95"])}
    missing = int(found["missing"])
    return result | ({"missing": missing} if missing else {})
