"""The panels of the plan book about what happened and what is expected: chart, table beside it, or which source is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import altair as alt

from serving import charts, spoken
from serving.chart_parts import PICTURE, Palette
from serving.plan_facts import Facts, Row


@dataclass(frozen=True)
class Table:
    """A table of texts; `numbers` are the columns that stand at the right."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Panel:
    """One part of the page.

    Args:
        key: its anchor.
        title: what it answers.
        about: what is drawn, its unit and the day it stands for.
        missing: the sentence that stands in its place when there is nothing to show.
        chart: drawn above the table, which then folds away.
        alt: the chart in words.
        table: the same figures as text.
        notes: sentences below.
    """

    key: str
    title: str
    about: str
    missing: str = ""
    chart: alt.LayerChart | None = None
    alt: str = ""
    table: Table | None = None
    notes: tuple[str, ...] = field(default=())


def past_and_expected(facts: Facts, currency: str, palette: Palette = PICTURE) -> list[Panel]:
    """Revenue against target, open pipeline, win rate and forecast."""
    return [
        _revenue(facts, currency, palette),
        _pipeline(facts, currency, palette),
        _win_rate(facts, palette),
        _forecast(facts, currency, palette),
    ]


def as_of(facts: Facts) -> str:
    """The words that every panel carries."""
    return f"as of {spoken.day(facts.as_of)}"


def no_won_deal(facts: Facts) -> str:
    """Why there is no revenue: no deal at all, or none that was won."""
    if facts.rows("SELECT 1 FROM core.fct_opportunity LIMIT 1", "core.fct_opportunity"):
        return "No deal has been won yet."
    return "No won deal yet. Missing is the CRM's export of deals (salesforce.Opportunity)."


def unit(currency: str) -> str:
    """The unit of money in words."""
    return currency or "reporting currency"


def _revenue(facts: Facts, currency: str, palette: Palette) -> Panel:
    key, title = "revenue", "Revenue against target"
    about = f"{unit(currency)} a month, by close date of won deals, {as_of(facts)}"
    quarter = facts.quarter()
    rows = facts.revenue_months(quarter["year_end"] if quarter else facts.as_of)
    if not any(row["revenue"] for row in rows):
        return Panel(key, title, about, no_won_deal(facts))
    if any(row["revenue"] is not None and not row["is_complete"] for row in rows):
        about += "; the lighter bar is not complete"
    kind = "target" if any(row["target"] is not None for row in rows) else "quotas"
    drawn = [{**row, "target": row[kind]} for row in rows if row["revenue"] is not None or row[kind] is not None]
    has_target = any(row["target"] is not None for row in drawn)
    name = {"target": "target", "quotas": "reps' quotas"}[kind]
    notes = []
    if kind == "quotas":
        notes.append(
            "The company has no monthly target (finance.targets), so the ticks are the sum of its reps' quotas."
            if has_target
            else "There is no target to compare with. Missing is finance.targets, or quotas (salesforce.ForecastingQuota)."
        )
    table = Table(
        ("Month", "Revenue", name.capitalize(), "Reached"),
        [
            (
                spoken.month(row["month"]),
                spoken.amount(row["revenue"], currency),
                spoken.amount(row["target"], currency),
                spoken.share(_ratio(row["revenue"], row["target"]), 0),
            )
            for row in drawn
        ],
        frozenset(("Revenue", name.capitalize(), "Reached")),
    )
    done = [row for row in drawn if row["is_complete"]]
    met = sum(row["target"] is not None and row["revenue"] >= row["target"] for row in done)
    compared = sum(row["target"] is not None for row in done)
    words = f"Bars: revenue of {spoken.count(len(done), 'complete month')}."
    words += f" The {name} was reached in {met} of {compared}." if compared else ""
    return Panel(key, title, about, "", charts.revenue_against_target(drawn, name, palette), words, table, tuple(notes))


def _pipeline(facts: Facts, currency: str, palette: Palette) -> Panel:
    key, title = "pipeline", "Open pipeline"
    about = f"{unit(currency)} by stage, full amounts of open deals, {as_of(facts)}"
    rows = facts.open_pipeline()
    if not rows:
        return Panel(key, title, about, "No open deal. If there should be some: the CRM's export of deals lacks open stages.")
    drawn = [{**row, "label": f"{spoken.amount(row['amount'])} · {spoken.count(row['deals'], 'deal')}"} for row in rows]
    unknown = sum(row["unknown"] for row in rows)
    notes = [f"Open deals without an amount ({unknown:,}) add nothing to the bars."] if unknown else []
    table = Table(
        ("Stage", "Amount", "Deals", "Without amount"),
        [
            (row["stage"], spoken.amount(row["amount"], currency), spoken.number(row["deals"]), spoken.number(row["unknown"]))
            for row in rows
        ],
        frozenset(("Amount", "Deals", "Without amount")),
    )
    if unknown == sum(row["deals"] for row in rows):
        missing = f"{spoken.count(unknown, 'deal')} open, none with an amount; the export leaves it out until they close."
        return Panel(key, title, about, missing, table=table)
    words = "; ".join(f"{row['stage']}: {row['label']}" for row in drawn)
    return Panel(key, title, about, "", charts.open_pipeline(drawn, palette), words, table, tuple(notes))


def _win_rate(facts: Facts, palette: Palette) -> Panel:
    key, title = "win-rate", "Win rate"
    about = (
        "won of all deals decided in the twelve months to the end of each fiscal quarter, "
        f"with the 95\u00a0% Wilson interval, {as_of(facts)}"
    )
    rows = [{**row, "quarter": quarter_name(row)} for row in facts.win_rate_quarters()]
    if not rows:
        return Panel(key, title, about, "No deal has been won or lost yet. Missing is the CRM's export of closed deals.")
    if not rows[-1]["is_complete"]:
        about += "; grey is not complete"
    table = Table(
        ("Quarter", "Won", "Decided", "Win rate", "95 % interval"),
        [
            (
                row["quarter"],
                spoken.number(row["won"]),
                spoken.number(row["decided"]),
                spoken.share(row["rate"]),
                interval(row),
            )
            for row in rows
        ],
        frozenset(("Won", "Decided", "Win rate", "95 % interval")),
    )
    words = "; ".join(f"{row['quarter']}: {spoken.share(row['rate'])}, n = {row['decided']}" for row in rows)
    keep = ("quarter", "rate", "low", "high", "decided", "is_complete")
    drawn = [{name: row[name] for name in keep} for row in rows]
    return Panel(key, title, about, "", charts.win_rate(drawn, palette), words, table)


def _forecast(facts: Facts, currency: str, palette: Palette) -> Panel:
    key, title = "forecast", "Expected revenue"
    about = f"{unit(currency)} a month for the whole company: history, then the median with p10 to p90, {as_of(facts)}"
    ahead, history = facts.revenue_forecast(), facts.revenue_history()
    if not ahead:
        return Panel(
            key,
            title,
            about,
            "No forecast. It needs a longer history of complete months with won deals (business/forecast.yml says how long).",
        )
    table = Table(
        ("Month", "p10", "p50", "p90"),
        [(spoken.month(row["month"]), *(spoken.amount(row[p], currency) for p in ("p10", "p50", "p90"))) for row in ahead],
        frozenset(("p10", "p50", "p90")),
    )
    first, last = ahead[0], ahead[-1]
    words = "; ".join(
        f"{spoken.month(row['month'])}: median {spoken.amount(row['p50'], currency)}, "
        f"p10 {spoken.amount(row['p10'])}, p90 {spoken.amount(row['p90'])}"
        for row in ((first, last) if len(ahead) > 1 else (first,))
    )
    return Panel(
        key, title, about, "", charts.forecast_fan(history, ahead, palette), words, table, _tested(facts, str(first["model"]))
    )


def _tested(facts: Facts, model: str) -> tuple[str, ...]:
    """What held-out months said about the model, and about the baseline it is compared with."""
    tested = facts.forecast_backtest()
    used = [row for row in tested if row["is_used"] and row["mase"] is not None]
    others = [row for row in tested if not row["is_used"] and row["mase"] is not None]
    name = model.replace("_", " ")
    if not used:
        return (f"Model: {name}.",)
    text = f"Model: {name}, with an error (MASE) of {used[0]['mase']:.2f} on held-out months"
    if others:
        text += ", against " + spoken.listed([f"{row['mase']:.2f} of {row['model'].replace('_', ' ')}" for row in others])
    if used[0]["coverage_80"] is not None:
        text += f"; {spoken.share(used[0]['coverage_80'], 0)} of them fell between p10 and p90"
    return (text + ".",)


def quarter_name(row: Row) -> str:
    """FY26 Q1."""
    return f"FY{row['fiscal_year'] % 100:02d} Q{row['fiscal_quarter']}"


def interval(row: Row) -> str:
    """The bounds of a share in percent."""
    return f"{100 * row['low']:.1f} to {spoken.share(row['high'])}"


def texts(rows: Sequence[Row], *names: str) -> list[tuple[str, ...]]:
    """Cells of rows as texts, a dash where there is nothing."""
    return [tuple(spoken.NOTHING if row[name] in (None, "") else str(row[name]) for name in names) for row in rows]


def _ratio(part: Decimal | None, whole: Decimal | None) -> float | None:
    return None if part is None or not whole else float(part / whole)
