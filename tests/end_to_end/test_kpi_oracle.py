"""Every published number of the kpi marts equals a recomputation from the exported files alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.end_to_end.oracle import KPI, Oracle
from tests.end_to_end.oracle_compare import Served, differences, report


@pytest.mark.parametrize("mart", KPI)
def test_published_mart_equals_the_recomputation(mart: str, oracle: Oracle, served: Served) -> None:
    found = differences(served.mart(mart), oracle.mart(mart), KPI[mart].key)
    assert not found, report(mart, found)


@pytest.mark.parametrize("mart", KPI)
def test_published_mart_has_one_single_column_key(mart: str, served: Served) -> None:
    keys = served.keys(mart)
    assert keys
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_the_sample_company_exercises_what_the_oracle_checks(oracle: Oracle) -> None:
    """Agreement on a company without refused, unpaid, zeroed or deleted deals would prove little."""
    deals, activities = oracle.deals, oracle.mart("kpi.rep_activity_day")
    assert any(not deal.is_counted for deal in deals)
    assert any(deal.is_won and deal.amount is None for deal in deals)
    assert any(deal.is_lost and deal.amount == 0 and deal.open_amount for deal in deals)
    assert any(deal.segment == "unassigned" for deal in deals)
    assert any(row["proposals_capture_status"] == "not_captured" for row in activities)
    assert any(row["selling_pct"] for row in activities)
    months = oracle.mart("kpi.rep_performance_month")
    assert any(row["quota_effective"] != row["quota_assigned"] for row in months)
    assert any(row["cohort_win_rate"] is not None for row in months)
    assert any(row["cohort_win_rate_den"] is None for row in months)


@pytest.mark.parametrize(
    ("published", "expected", "found"),
    [
        ({"k": 1, "v": Decimal("1.00")}, {"k": 1, "v": Decimal("1.01")}, "published Decimal('1.00'), expected Decimal('1.01')"),
        ({"k": 1, "v": None}, {"k": 1, "v": 0}, "published None, expected 0"),
        ({"k": 1, "v": 0.5}, {"k": 1, "v": 0.5000001}, "published 0.5, expected 0.5000001"),
        ({"k": 2, "v": 1}, {"k": 1, "v": 1}, "row missing: [k=1]"),
        ({"k": 1, "w": 1}, {"k": 1, "v": 1}, "columns published only: ['w']"),
    ],
)
def test_the_comparison_sees_a_difference(published: dict[str, object], expected: dict[str, object], found: str) -> None:
    assert found in differences([published], [expected], ("k",))[0]
    assert not differences([expected], [expected], ("k",))
