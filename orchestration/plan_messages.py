"""What `salesops plan` prints: the plan as short tables, a decision as one sentence."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import click

from orchestration.messages import grid, options
from orchestration.settings import Settings
from serving import decisions
from serving.decisions import Decision
from serving.plan import ServedPlan
from warehouse.text import printable

_MONTHS_SHOWN = 3
_LEVERS_SHOWN = 5


def show_plan(plan: ServedPlan, decision: Decision | None, other: Sequence[Decision], settings: Settings) -> None:
    """Demand, capacity and gap of the next months, hiring need, levers, accounts, and the state of the decision."""
    click.echo(f"Plan {plan.plan_hash[:8]} of version {plan.version}, as of {plan.as_of}; money in the reporting currency.\n")
    _show_gap(plan.tables["gap"].to_pylist())
    _show_hiring(plan.tables["hiring"].to_pylist())
    _show_levers(plan.tables["levers"].to_pylist())
    accounts = plan.tables["assignments"].num_rows
    click.echo(f"Accounts without an active owner that get a new one: {accounts:,} (plan.rep_assignment)\n")
    click.echo(printable(sentence(decision, settings)))
    for open_one in other:
        click.echo(printable(f"An earlier plan, as of {open_one.plan_as_of}: {sentence(open_one, settings, by_id=True)}"))


def sentence(decision: Decision | None, settings: Settings, by_id: bool = False) -> str:
    """Where a decision stands, and what comes next; `by_id`: commands name the decision."""
    home = options(settings)
    if decision is None:
        return f"Decision: a draft. Nobody submitted it yet; `salesops plan submit{home}` asks for the signatures."
    which = f"{home} {decision.decision_id}" if by_id else home
    line = f"Decision {decision.decision_id}: {decision.state}"
    waits = decisions.waiting_for(decision)
    if waits is not None:
        signed = f" ({', '.join(decision.signed_by)} signed)" if decision.signed_by else ""
        return (
            f"{line} by {decision.submitted_by}, waiting for the approval of {waits.name} ({waits.role}){signed}: "
            f"`salesops plan approve{which} --by {shlex.quote(waits.name)}` or `salesops plan reject{which}`."
        )
    if decision.state == decisions.APPROVED:
        return f"{line} by {', '.join(decision.signed_by)}; `salesops plan implement{which}` carries it out."
    last = decision.events[-1].body
    return f"{line} by {last['by']}{': ' + str(last['reason']) if last['reason'] else ''}."


def show_log(events: Sequence[dict[str, Any]]) -> None:
    """Every event of every decision."""
    if not events:
        click.echo("No plan was submitted yet; `salesops plan show` shows the one that is proposed.")
        return
    grid(
        ("when (UTC)", "decision", "event", "by", "role", "reason"),
        [
            (e["event_at"][:16].replace("T", " "), e["decision_id"], e["event"], e["by_name"], e["by_role"], e["reason"])
            for e in sorted(events, key=lambda event: event["event_seq"])
        ],
    )


def _show_gap(rows: Sequence[dict[str, Any]]) -> None:
    months = sorted({row["month_start"] for row in rows})[:_MONTHS_SHOWN]
    shown = sorted((row for row in rows if row["month_start"] in months), key=lambda r: (r["month_start"], r["segment_id"]))
    if not shown:
        click.echo("No gap can be told: neither a forecast of demand nor a capacity could be made from this company's data.\n")
        return
    grid(
        ("month", "segment", "demand p50", "(p10 to p90)", "capacity", "target", "gap", "binding"),
        [
            (
                f"{row['month_start']:%Y-%m}",
                row["segment_id"],
                money(row["demand_p50"]),
                f"{money(row['demand_p10'])} to {money(row['demand_p90'])}",
                money(row["capacity"]),
                money(row["target"]),
                money(row["gap_amount"]),
                row["binding_constraint"],
            )
            for row in shown
        ],
        numbers=("demand p50", "(p10 to p90)", "capacity", "target", "gap"),
    )
    click.echo("")


def _show_hiring(rows: Sequence[dict[str, Any]]) -> None:
    wanted = [row for row in rows if row["is_recommended"]]
    if not wanted:
        click.echo("No hiring need: there is no target to compare capacity with.\n")
        return
    grid(
        ("segment", "role", "hires", "start by", "open the requisition by", "backfills a year", "capacity missing"),
        [
            (
                row["segment_id"],
                row["role"],
                "too late" if row["hires"] is None else str(row["hires"]),
                str(row["start_by"]),
                str(row["open_requisition_by"]),
                str(row["backfills"]),
                money(row["gap"]),
            )
            for row in wanted
        ],
        numbers=("hires", "backfills a year", "capacity missing"),
    )
    click.echo("")


def _show_levers(rows: Sequence[dict[str, Any]]) -> None:
    useful = [row for row in rows if row["months_to_pay_back"] is not None]
    useful.sort(key=lambda row: (row["months_to_pay_back"], row["lever_id"]))
    if not useful:
        return
    grid(
        ("lever", "unit", "cost", "effect a month", "pays back in months", "earliest", "reversible"),
        [
            (
                row["lever_name"],
                row["unit"],
                money(row["cost_per_unit"]),
                money(row["effect_per_unit"]),
                f"{row['months_to_pay_back']:.1f}",
                str(row["earliest_date"]),
                "yes" if row["is_reversible"] else "no",
            )
            for row in useful[:_LEVERS_SHOWN]
        ],
        numbers=("cost", "effect a month", "pays back in months"),
    )
    if len(useful) > _LEVERS_SHOWN:
        click.echo(f"... and {len(useful) - _LEVERS_SHOWN} more in plan.lever")
    click.echo("")


def money(value: Decimal | float | None) -> str:
    """An amount for a narrow column: 1,234,567; - where there is none."""
    return "-" if value is None else f"{value:,.0f}"
