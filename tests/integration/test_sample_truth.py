"""What is wrong in the sample exports is rare, and the truth beside them names exactly that."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sample import SampleSummary
from tests.integration.sampled import number
from warehouse.company import load as load_company


@pytest.mark.parametrize(
    ("table", "failing", "among"),
    [
        ("Lead", "not regexp_full_match(Email, '[^@ ]+@[^@ ]+\\.[a-z]+')", "true"),
        ("Contact", "not regexp_full_match(Email, '[^@ ]+@[^@ ]+\\.[a-z]+')", "true"),
        ("Lead", "Email in (select Email from Lead group by 1 having count(*) > 1)", "true"),
        ("Lead", "Country in ('Untied States', 'Germnay', 'Frnace', 'Cananda', 'Untied Kingdom', 'Spian')", "true"),
        ("Account", "Industry in ('Technolgy', 'Manufacturng', 'Health care', 'Bankng', 'Retial')", "true"),
        ("Opportunity", "Amount is null", "true"),
        ("Opportunity", "CloseDate < '2026-10-31'", "IsClosed = 'false'"),
        ("Opportunity", "CloseDate < left(CreatedDate, 10)", "IsClosed = 'true'"),
        ("Opportunity", "CloseDate > '2026-10-31'", "IsClosed = 'true'"),
        ("Lead", "State = 'ZZ'", "true"),
        ("Opportunity", "AccountId is null", "IsClosed = 'false'"),
        ("Event", "IsDeleted = 'true'", "true"),
        ("Lead", "IsDeleted = 'true'", "true"),
        ("Task", "IsDeleted = 'true'", "true"),
    ],
)
def test_dirt_is_there_and_rare(con: duckdb.DuckDBPyConnection, table: str, failing: str, among: str) -> None:
    rate = number(con, f"select avg(({failing})::int) from {table} where {among}")
    assert 0 < rate < 0.035


ADDRESS = "regexp_full_match(Email, '[^@ ]+@[^@ ]+\\.[a-z]+')"
FOUND = {
    "email_invalid": f"""
        select Id from Lead where IsDeleted = 'false' and not {ADDRESS}
        union all select Id from Contact where IsDeleted = 'false' and not {ADDRESS}""",
    "email_bounced": "select Id from Lead where IsDeleted = 'false' and EmailBouncedDate is not null",
    "phone_invalid": """
        select Id from Lead where IsDeleted = 'false' and length(Phone) < 9
        union all select Id from Contact where IsDeleted = 'false' and length(Phone) < 9""",
    "state_unknown": "select Id from Lead where IsDeleted = 'false' and State = 'ZZ'",
    "converted_lead_without_account": "select Id from Lead where IsConverted = 'true' and ConvertedAccountId is null",
    "won_without_amount": "select Id from closed_deal where IsWon = 'true' and Amount is null",
    "closed_in_future": "select Id from closed_deal where CloseDate > '2026-10-31'",
    "open_past_close_date": "select Id from open_deal where CloseDate < '2026-10-31'",
    "loss_without_reason": "select Id from deal where StageName = 'Closed Lost' and LossReason is null",
    "open_without_next_step": "select Id from open_deal where NextStep is null",
    "open_without_account": "select Id from open_deal where AccountId is null",
    "created_after_closed": "select Id from closed_deal where CloseDate < left(CreatedDate, 10)",
    "close_date_beyond_two_years": "select Id from open_deal where CloseDate::date > date '2026-10-31' + 730",
    "owner_inactive": """
        select o.Id from open_deal o join "User" u on u.Id = o.OwnerId where u.IsActive = 'false'""",
    "probability_contradicts_stage": """
        select Id from open_deal where Probability::int not in (10, 20, 50, 60, 70, 75, 90)""",
    "forecast_category_contradicts_stage": "select Id from open_deal where ForecastCategoryName = 'Omitted'",
    "amount_differs_from_lines": """
        select o.Id from deal o join OpportunityLineItem l on l.OpportunityId = o.Id where o.Amount is not null
        group by o.Id, o.Amount having sum(l.TotalPrice::decimal(18,2)) <> o.Amount::decimal(18,2)""",
    "open_untouched_30_days": """
        select Id from open_deal
        where greatest(coalesce(LastActivityDate, '2000-01-01'), left(CreatedDate, 10))::date < date '2026-10-31' - 30""",
    "close_date_pushed_3_times": """
        select OpportunityId from (
            select *, lag(CloseDate) over (partition by OpportunityId order by CreatedDate) as before from OpportunityHistory)
        where CloseDate > before and StageName not like 'Closed%' group by 1 having count(*) >= 3""",
    "stage_regressed": """
        select distinct OpportunityId from (
            select StageName, Probability::int as p, lag(p) over w as before, lag(StageName) over w as stage
                 , OpportunityId
            from OpportunityHistory window w as (partition by OpportunityId order by CreatedDate))
        where StageName not like 'Closed%' and (before > p or (stage = 'Qualification' and StageName = 'Prospecting'))""",
    "activity_logged_late": "select Id from Task where IsDeleted = 'false' and CreatedDate::date > ActivityDate::date + 7",
    "activity_in_future": "select Id from Task where IsDeleted = 'false' and IsClosed = 'true' and ActivityDate > '2026-10-31'",
    "duration_negative": "select Id from Event where IsDeleted = 'false' and EndDateTime < StartDateTime",
    "duration_over_8_hours": """
        select Id from Event where IsDeleted = 'false'
        and EndDateTime::timestamp > StartDateTime::timestamp + interval 8 hour""",
    "overlapping_more_than_two_deep": """
        select a.Id from Event a join Event b
          on a.OwnerId = b.OwnerId and b.StartDateTime <= a.StartDateTime and b.EndDateTime > a.StartDateTime
        where a.IsDeleted = 'false' and b.IsDeleted = 'false' and a.IsChild = 'false' and b.IsChild = 'false'
          and a.EndDateTime > a.StartDateTime and b.EndDateTime > b.StartDateTime
        group by 1 having count(*) > 2""",
    "manager_cycle": 'select a.Id from "User" a join "User" b on a.ManagerId = b.Id and b.ManagerId = a.Id',
    "quota_doubled": """
        select Id from ForecastingQuota
        qualify row_number() over (partition by QuotaOwnerId, StartDate order by Id collate "C") > 1""",
    "forecast_submitted_after_period": """
        select Id from ForecastingAdjustment where CreatedDate::date >= StartDate::date + interval 1 month""",
}


@pytest.mark.parametrize("rule", FOUND)
def test_the_truth_knows_what_is_wrong(con: duckdb.DuckDBPyConnection, rule: str) -> None:
    known = f"select record_id from truth_defects where rule = '{rule}'"
    assert con.execute(f"({FOUND[rule]}) except ({known})").fetchall() == []
    assert con.execute(f"({known}) except ({FOUND[rule]})").fetchall() == []
    assert number(con, f"select count(*) from ({known})") > 0


def test_every_rule_that_can_be_found_is_known_and_rare(con: duckdb.DuckDBPyConnection) -> None:
    rules = dict(con.execute("select rule, count(*) from truth_defects group by 1").fetchall())
    assert set(FOUND) <= set(rules)
    assert {"quota_missing", "event_before_person", "country_unknown", "industry_misspelt", "late_file"} <= set(rules)
    assert number(con, "select count(*) from truth_defects where record_id is null or record_id = ''") == 0


def test_revenue_splits_make_a_hundred_percent(con: duckdb.DuckDBPyConnection) -> None:
    wrong = """
        select s.OpportunityId from OpportunitySplit s join OpportunitySplitType t on t.Id = s.SplitTypeId
        where t.MasterLabel = 'Revenue' group by 1 having sum(s.SplitPercentage::int) <> 100"""
    known = "select record_id from truth_defects where rule = 'revenue_split_not_100'"
    assert con.execute(f"({wrong}) except ({known})").fetchall() == []
    assert con.execute(f"({known}) except ({wrong})").fetchall() == []


def test_the_truth_names_duplicates_and_propensities(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("Lead", "Account", "Contact"):
        pairs = number(con, f"select count(*) from truth_duplicates where object = 'salesforce.{table}'")
        assert pairs > 5
        known = (
            f"select count(*) from truth_duplicates d join {table} a on a.Id = d.record_id join {table} b on b.Id = d.master_id"
        )
        assert number(con, known) == pairs
    for truth, column, table in (("lead", "lead_id", "Lead"), ("deal", "opportunity_id", "Opportunity")):
        known = f"select count(*) from truth_{truth}_propensity join {table} on Id = {column}"
        assert number(con, known) == number(con, f"select count(*) from {table}")
    best = con.execute("select arg_max(name, value) from truth_effects where kind = 'segment_win_rate'").fetchone()
    assert best == ("mid_market",)
    merged = "select count(*) from Account where IsDeleted = 'true' and Id not in (select record_id from truth_duplicates)"
    assert number(con, merged) == 0


def test_a_file_comes_late_and_one_twice(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    folder = written[0] / "salesforce"
    query = "select rule, record_id, detail from truth_defects where rule in ('late_file', 'file_sent_again')"
    rows = con.execute(query).fetchall()
    files = {rule: (record, detail) for rule, record, detail in rows}
    again, _ = files["file_sent_again"]
    assert (folder / again).read_bytes() == (folder / again.replace(" (1)", "")).read_bytes()
    late, detail = files["late_file"]
    assert (folder / late).is_file()
    assert detail == "arrives with the export of 2026-10-24"


def test_the_company_folder_can_be_read(written: tuple[Path, SampleSummary]) -> None:
    company = load_company(written[0].with_name("company"))
    assert company.calendar.fiscal_year_start_month == 2
    assert company.stages == load_company(None).stages
