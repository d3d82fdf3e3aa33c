"""The treasury that pays the deficits of boards' pools."""

from __future__ import annotations

import mesa
import numpy as np

from agents.arrays import Array


class PoolGuarantor(mesa.Agent):
    """Covers what a pool lost below its initial payment and keeps the account of it."""

    def __init__(self, model: mesa.Model, name: str, boards: list[str], draws: int) -> None:
        super().__init__(model)
        self.name, self.boards = name, boards
        self.paid_cad_k = np.zeros(draws)

    def cover(self, deficit_cad_k: Array) -> None:
        """Pay a deficit in full, thousand C$ (draw,)."""
        self.paid_cad_k = self.paid_cad_k + deficit_cad_k
