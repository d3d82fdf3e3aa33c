"""Scenarios: the schema of the YAML files, and loading them with every problem reported at once."""

from sim.scenario.fields import describe_fields
from sim.scenario.loader import Loaded, load
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.schema import Level, Scenario, SeriesLevel
from sim.scenario.series import SeriesTable
from sim.scenario.writer import explain, schema_json, write_yaml

__all__ = [
    "Level",
    "Loaded",
    "Problem",
    "Scenario",
    "ScenarioError",
    "SeriesLevel",
    "SeriesTable",
    "describe_fields",
    "explain",
    "load",
    "schema_json",
    "write_yaml",
]
