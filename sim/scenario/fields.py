"""What the schema says about a path: kind, unit, range, names of the keys below it.

Messages to people and the reference page are made from here, so neither repeats the schema.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.scenario.problems import Path
from sim.scenario.schema import Event, Name, Scenario, SeriesLevel

NAME = "a name (lower-case letters, digits, underscores; a letter first; 40 characters at most)"
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,39}$": NAME,
    r"^\d{4}-(0[1-9]|1[0-2])$": "a month written 1985-06",
    r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$": "a month written 1985-06 or a day written 1985-06-15",
    r"^\d{4}/\d{2}$": "a crop year written 1980/81",
}
_KINDS = {
    float: "a number", int: "a whole number", str: "text", bool: "true or false",
    Any: "a number, true or false, or a name",
}  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A place of the schema where a value may stand.

    Attributes
    ----------
    annotation : type
        Type without ``Annotated`` and without ``None``.
    metadata : tuple
        Limits and patterns of the field.
    unit, description : str
        From the field; empty when not given.
    optional : bool
        Whether null removes it.
    default : Any
        ``PydanticUndefined`` when the key is required.
    """

    annotation: Any
    metadata: tuple[Any, ...] = ()
    unit: str = ""
    description: str = ""
    optional: bool = False
    default: Any = PydanticUndefined

    @classmethod
    def of(cls, annotation: Any, owner: FieldInfo | None = None) -> Slot:
        """Slot of an annotation; ``owner`` is the field of the section it stands in."""
        fields = [owner] if owner is not None else []
        while get_origin(annotation) is Annotated:
            annotation, *extra = get_args(annotation)
            fields += [each for each in extra if isinstance(each, FieldInfo)]
        optional = False
        if get_origin(annotation) in (Union, types.UnionType):
            kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
            optional = len(kinds) < len(get_args(annotation))
            annotation = kinds[0] if len(kinds) == 1 else Union[tuple(kinds)]  # noqa: UP007
            if get_origin(annotation) is Annotated:
                inner = cls.of(annotation)
                annotation, fields = inner.annotation, [*fields, *_as_field(inner.metadata)]
        extras = [each.json_schema_extra for each in fields if isinstance(each.json_schema_extra, dict)]
        default = PydanticUndefined
        if owner is not None and not owner.is_required():
            default = owner.get_default(call_default_factory=True)
        return cls(
            annotation=annotation,
            metadata=tuple(limit for each in fields for limit in each.metadata),
            unit=next((str(extra["unit"]) for extra in extras if "unit" in extra), ""),
            description=next((each.description for each in fields if each.description), ""),
            optional=optional,
            default=default,
        )

    @cached_property
    def is_level(self) -> bool:
        """A number or a series."""
        return SeriesLevel in get_args(self.annotation)

    @property
    def has_default(self) -> bool:
        """Whether the key may be left out."""
        return self.default is not PydanticUndefined

    @property
    def is_number(self) -> bool:
        """A number, or a level."""
        return self.is_level or self.annotation in (int, float)

    @cached_property
    def model(self) -> type[BaseModel] | None:
        """The section that may stand here (the mapping form of a level counts)."""
        kinds = [self.annotation, *get_args(self.annotation)] if get_origin(self.annotation) is not dict else []
        return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)

    @cached_property
    def is_dict(self) -> bool:
        """A mapping whose keys are names chosen by the user."""
        return get_origin(self.annotation) is dict

    @cached_property
    def is_list(self) -> bool:
        """A list."""
        return get_origin(self.annotation) is list

    @cached_property
    def keys(self) -> dict[str, Slot]:
        """Slots of the section's keys, as written in YAML."""
        if self.model is None or self.is_list:
            return {}
        fields = self.model.model_fields.items()
        return {field.alias or name: Slot.of(field.annotation, field) for name, field in fields}

    @cached_property
    def element(self) -> Slot:
        """Slot of every entry of a mapping with names, or of every element of a list."""
        return Slot.of(get_args(self.annotation)[-1])

    def child(self, key: str | int) -> Slot | None:
        """Slot under ``key``; None when the schema has none."""
        if (self.is_dict and isinstance(key, str)) or (self.is_list and isinstance(key, int)):
            return self.element
        slot = self.keys.get(str(key))
        if slot is None and self.model is Event:  # an event holds scenario keys too
            return ROOT.keys.get(str(key))
        return slot

    @property
    def wanted(self) -> str:
        """What may stand here: kind, range and unit."""
        text = self._kind()
        limits = self._limits()
        text += f" {limits}" if limits else ""
        return text + (f" ({self.unit})" if self.unit else "")

    def _kind(self) -> str:
        for limit in self.metadata:
            if getattr(limit, "pattern", None) in _PATTERNS:
                return _PATTERNS[limit.pattern]
        if self.is_level:
            return "a number, or a mapping with `series`"
        if get_origin(self.annotation) is Literal:
            return "one of " + ", ".join(str(choice) for choice in get_args(self.annotation))
        if self.annotation == Union[str, list[str]]:  # noqa: UP007
            return "a series name, or a list of them"
        if self.annotation == Union[Name, list[Name]]:  # noqa: UP007
            return "a name, or a list of them"
        if self.is_list:
            return "a list"
        return _KINDS.get(self.annotation, "a mapping")

    def _limits(self) -> str:
        found: dict[str, Any] = {}
        for limit in self.metadata:
            for name in ("ge", "gt", "le", "lt"):
                if getattr(limit, name, None) is not None:
                    found[name] = f"{getattr(limit, name):,}".replace(",", " ")
        if set(found) == {"ge", "le"}:
            return f"from {found['ge']} to {found['le']}"
        words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
        return ", ".join(f"{words[name]} {found[name]}" for name in words if name in found)


def _as_field(metadata: tuple[Any, ...]) -> list[FieldInfo]:
    field = FieldInfo()
    field.metadata = list(metadata)
    return [field]


ROOT = Slot.of(Scenario)


def slot_at(path: Path) -> Slot | None:
    """Slot at a path from the top; None when the schema has none."""
    slot: Slot | None = ROOT
    for key in path:
        slot = slot.child(key) if slot else None
    return slot


def describe_fields(slot: Slot = ROOT, path: str = "") -> Iterator[tuple[str, Slot]]:
    """Every key of the schema with its slot; ``<name>`` stands for a name the user chooses, ``[]`` for an element."""
    if path:
        yield path, slot
    if slot.is_level:
        return
    if slot.is_dict and (entry := slot.child("x")) is not None:
        yield from describe_fields(entry, f"{path}.<name>")
    elif slot.is_list and (element := slot.child(0)) is not None:
        yield from describe_fields(element, f"{path}[]")
    for key, below in slot.keys.items():
        yield from describe_fields(below, f"{path}.{key}" if path else key)
