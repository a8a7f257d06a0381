"""What the oracle knows: the exported files and the business defaults, read without any code of the pipeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import yaml

from tests.end_to_end.oracle_exports import events, export, files
from tests.end_to_end.oracle_hubspot import HubSpot
from tests.end_to_end.oracle_values import Row, add_months, day, moment, month_of

BUSINESS = Path(__file__).resolve().parents[2] / "warehouse" / "business"
PARAMETERS = (
    "calendar",
    "segments",
    "stages",
    "activities",
    "team",
    "funnel",
    "scoring",
    "forecast",
    "capacity",
    "plan",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Created, modified and event times; never a close date or a plan date, which may lie years ahead.
AS_OF_COLUMNS = {
    "salesforce/Account": ("CreatedDate", "LastModifiedDate"),
    "salesforce/Contact": ("CreatedDate", "LastModifiedDate"),
    "salesforce/Lead": ("CreatedDate", "LastModifiedDate"),
    "salesforce/LeadHistory": ("CreatedDate",),
    "salesforce/Opportunity": ("CreatedDate", "LastModifiedDate"),
    "salesforce/OpportunityHistory": ("CreatedDate",),
    "salesforce/Task": ("CreatedDate",),
    "salesforce/Event": ("CreatedDate",),
    "salesforce/User": ("CreatedDate",),
    "encharge/people": ("lastActivity", "createdAt"),
    "support/tickets": ("created",),
    "hubspot/deals": ("createdate", "hs_lastmodifieddate"),
    "hubspot/companies": ("createdate", "hs_lastmodifieddate"),
    "hubspot/contacts": ("createdate", "lastmodifieddate"),
    "hubspot/owners": ("createdAt", "updatedAt"),
    "hubspot/deal_stage_history": ("timestamp",),
    "hubspot/property_history": ("timestamp",),
    "hubspot/line_items": ("createdate", "hs_lastmodifieddate"),
    "hubspot/quotes": ("hs_createdate",),
    "hubspot/deal_splits": ("hs_createdate",),
    **{f"hubspot/{name}": ("hs_createdate", "hs_lastmodifieddate") for name in ("calls", "emails", "meetings", "tasks")},
}
# References to records that Salesforce merges.
MERGED = {
    "salesforce/Opportunity": {"AccountId": "salesforce/Account"},
    "salesforce/LeadHistory": {"LeadId": "salesforce/Lead"},
}
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Business:
    """The defaults of warehouse/business/*.yml, or what the company has of its own."""

    calendar: Row
    segments: Row
    stages: Row
    activities: Row
    team: Row
    funnel: Row
    scoring: Row
    forecast: Row
    capacity: Row
    plan: Row

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.calendar["timezone"])

    def working_minutes(self, day: date) -> int:
        """Minutes of work of a day; none on a holiday."""
        if day.isoformat() in {str(holiday) for holiday in self.calendar["holidays"]}:
            return 0
        return int(self.calendar["working_minutes"][WEEKDAYS[day.weekday()]])

    def fiscal(self, month: date) -> tuple[int, int, int]:
        """Fiscal year (named by the year in which it ends), quarter and month."""
        first = int(self.calendar["fiscal_year_start_month"])
        number = (month.month - first) % 12 + 1
        return month.year + (1 if first > 1 and month.month >= first else 0), (number - 1) // 3 + 1, number

    def fiscal_year_start(self, year: int) -> date:
        """The first day of a fiscal year."""
        first = int(self.calendar["fiscal_year_start_month"])
        return date(year - 1 if first > 1 else year, first, 1)

    def quarter_start(self, at: date) -> date:
        """The first day of the fiscal quarter that holds a day."""
        return add_months(month_of(at), -((self.fiscal(at)[2] - 1) % 3))

    def segment(self, facts: Row) -> str:
        """The segment of the first rule that a record's facts meet; a fact that is not given is never met."""
        for rule in self.segments["rules"]:
            value = "" if rule["field"] == "any" else facts.get(rule["field"])
            if value is None:
                continue
            if "min" in rule and float(value) < rule["min"]:
                continue
            if "below" in rule and float(value) >= rule["below"]:
                continue
            if "equals" in rule and value.strip().lower() != rule["equals"].lower():
                continue
            return self.spelled(str(rule.get("segment", value.strip())))
        return "unassigned"

    def spelled(self, segment: str) -> str:
        """The configured segment of that id or name, else the name itself."""
        for known in self.segments["segments"]:
            if segment.lower() in (known["id"].lower(), known["name"].lower()):
                return str(known["id"])
        return segment

    def stage_type(self, stage: str | None) -> str:
        """open, won or lost; a stage that nobody configured is open."""
        known = {entry["stage"].lower(): str(entry["type"]) for entry in self.stages["stages"]}
        return known.get((stage or "").lower(), "open")


@dataclass(frozen=True)
class Person:
    """A user of the CRM with what HR says about them; HR wins."""

    user_id: str
    name: str
    role: str | None
    segment: str | None
    department: str | None
    manager_id: str | None
    hired: date | None
    ended: date | None
    zone: ZoneInfo
    created: date | None
    title: str | None = None
    is_active: bool = True
    fte: float | None = None
    source: str = "salesforce"


@dataclass(frozen=True)
class Inputs:
    """Everything the marts are computed from."""

    folder: Path
    business: Business
    as_of: date
    people: dict[str, Person]
    hubspot: HubSpot
    memory: dict[str, Any] = field(default_factory=dict, compare=False)

    def export(self, name: str) -> list[Row]:
        """The latest version of each record of an object; of Salesforce's names, those of every CRM."""
        if name not in self.memory:
            self.memory[name] = crm(self.folder, name, self.hubspot)
        return list(self.memory[name])

    def business_date(self, text: str | None) -> date | None:
        """The day on which something happened, in the company's zone."""
        at = moment(text)
        return None if at is None else at.astimezone(self.business.zone).date()


def once(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """What a function makes of the inputs alone, made once for each company; its result is not to be changed."""

    @wraps(function)
    def remembering(inputs: Inputs, *rest: Any) -> _Result:
        name = f"{function.__module__}.{function.__name__}"
        if name not in inputs.memory:
            inputs.memory[name] = function(inputs, *rest)
        return cast("_Result", inputs.memory[name])

    return remembering


def read_inputs(folder: Path, company: Path | None = None) -> Inputs:
    """All inputs of a company: its exports and its business parameters, its own before the built-in ones."""
    own = company / "business" if company else BUSINESS
    paths = {name: next(at for at in (own / f"{name}.yml", BUSINESS / f"{name}.yml") if at.is_file()) for name in PARAMETERS}
    business = Business(**{name: yaml.safe_load(path.read_text()) for name, path in paths.items()})
    hubspot = HubSpot(folder, business.zone)
    return Inputs(folder, business, _as_of(folder, business.zone), _people(folder, business.zone, hubspot), hubspot)


def crm(folder: Path, name: str, hubspot: HubSpot) -> list[Row]:
    """The records of an object of both CRMs; references to merged ones name those that stay."""
    own = export(folder, name)
    if name.startswith("salesforce/"):
        for column, master in MERGED.get(name, {}).items():
            stays = {row["Id"]: row["MasterRecordId"] for row in export(folder, master) if row["IsDeleted"] == "true"}
            own = [{**row, column: stays.get(row[column]) or row[column]} for row in own]
        own = [{**row, "Source": "salesforce"} for row in own]
    return own + hubspot.rows(name)


def _as_of(folder: Path, zone: ZoneInfo) -> date:
    times = [
        moment(row[column])
        for name, columns in AS_OF_COLUMNS.items()
        for _, rows in files(folder, name)
        for row in rows
        for column in columns
        if row[column] is not None
    ]
    times += [datetime.fromtimestamp(event["timestamp"] / 1000, UTC) for event in events(folder)]
    return max(time for time in times if time is not None).astimezone(zone).date()


def _people(folder: Path, company_zone: ZoneInfo, hubspot: HubSpot) -> dict[str, Person]:
    employees = export(folder, "hr/employees")
    users = crm(folder, "salesforce/User", hubspot)
    by_email = defaultdict(list)
    for user in users:
        by_email[(user["Email"] or "").lower()].append(user["Id"])
    user_by_email = {email: min(ids) for email, ids in by_email.items()}
    user_of_employee = {
        row["employee_id"]: row["crm_user_id"] or user_by_email.get((row["email"] or "").lower()) for row in employees
    }
    by_user = {user_of_employee[row["employee_id"]]: row for row in employees}
    people = {}
    for user in users:
        employee = by_user.get(user["Id"], {})
        created = moment(user["CreatedDate"])
        people[user["Id"]] = Person(
            user_id=user["Id"],
            name=user["Name"],
            role=employee.get("role") or user["Title"],
            segment=employee.get("segment"),
            department=user["Department"],
            manager_id=user["ManagerId"] or user_of_employee.get(employee.get("manager_id")),
            hired=day(employee.get("hire_date")),
            ended=day(employee.get("end_date")),
            zone=ZoneInfo(user["TimeZoneSidKey"]) if user["TimeZoneSidKey"] else company_zone,
            created=created.astimezone(company_zone).date() if created else None,
            title=user["Title"],
            is_active=user["IsActive"] != "false",
            fte=float(employee["fte"]) if employee.get("fte") else None,
            source=user["Source"],
        )
    return people
