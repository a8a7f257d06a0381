"""Our forecasts beat the seasonal naive on real series (a sample of the M3 competition; all of them in `make bench`)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.forecast_accuracy import PUBLISHED, SEASONS, measure, read, scores_of


@pytest.mark.parametrize(("level", "every"), [("MONTHLY", 12), ("QUARTERLY", 6)])
def test_the_final_origin_is_not_worse_than_the_seasonal_naive(level: str, every: int, real_data: Path) -> None:
    found = measure(real_data, level, every)
    assert found.series >= 50
    assert found.is_met
    assert 0.65 < found.coverage_80 < 0.95
    assert 0 < found.model_share < 1


@pytest.mark.parametrize("level", SEASONS)
def test_the_published_methods_score_as_published(level: str, real_data: Path) -> None:
    series = read(real_data, level)
    said = {method: {name: one.published[method] for name, one in series.items()} for method in PUBLISHED}
    scores = scores_of(series, said, SEASONS[level])
    with (real_data / "m3" / "reference_scores.csv").open(encoding="utf-8") as file:
        known = {row["method"]: row for row in csv.DictReader(file) if row["period"] == level}
    for method in PUBLISHED:
        for name in ("mase", "smape", "owa"):
            assert getattr(scores[method], name) == pytest.approx(float(known[method][name]), abs=0.0006)
