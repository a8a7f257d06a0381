"""What the business files of funnel, scoring, forecast, capacity and plan may say; read by warehouse.company."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.parameters import Days, Money, Range, Strict

_MOST_OF_A_SHARE = 100


class Funnel(Strict):
    """funnel.yml."""

    mql: list[str]
    closed: list[str]


class FitRule(Range):
    """Points for what a lead is; text by pattern, numbers half-open: min <= value < below."""

    field: Literal["lead_source", "industry", "country", "title", "employees", "annual_revenue"]
    points: float = Field(ge=-100, le=100)
    reason: str
    pattern: str | None = None

    @model_validator(mode="after")
    def _says_what_matches(self) -> FitRule:
        is_number = self.field in ("employees", "annual_revenue")
        if is_number and (self.pattern is not None or (self.min is None and self.below is None)):
            raise ValueError(f"a rule on {self.field} needs min or below, and no pattern")
        if not is_number and (self.pattern is None or self.min is not None or self.below is not None):
            raise ValueError(f"a rule on {self.field} needs a pattern, and neither min nor below")
        return self


class BehaviourRule(Strict):
    """Points for what a lead did; they halve every `half_life_days`."""

    pattern: str
    group: str
    points: float = Field(ge=-100, le=100)
    half_life_days: float = Field(gt=0, le=3650)
    reason: str


class Hot(Strict):
    """Which leads deserve a call at once."""

    min_score: float = Field(ge=0, le=100)
    leads_per_person_week: float = Field(ge=0, le=10_000)
    channel: str


class Scoring(Strict):
    """scoring.yml."""

    fit_share: float = Field(ge=0, le=1)
    fit: list[FitRule]
    behaviour: list[BehaviourRule]
    caps: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(default_factory=dict)
    grades: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(min_length=1)
    hot: Hot
    router_roles: list[str]

    @model_validator(mode="after")
    def _every_score_has_a_grade(self) -> Scoring:
        if min(self.grades.values()) > 0:
            raise ValueError("the lowest grade must start at 0, so that every score has one")
        if len(set(self.grades.values())) < len(self.grades):
            raise ValueError("two grades start at the same score")
        unknown = set(self.caps) - {rule.group for rule in self.behaviour}
        if unknown:
            raise ValueError(f"caps names the group {sorted(unknown)[0]!r}, which no behaviour rule has")
        return self


class ForecastParameters(Strict):
    """forecast.yml; all in months."""

    horizon_months: int = Field(ge=1, le=36)
    season_months: int = Field(ge=2, le=24)
    held_out_months: int = Field(ge=2, le=24)
    min_history_months: int = Field(ge=4, le=120)

    @model_validator(mode="after")
    def _leaves_something_to_learn_from(self) -> ForecastParameters:
        least = self.held_out_months + 2
        if self.min_history_months < least:
            raise ValueError(f"min_history_months is {self.min_history_months}; {least} or more leave two months to learn from")
        return self


class SalesCapacity(Strict):
    """The sales part of capacity.yml."""

    horizon_months: int = Field(ge=1, le=36)
    availability: float = Field(gt=0, le=1)
    default_attainment: float = Field(gt=0, le=3)
    annual_attrition: float = Field(ge=0, lt=1)
    attrition_weight: float = Field(gt=0, le=10_000)
    time_to_fill_days: Days


class SupportCapacity(Strict):
    """The support part of capacity.yml."""

    interval_minutes: int = Field(ge=5, le=240)
    weeks: int = Field(ge=1, le=52)
    answer_seconds: float = Field(ge=0, le=86_400)
    service_level: float = Field(gt=0, lt=1)
    max_occupancy: float = Field(gt=0, lt=1)
    shrinkage: float = Field(ge=0, lt=1)

    @model_validator(mode="after")
    def _intervals_fill_a_day(self) -> SupportCapacity:
        if 1440 % self.interval_minutes:
            raise ValueError(f"intervals of {self.interval_minutes} minutes do not fill a day")
        return self


class StockPolicy(Strict):
    """The stock part of capacity.yml."""

    service_level: float = Field(gt=0, lt=1)
    review_days: int = Field(ge=1, le=365)
    history_weeks: int = Field(ge=8, le=260)
    lead_time_cv: float = Field(ge=0, le=10)


class CapacityParameters(Strict):
    """capacity.yml."""

    sales: SalesCapacity
    support: SupportCapacity
    stock: StockPolicy


class Lever(Strict):
    """Something that can be done about a gap; costs and effects are for one unit, effects a month."""

    id: str
    type: Literal[
        "hire",
        "contractor",
        "overtime",
        "re-route",
        "territory",
        "quota",
        "price",
        "promotion",
        "compensation",
        "training",
        "tool",
        "supplier",
        "sales process",
        "meetings and communication",
    ]
    name: str
    unit: str
    cost: Money
    effect: Literal["own_capacity", "share_of_capacity", "share_of_demand", "amount"]
    value: float = Field(ge=-1e9, le=1e9)
    lead_time_days: Days
    max: float = Field(gt=0, le=1e6)
    reversible: bool

    @model_validator(mode="after")
    def _is_a_share(self) -> Lever:
        if self.effect != "amount" and abs(self.value) > _MOST_OF_A_SHARE:
            raise ValueError(f"{self.effect} is a multiple such as 0.05; {self.value:g} is beyond {_MOST_OF_A_SHARE}")
        return self


class Approver(Strict):
    """Who signs; the order is the place in the file."""

    name: str = Field(pattern=r"\S")
    role: str


class StructureRole(Range):
    """A sales-operations role that companies of a size need; min and below are US dollars of ARR."""

    band: str
    role: str
    pattern: str
    why: str


class PlanParameters(Strict):
    """plan.yml."""

    levers: list[Lever]
    approvers: list[Approver] = Field(min_length=1)
    structure: list[StructureRole]
