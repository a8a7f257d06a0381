"""What each business file may say: one model a file, read by warehouse.company."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# What days and money of a plan may be, so that no date and no sum of them leaves its type.
Days = Annotated[int, Field(ge=0, le=3650)]
Money = Annotated[float, Field(ge=0, le=1e12)]


class Strict(BaseModel):
    """No key that is not known, no number that is none, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Stage(Strict):
    """One stage; its order is its place in the file."""

    stage: str
    type: Literal["open", "won", "lost"]
    probability: float = Field(ge=0, le=1)
    forecast_category: str
    source: str = "*"
    pipeline: str = "*"


class Exclusion(Strict):
    """Deals that are kept but not counted."""

    field: Literal["name", "stage_name", "loss_reason"]
    pattern: str
    reason: Literal["test", "duplicate", "disqualified"]


class Stages(Strict):
    """stages.yml."""

    stages: list[Stage] = Field(min_length=1)
    sale_types: dict[str, Literal["new", "expansion", "renewal"]] = {}
    exclusions: list[Exclusion] = []


class Segment(Strict):
    """One segment."""

    id: str
    name: str


class Range(Strict):
    """Numbers of a half-open range: min <= value < below; either bound may be missing."""

    min: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.min is not None and self.below is not None and self.min >= self.below:
            raise ValueError(f"no number is at least {self.min:g} and below {self.below:g}")
        return self


class SegmentRule(Range):
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
    equals: str | None = None


class Segments(Strict):
    """segments.yml."""

    segments: list[Segment]
    rules: list[SegmentRule]


class Calendar(Strict):
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


class Team(Strict):
    """team.yml."""

    rep_roles: list[str]
    ramp: list[float]

    @field_validator("ramp")
    @classmethod
    def _shares(cls, value: list[float]) -> list[float]:
        if any(not 0 <= share <= 1 for share in value):
            raise ValueError("productivity lies between 0 and 1")
        return value


class ActivityRule(Strict):
    """What an activity of the CRM counts as."""

    object: Literal["task", "event"]
    field: Literal["type", "task_subtype", "subject", "any"]
    pattern: str
    type: Literal["email", "call", "meeting", "demo", "proposal", "task"]


class Activities(Strict):
    """activities.yml."""

    rules: list[ActivityRule]
