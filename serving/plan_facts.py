"""What the plan book knows: rows from a published snapshot, with the reason where a mart has none.

Belongs here: SQL on the served tables, no wording and no drawing. A table that a snapshot lacks counts as empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

Row = Mapping[str, Any]

PAST_MONTHS = 18
PAST_QUARTERS = 8
HISTORY_MONTHS = 24
HOT_LEADS = 10
EVENTS = 10


@dataclass(frozen=True)
class Facts:
    """A snapshot that is open for reading, and the day it stands for."""

    connection: duckdb.DuckDBPyConnection
    as_of: dt.date
    tables: frozenset[str]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, as_of: dt.date) -> Facts:
        """The facts of an open snapshot."""
        found = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_catalog = current_catalog()"
        ).fetchall()
        return cls(connection, as_of, frozenset(name for (name,) in found))

    def rows(self, sql: str, *needs: str, **parameters: object) -> list[Row]:
        """The rows of a query; none when one of the tables that it needs is not in the snapshot.

        Args:
            sql: a SELECT; `$as_of` is the snapshot's day.
            needs: the tables it reads, as schema.table.
            parameters: values of its other `$name`s.
        """
        if not self.tables.issuperset(needs):
            return []
        given = {**parameters, "as_of": self.as_of}
        used = {name: value for name, value in given.items() if f"${name}" in sql}
        result = self.connection.execute(sql, used)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def quarter(self) -> Row | None:
        """The fiscal quarter of the day: fiscal_year, fiscal_quarter, first, last, year_end."""
        found = self.rows(
            "SELECT fiscal_year, fiscal_quarter, fiscal_quarter_start AS first, fiscal_quarter_end AS last, "
            "fiscal_year_end AS year_end FROM core.dim_date WHERE date_day = $as_of",
            "core.dim_date",
        )
        return found[0] if found else None

    def revenue_to_date(self, first: dt.date) -> Row | None:
        """revenue and orders from a day until the day of the snapshot; None before the first sale."""
        [found] = self.rows(
            "SELECT sum(revenue) AS revenue, sum(orders) AS orders, (SELECT sum(orders) FROM kpi.daily_sales) AS ever "
            "FROM kpi.daily_sales WHERE date_day BETWEEN $first AND $as_of",
            "kpi.daily_sales",
            first=first,
        ) or [{"ever": None}]
        return found if found["ever"] else None

    def quarter_target(self, first: dt.date, last: dt.date) -> Row | None:
        """amount and kind ('target' or 'quotas') of a fiscal quarter.

        The company's target for the quarter; else those of its three months; else the sum of the reps' quotas.
        """
        found = self.rows(
            f"""
            WITH company AS ({_COMPANY_TARGETS}),
            months AS (
                SELECT sum(amount) AS amount FROM company
                WHERE period_type = 'month' AND period_start BETWEEN $first AND $last HAVING count(*) = 3
            ),
            quotas AS (
                SELECT sum(amount) AS amount FROM core.target
                WHERE scope_type = 'rep' AND measure = 'bookings' AND period_start BETWEEN $first AND $last
                    AND period_type IN ('month', 'quarter')
            )
            SELECT amount, 'target' AS kind, 1 AS choice FROM company WHERE period_type = 'quarter' AND period_start = $first
            UNION ALL SELECT amount, 'target', 2 FROM months
            UNION ALL SELECT amount, 'quotas', 3 FROM quotas WHERE amount IS NOT NULL
            ORDER BY choice LIMIT 1
            """,
            "core.target",
            first=first,
            last=last,
        )
        return found[0] if found else None

    def revenue_months(self, year_end: dt.date) -> list[Row]:
        """month, revenue, target, quotas, is_complete: the past months and, by target alone, the rest of the fiscal year."""
        past = self.rows(
            f"""
            SELECT month_start AS month, bookings AS revenue, target_amount AS target, quota_sum AS quotas,
                last_day(month_start) <= $as_of AS is_complete
            FROM kpi.team_performance_month
            WHERE is_default_scope AND month_start <= $as_of
                AND month_start >= date_trunc('month', $as_of::DATE) - INTERVAL {PAST_MONTHS} MONTH
            ORDER BY month_start
            """,
            "kpi.team_performance_month",
        )
        ahead = self.rows(
            f"""
            WITH company AS ({_COMPANY_TARGETS})
            SELECT period_start AS month, NULL AS revenue, amount AS target, NULL AS quotas, false AS is_complete FROM company
            WHERE period_type = 'month' AND period_start > $as_of AND period_start <= $year_end ORDER BY period_start
            """,
            "core.target",
            year_end=year_end,
        )
        return [*past, *ahead] if past else []

    def open_pipeline(self) -> list[Row]:
        """stage, amount, deals and deals without an amount, in the order of the stages."""
        return self.rows(
            """
            SELECT coalesce(deals.stage_name, 'no stage') AS stage, coalesce(sum(deals.amount), 0) AS amount, count(*) AS deals,
                count(*) FILTER (deals.amount IS NULL) AS unknown
            FROM core.fct_opportunity AS deals LEFT JOIN core.dim_stage AS stages ON deals.stage_id = stages.stage_id
            WHERE NOT deals.is_closed AND deals.is_counted
            GROUP BY 1 ORDER BY min(stages.stage_order) NULLS LAST, 1
            """,
            "core.fct_opportunity",
            "core.dim_stage",
        )

    def win_rate_quarters(self) -> list[Row]:
        """fiscal_year, fiscal_quarter, won, decided, rate, low, high, is_complete: twelve months to the end of each quarter.

        The last quarters, oldest first; the present one to its latest month, those without a decided deal left out.
        """
        found = self.rows(
            f"""
            SELECT fiscal_year, fiscal_quarter, {_WIN_RATE},
                fiscal_month % 3 = 0 AND last_day(month_start) <= $as_of AS is_complete
            FROM kpi.team_performance_month WHERE is_default_scope AND month_start <= $as_of AND win_rate_t4q IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY fiscal_year, fiscal_quarter ORDER BY month_start DESC) = 1
            ORDER BY month_start DESC LIMIT {PAST_QUARTERS}
            """,
            "kpi.team_performance_month",
        )
        return found[::-1]

    def win_rate(self) -> Row | None:
        """won, decided, rate, low, high over the twelve calendar months that end with the day's; None without a decision."""
        found = self.rows(
            f"SELECT {_WIN_RATE} FROM kpi.team_performance_month WHERE is_default_scope "
            "AND month_start = date_trunc('month', $as_of::DATE) AND win_rate_t4q IS NOT NULL",
            "kpi.team_performance_month",
        )
        return found[0] if found else None

    def revenue_history(self) -> list[Row]:
        """month and value of the complete months."""
        return self.rows(
            f"""
            SELECT points.period_start AS month, points.value
            FROM demand.demand_series AS points JOIN demand.dim_series AS series USING (series_id)
            WHERE series.measure = 'revenue' AND series.level = 'total' AND points.period_type = 'month' AND points.is_complete
                AND points.period_start >= date_trunc('month', $as_of::DATE) - INTERVAL {HISTORY_MONTHS} MONTH
            ORDER BY points.period_start
            """,
            "demand.demand_series",
            "demand.dim_series",
        )

    def revenue_forecast(self) -> list[Row]:
        """month, p10, p50, p90 and model of the newest forecast in use."""
        return self.rows(
            """
            SELECT ahead.period_start AS month, ahead.p10, coalesce(ahead.p50, ahead.mean) AS p50,
                ahead.p90, ahead.model
            FROM demand.demand_forecast AS ahead JOIN demand.dim_series AS series USING (series_id)
            WHERE series.measure = 'revenue' AND series.level = 'total' AND ahead.is_used
            QUALIFY ahead.origin = max(ahead.origin) OVER ()
            ORDER BY ahead.period_start
            """,
            "demand.demand_forecast",
            "demand.dim_series",
        )

    def forecast_backtest(self) -> list[Row]:
        """model, is_used, mase, coverage_80 of the total revenue on held-out months, the used model first."""
        return self.rows(
            """
            SELECT tested.model, tested.is_used, tested.mase, tested.coverage_80
            FROM demand.forecast_backtest AS tested JOIN demand.dim_series AS series USING (series_id)
            WHERE series.measure = 'revenue' AND series.level = 'total' ORDER BY tested.is_used DESC, tested.model
            """,
            "demand.forecast_backtest",
            "demand.dim_series",
        )

    def quarter_projection(self) -> Row | None:
        """p10, p50, p90, mean, p_target of the company's present fiscal quarter."""
        found = self.rows(
            "SELECT mean, p10, p50, p90, p_target, method FROM demand.period_projection WHERE scope_type = 'company' "
            "AND period_type = 'quarter' AND on_day = $as_of AND $as_of BETWEEN period_start AND period_end",
            "demand.period_projection",
        )
        return found[0] if found else None


_WIN_RATE = (
    "win_rate_t4q_num AS won, win_rate_t4q_den AS decided, "
    "win_rate_t4q AS rate, win_rate_t4q_low AS low, win_rate_t4q_high AS high"
)

# The newest version holds, by the order of its text, as in kpi.team_performance_month.
_COMPANY_TARGETS = """
SELECT period_type, period_start, amount FROM core.target WHERE scope_type = 'company' AND measure = 'bookings'
QUALIFY row_number() OVER (PARTITION BY period_type, period_start ORDER BY version DESC) = 1
"""
