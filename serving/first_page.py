"""The first answer over what is served: target, closed, open, win rate, and the deals that somebody should look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from serving.query import query

SHOWN = 5

_QUARTER = """
select d.fiscal_year, d.fiscal_quarter, d.fiscal_quarter_start, d.fiscal_quarter_end
from core.dim_date as d where d.date_day = date '{day}'
"""
_TARGET = """
select t.amount from core.target as t
where t.scope_type = 'company' and t.measure = 'bookings' and t.period_type = 'quarter' and t.period_start = date '{start}'
order by t.version desc limit 1
"""
_DEALS = """
select
    sum(o.amount) filter (where o.is_won and o.closed_date between date '{start}' and date '{end}') as closed_amount,
    count(*) filter (where o.is_won and o.closed_date between date '{start}' and date '{end}') as closed_n,
    count(*) filter (where o.is_won or o.is_closed) as ever_closed_n,
    sum(o.amount) filter (where not o.is_closed) as open_amount,
    count(*) filter (where not o.is_closed) as open_n,
    sum(o.amount) filter (where not o.is_closed and o.close_date between date '{day}' and date '{end}') as due_amount,
    count(*) filter (where not o.is_closed and o.close_date between date '{day}' and date '{end}') as due_n,
    count(*) filter (where not o.is_closed and o.close_date < date '{day}') as overdue_n,
    count(*) filter (where not o.is_closed and coalesce(o.amount, 0) = 0) as no_amount_n,
    median(o.cycle_days) filter (where o.is_won) as usual_days,
    count(*) filter (where o.created_date is not null) as dated_n,
    count(*) as all_n
from core.fct_opportunity as o where o.is_counted
"""
_RATE = """
select t.win_rate_t4q_num, t.win_rate_t4q_den, t.win_rate_t4q, t.win_rate_t4q_low, t.win_rate_t4q_high
from kpi.team_performance_month as t
where t.scope_type = 'company' and t.month_start <= date '{day}' order by t.month_start desc limit 1
"""
_LOOK = """
select o.opportunity_name as name, o.stage_name as stage, o.amount, o.close_date, o.created_date, u.user_name as owner, o.why
from (
    select f.*, case
        when f.close_date < date '{day}' then 'close date passed'
        when coalesce(f.amount, 0) = 0 then 'no amount'
        when date_diff('day', f.created_date, date '{day}') > {long} then 'open for long'
    end as why
    from core.fct_opportunity as f where f.is_counted and not f.is_closed
) as o
left join core.dim_user as u on o.owner_current_id = u.user_id and u.is_current
where o.why is not null
order by o.amount desc nulls last, o.close_date, o.opportunity_name, o.opportunity_id
"""
_HAS = """
select
    (select count(*) from core.fct_activity) as activities,
    (select count(*) from core.target where scope_type = 'rep') as quotas,
    (select count(*) from core.dim_account where employees is not null) as sized_accounts
"""


@dataclass(frozen=True)
class Deal:
    """One deal to look at, and why."""

    name: str
    stage: str
    owner: str | None
    amount: Decimal | None
    close_date: dt.date | None
    why: str


@dataclass(frozen=True)
class FirstPage:
    """What a person wants to know first. None is what cannot be known from what was delivered."""

    as_of: dt.date
    fiscal_year: int
    fiscal_quarter: int
    target: Decimal | None
    closed_amount: Decimal | None
    closed_n: int
    ever_closed_n: int
    open_amount: Decimal | None
    open_n: int
    due_amount: Decimal | None
    due_n: int
    won_n: int
    decided_n: int
    win_rate: float | None
    win_rate_low: float | None
    win_rate_high: float | None
    usual_days: float | None
    overdue_n: int
    no_amount_n: int
    long_open_n: int | None
    deals: tuple[Deal, ...]
    has_quotas: bool
    has_activities: bool
    has_sized_accounts: bool


def first_page(serving: Path, day: dt.date) -> FirstPage:
    """Ask the served snapshot.

    Args:
        serving: the folder of snapshots.
        day: the day the snapshot was made for.

    Raises:
        StateError: nothing is served.
    """
    quarter = _one(serving, _QUARTER.format(day=day))
    bounds = {"day": day, "start": quarter["fiscal_quarter_start"], "end": quarter["fiscal_quarter_end"]}
    deals = _one(serving, _DEALS.format(**bounds))
    rate = _one(serving, _RATE.format(day=day))
    target = _one(serving, _TARGET.format(**bounds))
    usual = deals["usual_days"]
    # A deal that is open for twice the time that won ones took is not on its way any more.
    long = int(2 * usual) if usual else 36500
    look = query(serving, _LOOK.format(day=day, long=long)).to_pylist()
    has = _one(serving, _HAS)
    return FirstPage(
        as_of=day,
        fiscal_year=quarter["fiscal_year"],
        fiscal_quarter=quarter["fiscal_quarter"],
        target=target.get("amount"),
        closed_amount=deals["closed_amount"],
        closed_n=deals["closed_n"],
        ever_closed_n=deals["ever_closed_n"],
        open_amount=deals["open_amount"],
        open_n=deals["open_n"],
        due_amount=deals["due_amount"],
        due_n=deals["due_n"],
        won_n=rate.get("win_rate_t4q_num") or 0,
        decided_n=rate.get("win_rate_t4q_den") or 0,
        win_rate=rate.get("win_rate_t4q"),
        win_rate_low=rate.get("win_rate_t4q_low"),
        win_rate_high=rate.get("win_rate_t4q_high"),
        usual_days=usual,
        overdue_n=deals["overdue_n"],
        no_amount_n=deals["no_amount_n"],
        long_open_n=sum(row["why"] == "open for long" for row in look) if usual and deals["dated_n"] else None,
        deals=tuple(
            Deal(row["name"] or "(no name)", row["stage"], row["owner"], row["amount"], row["close_date"], row["why"])
            for row in look[:SHOWN]
        ),
        has_quotas=has["quotas"] > 0,
        has_activities=has["activities"] > 0,
        has_sized_accounts=has["sized_accounts"] > 0,
    )


def _one(serving: Path, sql: str) -> dict[str, Any]:
    rows = query(serving, sql).to_pylist()
    return dict(rows[0]) if rows else {}
