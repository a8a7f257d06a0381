"""The panels of the plan book about the months ahead: capacity, gap, hiring, levers, leads, support and stock, the decision."""

from __future__ import annotations

import datetime as dt

from serving import charts, plan_facts_ahead, spoken
from serving.chart_parts import PICTURE, Palette
from serving.plan_facts import HOT_LEADS, Facts
from serving.plan_panels import Panel, Table, as_of, texts, unit

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN_ITEMS = 10


def capacity(facts: Facts, currency: str, palette: Palette = PICTURE) -> Panel:
    """What can be delivered, what is demanded, what is wanted, by month."""
    key, title = "capacity", "Capacity against demand and target"
    about = f"{unit(currency)} a month over all segments: bars can be delivered, the line is demanded (p50), {as_of(facts)}"
    rows = [row for row in plan_facts_ahead.gap_months(facts) if row["capacity"] is not None or row["target"] is not None]
    if not any(row["capacity"] for row in rows):
        return Panel(
            key, title, about, "No capacity. Missing are the team (hr.employees) and its quotas (salesforce.ForecastingQuota)."
        )
    notes = []
    if all(row["target"] is None for row in rows):
        notes.append("There is no target by segment and month to compare with. Missing is finance.targets.")
    if all(row["demand"] is None for row in rows):
        notes.append("There is no forecast by segment yet: the history of closed deals is too short.")
    table = Table(
        ("Month", "Demand (p50)", "Capacity", "Target"),
        [
            (spoken.month(row["month"]), *(spoken.amount(row[name], currency) for name in ("demand", "capacity", "target")))
            for row in rows
        ],
        frozenset(("Demand (p50)", "Capacity", "Target")),
    )
    words = "; ".join(
        f"{spoken.month(row['month'])}: capacity {spoken.amount(row['capacity'])}, demand {spoken.amount(row['demand'])}, "
        f"target {spoken.amount(row['target'])}"
        for row in rows
    )
    return Panel(key, title, about, "", charts.capacity_against_demand(rows, palette), words, table, tuple(notes))


def gap(facts: Facts, currency: str) -> Panel:
    """Where the gap is, by segment, and what binds."""
    rows = plan_facts_ahead.gap_segments(facts)
    about = f"{unit(currency)} over the months ahead, {as_of(facts)}"
    if rows:
        about = f"{unit(currency)} over the next {spoken.count(max(row['months'] for row in rows), 'month')}, {as_of(facts)}"
    else:
        return Panel("gap", "The gap by segment", about, "No gap to show: it needs the capacity above.")
    table = Table(
        ("Segment", "Gap", "Target", "Demand (p50)", "Capacity", "What binds (months)", "Chance that demand exceeds capacity"),
        [
            (
                row["segment"],
                *(spoken.amount(row[name]) for name in ("gap", "target", "demand", "capacity")),
                row["binding"] or spoken.NOTHING,
                spoken.share(row["p_shortfall"], 0),
            )
            for row in rows
        ],
        frozenset(("Gap", "Target", "Demand (p50)", "Capacity", "Chance that demand exceeds capacity")),
    )
    note = (
        "Gap: target less the smaller of demand and capacity, month by month; below zero is room. The smaller one binds: where "
        "that is demand, more people alone do not close the gap. p50 is as likely to be exceeded as not."
    )
    return Panel("gap", "The gap by segment", about, table=table, notes=(note,))


def hiring(facts: Facts, currency: str) -> Panel:
    """How many people, in which role, and by when."""
    key, title = "hiring", "Hiring need"
    about = f"people by segment; {unit(currency)} that capacity lacks to the target from the start on, {as_of(facts)}"
    rows = plan_facts_ahead.hiring(facts)
    if not rows:
        missing = "No hiring need can be said. Missing are targets by segment (finance.targets) or the team (hr.employees)."
        return Panel(key, title, about, missing)
    table = Table(
        ("Segment", "Role", "Hires", "Capacity missing", "Open requisition by", "Start by", "Expected leavers a year"),
        [
            (
                row["segment"],
                row["role"] or spoken.NOTHING,
                "no number is enough" if row["hires"] is None and row["gap"] else spoken.number(row["hires"]),
                spoken.amount(row["gap"]),
                _unbroken(row["open_by"]) if row["hires"] else spoken.NOTHING,
                _unbroken(row["start_by"]) if row["hires"] else spoken.NOTHING,
                spoken.number(row["backfills"]),
            )
            for row in rows
        ],
        frozenset(("Hires", "Capacity missing", "Expected leavers a year")),
    )
    return Panel(key, title, about, table=table, notes=_structure(facts))


def _unbroken(day: dt.date) -> str:
    """A day that stays on one line of a narrow column."""
    return spoken.day(day).replace(" ", "\u00a0")


def _structure(facts: Facts) -> tuple[str, ...]:
    found = plan_facts_ahead.team_structure(facts)
    if found is None:
        return ()
    text = f"The operations team at this size ({found['arr_band']}): present: {found['roles_present'] or 'nobody yet'}."
    if found["next_hire"]:
        text += f" Next hire: {found['next_hire']}" + (f" ({found['reason']})." if found["reason"] else ".")
    return (text,)


def levers(facts: Facts, currency: str) -> Panel:
    """What could close the gap, at which price and by when."""
    key, title = "levers", "What could close it"
    about = f"{unit(currency)}; effect a month for each unit, {as_of(facts)}"
    rows = plan_facts_ahead.levers(facts)
    if not rows:
        return Panel(key, title, about, "No lever is configured (business/plan.yml).")
    table = Table(
        ("Lever", "Unit", "Cost", "Effect a month", "At most", "From", "Pays back in", "Covers of the gap"),
        [
            (
                row["lever"],
                row["unit"] or spoken.NOTHING,
                spoken.amount(row["cost"]),
                spoken.amount(row["effect"]),
                spoken.number(row["most"]),
                _unbroken(row["earliest"]),
                spoken.NOTHING if row["pay_back"] is None else f"{row['pay_back']:.1f} months",
                spoken.share(row["covers"], 0),
            )
            for row in rows
        ],
        frozenset(("Cost", "Effect a month", "At most", "Pays back in", "Covers of the gap")),
    )
    return Panel(key, title, about, table=table)


def decision(facts: Facts) -> Panel:
    """What happened to the plan so far."""
    about = f"events of the ledger, newest first, {as_of(facts)}"
    rows = plan_facts_ahead.decision_events(facts)
    if not rows:
        return Panel(
            "decision", "Decision", about, "No plan was proposed yet. It comes with the first run that has a capacity."
        )
    cells = [
        {
            **row,
            "when": row["event_at"].strftime("%Y-%m-%d %H:%M") if isinstance(row["event_at"], dt.datetime) else None,
            "who": ", ".join(filter(None, (row["by_name"], row["by_role"]))),
            "plan": ("the present plan" if row["is_current_plan"] else "an earlier plan")
            + (f" ({row['plan_as_of']})" if row["plan_as_of"] else ""),
        }
        for row in rows
    ]
    table = Table(("Event", "When (UTC)", "Who", "Why", "Plan"), texts(cells, "event", "when", "who", "reason", "plan"))
    return Panel("decision", "Decision", about, table=table)


def hot_leads(facts: Facts) -> Panel:
    """Whom to call first."""
    total = plan_facts_ahead.hot_lead_count(facts)
    about = f"score 0 to 100 from fit and recent behaviour, {as_of(facts)}"
    rows = plan_facts_ahead.hot_leads(facts)
    if not rows:
        missing = "No lead is hot today. If some should be, missing are leads (salesforce.Lead) or their events (encharge)."
        return Panel("leads", "Hot leads", about, missing)
    if total > HOT_LEADS:
        about = f"the first {HOT_LEADS} of {total}; {about}"
    cells = [{**row, "score": spoken.number(row["score"])} for row in rows]
    table = Table(
        ("Lead", "Company", "Score", "Why", "Source", "Owner"),
        texts(cells, "name", "company", "score", "reason", "lead_source", "owner"),
        frozenset(("Score",)),
    )
    return Panel("leads", "Hot leads", about, table=table)


def support(facts: Facts) -> Panel:
    """The busiest interval of each support queue."""
    about = f"people needed in each queue's busiest interval of the week, {as_of(facts)}"
    rows = plan_facts_ahead.support_peaks(facts)
    if not rows:
        return Panel("support", "Support staffing", about, "No staffing. Missing is the export of support.tickets.")
    table = Table(
        ("Queue", "Busiest", "Tickets", "At work", "On the roster", "Answered in time"),
        [
            (
                row["queue"],
                f"{WEEKDAYS[int(row['weekday']) - 1]}, {row['starts']}",
                spoken.number(row["arrivals"], 1),
                spoken.number(row["agents"]),
                spoken.number(row["rostered"]),
                spoken.share(row["service_level"], 0),
            )
            for row in rows
        ],
        frozenset(("Tickets", "At work", "On the roster", "Answered in time")),
    )
    return Panel("support", "Support staffing", about, table=table)


def stock(facts: Facts) -> Panel:
    """What to order today."""
    key, title, about = "stock", "Stock to order", f"pieces, {as_of(facts)}"
    total = plan_facts_ahead.stocked(facts)
    rows = plan_facts_ahead.stock_to_order(facts)
    if not total:
        return Panel(
            key, title, about, "No stock to plan. Missing are the ERP's exports (erp.items, erp.stock, erp.sales_orders)."
        )
    if not rows:
        return Panel(key, title, about, f"Nothing to order: all {total} stocked items are above their reorder points.")
    about = f"{len(rows)} of {spoken.count(total, 'stocked item')} below the reorder point; {about}"
    table = Table(
        ("Item", "Place", "Class", "On hand and ordered", "Reorder point", "Order now"),
        [
            (
                row["item"],
                row["location"] or spoken.NOTHING,
                row["abc"] or spoken.NOTHING,
                spoken.number(row["position"]),
                spoken.number(row["reorder_point"]),
                spoken.number(row["order_now"]),
            )
            for row in rows[:SHOWN_ITEMS]
        ],
        frozenset(("On hand and ordered", "Reorder point", "Order now")),
    )
    note = "Order now: up to the reorder point and what one review period needs beyond it."
    return Panel(key, title, about, table=table, notes=(note,))
