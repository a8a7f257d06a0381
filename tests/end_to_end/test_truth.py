"""What is true of the sample company, and no export says, comes out of the marts where it should."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecast_accuracy import TARGET, measure_company
from serving.query import query
from tests.end_to_end.oracle_exports import events, files
from warehouse import company

if TYPE_CHECKING:
    from tests.end_to_end.conftest import SampleRun

ENOUGH = 0.65
# How many of the first columns may be part of a record's name.
NAMING = 5


@pytest.fixture(scope="module")
def truth(sample_run: SampleRun) -> Path:
    return sample_run.truth


@pytest.fixture(scope="module")
def scored(sample_run: SampleRun, truth: Path) -> pd.DataFrame:
    """Score and true propensity of every open lead of the company on Salesforce; of its subsidiary nobody knows it."""
    rows = query(
        sample_run.home.serving,
        "select source_lead_id as lead_id, score from demand.lead_score join core.dim_lead using (lead_id) "
        "where source = 'salesforce'",
    ).to_pandas()
    joined = rows.merge(pd.read_parquet(truth / "lead_propensity.parquet"), on="lead_id")
    assert len(joined) == len(rows) > 100
    return joined


def auc(score: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that one who is positive scores above one who is negative; both given as weights, ties count half."""
    above = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    weights = positive[:, None] * negative[None, :]
    np.fill_diagonal(weights, 0.0)
    return float((above * weights).sum() / weights.sum())


def test_the_score_ranks_open_leads_by_their_true_propensity(scored: pd.DataFrame) -> None:
    score, propensity = scored["score"].to_numpy(), scored["propensity"].to_numpy()
    upper = (propensity > np.median(propensity)).astype(float)
    assert auc(score, upper, 1 - upper) > ENOUGH
    # What would be seen on average if every lead converted by its own propensity.
    assert auc(score, propensity, 1 - propensity) > ENOUGH


def test_a_score_without_information_would_not_pass(scored: pd.DataFrame) -> None:
    propensity = scored["propensity"].to_numpy()
    shuffled = np.random.default_rng(1).permutation(scored["score"].to_numpy())
    assert auc(shuffled, propensity, 1 - propensity) < ENOUGH
    assert auc(np.zeros(len(propensity)), propensity, 1 - propensity) == 0.5


def test_the_stronger_segment_comes_out_stronger(sample_run: SampleRun, truth: Path) -> None:
    effects = pd.read_parquet(truth / "effects.parquet")
    chances = effects[effects["kind"] == "segment_win_rate"].set_index("name")["value"]
    assert len(chances) == 3
    rates = query(
        sample_run.home.serving,
        "select segment_id, win_rate_shrunk, lift from kpi.icp_segment where is_default_scope and segment_id <> 'unassigned' "
        "and month_start = (select max(month_start) from kpi.icp_segment)",
    ).to_pandas()
    found = rates.set_index("segment_id")["win_rate_shrunk"]
    assert set(found.index) == set(chances.index)
    assert found.idxmax() == chances.idxmax()
    assert rates.set_index("segment_id")["lift"][chances.idxmax()] > 1


def test_every_injected_defect_and_duplicate_is_in_the_exports(sample_run: SampleRun, truth: Path) -> None:
    defects = pd.read_parquet(truth / "defects.parquet")
    duplicates = pd.read_parquet(truth / "duplicates.parquet")
    assert len(defects) > 100
    assert len(duplicates) > 10
    assert not (duplicates["record_id"] == duplicates["master_id"]).any()
    masters = duplicates[["object", "master_id"]].rename(columns={"master_id": "record_id"})
    columns = ["object", "record_id"]
    named = pd.concat([defects[columns], duplicates[columns], masters])
    assert named["object"].nunique() > 3
    delivered = {path.name for path in sample_run.inbox.rglob("*") if path.is_file()}
    for object_name, some in named.groupby("object"):
        ids = set(some["record_id"])
        if object_name == "encharge.events":
            # Named by address and moment; the export may name the person otherwise.
            ids = {record_id.rsplit(" ", 1)[-1] for record_id in ids}
        missing = ids - known_ids(sample_run.inbox, str(object_name)) - delivered
        assert not missing, f"{object_name}: {sorted(missing)[:5]}"


def known_ids(inbox: Path, object_name: str) -> set[str]:
    """Every name by which a record of an object can be found in its exports."""
    source, name = object_name.split(".", 1)
    if object_name == "encharge.events":
        return {str(event["timestamp"]) for event in events(inbox)}
    found: set[str] = set()
    for _, rows in files(inbox, f"{source}/{name}"):
        for row in rows:
            # An object without an id of its own is named by some of its columns, in their order.
            values = [str(value) for value in list(row.values())[:NAMING]]
            found |= {" ".join(some) for length in (1, 2, 3) for some in combinations(values, length)}
    return found


def test_the_forecast_is_not_worse_than_the_seasonal_naive_on_months_it_did_not_know(sample_run: SampleRun) -> None:
    ratios = measure_company(sample_run.home.build, company.load(sample_run.home.company).forecast)
    assert set(ratios) == {"total", "segment"}
    assert all(ratio <= TARGET for ratio in ratios.values()), ratios
