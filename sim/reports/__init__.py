"""The report: results of every kind as one HTML file that a person can send, with nothing left outside it."""

from sim.reports.gather import Shown, gather
from sim.reports.page import page_of

__all__ = ["Shown", "gather", "page_of"]
