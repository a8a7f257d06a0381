"""Our forecasts beat the seasonal naive on real series (a sample of the M3 competition; all of them in `make bench`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.forecast_accuracy import SEASONS, measure


@pytest.mark.parametrize("level", SEASONS)
def test_the_final_origin_is_not_worse_than_the_seasonal_naive(level: str, real_data: Path) -> None:
    found = measure(real_data, level, every=12)
    assert found.series >= 30
    assert found.mase < found.naive_mase
    assert 0.65 < found.coverage_80 < 0.95
    assert 0 < found.model_share < 1
