"""What the oracle knows: the exported files and the business defaults, read without any code of the pipeline."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import yaml

BUSINESS = Path(__file__).resolve().parents[2] / "warehouse" / "business"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Created, modified and event times; never a close date or a plan date, which may lie years ahead.
AS_OF_COLUMNS = {
    "salesforce/Account": ("CreatedDate", "LastModifiedDate"),
    "salesforce/Contact": ("CreatedDate", "LastModifiedDate"),
    "salesforce/Lead": ("CreatedDate", "LastModifiedDate"),
    "salesforce/Opportunity": ("CreatedDate", "LastModifiedDate"),
    "salesforce/OpportunityHistory": ("CreatedDate",),
    "salesforce/Task": ("CreatedDate",),
    "salesforce/Event": ("CreatedDate",),
    "salesforce/User": ("CreatedDate",),
    "encharge/people": ("lastActivity", "createdAt"),
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Business:
    """The defaults of warehouse/business/*.yml."""

    calendar: Row
    segments: Row
    stages: Row
    activities: Row
    team: Row

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


@dataclass(frozen=True)
class Inputs:
    """Everything the marts are computed from."""

    folder: Path
    business: Business
    as_of: date
    people: dict[str, Person]

    def export(self, name: str) -> list[Row]:
        return export(self.folder, name)


def export(folder: Path, name: str) -> list[Row]:
    """The rows of an exported CSV as text, absent values as None."""
    (path,) = folder.glob(f"{name}_[0-9]*.csv")
    frame = pd.read_csv(path, dtype=str)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def moment(text: str | None) -> datetime | None:
    """A timestamp of an export, in UTC."""
    if text is None:
        return None
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    """A plain date of an export."""
    return None if text is None else date.fromisoformat(text[:10])


def money(text: str | None) -> Decimal | None:
    """An amount in cents."""
    return None if text is None else Decimal(text).quantize(Decimal("0.01"))


def like(text: str | None, pattern: str) -> bool:
    """SQL LIKE of a lower-case pattern."""
    if text is None:
        return False
    parts = [".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern]
    return re.fullmatch("".join(parts), text.lower(), flags=re.DOTALL) is not None


def month_of(value: date) -> date:
    return value.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months later."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every month from the one of `first` to the one of `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(month_of(first), step) for step in range(count + 1)]


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def read_inputs(folder: Path, business_folder: Path = BUSINESS) -> Inputs:
    """All inputs of a company: its exports and its business parameters."""
    names = ("calendar", "segments", "stages", "activities", "team")
    business = Business(**{name: yaml.safe_load((business_folder / f"{name}.yml").read_text()) for name in names})
    return Inputs(folder, business, _as_of(folder, business.zone), _people(folder, business.zone))


def _as_of(folder: Path, zone: ZoneInfo) -> date:
    times = [
        moment(row[column])
        for name, columns in AS_OF_COLUMNS.items()
        for row in export(folder, name)
        for column in columns
        if row[column] is not None
    ]
    (events,) = folder.glob("encharge/events_*.jsonl")
    with events.open(encoding="utf-8") as lines:
        times += [datetime.fromtimestamp(json.loads(line)["timestamp"] / 1000, UTC) for line in lines if line.strip()]
    return max(time for time in times if time is not None).astimezone(zone).date()


def _people(folder: Path, company_zone: ZoneInfo) -> dict[str, Person]:
    employees = export(folder, "hr/employees")
    users = export(folder, "salesforce/User")
    user_by_email = {(user["Email"] or "").lower(): user["Id"] for user in users}
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
        )
    return people
