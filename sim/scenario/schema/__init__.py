"""The scenario schema: every key a YAML may hold, with its unit, range, default and meaning.

Reference pages and the JSON Schema are made from the attribute docstrings in these files, so a parameter is described
once. All models are frozen and refuse unknown keys. Names that point elsewhere in the scenario (an origin, a grade, a
series) are checked in ``sim/scenario/references.py``, where every problem can be reported at once.
"""

from sim.scenario.schema.base import Day, Level, Month, Name, Section, SeriesLevel, unit
from sim.scenario.schema.buyers import Buyer, Demand, Feeders, Importer, Maltsters, StateImporter, SupplyAgreement
from sim.scenario.schema.conduct import BeliefRule, Beliefs, MerchantBeliefs, Reaction, Search
from sim.scenario.schema.origins import Growers, Intervention, Marketing, MarketingSystem, Origin
from sim.scenario.schema.programmes import (
    BonusProgramme,
    ExportSubsidy,
    Guarantor,
    Initiative,
    RefundProgramme,
    Treasuries,
)
from sim.scenario.schema.scenario import Event, Scenario
from sim.scenario.schema.sellers import Board, Exporter, Seller, Trader, Traders
from sim.scenario.schema.setting import Calendar, Grade, Market, Money, ReferencePrice, Shocks, TenderRules, Wording

__all__ = [
    "BeliefRule",
    "Beliefs",
    "Board",
    "BonusProgramme",
    "Buyer",
    "Calendar",
    "Day",
    "Demand",
    "Event",
    "ExportSubsidy",
    "Exporter",
    "Feeders",
    "Grade",
    "Growers",
    "Guarantor",
    "Importer",
    "Initiative",
    "Intervention",
    "Level",
    "Maltsters",
    "Market",
    "Marketing",
    "MarketingSystem",
    "MerchantBeliefs",
    "Money",
    "Month",
    "Name",
    "Origin",
    "Reaction",
    "ReferencePrice",
    "RefundProgramme",
    "Scenario",
    "Search",
    "Section",
    "Seller",
    "SeriesLevel",
    "Shocks",
    "StateImporter",
    "SupplyAgreement",
    "TenderRules",
    "Trader",
    "Traders",
    "Treasuries",
    "Wording",
    "unit",
]
