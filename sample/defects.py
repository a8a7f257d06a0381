"""What is wrong in the exports, rule by rule: what was injected on purpose, and what busy people left behind.

Only records that are not deleted count; a rule of the pipeline finds the same records or is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sample import archive, cells, staff
from sample.account_exports import AccountFacts
from sample.archive import Versions
from sample.diary import Entries, event_minutes
from sample.draws import Flags
from sample.forecasts import Adjustments
from sample.ids import IdSpace, numbered
from sample.lead_exports import LeadFacts
from sample.leads import emails
from sample.marketing import Audience, Feed
from sample.quotas import Quotas
from sample.truth import Defects
from sample.world import World

_DEEP = 2


def of_people(world: World, given: Quotas, adjustments: Adjustments) -> list[Defects]:
    """Users, quotas and forecasts."""
    users = world.spaces["User"]
    forgotten = np.array([user for user, _ in given.forgotten], dtype=np.int64)
    starts = np.array([start for _, start in given.forgotten], dtype=np.int64)
    late = np.flatnonzero(adjustments.late)
    return [
        Defects("manager_cycle", "salesforce.User", users.of(staff.manager_cycle(world.people))),
        Defects("quota_missing", "salesforce.User", users.of(forgotten), cells.dates(starts)),
        Defects("quota_doubled", "salesforce.ForecastingQuota", IdSpace("ForecastingQuota", len(given.user)).of(given.doubled)),
        Defects(
            "forecast_submitted_after_period",
            "salesforce.ForecastingAdjustment",
            IdSpace("ForecastingAdjustment", len(adjustments.item)).of(late),
        ),
    ]


def of_addresses(world: World, leads: LeadFacts, accounts: AccountFacts) -> list[Defects]:
    """Addresses, telephone numbers, places and industries of leads, contacts and accounts."""
    lead, contact, account = ~world.leads.deleted, ~accounts.deleted, world.keeping.master < 0
    flags: list[tuple[str, str, Flags]] = [
        ("email_invalid", "Lead", lead & (world.leads.at_sign > 0)),
        ("email_invalid", "Contact", contact & (accounts.at_sign > 0)),
        ("email_bounced", "Lead", lead & leads.bounced),
        ("phone_invalid", "Lead", lead & leads.short_phone),
        ("phone_invalid", "Contact", contact & accounts.short_phone),
        ("country_unknown", "Lead", lead & leads.country_slip),
        ("country_unknown", "Contact", contact & accounts.contact_country_slip),
        ("country_unknown", "Account", account & accounts.country_slip),
        ("state_unknown", "Lead", lead & leads.state_slip),
        ("industry_misspelt", "Lead", lead & leads.industry_slip),
        ("industry_misspelt", "Account", account & accounts.industry_slip),
        ("converted_lead_without_account", "Lead", lead & leads.lost_account),
    ]
    return [Defects(rule, f"salesforce.{name}", world.spaces[name].of(np.flatnonzero(flag))) for rule, name, flag in flags]


def of_activities(todo: Entries, calendar: Entries) -> list[Defects]:
    """Tasks and meetings."""

    def named(rule: str, name: str, entries: Entries, flag: Flags) -> Defects:
        kept = flag & ~entries.traits.chance("deleted", 0.007, entries.every)
        return Defects(rule, f"salesforce.{name}", cells.fixed(numbered(name, np.flatnonzero(kept))))

    return [
        named("activity_in_future", "Task", todo, todo.slips["ahead"]),
        named("activity_logged_late", "Task", todo, todo.slips["late"]),
        named("duration_negative", "Event", calendar, calendar.slips["negative"]),
        named("duration_over_8_hours", "Event", calendar, calendar.slips["all_day"]),
        named("overlapping_more_than_two_deep", "Event", calendar, _crowded(calendar)),
    ]


def _crowded(calendar: Entries) -> Flags:
    """Meetings that begin while at least two others of the same owner run."""
    counted = ~calendar.what.is_child & ~calendar.traits.chance("deleted", 0.007, calendar.every) & ~calendar.slips["negative"]
    which = np.flatnonzero(counted)
    owner = calendar.what.owner[which].astype(np.int64) << 34
    start = calendar.moment[which]
    end = start + event_minutes(calendar, which) * 60
    starts, ends = np.sort(owner | start), np.sort(owner | end)
    running = np.searchsorted(starts, owner | start, side="right") - np.searchsorted(ends, owner | start, side="right")
    out = np.zeros(len(counted), dtype=bool)
    out[which[running > _DEEP]] = True
    return out


def of_marketing(world: World, audience: Audience, arrived: Feed) -> list[Defects]:
    """Events that happened before their person was known; named by address and moment in milliseconds."""
    early = np.flatnonzero(arrived.early)
    _, first = np.unique(arrived.event[early], return_index=True)
    early = early[first]
    address = emails(world.leads, audience.lead[arrived.person[early]])
    moment = cells.integers(arrived.moment[early])
    return [Defects("event_before_person", "encharge.events", cells.joined(address, " ", moment))]


def of_delivery(objects: Sequence[Versions], calendar: Sequence[dt.date]) -> list[Defects]:
    """Files that come late or twice."""
    found = []
    mishap = archive.late(objects, calendar)
    if mishap is not None:
        name, day = mishap
        arrives = calendar[calendar.index(day) + 1]
        found.append(_file("late_file", name, f"{name}_{day}.csv", f"arrives with the export of {arrives}"))
    mishap = archive.resent(objects, calendar)
    if mishap is not None:
        name, day = mishap
        found.append(_file("file_sent_again", name, f"{name}_{day} (1).csv", f"the same bytes as {name}_{day}.csv"))
    return found


def _file(rule: str, name: str, file: str, detail: str) -> Defects:
    return Defects(rule, f"salesforce.{name}", pa.array([file], pa.string()), detail)
