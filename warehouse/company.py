"""A company's business parameters: versioned YAML with built-in defaults, read into typed tables.

One file, one subject; a company folder's business/<name>.yml replaces the built-in file of that name whole, so that what
applies can be read in one place. Every refusal names file, line and key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from warehouse import yamlfile
from warehouse.errors import ConfigurationError
from warehouse.yamlfile import Key, YamlDocument

BUILT_IN = Path(__file__).parent / "business"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(_Strict):
    """One stage; its order is its place in the file."""

    stage: str
    type: Literal["open", "won", "lost"]
    probability: float = Field(ge=0, le=1)
    forecast_category: str
    source: str = "*"
    pipeline: str = "*"


class Exclusion(_Strict):
    """Deals that are kept but not counted."""

    field: Literal["name", "stage_name", "loss_reason"]
    pattern: str
    reason: Literal["test", "duplicate", "disqualified"]


class Stages(_Strict):
    """stages.yml."""

    stages: list[Stage] = Field(min_length=1)
    sale_types: dict[str, Literal["new", "expansion", "renewal"]] = {}
    exclusions: list[Exclusion] = []


class Segment(_Strict):
    """One segment."""

    id: str
    name: str


class SegmentRule(_Strict):
    """What puts an opportunity into a segment; numbers are half-open: min <= value < below."""

    field: Literal[
        "account_employees",
        "account_industry",
        "account_country",
        "account_type",
        "owner_segment",
        "owner_department",
        "any",
    ]
    segment: str | None = None
    min: float | None = None
    below: float | None = None
    equals: str | None = None


class Segments(_Strict):
    """segments.yml."""

    segments: list[Segment]
    rules: list[SegmentRule]


class Calendar(_Strict):
    """calendar.yml."""

    timezone: str
    reporting_currency: str = Field(pattern="^[A-Z]{3}$")
    fiscal_year_start_month: int = Field(ge=1, le=12)
    quota_period: Literal["month", "quarter"]
    cohort_maturity_days: int = Field(ge=0)
    working_minutes: dict[str, int]
    holidays: dict[dt.date, str] = {}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone of the IANA list, such as Europe/Berlin")
        return value

    @field_validator("working_minutes")
    @classmethod
    def _whole_week(cls, value: dict[str, int]) -> dict[str, int]:
        if set(value) != set(WEEKDAYS):
            raise ValueError("give minutes for each of monday to sunday")
        if any(not 0 <= minutes <= 1440 for minutes in value.values()):
            raise ValueError("minutes of a day lie between 0 and 1440")
        return value


class Team(_Strict):
    """team.yml."""

    rep_roles: list[str]
    ramp: list[float]

    @field_validator("ramp")
    @classmethod
    def _shares(cls, value: list[float]) -> list[float]:
        if any(not 0 <= share <= 1 for share in value):
            raise ValueError("productivity lies between 0 and 1")
        return value


class ActivityRule(_Strict):
    """What an activity of the CRM counts as."""

    object: Literal["task", "event"]
    field: Literal["type", "task_subtype", "subject", "any"]
    pattern: str
    type: Literal["email", "call", "meeting", "demo", "proposal", "task"]


class Activities(_Strict):
    """activities.yml."""

    rules: list[ActivityRule]


@dataclass(frozen=True)
class Company:
    """Everything that business/*.yml says, checked. `hash` changes when any of it does."""

    stages: Stages
    segments: Segments
    calendar: Calendar
    team: Team
    activities: Activities
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
    if own is not None and own.is_dir():
        for path in sorted(own.iterdir()):
            if path.suffix in (".yml", ".yaml") and path.name not in {f"{name}.yml" for name in _FILES}:
                known = ", ".join(f"{name}.yml" for name in _FILES)
                raise ConfigurationError("This business file is not known", str(path), f"name it one of {known}")

    def part(name: str, model: type[_Model], check: Callable[[_Model, YamlDocument], None] | None = None) -> _Model:
        path = own / f"{name}.yml" if own is not None and (own / f"{name}.yml").is_file() else BUILT_IN / f"{name}.yml"
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
        first = error.errors()[0]
        at: tuple[Key, ...] = tuple(first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        given = "" if first["type"] in ("missing", "extra_forbidden") else f" (found {first['input']!r})"
        more = f"; {len(error.errors()) - 1} more like it follow" if len(error.errors()) > 1 else ""
        raise ConfigurationError(
            f"{message}{given}{more}", document.where(*at), "mend that key; docs/sources.md lists what each file may say"
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


def _check_segments(segments: Segments, document: YamlDocument) -> None:
    known = {segment.id for segment in segments.segments}
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
