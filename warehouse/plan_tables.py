"""The tables of the schema `config` that scoring, forecasting, capacity and the plan stand on."""

from __future__ import annotations

from warehouse.company import Company

Table = tuple[str, list[tuple[object, ...]]]

_FIT_RULE = (
    "rule_order INTEGER, field VARCHAR, pattern VARCHAR, min_value DOUBLE, max_value DOUBLE, points DOUBLE, reason VARCHAR"
)
_BEHAVIOUR_RULE = "rule_order INTEGER, pattern VARCHAR, cap_group VARCHAR, points DOUBLE, half_life_days DOUBLE, reason VARCHAR"
_SCORE_SETTING = "fit_share DOUBLE, hot_min_score DOUBLE, hot_leads_per_person_week DOUBLE, hot_channel VARCHAR"
_FORECAST_SETTING = "horizon_months INTEGER, season_months INTEGER, held_out_months INTEGER, min_history_months INTEGER"
_CAPACITY_SETTING = (
    "horizon_months INTEGER, availability DOUBLE, default_attainment DOUBLE, annual_attrition DOUBLE, attrition_weight DOUBLE, "
    "time_to_fill_days INTEGER, support_interval_minutes INTEGER, support_weeks INTEGER, support_answer_seconds DOUBLE, "
    "support_service_level DOUBLE, support_max_occupancy DOUBLE, support_shrinkage DOUBLE, stock_service_level DOUBLE, "
    "stock_review_days INTEGER, stock_history_weeks INTEGER, stock_lead_time_cv DOUBLE"
)
_LEVER = (
    "lever_id VARCHAR, lever_type VARCHAR, lever_name VARCHAR, unit VARCHAR, cost_per_unit DECIMAL(18,2), effect_kind VARCHAR, "
    "effect_value DOUBLE, lead_time_days INTEGER, max_quantity DOUBLE, is_reversible BOOLEAN"
)
_STRUCTURE_ROLE = (
    "band_order INTEGER, band VARCHAR, min_arr DOUBLE, max_arr DOUBLE, role_name VARCHAR, pattern VARCHAR, why VARCHAR"
)


def tables(company: Company) -> dict[str, Table]:
    """Table name -> (column definitions, rows)."""
    return {**_demand(company), **_capacity(company), **_plan(company)}


def _demand(company: Company) -> dict[str, Table]:
    funnel, scoring, forecast = company.funnel, company.scoring, company.forecast
    stages: list[tuple[object, ...]] = [("mql", pattern) for pattern in funnel.mql]
    stages += [("closed", pattern) for pattern in funnel.closed]
    return {
        "funnel_stage": ("stage VARCHAR, pattern VARCHAR", stages),
        "score_fit_rule": (
            _FIT_RULE,
            [(order, r.field, r.pattern, r.min, r.below, r.points, r.reason) for order, r in enumerate(scoring.fit, start=1)],
        ),
        "score_behaviour_rule": (
            _BEHAVIOUR_RULE,
            [
                (order, r.pattern, r.group, r.points, r.half_life_days, r.reason)
                for order, r in enumerate(scoring.behaviour, start=1)
            ],
        ),
        "score_cap": ("cap_group VARCHAR, max_points DOUBLE", list(scoring.caps.items())),
        "score_grade": ("grade VARCHAR, min_score DOUBLE", list(scoring.grades.items())),
        "score_setting": (
            _SCORE_SETTING,
            [(scoring.fit_share, scoring.hot.min_score, scoring.hot.leads_per_person_week, scoring.hot.channel)],
        ),
        "router_role": ("pattern VARCHAR", [(pattern,) for pattern in scoring.router_roles]),
        "forecast_setting": (
            _FORECAST_SETTING,
            [(forecast.horizon_months, forecast.season_months, forecast.held_out_months, forecast.min_history_months)],
        ),
    }


def _capacity(company: Company) -> dict[str, Table]:
    sales, support, stock = company.capacity.sales, company.capacity.support, company.capacity.stock
    return {
        "capacity_setting": (
            _CAPACITY_SETTING,
            [
                (
                    sales.horizon_months,
                    sales.availability,
                    sales.default_attainment,
                    sales.annual_attrition,
                    sales.attrition_weight,
                    sales.time_to_fill_days,
                    support.interval_minutes,
                    support.weeks,
                    support.answer_seconds,
                    support.service_level,
                    support.max_occupancy,
                    support.shrinkage,
                    stock.service_level,
                    stock.review_days,
                    stock.history_weeks,
                    stock.lead_time_cv,
                )
            ],
        ),
    }


def _plan(company: Company) -> dict[str, Table]:
    plan = company.plan
    bands = list(dict.fromkeys(role.band for role in plan.structure))
    return {
        "lever": (
            _LEVER,
            [
                (x.id, x.type, x.name, x.unit, round(x.cost, 2), x.effect, x.value, x.lead_time_days, x.max, x.reversible)
                for x in plan.levers
            ],
        ),
        "approver": (
            "approval_order INTEGER, approver_name VARCHAR, approver_role VARCHAR",
            [(order, approver.name, approver.role) for order, approver in enumerate(plan.approvers, start=1)],
        ),
        "structure_role": (
            _STRUCTURE_ROLE,
            [
                (bands.index(role.band) + 1, role.band, role.min, role.below, role.role, role.pattern, role.why)
                for role in plan.structure
            ],
        ),
    }
