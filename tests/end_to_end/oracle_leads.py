"""Leads as the marts should see them, and kpi.lead_funnel, recomputed from the exports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, day, like, month_end, month_of, ratio


@dataclass(frozen=True)
class Lead:
    """A lead that is not deleted; `record` is its exported row."""

    record: Row
    segment: str
    created: date
    is_mql: bool
    mql_date: date | None
    is_sql: bool
    sql_date: date | None
    is_won: bool

    @property
    def is_open(self) -> bool:
        return self.record["IsConverted"] != "true"


@once
def read_leads(inputs: Inputs, deals: list[Deal]) -> list[Lead]:
    """Every lead with its qualification, from its history where that says when."""
    patterns = inputs.business.funnel["mql"]
    won = {deal.deal_id for deal in deals if deal.is_won and deal.is_counted}
    first_mql: dict[str, date] = {}
    for row in inputs.export("salesforce/LeadHistory"):
        if (row["Field"] or "").lower() != "status" or not any(like(row["NewValue"], pattern) for pattern in patterns):
            continue
        at = inputs.business_date(row["CreatedDate"])
        if at is not None:
            first_mql[row["LeadId"]] = min(at, first_mql.get(row["LeadId"], at))
    leads = []
    for row in inputs.export("salesforce/Lead"):
        created = inputs.business_date(row["CreatedDate"])
        if row["IsDeleted"] == "true":
            continue
        assert created is not None, row
        is_sql = row.get("IsAccepted", row["IsConverted"] == "true" and row["ConvertedOpportunityId"] is not None)
        mql_date = first_mql.get(row["Id"])
        leads.append(
            Lead(
                record=row,
                segment=inputs.business.segment(
                    {
                        "account_employees": row["NumberOfEmployees"],
                        "account_industry": row["Industry"],
                        "account_country": row["Country"],
                    }
                ),
                created=created,
                is_mql=mql_date is not None or is_sql or matches(row, patterns),
                mql_date=mql_date,
                is_sql=is_sql,
                sql_date=day(row["AcceptedDate"] if "AcceptedDate" in row else row["ConvertedDate"]) if is_sql else None,
                is_won=is_sql and row["ConvertedOpportunityId"] in won,
            )
        )
    return leads


def matches(lead: Row, patterns: list[str]) -> bool:
    """Whether the status of a lead, or its lifecycle stage, is one of a list."""
    return any(like(lead.get(column), pattern) for column in ("Status", "LifecycleStage") for pattern in patterns)


def lead_funnel(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.lead_funnel: leads by the month they came in, where from, and segment."""
    cells: dict[tuple[date, str, str], list[Lead]] = defaultdict(list)
    for lead in read_leads(inputs, deals):
        cells[month_of(lead.created), lead.record["LeadSource"] or "unknown", lead.segment].append(lead)
    maturity = timedelta(days=int(inputs.business.calendar["cohort_maturity_days"]))
    rows = []
    for (month, source, segment), some in cells.items():
        emails = {(lead.record["Email"] or lead.record["Id"]).lower() for lead in some}
        companies = {lead.record["Company"].strip().lower() for lead in some if lead.record["Company"]}
        mql, sql = sum(lead.is_mql for lead in some), sum(lead.is_sql for lead in some)
        won = sum(lead.is_won for lead in some)
        undated = sum(lead.is_mql and lead.mql_date is None for lead in some)
        dated = undated == 0
        year, quarter, number = inputs.business.fiscal(month)
        rows.append(
            {
                "cohort_month": month,
                "lead_source": source,
                "segment_id": segment,
                "leads": len(some),
                "people": len(emails),
                "companies": len(companies),
                "mql": mql,
                "mql_undated": undated,
                "sql": sql,
                "won": won,
                **ratio("mql_rate", mql if dated else None, len(some) if dated else None),
                **ratio("sql_rate", sql if dated else None, mql if dated else None),
                **ratio("won_rate", won, sql),
                "is_mature": month_end(month) + maturity <= inputs.as_of,
                "fiscal_year": year,
                "fiscal_quarter": quarter,
                "fiscal_month": number,
            }
        )
    return rows
