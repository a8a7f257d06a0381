"""Version names and the guesses at a mistyped table."""

from __future__ import annotations

import pytest

from serving.model import version_name, version_number
from serving.query import closest
from warehouse.errors import PublishError

TABLES = ["core.dim_user", "core.fct_opportunity", "kpi.daily_sales", "kpi.rep_performance_month", "kpi.team_performance_month"]


def test_a_version_is_its_number_and_twelve_characters_of_the_fingerprint() -> None:
    assert version_name(12, "3f9ac01b77de" + "0" * 52) == "000012-3f9ac01b77de"
    assert version_number("000012-3f9ac01b77de") == 12
    assert version_number(version_name(1_234_567, "ab")) == 1_234_567


@pytest.mark.parametrize("name", ["current", "12-ab", "000012", "000012-", "swap-000012-ab", "000012-ab/../x"])
def test_other_names_are_no_versions(name: str) -> None:
    assert version_number(name) is None


@pytest.mark.parametrize("fingerprint", ["", "../x", "a b", "ü"])
def test_a_fingerprint_must_be_letters_and_digits(fingerprint: str) -> None:
    with pytest.raises(PublishError, match="not a fingerprint"):
        version_name(1, fingerprint)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("daily_sales", "kpi.daily_sales"),
        ("kpi.dialy_sales", "kpi.daily_sales"),
        ("core.daily_sales", "kpi.daily_sales"),
        ("DIM_USERS", "core.dim_user"),
        ("fact_opportunity", "core.fct_opportunity"),
        ("team_performance", "kpi.team_performance_month"),
    ],
)
def test_the_closest_table_comes_first(name: str, first: str) -> None:
    found = closest(name, TABLES)
    assert found[0] == first
    assert len(found) <= 3


def test_a_name_like_no_other_has_no_guess() -> None:
    assert closest("zzz", TABLES) == []
