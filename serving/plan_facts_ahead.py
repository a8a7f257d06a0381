"""What the plan book knows about the months ahead: capacity, gap, hiring, levers, the decision, leads to call today."""

from __future__ import annotations

from serving.plan_facts import EVENTS, HOT_LEADS, Facts, Row


def gap_months(facts: Facts) -> list[Row]:
    """month, demand, capacity, target summed over the segments; paired_* only where a segment has both capacity and target."""
    return facts.rows(
        """
        SELECT month_start AS month, CAST(sum(demand_p50) AS DECIMAL(18, 2)) AS demand,
            CAST(sum(capacity) AS DECIMAL(18, 2)) AS capacity, CAST(sum(target) AS DECIMAL(18, 2)) AS target,
            CAST(sum(capacity) FILTER (target IS NOT NULL) AS DECIMAL(18, 2)) AS paired_capacity,
            CAST(sum(target) FILTER (capacity IS NOT NULL) AS DECIMAL(18, 2)) AS paired_target
        FROM plan.gap GROUP BY month_start ORDER BY month_start
        """,
        "plan.gap",
    )


def gap_segments(facts: Facts) -> list[Row]:
    """segment, demand, capacity, target, gap over the months with capacity, binding (constraint -> months), p_shortfall."""
    return facts.rows(
        """
        WITH bound AS (
            SELECT segment_id, binding_constraint, count(*) AS months FROM plan.gap WHERE capacity IS NOT NULL
            GROUP BY segment_id, binding_constraint
        ),
        texts AS (
            SELECT
                segment_id,
                string_agg(binding_constraint || ' (' || months || ')', ', ' ORDER BY months DESC, binding_constraint)
                    AS binding
            FROM bound GROUP BY segment_id
        )
        SELECT coalesce(any_value(segments.segment_name), gaps.segment_id) AS segment, count(*) AS months,
            sum(gaps.demand_p50) AS demand, sum(gaps.capacity) AS capacity, sum(gaps.target) AS target,
            sum(gaps.gap_amount) AS gap,
            any_value(texts.binding) AS binding, avg(gaps.p_shortfall) AS p_shortfall
        FROM plan.gap AS gaps
        LEFT JOIN core.dim_segment AS segments ON gaps.segment_id = segments.segment_id
        LEFT JOIN texts ON gaps.segment_id = texts.segment_id
        WHERE gaps.capacity IS NOT NULL
        GROUP BY gaps.segment_id ORDER BY min(segments.segment_order) NULLS LAST, gaps.segment_id
        """,
        "plan.gap",
        "core.dim_segment",
    )


def hiring(facts: Facts) -> list[Row]:
    """segment, role, hires, gap, backfills, open_by, start_by: the recommended row of each segment."""
    return facts.rows(
        """
        SELECT coalesce(segments.segment_name, need.segment_id) AS segment, need.role, need.hires, need.gap, need.unit_capacity,
            need.backfills, need.open_requisition_by AS open_by, need.start_by
        FROM capacity.hiring_need AS need LEFT JOIN core.dim_segment AS segments ON need.segment_id = segments.segment_id
        WHERE need.is_recommended ORDER BY segments.segment_order NULLS LAST, need.segment_id
        """,
        "capacity.hiring_need",
        "core.dim_segment",
    )


def levers(facts: Facts) -> list[Row]:
    """The levers, those that cover most of the gap first."""
    return facts.rows(
        """
        SELECT lever_name AS lever, unit, cost_per_unit AS cost, effect_per_unit AS effect, max_quantity AS most,
            earliest_date AS earliest, months_to_pay_back AS pay_back, covers_gap_share AS covers, is_reversible
        FROM plan.lever ORDER BY covers_gap_share DESC NULLS LAST, lever_name, lever_id
        """,
        "plan.lever",
    )


def decision(facts: Facts) -> Row | None:
    """state, waiting_for, decision_id, plan_hash, plan_as_of, by_name, event_at: where the present plan stands."""
    found = facts.rows(
        "SELECT state, waiting_for, decision_id, plan_hash, plan_as_of, by_name, by_role, event_at FROM plan.decision "
        "WHERE is_current_plan AND is_latest ORDER BY event_order DESC, decision_id LIMIT 1",
        "plan.decision",
    )
    return found[0] if found else None


def decision_events(facts: Facts) -> list[Row]:
    """event, event_at, by_name, by_role, reason, plan_as_of, is_current_plan: the newest events of all plans, newest first."""
    return facts.rows(
        f"SELECT event, event_at, by_name, by_role, reason, plan_as_of, is_current_plan FROM plan.decision "
        f"ORDER BY event_at DESC NULLS FIRST, event_order DESC, decision_id LIMIT {EVENTS}",
        "plan.decision",
    )


def team_structure(facts: Facts) -> Row | None:
    """quarter_start, arr_usd, arr_band, roles_present, roles_needed, next_hire, reason of the newest quarter."""
    found = facts.rows(
        "SELECT quarter_start, arr_usd, basis, arr_band, roles_needed, roles_present, next_hire, reason "
        "FROM plan.team_structure WHERE arr_band IS NOT NULL ORDER BY quarter_start DESC LIMIT 1",
        "plan.team_structure",
    )
    return found[0] if found else None


def hot_leads(facts: Facts) -> list[Row]:
    """name, company, lead_source, score, owner, reason of the leads to call first."""
    score = "demand.lead_score" in facts.tables
    reason = "(SELECT min(why.reason_1) FROM demand.lead_score AS why WHERE why.lead_id = hot.lead_id)" if score else "NULL"
    owner = "core.dim_user" in facts.tables
    name = "(SELECT max(who.user_name) FROM core.dim_user AS who WHERE who.user_id = hot.owner_id AND who.is_current)"
    return facts.rows(
        f"""
        SELECT nullif(trim(coalesce(leads.first_name, '') || ' ' || coalesce(leads.last_name, '')), '') AS name, leads.company,
            leads.lead_source, hot.score, {name if owner else "NULL"} AS owner, {reason} AS reason
        FROM demand.hot_lead AS hot LEFT JOIN core.dim_lead AS leads ON hot.lead_id = leads.lead_id
        ORDER BY hot.score DESC, hot.lead_id LIMIT {HOT_LEADS}
        """,
        "demand.hot_lead",
        "core.dim_lead",
    )


def hot_lead_count(facts: Facts) -> int:
    """How many leads are hot."""
    found = facts.rows("SELECT count(*) AS n FROM demand.hot_lead", "demand.hot_lead")
    return int(found[0]["n"]) if found else 0


def support_peaks(facts: Facts) -> list[Row]:
    """queue, weekday, starts, arrivals, agents, rostered, service_level of each queue's busiest interval."""
    return facts.rows(
        """
        SELECT queue, weekday, left(CAST(interval_start AS VARCHAR), 5) AS starts,
            arrivals, agents, rostered, service_level, occupancy
        FROM capacity.support_staffing
        QUALIFY row_number() OVER (PARTITION BY queue ORDER BY rostered DESC, offered_load DESC, weekday, interval_start) = 1
        ORDER BY queue
        """,
        "capacity.support_staffing",
    )


def stock_to_order(facts: Facts) -> list[Row]:
    """item, location, position, reorder_point, order_now, abc of the items below their reorder point, A items first.

    order_now fills up to reorder point + order quantity, the order-up-to level of a reviewed stock.
    """
    return facts.rows(
        """
        SELECT coalesce(item_name, item_id) AS item, location, abc, position, reorder_point,
            reorder_point + order_quantity - position AS order_now
        FROM capacity.inventory_policy WHERE is_below_reorder_point
        ORDER BY abc, reorder_point - position DESC, item_id, location
        """,
        "capacity.inventory_policy",
    )


def stocked(facts: Facts) -> int:
    """How many items at how many places have a policy."""
    found = facts.rows("SELECT count(*) AS n FROM capacity.inventory_policy", "capacity.inventory_policy")
    return int(found[0]["n"]) if found else 0
