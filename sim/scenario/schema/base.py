"""What every part of the schema is made of: names, dates, units, levels and the section itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$")]


def unit(name: str, one_for_all: bool = False, **limits: Any) -> Any:
    """A field with a unit for the reference page and range limits for the loader.

    ``one_for_all`` marks a number that shapes the run itself, such as the length of a memory in periods: the draws that
    are simulated together all have the same one.
    """
    return Field(json_schema_extra={"unit": name, **({"one_for_all": True} if one_for_all else {})}, **limits)


class Section(BaseModel):
    """Common ground of all scenario sections: frozen, no unknown keys, finite numbers, attribute docstrings as help."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False, strict=False
    )


class SeriesLevel(Section):
    """A number that follows a historical series: ``scale x (sum of series - sum of less) x times + plus``."""

    series: str | list[str]
    """Name of a series in the data tables, or a list of names to add up."""
    scale: Annotated[float, unit("dimensionless")] = 1.0
    """Factor applied to the series."""
    times: str | None = None
    """Name of a second, dimensionless series to multiply by."""
    plus: Annotated[float, unit("as the key")] = 0.0
    """Constant added last, in the unit of the key."""
    less: str | list[str] | None = None
    """Name of a series that is taken off, or a list of them."""
    between: Literal["step", "linear"] = "step"
    """Within a crop year or month: the same all through, or on a line between middles that keeps each mean."""


Level = float | SeriesLevel
