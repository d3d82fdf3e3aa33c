"""The report: results of every kind as one HTML file that a person can send, with nothing left outside it."""

from sim.report.gather import Shown, gather
from sim.report.page import page_of

__all__ = ["Shown", "gather", "page_of"]
