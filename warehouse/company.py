"""A company's business parameters: versioned YAML with built-in defaults, read into typed tables.

One file, one subject; a company folder's business/<name>.yml replaces the built-in file of that name whole, so that what
applies can be read in one place. Every refusal names file, line and key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from warehouse import yamlfile
from warehouse.errors import ConfigurationError
from warehouse.parameters import Activities, Calendar, Segments, Stages, Team
from warehouse.plan_parameters import CapacityParameters, ForecastParameters, Funnel, PlanParameters, Scoring
from warehouse.yamlfile import Key, YamlDocument

BUILT_IN = Path(__file__).parent / "business"


@dataclass(frozen=True)
class Company:
    """Everything that business/*.yml says, checked. `hash` changes when any of it does."""

    stages: Stages
    segments: Segments
    calendar: Calendar
    team: Team
    activities: Activities
    funnel: Funnel
    scoring: Scoring
    forecast: ForecastParameters
    capacity: CapacityParameters
    plan: PlanParameters
    folder: Path | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.calendar.timezone)

    @property
    def hash(self) -> str:
        """sha256 over the content, whatever the layout of the files."""
        content = {name: getattr(self, name).model_dump(mode="json") for name in _FILES}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()


_FILES: dict[str, type[BaseModel]] = {
    "stages": Stages,
    "segments": Segments,
    "calendar": Calendar,
    "team": Team,
    "activities": Activities,
    "funnel": Funnel,
    "scoring": Scoring,
    "forecast": ForecastParameters,
    "capacity": CapacityParameters,
    "plan": PlanParameters,
}
_Model = TypeVar("_Model", bound=BaseModel)


def load(folder: Path | None = None) -> Company:
    """Read the business parameters.

    Args:
        folder: a company folder (with business/*.yml, all optional), or None for the built-in ones.

    Raises:
        ConfigurationError: the folder is missing, holds a file that is not known, or a value is refused.
    """
    if folder is not None and not folder.is_dir():
        raise ConfigurationError("The company folder does not exist", str(folder), "name an existing folder with --sources")
    own = folder / "business" if folder is not None else None
    if own is not None and not own.is_dir() and (own.exists() or own.is_symlink()):
        raise ConfigurationError("It is not a folder", str(own), "make it a folder with *.yml, or remove it")
    if own is not None and own.is_dir():
        for path in sorted(own.iterdir()):
            if path.suffix in (".yml", ".yaml") and path.name not in {f"{name}.yml" for name in _FILES}:
                known = ", ".join(f"{name}.yml" for name in _FILES)
                raise ConfigurationError("This business file is not known", str(path), f"name it one of {known}")

    def part(name: str, model: type[_Model], check: Callable[[_Model, YamlDocument], None] | None = None) -> _Model:
        given = own / f"{name}.yml" if own is not None else None
        is_given = given is not None and (given.exists() or given.is_symlink())
        path = given if given is not None and is_given else BUILT_IN / f"{name}.yml"
        document = yamlfile.load(path)
        parsed = parse(document, model)
        if check is not None:
            check(parsed, document)
        return parsed

    return Company(
        stages=part("stages", Stages, _check_stages),
        segments=part("segments", Segments, _check_segments),
        calendar=part("calendar", Calendar),
        team=part("team", Team),
        activities=part("activities", Activities),
        funnel=part("funnel", Funnel),
        scoring=part("scoring", Scoring),
        forecast=part("forecast", ForecastParameters),
        capacity=part("capacity", CapacityParameters),
        plan=part("plan", PlanParameters, _check_plan),
        folder=folder,
    )


def parse(document: YamlDocument, model: type[_Model]) -> _Model:
    """A YAML document as a typed model.

    Raises:
        ConfigurationError: names file, line and key of the first thing that does not fit.
    """
    try:
        return model.model_validate(document.data if document.data is not None else {})
    except ValidationError as error:
        # A key that is not known explains the one that is missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        at: tuple[Key, ...] = tuple(str(key) if isinstance(key, dt.date) else key for key in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message = f"The key {at[-1]!r} is not known"
        is_whole = first["type"] in ("missing", "extra_forbidden") or isinstance(first["input"], (dict, list))
        given = "" if is_whole else f" (found {first['input']!r})"
        others = len(error.errors()) - 1
        more = f" ({others} more {'thing does' if others == 1 else 'things do'} not fit)" if others else ""
        raise ConfigurationError(
            f"{message}{given}{more}",
            document.where(*at),
            f"mend that key; warehouse/business/{document.path.name} shows every key with its meaning",
        ) from error


def _check_stages(stages: Stages, document: YamlDocument) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for index, stage in enumerate(stages.stages):
        key = (stage.source, stage.pipeline, stage.stage)
        if key in seen:
            raise ConfigurationError(
                f"The stage {stage.stage!r} is listed twice", document.where("stages", index), "keep one of the two"
            )
        seen[key] = index
    for kind in ("open", "won", "lost"):
        if not any(stage.type == kind for stage in stages.stages):
            raise ConfigurationError(
                f"No stage has the type {kind}", document.where("stages"), f"mark the stage that means {kind}"
            )


# What marts call everything together, and what has no segment.
RESERVED_SEGMENTS = ("all", "unassigned")


def _check_segments(segments: Segments, document: YamlDocument) -> None:
    known = {segment.id for segment in segments.segments}
    _refuse_twice([segment.id for segment in segments.segments], "segments", document)
    for index, segment in enumerate(segments.segments):
        if segment.id in RESERVED_SEGMENTS:
            raise ConfigurationError(
                f"The segment id {segment.id!r} has a meaning of its own in the marts",
                document.where("segments", index, "id"),
                "name the segment otherwise",
            )
    for index, rule in enumerate(segments.rules):
        if rule.segment is not None and rule.segment not in known:
            raise ConfigurationError(
                f"The rule names the segment {rule.segment!r}, which is not listed",
                document.where("rules", index, "segment"),
                f"use one of {', '.join(sorted(known)) or '(none listed)'} or list it under segments",
            )
        if rule.segment is None and (rule.field in ("any", "account_employees")):
            raise ConfigurationError(
                f"The field {rule.field} has no value that could be a segment",
                document.where("rules", index),
                "name the segment of this rule",
            )


def _check_plan(plan: PlanParameters, document: YamlDocument) -> None:
    for key, names in (("levers", [lever.id for lever in plan.levers]), ("approvers", [a.name for a in plan.approvers])):
        _refuse_twice(names, key, document)


def _refuse_twice(names: Sequence[str], key: str, document: YamlDocument) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ConfigurationError(f"{name!r} is listed twice", document.where(key, index), "keep one of the two")
