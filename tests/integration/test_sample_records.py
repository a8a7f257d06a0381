"""The records of the sample exports agree with each other, and the business that they tell of looks like one."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import duckdb

from sample import SampleSummary
from tests.integration.sampled import number


def test_deals_stand_as_their_history_leaves_them(con: duckdb.DuckDBPyConnection) -> None:
    newest = "select *, row_number() over (partition by OpportunityId order by CreatedDate desc) as age from OpportunityHistory"
    differing = f"""
        select count(*) from Opportunity o left join ({newest}) h on h.OpportunityId = o.Id and h.age = 1
        where o.IsDeleted = 'false' and (h.Id is null or (h.StageName, h.CloseDate, h.Amount) is distinct from
            (o.StageName, o.CloseDate, o.Amount) or h.CreatedDate > o.LastModifiedDate)"""
    assert number(con, differing) == 0


def test_lines_add_up_to_the_amount(con: duckdb.DuckDBPyConnection) -> None:
    differing = """
        select count(*) from Opportunity o
        join (select OpportunityId, sum(TotalPrice::decimal(18,2)) as total from OpportunityLineItem group by 1) l
          on l.OpportunityId = o.Id
        where (o.Amount is null or o.Amount::decimal(18,2) <> l.total or o.HasOpportunityLineItem = 'false')
          and o.Id not in (select record_id from truth_defects where rule = 'amount_differs_from_lines')"""
    assert number(con, differing) == 0


def test_conversions_hang_together(con: duckdb.DuckDBPyConnection) -> None:
    broken = """
        select count(*) from Lead l
        join Opportunity o on o.Id = l.ConvertedOpportunityId join Contact c on c.Id = l.ConvertedContactId
        where o.AccountId <> l.ConvertedAccountId or c.AccountId <> l.ConvertedAccountId or o.CreatedDate <= l.CreatedDate
           or l.ConvertedDate <> left(o.CreatedDate, 10) or c.LastName <> l.LastName or l.IsConverted <> 'true'
           or l.Status <> 'Closed - Converted'"""
    assert number(con, broken) == 0


def test_the_history_of_a_lead_ends_in_its_status_and_owner(con: duckdb.DuckDBPyConnection) -> None:
    newest = "select * from LeadHistory qualify row_number() over (partition by LeadId, Field order by CreatedDate desc) = 1"
    differing = f"""
        select count(*) from Lead l left join ({newest}) s on s.LeadId = l.Id and s.Field = 'Status'
        left join ({newest}) o on o.LeadId = l.Id and o.Field = 'Owner'
        where coalesce(s.NewValue, 'Open - Not Contacted') <> l.Status or (o.Id is not null and o.NewValue <> l.OwnerId)"""
    assert number(con, differing) == 0
    broken_chain = """
        select count(*) from (select OldValue, lag(NewValue) over (partition by LeadId, Field order by CreatedDate) as before
        from LeadHistory) where before is not null and before <> OldValue"""
    assert number(con, broken_chain) == 0
    assert number(con, "select count(*) from LeadHistory where Field = 'Owner'") > 100


def test_the_field_history_of_a_deal_ends_in_what_it_shows(con: duckdb.DuckDBPyConnection) -> None:
    newest = """
        select * from OpportunityFieldHistory
        qualify row_number() over (partition by OpportunityId, Field order by CreatedDate desc) = 1"""
    for field, column in (("Owner", "OwnerId"), ("Amount", "Amount"), ("CloseDate", "CloseDate")):
        differing = f"""
            select count(*) from Opportunity o join ({newest}) h on h.OpportunityId = o.Id and h.Field = '{field}'
            where h.NewValue is distinct from o.{column}"""
        assert number(con, differing) == 0, field


def test_two_pipelines_two_currencies_and_a_territory_that_moved(con: duckdb.DuckDBPyConnection) -> None:
    odd = """
        select count(*) from Opportunity o join RecordType r on r.Id = o.RecordTypeId
        where (o.Type = 'Renewal') <> (r.Name = 'Renewal Pipeline')"""
    assert number(con, odd) == 0
    odd = """
        select count(*) from Opportunity o join Account a on a.Id = o.AccountId where (o.CurrencyIsoCode = 'EUR') <>
            (a.BillingCity in ('Berlin', 'München', 'Hamburg', 'Paris', 'Lyon', 'Amsterdam', 'Madrid', 'Barcelona'))"""
    assert number(con, odd) == 0
    assert number(con, "select count(*) from Opportunity where CurrencyIsoCode = 'EUR'") > 100
    moved = "select count(*) from AccountHistory where left(CreatedDate, 10) = '2026-10-14'"
    assert number(con, moved) > 5
    assert number(con, "select count(*) from UserTerritory2Association where IsActive = 'false'") > 0


def test_nobody_works_before_being_hired_or_after_leaving(con: duckdb.DuckDBPyConnection) -> None:
    for table, moment in (("Task", "CompletedDateTime"), ("Event", "StartDateTime")):
        absent = f"""
            select count(*) from {table} a join employees e on e.crm_user_id = a.OwnerId
            where left(a.{moment}, 10) < e.hire_date or left(a.{moment}, 10)::date > e.end_date::date + 1"""
        assert number(con, absent) == 0
    unequal = """
        select count(*) from "User" u join employees e on e.crm_user_id = u.Id
        where (e.end_date is null) <> (u.IsActive = 'true')"""
    assert number(con, unequal) == 0


def test_work_is_done_on_weekdays_in_the_reps_own_office_hours(con: duckdb.DuckDBPyConnection) -> None:
    odd = """
        select count(*) from (
            select timezone(u.TimeZoneSidKey, t.CompletedDateTime::timestamptz) as local
            from Task t join "User" u on u.Id = t.OwnerId where t.CompletedDateTime is not null)
        where isodow(local) > 5 or hour(local) not between 8 and 17"""
    assert number(con, odd) == 0


def test_events_come_twice_and_out_of_order(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    paths = sorted((written[0] / "encharge").glob("events_*.jsonl"))
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    events = [json.loads(line) for line in lines]
    assert all(set(event) == {"type", "person", "timestamp", "properties"} for event in events)
    assert all(len(str(event["timestamp"])) == 13 for event in events)
    twice = sum(count - 1 for count in Counter(lines).values())
    assert 0.01 < twice / len(lines) < 0.02
    moments = [event["timestamp"] for event in events]
    assert sum(a > b for a, b in pairwise(moments)) > len(moments) / 100
    known = {name for row in con.execute("select email, userId from people").fetchall() for name in row}
    assert {event["person"] for event in events} <= known
    keys = {key for event in events for key in event["properties"]}
    assert keys == {"url", "form", "campaign", "utm_source", "utm_medium", "utm_campaign"}
    assert number(con, "select count(*) from people where email not in (select Email from Lead)") == 0


def test_the_business_looks_like_one(con: duckdb.DuckDBPyConnection) -> None:
    won = "select count(*) from Opportunity where IsWon = 'true'"
    assert 0.30 < number(con, won) / number(con, "select count(*) from Opportunity where IsClosed = 'true'") < 0.45
    # The fiscal quarters end with January, April, July and October.
    assert 2 * number(con, f"{won} and month(CloseDate::date) % 3 = 1") > 0.8 * number(con, won)
    assert number(con, "select count(*) from Opportunity where IsClosed = 'false'") > 60
    assert {row[0] for row in con.execute("select distinct Type from Opportunity").fetchall()} == {
        "New Business",
        "Existing Business",
        "Renewal",
    }
    assert number(con, "select count(*) from Opportunity where StageName = 'Closed Lost' and Amount::double = 0") > 20
    assert number(con, "select count(*) from Event where IsChild = 'true'") > 50
    assert number(con, "select count(*) from Event where Subject like 'No-show%'") > 50
    assert number(con, "select count(*) from Task where Subject like 'Proposal sent%'") > 300
    assert number(con, "select count(*) from Task where TaskSubtype = 'Call' and CallDurationInSeconds is null") > 100


def test_meetings_overlap_sometimes(con: duckdb.DuckDBPyConnection) -> None:
    overlapping = """
        select avg((StartDateTime < previous_end)::int) from (
            select *, lag(EndDateTime) over (partition by OwnerId order by StartDateTime, Id) as previous_end
            from Event where IsChild = 'false')"""
    assert 0 < number(con, overlapping) < 0.2
