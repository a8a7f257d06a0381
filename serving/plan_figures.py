"""The figures at the top of the plan book, and the sentence that sums them up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from serving import plan_facts_ahead, spoken
from serving.plan_facts import Facts, Row
from serving.plan_panels import interval, no_won_deal, quarter_name

STATES = {
    "draft": "Draft",
    "submitted": "Submitted",
    "approved": "Approved",
    "rejected": "Rejected",
    "implemented": "Implemented",
    "expired": "Expired",
    "revoked": "Revoked",
}


@dataclass(frozen=True)
class KeyFigure:
    """One figure: its name, its value in large type, what a reader must know with it, and how full its bar is (0 to 1)."""

    key: str
    label: str
    value: str
    says: tuple[str, ...]
    filled: float | None = None


def key_figures(facts: Facts, currency: str) -> tuple[str, list[KeyFigure]]:
    """The headline sentence and the six figures, in the order of the loop: won, open, win rate, capacity, people, decision."""
    won, revenue = _revenue(facts, currency)
    open_figure = _pipeline(facts, currency)
    short, capacity = _capacity(facts, currency)
    hires, hiring = _hiring(facts)
    state, plan = _plan(facts)
    parts = [part for part in (won, short, hires, state) if part]
    headline = "; ".join(parts) if parts else "there is nothing to report yet"
    return headline[:1].upper() + headline[1:] + ".", [revenue, open_figure, _win_rate(facts), capacity, hiring, plan]


def _revenue(facts: Facts, currency: str) -> tuple[str, KeyFigure]:
    quarter = facts.quarter()
    won = facts.revenue_to_date(quarter["first"]) if quarter else None
    if quarter is None or won is None:
        figure = KeyFigure("revenue", "Revenue this quarter", spoken.NOTHING, (no_won_deal(facts),))
        return "", figure
    revenue = won["revenue"] if won["revenue"] is not None else Decimal(0)
    label = f"Revenue, {quarter_name(quarter)} to date"
    gone, days = (facts.as_of - quarter["first"]).days + 1, (quarter["last"] - quarter["first"]).days + 1
    says = [f"day {gone} of {days}, {spoken.count(int(won['orders'] or 0), 'deal')} won"]
    target = facts.quarter_target(quarter["first"], quarter["last"])
    headline = f"{spoken.amount(revenue, currency)} won this fiscal quarter"
    filled = None
    if target is not None and target["amount"]:
        goal = "target" if target["kind"] == "target" else "reps' quotas"
        filled = float(revenue / target["amount"])
        says.insert(0, f"{spoken.share(filled, 0)} of {spoken.amount(target['amount'], currency)} ({goal})")
        headline = (
            f"{spoken.amount(revenue)} of the {goal} of {spoken.amount(target['amount'], currency)} won this fiscal quarter"
        )
    else:
        says.insert(0, "no target: finance.targets is missing")
    says.extend(_projected(facts))
    return headline, KeyFigure("revenue", label, spoken.amount(revenue, currency), tuple(says), filled)


def _projected(facts: Facts) -> list[str]:
    found, quarter = facts.quarter_projection(), facts.quarter()
    if found is None or found["mean"] is None or (quarter is not None and quarter["last"] == facts.as_of):
        return []
    if found["p50"] is None:
        return [f"at its end {spoken.amount(found['mean'])} expected; too few quarters for an interval"]
    low, high = spoken.amount(found["p10"]), spoken.amount(found["p90"])
    text = f"at its end {spoken.amount(found['p50'])} expected (p10 to p90: {low} to {high})"
    return [
        text,
        *([f"{spoken.share(found['p_target'], 0)} likely to reach the target"] if found["p_target"] is not None else []),
    ]


def _pipeline(facts: Facts, currency: str) -> KeyFigure:
    rows = facts.open_pipeline()
    if not rows:
        return KeyFigure("pipeline", "Open pipeline", spoken.NOTHING, ("No open deal.",))
    deals, unknown = sum(row["deals"] for row in rows), sum(row["unknown"] for row in rows)
    says = [spoken.count(deals, "open deal")] + ([f"{unknown:,} of them without an amount"] if unknown else [])
    total = sum((row["amount"] for row in rows), Decimal(0)) if unknown < deals else None
    return KeyFigure("pipeline", "Open pipeline", spoken.amount(total, currency if total is not None else ""), tuple(says))


def _win_rate(facts: Facts) -> KeyFigure:
    found = facts.win_rate()
    label = "Win rate, twelve months"
    if found is None:
        return KeyFigure("win-rate", label, spoken.NOTHING, ("No deal was decided in twelve months.",))
    says = (f"95 % interval {interval(found)}", f"n = {spoken.number(found['decided'])} decided deals")
    return KeyFigure("win-rate", label, spoken.share(found["rate"]), says)


def _capacity(facts: Facts, currency: str) -> tuple[str, KeyFigure]:
    rows = [row for row in plan_facts_ahead.gap_months(facts) if row["capacity"] is not None]
    if not rows:
        return "", KeyFigure("capacity", "Capacity ahead", spoken.NOTHING, ("Missing: hr.employees and quotas.",))
    total = sum((row["capacity"] for row in rows), Decimal(0))
    paired = sum((row["paired_capacity"] or Decimal(0) for row in rows), Decimal(0))
    target = sum((row["paired_target"] or Decimal(0) for row in rows), Decimal(0))
    months = spoken.count(len(rows), "month")
    label = f"Capacity, next {months}"
    span = f"{spoken.month(rows[0]['month'])} to {spoken.month(rows[-1]['month'])}"
    if not target:
        return "", KeyFigure("capacity", label, spoken.amount(total, currency), ("no target: finance.targets is missing", span))
    filled = float(paired / target)
    says = [f"{spoken.share(filled, 0)} of {spoken.amount(target, currency)} target", span]
    if total > paired:
        says.append(f"and {spoken.amount(total - paired)} in segments without a target")
    short, wanted = target - paired, [row for row in rows if row["demand"] is not None and row["target"] is not None]
    unmet = sum((row["target"] - row["demand"] for row in wanted), Decimal(0))
    if unmet > 0:
        says.append(f"expected demand (p50) is {spoken.amount(unmet)} below target")
    headline = (
        f"capacity falls {spoken.amount(short, currency)} short of target over the next {months}"
        if short > 0
        else f"capacity covers the target of the next {months}"
    )
    return headline, KeyFigure("capacity", label, spoken.amount(paired, currency), tuple(says), filled)


def _hiring(facts: Facts) -> tuple[str, KeyFigure]:
    rows = plan_facts_ahead.hiring(facts)
    if not rows:
        return "", KeyFigure("hiring", "Hiring need", spoken.NOTHING, ("Missing: targets by segment or the team.",))
    needed = [row for row in rows if row["hires"]]
    people = sum(int(row["hires"]) for row in needed)
    unknown = sum(row["hires"] is None for row in rows)
    says = [f"{row['segment']}: {spoken.number(row['hires'])}" for row in needed]
    if needed:
        says.append(f"first requisition by {spoken.day(min(row['open_by'] for row in needed))}")
    if unknown:
        says.append(f"{spoken.count(unknown, 'segment')} where no number of hires is enough")
    headline = f"{spoken.count(people, 'hire')} would lift capacity to the target" if people else ""
    value = spoken.count(people, "person", "people") if people else "none"
    return headline, KeyFigure("hiring", "Hiring need", value, tuple(says) or ("capacity covers the target in every segment",))


def _plan(facts: Facts) -> tuple[str, KeyFigure]:
    found: Row | None = plan_facts_ahead.decision(facts)
    if found is None:
        return "", KeyFigure("plan", "The plan", "none yet", ("No plan was proposed.",))
    waiting = found["waiting_for"]
    state = STATES.get(found["state"], str(found["state"]).capitalize())
    says = [f"waits for {waiting}"] if waiting else []
    if found["by_name"]:
        says.append("by " + ", ".join(filter(None, (found["by_name"], found["by_role"]))))
    if found["plan_hash"]:
        says.append(f"plan {found['plan_hash'][:12]}")
    headline = f"the plan waits for {waiting}" if waiting else f"the plan is {state.lower()}"
    return headline, KeyFigure("plan", "The plan", state, tuple(says))
