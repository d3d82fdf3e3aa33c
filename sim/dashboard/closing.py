"""At the end."""
from __future__ import annotations
import solara
from sim.dashboard.desk import Desk
@solara.component
def Closing(desk: Desk) -> None:
    """x."""
    solara.Text("")
